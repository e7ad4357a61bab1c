//! What was asked of agents and is not answered yet. In memory: whoever waited is gone after a restart.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::private_server::inside::{Answer, WorkFailure};
use rackwright_model::{Millis, ServerId};
use rackwright_proto::InsideDone;
use tokio::sync::oneshot;

/// Questions of one person at the same time.
pub(super) const AT_ONCE: usize = 6;

type Came = Result<Answer, WorkFailure>;

pub(crate) struct Asks {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Open>>,
}

struct Open {
    server: ServerId,
    person: String,
    done: oneshot::Sender<Came>,
}

/// A question that is waited for; forgotten when this is dropped.
pub(super) struct Waiting<'a> {
    asks: &'a Asks,
    pub ask: u64,
    pub done: oneshot::Receiver<Came>,
}

impl Asks {
    /// Numbers begin at the start time, so that those of an earlier process are no one's.
    pub(crate) fn new(started_at: Millis) -> Self {
        Self { next: AtomicU64::new(started_at.0.unsigned_abs()), open: Mutex::default() }
    }

    /// A number for a question to this server; none while the person waits for as many as may be.
    pub(super) fn begin(&self, server: ServerId, person: &str) -> Option<Waiting<'_>> {
        let mut open = self.open();
        if open.values().filter(|other| other.person == person).count() >= AT_ONCE {
            return None;
        }
        let ask = self.next.fetch_add(1, Ordering::Relaxed);
        let (done, waiting) = oneshot::channel();
        open.insert(ask, Open { server, person: person.to_owned(), done });
        Some(Waiting { asks: self, ask, done: waiting })
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

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.asks.open().remove(&self.ask);
    }
}
