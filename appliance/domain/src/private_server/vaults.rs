//! Work on the files of private servers that is under way: what agents were told, and what they said. In memory: after a restart
//! they are told again, and answer with how far they are.

use std::collections::{HashMap, HashSet};
use std::sync::{Mutex, MutexGuard, PoisonError};

use rackwright_model::private_server::Number;
use rackwright_model::{AccountId, JobId, Millis, ServerId, VaultId};
use rackwright_proto::vault::{VaultNews, VaultSaid};
use rackwright_store::private_server::PrivateServerDraft;

use crate::Domain;
use crate::secret::fingerprint;

/// An order that nobody answered is given again after so long.
const UNANSWERED_MS: i64 = 5_000;
/// Tasks that an agent works at together.
const AT_ONCE: usize = 4;
/// Of one account: it does not keep the others on the server waiting.
const OF_ONE_ACCOUNT: usize = 2;
/// One that was answered is given again after so long: the agent may have been started again.
const ANSWERED_MS: i64 = 30_000;

#[derive(Default)]
pub(crate) struct Vaults(Mutex<State>);

#[derive(Default)]
struct State {
    live: HashMap<JobId, Live>,
    /// Vaults that are being tidied: nobody may be at work in them.
    tidying: HashSet<VaultId>,
}

struct Live {
    server: ServerId,
    account: AccountId,
    number: Number,
    /// When it was given first.
    began: Millis,
    given_at: Option<Millis>,
    heard_at: Option<Millis>,
    last: Option<VaultSaid>,
    door: Option<Door>,
}

/// What an agent may reach for the time of its work.
#[derive(Debug, Clone)]
pub(crate) struct Door {
    pub vault: VaultId,
    pub folder: String,
    /// SHA-256 of the password, in hexadecimal.
    pub fingerprint: String,
    pub limit_bytes: u64,
}

/// How it stands with a task.
pub(crate) struct Standing {
    /// Whether the agent was told of it since we started.
    pub given: bool,
    /// Whether it is to be told, now or again.
    pub due: bool,
    pub heard: bool,
    /// For how long, since we started.
    pub waited_s: i64,
    pub last: Option<VaultSaid>,
}

impl Live {
    fn is_over(&self) -> bool {
        matches!(self.last, Some(VaultSaid::Done(_) | VaultSaid::Failed { .. }))
    }
}

impl Domain {
    /// The most bytes that a folder of backups may hold, when this password opens it now: while an agent works on it.
    #[must_use]
    pub fn vault_admits(&self, folder: &str, password: &str) -> Option<u64> {
        self.vaults.admits(folder, &fingerprint(password))
    }
}

impl Vaults {
    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn standing(&self, job: JobId, now: Millis) -> Standing {
        let state = self.state();
        let Some(live) = state.live.get(&job) else {
            return Standing { given: false, due: true, heard: false, waited_s: 0, last: None };
        };
        let pause = if live.heard_at > live.given_at { ANSWERED_MS } else { UNANSWERED_MS };
        let since = live.given_at.max(live.heard_at);
        Standing {
            given: live.given_at.is_some(),
            due: since.is_none_or(|at| now.since(at) >= pause),
            heard: live.heard_at.is_some(),
            waited_s: now.since(live.began) / 1_000,
            last: live.last.clone(),
        }
    }

    /// Whether an order for this private server is its server's turn: no more are given than an agent takes, and not all of them
    /// for one account.
    pub fn is_next(&self, of: &PrivateServerDraft) -> bool {
        let state = self.state();
        let here = || state.live.values().filter(|live| live.server == of.server && !live.is_over());
        here().count() < AT_ONCE && here().filter(|live| live.account == of.account).count() < OF_ONE_ACCOUNT
    }

    /// Notes that an order for this private server is given, and opens the door for it; false while the vault is being tidied.
    pub fn give(&self, job: JobId, of: &PrivateServerDraft, door: Option<Door>, now: Millis) -> bool {
        let mut state = self.state();
        if door.as_ref().is_some_and(|door| state.tidying.contains(&door.vault)) {
            return false;
        }
        let live = state.live.entry(job).or_insert(Live {
            server: of.server,
            account: of.account,
            number: of.number,
            began: now,
            given_at: None,
            heard_at: None,
            last: None,
            door: None,
        });
        (live.given_at, live.door) = (Some(now), door);
        true
    }

    /// Notes that it was told to stop.
    pub fn told(&self, job: JobId, now: Millis) {
        if let Some(live) = self.state().live.get_mut(&job) {
            live.given_at = Some(now);
        }
    }

    /// It is over: the door is shut.
    pub fn end(&self, job: JobId) {
        self.state().live.remove(&job);
    }

    /// Takes in what a server says; what is not its own to say is passed over.
    pub fn heard(&self, server: ServerId, said: VaultNews, now: Millis) {
        let mut state = self.state();
        let Some(live) = i64::try_from(said.task).ok().and_then(|job| state.live.get_mut(&JobId(job))) else {
            return;
        };
        if live.server == server && live.number == said.number {
            (live.heard_at, live.last) = (Some(now), Some(said.news));
        }
    }

    /// Shuts a vault to tidy it; false when an agent is at work in it.
    pub fn shut(&self, vault: VaultId) -> bool {
        let mut state = self.state();
        let busy = state.live.values().any(|live| live.door.as_ref().is_some_and(|door| door.vault == vault));
        !busy && state.tidying.insert(vault)
    }

    pub fn reopen(&self, vault: VaultId) {
        self.state().tidying.remove(&vault);
    }

    fn admits(&self, folder: &str, fingerprint: &str) -> Option<u64> {
        let state = self.state();
        let mut doors = state.live.values().filter_map(|live| live.door.as_ref());
        // Digests tell nothing about how much of a password was right.
        doors
            .find(|door| door.folder == folder && door.fingerprint == fingerprint)
            .map(|door| door.limit_bytes)
    }
}
