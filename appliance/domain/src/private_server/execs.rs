//! Commands that run inside private servers now, and who waits for them. In memory: whoever waited is gone after a restart.
//! One counts until its agent has ended it: whoever hangs up does not free its place.

use std::collections::HashMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::{Millis, ServerId};
use rackwright_proto::ExecDone;
use tokio::sync::oneshot;

use super::quota::{AT_ONCE, Quota};

pub(crate) struct Execs {
    next: AtomicU64,
    running: Mutex<HashMap<u64, Running>>,
}

struct Running {
    server: ServerId,
    quota: Quota,
    /// When its agent has ended it at the latest.
    until: Millis,
    done: oneshot::Sender<ExecDone>,
}

/// A command that is waited for.
pub(super) struct Waiting {
    pub command: u64,
    pub done: oneshot::Receiver<ExecDone>,
}

impl Execs {
    /// Numbers begin at the start time, so that those of an earlier process are no one's.
    pub(crate) fn new(started_at: Millis) -> Self {
        Self { next: AtomicU64::new(started_at.0.unsigned_abs()), running: Mutex::default() }
    }

    /// A number for a command on this server; none while as many of the quota run as may.
    pub(super) fn begin(
        &self,
        server: ServerId,
        quota: Quota,
        now: Millis,
        until: Millis,
    ) -> Option<Waiting> {
        let mut running = self.running();
        running.retain(|_, other| other.until > now || !other.done.is_closed());
        if running.values().filter(|other| other.quota == quota).count() >= AT_ONCE {
            return None;
        }
        let command = self.next.fetch_add(1, Ordering::Relaxed);
        let (done, waiting) = oneshot::channel();
        running.insert(command, Running { server, quota, until, done });
        Some(Waiting { command, done: waiting })
    }

    /// It was not sent to its agent.
    pub(super) fn unsent(&self, command: u64) {
        self.running().remove(&command);
    }

    /// What came of a command, as the agent of this server says. Others' commands are not its business.
    pub(crate) fn done(&self, server: ServerId, done: ExecDone) {
        let mut running = self.running();
        if running.get(&done.command).is_none_or(|waited| waited.server != server) {
            return;
        }
        if let Some(waited) = running.remove(&done.command) {
            // Whoever waited may be gone.
            drop(waited.done.send(done));
        }
    }

    /// The agent of this server is gone, and with it the answers.
    pub(crate) fn gone(&self, server: ServerId) {
        self.running().retain(|_, waited| waited.server != server);
    }

    fn running(&self) -> MutexGuard<'_, HashMap<u64, Running>> {
        self.running.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
