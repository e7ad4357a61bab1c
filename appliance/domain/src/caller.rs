//! Who carries out an action, and the audit row that goes with it.

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicI64, Ordering};

use rackwright_catalog::{Fault, Permission, Role};
use rackwright_model::private_server::inside::LoginName;
use rackwright_model::{AccountId, Millis, Name, Scope, Tier, UserId};
use rackwright_store::Connection;
use rackwright_store::audit::AuditDraft;
use rackwright_store::undo::UndoRow;

use crate::door::bounded;
use crate::undo::{Guard, Inverse};
use crate::{Domain, Refusal, publish};

/// What proves who is calling.
#[derive(Clone, PartialEq, Eq)]
pub enum Credential {
    None,
    /// A session (`rws_…`) or an API token (`rwt_…`).
    Bearer(String),
    /// A peer of the unix socket that may act as the provider's owner.
    LocalRoot,
}

/// Where a call comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Origin {
    Panel,
    Api,
    Cli,
    /// The Control Center itself, by a policy that somebody set.
    System,
}

impl Origin {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Panel => "panel",
            Self::Api => "api",
            Self::Cli => "cli",
            Self::System => "system",
        }
    }
}

/// Where a call comes from: by which way, and from which address if it crossed a network.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Whence {
    pub origin: Origin,
    pub address: Option<IpAddr>,
}

impl From<Origin> for Whence {
    fn from(origin: Origin) -> Self {
        Self { origin, address: None }
    }
}

/// Somebody whose credential was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// None for local root and for nobody.
    pub id: Option<UserId>,
    pub name: String,
    pub role: Role,
    pub account: AccountId,
    pub account_name: Name,
    pub tier: Tier,
    /// The accounts whose objects the actor may touch.
    pub scope: Scope,
    /// The user inside the one private server whose files the actor works on, for the role of one.
    pub login: Option<LoginName>,
    /// All that a token allows, of what the role allows.
    pub limits: Option<Vec<Permission>>,
    /// When the token expires; none when it is no token that acts.
    pub token_until: Option<Millis>,
    /// Who really acts, when somebody entered this person's panel.
    pub behind: Option<String>,
    /// `session`, `token`, `local`, `system` or `nobody`.
    pub by: &'static str,
    /// SHA-256 of the session's credential.
    pub session_hash: Option<String>,
}

impl Actor {
    /// Whether the actor may give this role, or manage somebody who has it: nobody gives away what they have not.
    #[must_use]
    pub fn may_give(&self, role: Role) -> bool {
        role.row().permissions.iter().all(|permission| self.may(*permission))
    }

    /// Whether the actor may do what needs this permission, to objects of its scope.
    #[must_use]
    pub fn may(&self, needed: Permission) -> bool {
        let within = |limits: &Vec<Permission>| needed == Permission::SignedIn || limits.contains(&needed);
        self.role.grants(needed) && self.limits.as_ref().is_none_or(within)
    }
}

/// One action under way.
#[derive(Debug)]
pub struct Caller {
    pub actor: Actor,
    pub whence: Whence,
    draft: AuditDraft,
    /// Shared with the callers that are made of this one.
    audited: Arc<AtomicBool>,
    /// The audit row of a change that can be taken back; 0 while there is none. Shared likewise.
    undo: Arc<AtomicI64>,
    /// What must hold, when this takes a change back.
    guard: Option<Guard>,
}

impl Caller {
    /// `input` is already redacted.
    #[must_use]
    pub fn new(actor: Actor, whence: impl Into<Whence>, action: &str, input: String) -> Self {
        let whence = whence.into();
        let draft = AuditDraft {
            actor: actor.name.clone(),
            account: actor.account,
            behind: actor.behind.clone(),
            origin: whence.origin.word().to_owned(),
            action: action.to_owned(),
            input,
            result: "done".to_owned(),
        };
        Self { actor, whence, draft, audited: Arc::default(), undo: Arc::default(), guard: None }
    }

    /// The same call, by somebody who proved just now who it is.
    #[must_use]
    pub(crate) fn proven(&self, actor: Actor) -> Self {
        let draft = AuditDraft { actor: actor.name.clone(), account: actor.account, ..self.draft.clone() };
        Self {
            actor,
            whence: self.whence,
            draft,
            audited: Arc::clone(&self.audited),
            undo: Arc::clone(&self.undo),
            guard: None,
        }
    }

