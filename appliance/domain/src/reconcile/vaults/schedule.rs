//! Backups that are due by the hour of the day.

use std::time::Duration;

use rackwright_model::Millis;
use rackwright_store::private_server::private_server_get;
use rackwright_store::vault::{VaultRow, vault_due, vault_followed, vault_tried};
use tokio::time::{MissedTickBehavior, interval};

use crate::private_server::vault::{Task, Work, begin, free};
use crate::refusal::chain;
use crate::{Domain, Refusal};

const TICK: Duration = Duration::from_secs(20);
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 24 * HOUR_MS;
/// Whoever started it, in the list of jobs.
const SCHEDULE: &str = "schedule";

pub(super) async fn run(domain: &Domain) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        ticks.tick().await;
        if let Err(error) = domain.follow_schedules().await {
            tracing::warn!("the schedules of backups could not be followed: {}", chain(&error));
        }
    }
}

impl Domain {
    /// Begin the backups whose hour has come since they were last begun.
    ///
    /// # Errors
    /// When the database fails.
    pub async fn follow_schedules(&self) -> Result<(), Refusal> {
        let now = self.now();
        let (scheduled, _) = self.read(move |tx| Ok(vault_due(tx, now)?)).await?;
        for vault in scheduled.into_iter().filter(|vault| is_due(vault, now)) {
            self.follow_schedule(vault, now).await?;
        }
        Ok(())
    }

    async fn follow_schedule(&self, vault: VaultRow, now: Millis) -> Result<(), Refusal> {
        let Some(of) = vault.private_server else { return Ok(()) };
        let failed = self
            .write(move |tx| {
                vault_followed(tx, vault.id, now)?;
                let Some(row) = private_server_get(tx, of)? else { return Ok(None) };
                let phrase = format!("back up {}", row.wanted.name);
                if let Err(refusal) = free(tx, &row, &phrase) {
                    let reason = match refusal {
                        Refusal::Fault(fault) => fault.reason,
                        refusal @ Refusal::Store(_) => return Err(refusal),
                    };
                    vault_tried(tx, vault.id, Some(&format!("It could not be backed up: {reason}.")), now)?;
                    return Ok(Some((row, reason)));
                }
                let task = Task { private_server: of, vault: Some(vault.id), work: Work::Backup };
                begin(tx, &row, &task, phrase, SCHEDULE, now)?;
                Ok(None)
            })
            .await?;
        if let Some((row, reason)) = failed {
            let text = format!("{} could not be backed up at its hour: {reason}.", row.wanted.name);
            self.events.private_server(now, &row, text);
        }
        self.changed.notify_waiters();
        Ok(())
    }
}

/// Whether its hour has come since the schedule was last followed.
fn is_due(vault: &VaultRow, now: Millis) -> bool {
    let Some(hour) = vault.hour else { return false };
    let today = now.0.div_euclid(DAY_MS) * DAY_MS + i64::from(hour) * HOUR_MS;
    let last = if today <= now.0 { today } else { today - DAY_MS };
    vault.scheduled_at.0 < last
}
