//! Who is there now: connected agents, last heartbeats, last echoes. In memory; a restart begins with everybody given
//! the benefit of the doubt.

use std::collections::HashMap;
use std::sync::Mutex;

use rackwright_model::{Millis, ServerId};
use rackwright_proto::Heartbeat;

#[derive(Default, Clone)]
pub struct Seen {
    pub connected: bool,
    pub heartbeat: Option<(Millis, Heartbeat)>,
    pub echo: Option<Millis>,
}

pub struct Presence {
    started_at: Millis,
    servers: Mutex<HashMap<ServerId, Seen>>,
}

impl Presence {
    #[must_use]
    pub fn new(started_at: Millis) -> Self {
        Self { started_at, servers: Mutex::default() }
    }

    #[must_use]
    pub fn of(&self, server: ServerId) -> Seen {
        self.with(|servers| servers.get(&server).cloned().unwrap_or_default())
    }

    /// When the server gave its last sign of life, counting our own start as one.
    #[must_use]
    pub fn last_sign(&self, server: ServerId) -> Millis {
        self.last_heard(server).unwrap_or(self.started_at).max(self.started_at)
    }

    /// When the server was really heard by this process, if ever.
    #[must_use]
    pub fn last_heard(&self, server: ServerId) -> Option<Millis> {
        let seen = self.of(server);
        seen.heartbeat.map(|(at, _)| at).max(seen.echo)
    }

    pub fn connected(&self, server: ServerId, connected: bool) {
        self.with(|servers| servers.entry(server).or_default().connected = connected);
    }

    pub fn heartbeat(&self, server: ServerId, at: Millis, heartbeat: Heartbeat) {
        self.with(|servers| servers.entry(server).or_default().heartbeat = Some((at, heartbeat)));
    }

    /// The last heartbeat of every server that was heard since `after`.
    #[must_use]
    pub fn heartbeats(&self, after: Millis) -> Vec<(ServerId, Millis, Heartbeat)> {
        self.with(|servers| {
            let heard = servers.iter().filter_map(|(id, seen)| {
                let (at, beat) = seen.heartbeat.as_ref()?;
                (*at > after).then(|| (*id, *at, beat.clone()))
            });
            heard.collect()
        })
    }

    pub fn echo(&self, server: ServerId, at: Millis) {
        self.with(|servers| servers.entry(server).or_default().echo = Some(at));
    }

    /// A new system is on the machine: what was seen of the old one counts no more.
    pub fn forget(&self, server: ServerId) {
        self.with(|servers| servers.remove(&server));
    }

    /// The servers whose agents hold a session.
    #[must_use]
    pub fn connected_servers(&self) -> Vec<ServerId> {
        self.with(|servers| servers.iter().filter(|(_, seen)| seen.connected).map(|(id, _)| *id).collect())
    }

    /// How many agents hold a session.
    #[must_use]
    pub fn agents(&self) -> u32 {
        self.with(|servers| {
            u32::try_from(servers.values().filter(|seen| seen.connected).count()).unwrap_or(u32::MAX)
        })
    }

    fn with<T>(&self, work: impl FnOnce(&mut HashMap<ServerId, Seen>) -> T) -> T {
        work(&mut self.servers.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}
