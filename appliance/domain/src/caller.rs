//! Who carries out an action, and the audit row that goes with it.

use std::sync::atomic::{AtomicBool, Ordering};

use rackwright_catalog::{Fault, Role};
use rackwright_model::UserId;
use rackwright_store::Connection;
use rackwright_store::audit::{AuditDraft, audit_insert};

use crate::{Domain, Refusal};

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

/// Somebody whose credential was checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// None for local root and for nobody.
    pub id: Option<UserId>,
    pub name: String,
    pub role: Role,
    /// `session`, `token`, `local`, `system` or `nobody`.
    pub by: &'static str,
    /// SHA-256 of the session's credential.
    pub session_hash: Option<String>,
}

/// One action under way.
#[derive(Debug)]
pub struct Caller {
    pub actor: Actor,
    pub origin: Origin,
    draft: AuditDraft,
    audited: AtomicBool,
}

impl Caller {
    /// `input` is already redacted.
    #[must_use]
    pub fn new(actor: Actor, origin: Origin, action: &str, input: String) -> Self {
        let draft = AuditDraft {
            actor: actor.name.clone(),
            origin: origin.word().to_owned(),
            action: action.to_owned(),
            input,
            result: "done".to_owned(),
        };
        Self { actor, origin, draft, audited: AtomicBool::new(false) }
    }

    /// The row to write, with what came of the action.
    #[must_use]
    pub fn draft(&self, result: &str) -> AuditDraft {
        AuditDraft { result: result.to_owned(), ..self.draft.clone() }
    }

    /// Whether a transaction of this action has written its audit row.
    #[must_use]
    pub fn is_audited(&self) -> bool {
        self.audited.load(Ordering::Relaxed)
    }
}

impl Domain {
    /// The change that an action makes: state and audit row in one transaction. Wakes the reconcilers.
    ///
    /// # Errors
    /// The fault of `work`, or of the database.
    pub async fn change<T: Send + 'static>(
        &self,
        caller: &Caller,
        attempted: &str,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Fault> {
        let draft = caller.draft("done");
        let at = self.now();
        let result = self
            .write(move |tx| {
                let value = work(tx)?;
                audit_insert(tx, at, &draft)?;
                Ok(value)
            })
            .await
            .map_err(|refusal| refusal.fault(attempted))?;
        caller.audited.store(true, Ordering::Relaxed);
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
