//! Transfers of files that are under way between servers. In memory: after a restart they begin anew, and what has arrived
//! is not sent again.

use std::collections::HashMap;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::private_server::Number;
use rackwright_model::{JobId, Millis, ServerId};
use rackwright_proto::transfer::{News, Ticket, Transfer, TransferNews, TransferOrder};

use crate::ports::Chance;
use crate::report::clean;
use crate::secret::is_fingerprint;

/// An order that nobody answered is given again after so long.
const AGAIN_MS: i64 = 5_000;
/// So many failures end a move.
const FAILURES: u32 = 4;

/// All that are under way, by the jobs of their moves.
#[derive(Default)]
pub(crate) struct Transfers(Mutex<HashMap<JobId, Live>>);

/// Between whom.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Ends {
    pub number: Number,
    pub from: ServerId,
    pub to: ServerId,
    /// The address of the server that receives.
    pub there: Option<Ipv4Addr>,
}

struct Live {
    ends: Ends,
    transfer: u64,
    token: String,
    ready: Option<(u16, String)>,
    /// The pass that is wanted.
    pass: u32,
    passed: Option<(u32, u64)>,
    permille: u32,
    asked_at: Option<Millis>,
    failures: u32,
    failure: Option<String>,
}

/// What is to be done for a transfer now.
pub(crate) enum Next {
    /// Nothing was heard yet, or the pass is under way: per mille of it.
    Wait { permille: u32 },
    /// The port is open; nothing is sent yet.
    Ready,
    /// The wanted pass is done.
    Passed { pass: u32, ms: u64 },
    /// It failed too often; the last reason.
    Failed(String),
}

/// How far a step wants to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Until {
    /// The port is open.
    Ready,
    /// The pass is done.
    Passed,
}

impl Transfers {
    fn all(&self) -> MutexGuard<'_, HashMap<JobId, Live>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Brings it as far as `until`: `give` gives an order to a server, as often as nobody answers it.
    pub fn next(
        &self,
        job: JobId,
        ends: Ends,
        until: Until,
        now: Millis,
        chance: &dyn Chance,
        give: &dyn Fn(ServerId, Transfer),
    ) -> Next {
        let mut all = self.all();
        let live = all.entry(job).or_insert_with(|| Live::new(ends, chance));
        if live.failures >= FAILURES {
            return Next::Failed(live.failure.clone().unwrap_or_default());
        }
        let due = live.asked_at.is_none_or(|at| now.since(at) >= AGAIN_MS);
        let Some((port, fingerprint)) = live.ready.clone() else {
            if due {
                live.asked_at = Some(now);
                give(ends.to, live.order(TransferOrder::Receive { token: live.token.clone() }));
            }
            return Next::Wait { permille: 0 };
        };
        if until == Until::Ready {
            return Next::Ready;
        }
        if let Some((pass, ms)) = live.passed.filter(|(pass, _)| *pass >= live.pass) {
            return Next::Passed { pass, ms };
        }
        let Some(there) = ends.there.filter(|_| due) else { return Next::Wait { permille: live.permille } };
        live.asked_at = Some(now);
        let ticket = Ticket { to: SocketAddr::from((there, port)), fingerprint, token: live.token.clone() };
        give(ends.from, live.order(TransferOrder::Send { pass: live.pass, ticket }));
        Next::Wait { permille: live.permille }
    }

    /// One more pass is wanted.
    pub fn another_pass(&self, job: JobId) {
        if let Some(live) = self.all().get_mut(&job) {
            live.pass += 1;
            live.permille = 0;
            live.asked_at = None;
        }
    }

    /// Ends it; the orders that tell both.
    pub fn end(&self, job: JobId) -> Vec<(ServerId, Transfer)> {
        let Some(live) = self.all().remove(&job) else { return Vec::new() };
        [live.ends.from, live.ends.to].map(|server| (server, live.order(TransferOrder::End))).into()
    }

    /// Takes in what a server says; what is not its own to say is passed over.
    pub fn heard(&self, server: ServerId, said: TransferNews) {
        let mut all = self.all();
        let Some(live) = all.values_mut().find(|live| live.transfer == said.transfer) else { return };
        if said.number != live.ends.number {
            return;
        }
        let (from, to) = (server == live.ends.from, server == live.ends.to);
        match said.news {
            News::Ready { port, fingerprint } if to && is_fingerprint(&fingerprint) => {
                live.ready = Some((port, fingerprint));
                live.asked_at = None;
            }
            News::Sent { pass, permille } if from && pass == live.pass => {
                live.permille = permille.min(1_000);
            }
            News::Passed { pass, ms } if from && pass <= live.pass => live.passed = Some((pass, ms)),
            News::Failed { reason } if from || to => {
                live.failures += 1;
                live.failure = Some(clean(&reason));
                // The port may be gone with a restart of the agent there.
                live.ready = None;
            }
            News::Ready { .. } | News::Sent { .. } | News::Passed { .. } | News::Failed { .. } => {}
        }
    }
}

impl Live {
    fn new(ends: Ends, chance: &dyn Chance) -> Self {
        let mut bytes = [0; 40];
        chance.fill(&mut bytes);
        let (transfer, token) = bytes.split_at(8);
        let transfer = transfer.iter().fold(0_u64, |all, byte| all << 8 | u64::from(*byte));
        Self {
            ends,
            transfer,
            token: hex::encode(token),
            ready: None,
            pass: 1,
            passed: None,
            permille: 0,
            asked_at: None,
            failures: 0,
            failure: None,
        }
    }

    fn order(&self, order: TransferOrder) -> Transfer {
        Transfer { transfer: self.transfer, number: self.ends.number, order }
    }
}
