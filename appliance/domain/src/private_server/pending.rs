//! What was ordered of agents inside private servers and has not ended yet, and who waits for it. In memory: whoever waited is
//! gone after a restart. One counts until its agent has ended it: whoever hangs up does not free its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::{Millis, ServerId};
use tokio::sync::oneshot;

use super::quota::Quota;

/// Orders of one kind, which end with a `T`.
pub(crate) struct Pending<T> {
    /// Of one quota at the same time.
    at_once: usize,
    next: AtomicU64,
    open: Mutex<HashMap<u64, Open<T>>>,
}

struct Open<T> {
    server: ServerId,
    quota: Quota,
    /// When its agent has ended it at the latest.
    until: Millis,
    done: oneshot::Sender<T>,
}

/// One that is waited for.
pub(super) struct Waiting<T> {
    pub id: u64,
    pub done: oneshot::Receiver<T>,
}

impl<T> Pending<T> {
    /// Numbers begin at the start time, so that those of an earlier process are no one's.
    pub(crate) fn new(started_at: Millis, at_once: usize) -> Self {
        Self { at_once, next: AtomicU64::new(started_at.0.unsigned_abs()), open: Mutex::default() }
    }

    /// A number for an order to this server; none while as many of the quota are under way as may be.
    pub(super) fn begin(
        &self,
        server: ServerId,
        quota: Quota,
        now: Millis,
        until: Millis,
    ) -> Option<Waiting<T>> {
        let mut open = self.open();
        open.retain(|_, other| other.until > now || !other.done.is_closed());
        if open.values().filter(|other| other.quota == quota).count() >= self.at_once {
            return None;
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let (done, waiting) = oneshot::channel();
        open.insert(id, Open { server, quota, until, done });
        Some(Waiting { id, done: waiting })
    }

    /// It was not sent to its agent.
    pub(super) fn unsent(&self, id: u64) {
        self.open().remove(&id);
    }

    /// What came of it, as the agent of this server says. Others' orders are not its business.
    pub(crate) fn done(&self, server: ServerId, id: u64, came: T) {
        let mut open = self.open();
        if open.get(&id).is_none_or(|waited| waited.server != server) {
            return;
        }
        if let Some(waited) = open.remove(&id) {
            // Whoever waited may be gone.
            drop(waited.done.send(came));
        }
    }

    /// The agent of this server is gone, and with it the answers.
    pub(crate) fn gone(&self, server: ServerId) {
        self.open().retain(|_, waited| waited.server != server);
    }

    fn open(&self) -> MutexGuard<'_, HashMap<u64, Open<T>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
