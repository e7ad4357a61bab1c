//! What the agent of a server says of private servers. It is heard only about those that stand on its server.

use rackwright_model::private_server::{Intent, Number, Phase, Room, Seen, UsageBatch, UsageSample};
use rackwright_model::sample::MOST;
use rackwright_model::{Millis, ServerId};
use rackwright_proto::{HostRoom, ToMachine};
use rackwright_store::Connection;
use rackwright_store::private_server::{
    PrivateServer, ServerRoom, Usage, private_server_away_delete, private_server_away_get,
    private_server_away_seen, private_server_delete, private_server_numbered, private_server_on,
    private_server_seen, private_server_usage_put, server_room_put,
};

use super::clean;
use crate::private_server::happenings::{self, Told};
use crate::private_server::vault::KEPT_MS;
use crate::refusal::conflict;
use crate::{Domain, Refusal};

/// Sentences of what is missing that are kept.
const MISSING: usize = 16;
/// Samples of one message.
const SAMPLES: usize = 500;
/// What a sample covers, in milliseconds.
pub(crate) const SPAN_MS: i64 = 300_000;
/// How far the clock of a server may be ahead.
const AHEAD_MS: i64 = 3_600_000;
/// How long samples count.
pub(crate) const USAGE_KEPT_MS: i64 = 396 * 24 * 3_600_000;

impl Domain {
    /// What a server can give to private servers.
    pub(super) async fn report_room(&self, server: ServerId, room: HostRoom) -> Result<(), Refusal> {
        let most = MOST.unsigned_abs();
        let room = ServerRoom {
            missing: room.missing.iter().take(MISSING).map(|said| clean(said)).collect(),
            nfs: room.nfs,
            whole: Room::of(room.memory_mib.min(most), room.disk_mib.min(most), room.link_kbit.min(most)),
        };
        let at = self.now();
        self.write(move |tx| Ok(server_room_put(tx, server, &room, at)?)).await
    }

    /// What became of private servers.
    pub(super) async fn report_private_servers(
        &self,
        server: ServerId,
        seen: Vec<Seen>,
    ) -> Result<(), Refusal> {
        let (at, mut told) = (self.now(), self.failing.of(server));
        let (news, told) = self
            .write(move |tx| {
                let mut news = Vec::new();
                for seen in seen {
                    news.extend(take(tx, server, seen, at, &mut told)?);
                }
                Ok((news, told))
            })
            .await?;
        self.failing.keep(server, told);
        for (row, said) in news {
            self.events.private_server(at, &row, said);
        }
        self.changed.notify_waiters();
        Ok(())
    }

    /// What private servers used. Answered when it is in the books, and as often as it is said.
    pub(super) async fn report_usage(
        &self,
        server: ServerId,
        batch: UsageBatch,
    ) -> Result<ToMachine, Refusal> {
        if batch.samples.len() > SAMPLES {
            let reason =
                format!("it told {} samples at once, and {SAMPLES} are the most", batch.samples.len());
            let advice = "Use an agent of the Control Center's version.";
            return Err(conflict("take a machine's report", reason, advice).into());
        }
        let now = self.now();
        let UsageBatch { batch, samples } = batch;
        self.write(move |tx| {
            for sample in &samples {
                book(tx, server, sample, now)?;
            }
            Ok(())
        })
        .await?;
        Ok(ToMachine::UsageTaken { batch })
    }

    /// Whoever looks at the private servers of a server sees that it came or went.
    pub(super) async fn private_servers_in_sight(&self, server: ServerId, connected: bool) {
        let at = self.now();
        match self.read(move |tx| Ok(private_server_on(tx, server)?)).await {
            Ok(rows) => {
                for row in rows {
                    let name = &row.wanted.name;
                    let said = match connected {
                        true => format!("The server of {name} answers."),
                        false => format!("The server of {name} does not answer."),
                    };
                    self.events.private_server(at, &row, said);
                }
            }
            Err(error) => tracing::warn!(server.id = %server, "private servers could not be read: {error}"),
        }
    }
}

