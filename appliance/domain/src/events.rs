//! What happens, as it happens: a ring of the last events, and a wake-up for whoever follows. Not durable: a follower
//! that comes back after a restart re-reads state.

use std::collections::VecDeque;
use std::sync::Mutex;

use rackwright_catalog::actions::server::ServerEventView;
use rackwright_model::{Millis, Name};
use tokio::sync::watch;

/// Events kept for followers that come late.
const KEPT: usize = 4_096;

pub struct Events {
    ring: Mutex<Ring>,
    newest: watch::Sender<i64>,
}

struct Ring {
    next: i64,
    events: VecDeque<ServerEventView>,
}

impl Events {
    /// Ids begin at the start time in microseconds, so that they keep growing across restarts.
    #[must_use]
    pub fn new(started_at: Millis) -> Self {
        let first = started_at.0.saturating_mul(1_000);
        Self {
            ring: Mutex::new(Ring { next: first, events: VecDeque::new() }),
            newest: watch::Sender::new(first),
        }
    }

    /// Something happened to a server.
    pub fn server(&self, at: Millis, server: &Name, kind: &str, text: impl Into<String>) {
        self.push(at, Some(server.clone()), kind, text.into());
    }

    /// A job that is not about one server began, went on or ended.
    pub fn job(&self, at: Millis, text: &str) {
        self.push(at, None, "job", text.to_owned());
    }

    /// Something happened to the Control Center.
    pub fn system(&self, at: Millis, text: &str) {
        self.push(at, None, "system", text.to_owned());
    }

    /// Drop what happened to a server.
    pub fn forget(&self, server: &Name) {
        let mut ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ring.events.retain(|event| event.server.as_ref() != Some(server));
    }

    fn push(&self, at: Millis, server: Option<Name>, kind: &str, text: String) {
        let id = {
            let mut ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            ring.next += 1;
            let id = ring.next;
            if ring.events.len() >= KEPT {
                ring.events.pop_front();
            }
            ring.events.push_back(ServerEventView { id, at, server, kind: kind.to_owned(), text });
            id
        };
        self.newest.send_replace(id);
    }

    /// Id of the newest event.
    #[must_use]
    pub fn newest(&self) -> i64 {
        *self.newest.borrow()
    }

    /// Events after `after`, oldest first.
    #[must_use]
    pub fn since(&self, after: i64, server: Option<&Name>) -> Vec<ServerEventView> {
        let ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let wanted = |event: &&ServerEventView| {
            event.id > after && (server.is_none() || event.server.as_ref() == server)
        };
        ring.events.iter().filter(wanted).cloned().collect()
    }

    /// Tells when there is something newer.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }
}
