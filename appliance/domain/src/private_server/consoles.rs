//! Consoles that are open now: what each wrote last, and whose it is. In memory: all end with the process.
//!
//! Attacker's input: everything that a console writes comes from a machine. Each keeps at most [`RING`] bytes of it.

use std::collections::{HashMap, VecDeque};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::{Millis, Scope, ServerId, UserId};
use rackwright_proto::ConsoleOutput;
use tokio::sync::watch;

use super::quota::{AT_ONCE, Quota};
use crate::caller::Actor;
use crate::report::clean;

/// The most that is kept of what a console wrote, in bytes.
pub(super) const RING: usize = 256 * 1024;
/// Consoles of one server.
pub(super) const PER_SERVER: usize = 16;
/// A console that nobody reads from for so long ends.
const UNREAD_MS: i64 = 60_000;

pub(crate) struct Consoles {
    next: AtomicU64,
    open: Mutex<HashMap<u64, Console>>,
}

/// Whoever opened a console: a person in one session, for as long as they have the same reach.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Owner {
    id: Option<UserId>,
    scope: Scope,
    name: String,
    by: &'static str,
    session: Option<String>,
}

struct Console {
    owner: Owner,
    quota: Quota,
    server: ServerId,
    ring: VecDeque<u8>,
    /// How many bytes were written in all.
    written: u64,
    ended: Option<String>,
    read_at: Millis,
    news: watch::Sender<()>,
}

/// Why there is no further console.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Full {
    Server,
    Quota,
}

/// What a console wrote after an offset.
pub(super) struct Piece {
    pub bytes: Vec<u8>,
    /// The offset after it.
    pub next: u64,
    pub ended: Option<String>,
    /// Tells when there is more.
    pub news: watch::Receiver<()>,
}

impl Owner {
    fn of(actor: &Actor) -> Self {
        Self {
            id: actor.id,
            scope: actor.scope.clone(),
            name: actor.behind.clone().unwrap_or_else(|| actor.name.clone()),
            by: actor.by,
            session: actor.session_hash.clone(),
        }
    }
}

impl Consoles {
    /// Numbers begin at the start time, so that those of an earlier process are no one's.
    pub(crate) fn new(started_at: Millis) -> Self {
        Self { next: AtomicU64::new(started_at.0.unsigned_abs()), open: Mutex::default() }
    }

    /// A console for this person on this server.
    pub(super) fn open(
        &self,
        server: ServerId,
        actor: &Actor,
        quota: Quota,
        now: Millis,
    ) -> Result<u64, Full> {
        let owner = Owner::of(actor);
        let mut open = self.lock();
        let live = || open.values().filter(|console| console.ended.is_none());
        if live().filter(|console| console.server == server).count() >= PER_SERVER {
            return Err(Full::Server);
        }
        if live().filter(|console| console.quota == quota).count() >= AT_ONCE {
            return Err(Full::Quota);
        }
        let id = self.next.fetch_add(1, Ordering::Relaxed);
        let console = Console {
            owner,
            quota,
            server,
            ring: VecDeque::new(),
            written: 0,
            ended: None,
            read_at: now,
            news: watch::Sender::new(()),
        };
        open.insert(id, console);
        Ok(id)
    }

    /// The server of a console of this person that has not ended; why it ended, if it has; none when it is another's.
    pub(super) fn own(&self, id: u64, actor: &Actor) -> Option<Result<ServerId, String>> {
        let open = self.lock();
        let console = open.get(&id).filter(|console| console.owner == Owner::of(actor))?;
        Some(console.ended.clone().map_or(Ok(console.server), Err))
    }

    /// What a console of this person wrote after an offset; none when it is another's. Of what is older than the ring, the
    /// oldest that is left comes.
    pub(super) fn read(&self, id: u64, actor: &Actor, after: u64, now: Millis) -> Option<Piece> {
        let mut open = self.lock();
        let console = open.get_mut(&id).filter(|console| console.owner == Owner::of(actor))?;
        console.read_at = now;
        let kept = u64::try_from(console.ring.len()).unwrap_or(u64::MAX);
        let oldest = console.written - kept;
        let from = after.clamp(oldest, console.written);
        let skip = usize::try_from(from - oldest).unwrap_or(usize::MAX);
        Some(Piece {
            bytes: console.ring.iter().skip(skip).copied().collect(),
            next: console.written,
            ended: console.ended.clone(),
            news: console.news.subscribe(),
        })
    }

    /// A console of this person is closed; its server, unless it had ended. None when it is another's.
    pub(super) fn close(&self, id: u64, actor: &Actor) -> Option<Option<ServerId>> {
        let mut open = self.lock();
        open.get(&id).filter(|console| console.owner == Owner::of(actor))?;
        let console = open.remove(&id)?;
        Some(console.ended.is_none().then_some(console.server))
    }

    /// What the agent of this server says of a console. Others' consoles are not its business.
    pub(crate) fn wrote(&self, server: ServerId, output: ConsoleOutput) {
        let mut open = self.lock();
        let Some(console) = open.get_mut(&output.console).filter(|console| console.server == server) else {
            return;
        };
        if console.ended.is_some() {
            return;
        }
        console.written = console.written.saturating_add(u64::try_from(output.bytes.len()).unwrap_or(0));
        console.ring.extend(output.bytes);
        let surplus = console.ring.len().saturating_sub(RING);
        console.ring.drain(..surplus);
        console.ended = output.ended.map(|why| clean(&why));
        console.news.send_replace(());
    }

    /// The agent of this server is gone, and with it its consoles.
    pub(crate) fn gone(&self, server: ServerId) {
        for console in self.lock().values_mut().filter(|console| console.server == server) {
            if console.ended.is_none() {
                console.ended = Some("Its server does not answer any more.".to_owned());
                console.news.send_replace(());
            }
        }
    }

    /// Consoles that nobody reads from any more are forgotten; those that have not ended are to be closed.
    pub(crate) fn sweep(&self, now: Millis) -> Vec<(u64, ServerId)> {
        let mut unread = Vec::new();
        self.lock().retain(|id, console| {
            let read = now.since(console.read_at) < UNREAD_MS;
            if !read && console.ended.is_none() {
                unread.push((*id, console.server));
            }
            read
        });
        unread
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<u64, Console>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
