//! What was asked of agents and is not answered yet. In memory: whoever waited is gone after a restart. A question counts
//! until it is answered: whoever hangs up does not free its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::private_server::inside::{Answer, WorkFailure};
use rackwright_model::{Millis, ServerId};
use rackwright_proto::InsideDone;
use tokio::sync::oneshot;

use crate::private_server::quota::Quota;

/// Questions of one quota at the same time: a page of the panel asks for several things.
pub(super) const AT_ONCE: usize = 6;

type Came = Result<Answer, WorkFailure>;

pub(crate) struct Asks {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Open>>,
}

struct Open {
    server: ServerId,
    quota: Quota,
    /// When its agent has answered it at the latest.
    until: Millis,
    done: oneshot::Sender<Came>,
}

/// A question that is waited for.
pub(super) struct Waiting {
    pub ask: u64,
    pub done: oneshot::Receiver<Came>,
}

impl Asks {
    /// Numbers begin at the start time, so that those of an earlier process are no one's.
    pub(crate) fn new(started_at: Millis) -> Self {
        Self { next: AtomicU64::new(started_at.0.unsigned_abs()), open: Mutex::default() }
    }

    /// A number for a question to this server; none while as many of the quota are open as may be.
    pub(super) fn begin(
        &self,
        server: ServerId,
        quota: Quota,
        now: Millis,
        until: Millis,
    ) -> Option<Waiting> {
        let mut open = self.open();
        open.retain(|_, other| other.until > now || !other.done.is_closed());
        if open.values().filter(|other| other.quota == quota).count() >= AT_ONCE {
            return None;
        }
        let ask = self.next.fetch_add(1, Ordering::Relaxed);
        let (done, waiting) = oneshot::channel();
        open.insert(ask, Open { server, quota, until, done });
        Some(Waiting { ask, done: waiting })
    }

    /// It was not sent to its agent.
    pub(super) fn unsent(&self, ask: u64) {
        self.open().remove(&ask);
    }

    /// What the agent of this server answers. Others' questions are not its business.
    pub(crate) fn done(&self, server: ServerId, done: InsideDone) {
        let mut open = self.open();
        if open.get(&done.ask).is_none_or(|asked| asked.server != server) {
            return;
        }
        if let Some(asked) = open.remove(&done.ask) {
            // Whoever waited may be gone.
            drop(asked.done.send(done.result));
        }
    }

    /// The agent of this server is gone, and with it the answers.
    pub(crate) fn gone(&self, server: ServerId) {
        self.open().retain(|_, asked| asked.server != server);
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
