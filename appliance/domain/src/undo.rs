//! Taking changes back. A handler says which action, with which input, takes back what it did; that is kept beside the
//! audit row, in the same transaction. It is carried out like any other action, by whoever asks for it and with that
//! person's own rights, as long as what it would change is still as the change left it.

mod thing;

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use rackwright_model::Millis;
use rackwright_store::Connection;
use rackwright_store::audit::AuditDraft;
use rackwright_store::undo::{UndoDraft, undo_get, undo_insert, undo_set_undone};
use serde_json::Value;

use crate::Refusal;
use crate::publish::record;
use crate::refusal::conflict;
pub(crate) use thing::Thing;

/// How long a change can be taken back, in milliseconds.
pub(crate) const POSSIBLE_MS: i64 = 24 * 3_600_000;

/// The action that takes a change back, and what it changes.
#[derive(Debug, Clone)]
pub(crate) struct Inverse {
    pub action: &'static str,
    /// Holds no secret.
    pub input: Value,
    pub thing: Thing,
}

impl Inverse {
    /// Keep it beside the audit row of the change, with how the change left the thing.
    pub(crate) fn keep(
        self,
        tx: &Connection,
        audit: i64,
        at: Millis,
        actor: &str,
        undoes: Option<i64>,
    ) -> Result<(), Refusal> {
        let state = self.thing.state(tx)?;
        let draft = UndoDraft {
            at,
            actor: actor.to_owned(),
            action: self.action.to_owned(),
            input: self.input.to_string(),
            thing: serde_json::to_string(&self.thing).unwrap_or_default(),
            state: state.to_string(),
            undoes,
        };
        Ok(undo_insert(tx, audit, &draft)?)
    }
}

/// What must hold when a change is taken back, looked at in the transaction that does it.
#[derive(Debug, Clone)]
pub(crate) struct Guard {
    /// The audit row that is taken back.
    pub audit: i64,
    pub thing: Thing,
    /// How the change left the thing.
    pub state: Value,
    /// The row of the undoing itself.
    pub draft: AuditDraft,
    /// Whether that row is written.
    pub audited: Arc<AtomicBool>,
}

impl Guard {
    /// Refuse when the change was taken back already, or when somebody changed the thing since.
    pub(crate) fn check(&self, tx: &Connection, attempted: &str) -> Result<(), Refusal> {
        if let Some(by) = undo_get(tx, self.audit)?.and_then(|row| row.undone_by) {
            return Err(undone_already(attempted, by).into());
        }
        if self.thing.state(tx)? == self.state {
            return Ok(());
        }
        let reason = format!("{} was changed again since", self.thing);
        let advice = "Look at it, and change it by hand. Who changed it stands in: rackwright audit list";
        Err(conflict(attempted, reason, advice).into())
    }

    /// The row of the undoing, before that of the action which does it.
    pub(crate) fn begin(&self, tx: &Connection, at: Millis) -> Result<(), Refusal> {
        record(tx, at, &self.draft, Vec::new())?;
        Ok(())
    }

    pub(crate) fn end(&self, tx: &Connection, by: i64) -> Result<(), Refusal> {
        Ok(undo_set_undone(tx, self.audit, by)?)
    }

    pub(crate) fn committed(&self) {
        self.audited.store(true, Ordering::Relaxed);
    }
}

pub(crate) fn undone_already(attempted: &str, by: i64) -> rackwright_catalog::Fault {
    let advice = format!("To bring the change back: rackwright audit undo {by}");
    conflict(attempted, "it was undone already", advice)
}
