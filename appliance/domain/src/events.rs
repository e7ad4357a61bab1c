//! What happens, as it happens: a ring of the last events, and a wake-up for whoever follows. Not durable: a follower
//! that comes back after a restart re-reads state.

use std::collections::VecDeque;
use std::sync::Mutex;

use rackwright_catalog::actions::server::ServerEventView;
use rackwright_model::{Millis, Name};
use rackwright_store::private_server::PrivateServer;
use tokio::sync::watch;

/// Events kept for followers that come late.
const KEPT: usize = 4_096;

pub struct Events {
    ring: Mutex<Ring>,
    newest: watch::Sender<i64>,
}

struct Ring {
    next: i64,
    events: VecDeque<Event>,
}

/// Something that happened.
#[derive(Debug, Clone)]
pub struct Event {
    pub view: ServerEventView,
    /// The path of the account that a private server belongs to, or belonged to when it was still there.
    pub owner: Option<String>,
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
        self.push(at, Some(server.clone()), None, kind, text.into());
    }

    /// Something happened to a private server on a server.
    pub fn private_server(&self, at: Millis, row: &PrivateServer, text: impl Into<String>) {
        let name = (row.wanted.name.clone(), row.account_path.clone());
        self.push(at, Some(row.server_name.clone()), Some(name), "private-server", text.into());
    }

    /// A job that is not about one server began, went on or ended.
    pub fn job(&self, at: Millis, text: &str) {
        self.push(at, None, None, "job", text.to_owned());
    }

    /// Something happened to the Control Center.
    pub fn system(&self, at: Millis, text: &str) {
        self.push(at, None, None, "system", text.to_owned());
    }

    /// Drop what happened to a server.
    pub fn forget(&self, server: &Name) {
        let mut ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ring.events.retain(|event| event.view.server.as_ref() != Some(server));
    }

    /// Drop what happened to a private server.
    pub fn forget_private_server(&self, name: &Name) {
        let mut ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        ring.events.retain(|event| event.view.private_server.as_ref() != Some(name));
    }

    fn push(
        &self,
        at: Millis,
        server: Option<Name>,
        private_server: Option<(Name, String)>,
        kind: &str,
        text: String,
    ) {
        let id = {
            let mut ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
            ring.next += 1;
            let id = ring.next;
            if ring.events.len() >= KEPT {
                ring.events.pop_front();
            }
            let (private_server, owner) = private_server.unzip();
            let view = ServerEventView { id, at, server, private_server, kind: kind.to_owned(), text };
            ring.events.push_back(Event { view, owner });
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
    pub fn since(&self, after: i64, server: Option<&Name>) -> Vec<Event> {
        let ring = self.ring.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let wanted = |event: &&Event| {
            event.view.id > after && (server.is_none() || event.view.server.as_ref() == server)
        };
        ring.events.iter().filter(wanted).cloned().collect()
    }

    /// Tells when there is something newer.
    #[must_use]
    pub fn follow(&self) -> watch::Receiver<i64> {
        self.newest.subscribe()
    }
}