    /// The call of the action that takes a change back, by the same person.
    ///
    /// # Errors
    /// When what is on record of the change cannot be read.
    pub(crate) fn undoing(&self, change: &UndoRow) -> serde_json::Result<Self> {
        let guard = Guard {
            audit: change.audit,
            thing: serde_json::from_str(&change.draft.thing)?,
            state: serde_json::from_str(&change.draft.state)?,
            draft: self.draft("done"),
            audited: Arc::clone(&self.audited),
        };
        let input = bounded(change.draft.input.clone());
        let inner = Self::new(self.actor.clone(), self.whence, &change.draft.action, input);
        Ok(Self { guard: Some(guard), ..inner })
    }

    /// The same; and `input` goes on record in place of what was given, which said nothing that can be shown.
    #[must_use]
    pub(crate) fn proven_by(&self, actor: Actor, input: String) -> Self {
        let proven = self.proven(actor);
        Self { draft: AuditDraft { input, ..proven.draft }, ..proven }
    }

    /// The accounts whose objects this action may touch.
    #[must_use]
    pub fn scope(&self) -> Scope {
        self.actor.scope.clone()
    }

    /// The row to write, with what came of the action.
    #[must_use]
    pub fn draft(&self, result: &str) -> AuditDraft {
        AuditDraft { result: result.to_owned(), ..self.draft.clone() }
    }

    /// The audit row by which what was done can be taken back.
    #[must_use]
    pub fn undo(&self) -> Option<i64> {
        Some(self.undo.load(Ordering::Relaxed)).filter(|row| *row != 0)
    }

    pub(crate) fn note_undo(&self, row: Option<i64>) {
        self.undo.store(row.unwrap_or(0), Ordering::Relaxed);
    }

    /// Whether a transaction of this action has written its audit row.
    #[must_use]
    pub fn is_audited(&self) -> bool {
        self.audited.load(Ordering::Relaxed)
    }
}

impl Domain {
    /// The change that an action makes: state, audit row and word to webhooks in one transaction. Wakes the reconcilers.
    ///
    /// # Errors
    /// The fault of `work`, or of the database.
    pub async fn change<T: Send + 'static>(
        &self,
        caller: &Caller,
        attempted: &str,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        self.reversible(caller, attempted, move |tx| Ok((work(tx)?, None))).await
    }

    /// The same; `work` says what takes the change back, and that is kept beside the audit row.
    ///
    /// # Errors
    /// The fault of `work`, or of the database; and [`rackwright_catalog::FaultCode::Conflict`] when this takes a change
    /// back and somebody has changed the same since.
    pub(crate) async fn reversible<T: Send + 'static>(
        &self,
        caller: &Caller,
        attempted: &str,
        work: impl FnOnce(&Connection) -> Result<(T, Option<Inverse>), Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        let (draft, guard) = (caller.draft("done"), caller.guard.clone());
        let (at, phrase) = (self.now(), attempted.to_owned());
        let (result, row) = self
            .write(move |tx| {
                if let Some(guard) = &guard {
                    guard.check(tx, &phrase)?;
                    guard.begin(tx, at)?;
                }
                let before = publish::named(tx, &draft)?;
                let (value, inverse) = work(tx)?;
                let row = publish::record(tx, at, &draft, before)?;
                if let Some(guard) = &guard {
                    guard.end(tx, row)?;
                }
                let kept = inverse.is_some().then_some(row);
                if let Some(inverse) = inverse {
                    inverse.keep(tx, row, at, &draft.actor, guard.map(|guard| guard.audit))?;
                }
                Ok((value, kept))
            })
            .await
            .map_err(|refusal| refusal.fault(attempted))?;
        caller.audited.store(true, Ordering::Relaxed);
        caller.note_undo(row);
        if let Some(guard) = &caller.guard {
            guard.committed();
        }
        self.changed.notify_waiters();
        Ok(result)
    }

    /// What an action looks at.
    ///
    /// # Errors
    /// The fault of `work`, or of the database.
    pub async fn look<T: Send + 'static>(
        &self,
        attempted: &str,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        self.read(work).await.map_err(|refusal| refusal.fault(attempted))
    }
}