/// Note what was seen of one; what is worth telling.
fn take(
    tx: &Connection,
    server: ServerId,
    seen: Seen,
    at: Millis,
    told: &mut Told,
) -> Result<Option<(PrivateServer, String)>, Refusal> {
    let Some(row) = own(tx, server, seen.number)? else {
        away(tx, server, &seen)?;
        return Ok(None);
    };
    if seen.generation > row.generation {
        tracing::warn!(server.id = %server, private_server.name = %row.wanted.name, "a server says that it has done what nobody has wanted yet");
        return Ok(None);
    }
    let name = row.wanted.name.clone();
    if seen.phase == Phase::Gone && row.wanted.removing && seen.generation == row.generation {
        private_server_delete(tx, row.id, at.plus(KEPT_MS))?;
        told.remove(&row.id);
        return Ok(Some((row, format!("{name} is gone."))));
    }
    let seen = Seen {
        reason: seen.reason.as_deref().map(clean),
        progress: seen.progress.map(|permille| permille.min(1_000)),
        ..seen
    };
    private_server_seen(tx, row.id, &seen, at)?;
    if let Some(occurrence) = happenings::turned(&row, &seen, told) {
        happenings::tell(tx, at, occurrence, &row, seen.reason.as_deref())?;
    }
    let same = row.phase == Some(seen.phase)
        && row.phase_generation == Some(seen.generation)
        && row.reason == seen.reason;
    let said = match &seen.reason {
        // Progress alone moves a bar and needs no words.
        _ if same => String::new(),
        Some(reason) => format!("{name}: {}. {reason}", seen.phase.word()),
        None => format!("{name}: {}.", seen.phase.word()),
    };
    Ok(Some((row, said)))
}

/// The private server with this number, if it stands on the server that speaks.
fn own(tx: &Connection, server: ServerId, number: Number) -> Result<Option<PrivateServer>, Refusal> {
    let row = private_server_numbered(tx, server, number)?;
    if row.is_none() {
        tracing::debug!(server.id = %server, private_server.number = u32::from(number), "a server speaks of a private server that does not stand on it");
    }
    Ok(row)
}

/// Note what was seen of files that do not belong there. Those that were to go and are gone are forgotten.
fn away(tx: &Connection, server: ServerId, seen: &Seen) -> Result<(), Refusal> {
    let Some(away) = private_server_away_get(tx, server, seen.number)? else { return Ok(()) };
    let is_done = seen.phase == Phase::Gone && seen.generation == away.wanted.generation;
    if is_done && matches!(away.wanted.intent, Intent::Gone | Intent::Left) {
        return Ok(private_server_away_delete(tx, server, seen.number)?);
    }
    let seen = Seen { reason: seen.reason.as_deref().map(clean), ..seen.clone() };
    Ok(private_server_away_seen(tx, server, &seen)?)
}

/// Put a sample into the books, once.
fn book(tx: &Connection, server: ServerId, sample: &UsageSample, now: Millis) -> Result<(), Refusal> {
    let Some(row) = own(tx, server, sample.number)? else { return Ok(()) };
    let ended = sample.at.plus(SPAN_MS);
    // Of a time before it was made, they are of another that had its number.
    let its_own =
        ended > row.created_at && sample.at.plus(USAGE_KEPT_MS) > now && ended <= now.plus(AHEAD_MS);
    if sample.at.0 % SPAN_MS != 0 || !its_own {
        tracing::warn!(server.id = %server, private_server.name = %row.wanted.name, "a sample of a time that cannot be is not taken: {}", sample.at.0);
        return Ok(());
    }
    let usage = Usage {
        at: sample.at,
        span_ms: i64::from(sample.span_ms).min(SPAN_MS),
        cpu_us: held(sample.cpu_us),
        memory_bytes: held(sample.memory_bytes),
        disk_bytes: held(sample.disk_bytes),
        in_bytes: held(sample.in_bytes),
        out_bytes: held(sample.out_bytes),
    };
    private_server_usage_put(tx, row.id, row.wanted.account, &usage)?;
    Ok(())
}

/// A machine's number, cut to what sums can hold.
fn held(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(MOST).min(MOST)
}
