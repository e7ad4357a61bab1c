//! Taking a change back.

use rackwright_catalog::actions::audit::{AuditUndo, AuditUndoInput, AuditUndone};
use rackwright_catalog::{Fault, FaultCode, Handle, Permission, entry};
use rackwright_model::Millis;
use rackwright_store::Connection;
use rackwright_store::audit::{AuditDraft, AuditEntry, audit_within};
use rackwright_store::undo::{UndoRow, undo_get, undo_newest};
use serde_json::Value;

use crate::caller::Actor;
use crate::door::authorise;
use crate::refusal::conflict;
use crate::undo::{POSSIBLE_MS, undone_already};
use crate::{Caller, Domain, Refusal};

impl Handle<AuditUndo, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AuditUndoInput) -> Result<AuditUndone, Fault> {
        let attempted =
            input.row.map_or_else(|| "undo your last change".to_owned(), |row| format!("undo {row}"));
        let (actor, phrase, now) = (caller.actor.clone(), attempted.clone(), self.now());
        let (change, found) = self
            .look(&attempted, move |tx| match input.row {
                Some(row) => chosen(tx, &actor, row, now, &phrase),
                None => newest(tx, &actor, now, &phrase),
            })
            .await?;
        let unreadable = |_| {
            let advice = "Change it by hand.";
            Fault::new(FaultCode::Internal, &attempted, "how to undo it cannot be read", advice)
        };
        let undoing: Value = serde_json::from_str(&found.draft.input).map_err(unreadable)?;
        let inner = caller.undoing(&found).map_err(unreadable)?;
        let Some(entry) = entry(&found.draft.action) else {
            return Err(irreversible(&attempted));
        };
        authorise(&caller.actor, entry.spec.permission, &attempted)?;
        let output = self.carry_out(&inner, entry.spec.name, undoing.clone()).await?;
        caller.note_undo(inner.undo());
        Ok(AuditUndone {
            message: undone(&change.draft),
            row: found.audit,
            action: found.draft.action,
            input: undoing,
            output,
        })
    }
}

/// Which change is taken back: what it did, and to what.
fn undone(change: &AuditDraft) -> String {
    let words = change.action.replace('.', " ");
    let input: Value = serde_json::from_str(&change.input).unwrap_or_default();
    let main = entry(&change.action).and_then(|entry| entry.spec.main);
    match main.and_then(|main| input[main].as_str()) {
        Some(what) => format!("Undone: {words} {what}."),
        None => format!("Undone: {words}."),
    }
}

/// The change with this audit row, when the actor may read the row.
fn chosen(
    tx: &Connection,
    actor: &Actor,
    row: i64,
    now: Millis,
    attempted: &str,
) -> Result<(AuditEntry, UndoRow), Refusal> {
    let readable = |change: &AuditEntry| {
        let own = change.draft.actor == actor.name && change.draft.account == actor.account;
        own || actor.may(Permission::Audit)
    };
    let change = audit_within(tx, &actor.scope, row)?.filter(readable).ok_or_else(|| {
        let advice = "List them with: rackwright audit list";
        Fault::new(FaultCode::NotFound, attempted, format!("there is no audit row {row}"), advice)
    })?;
    if change.draft.result != "done" {
        return Err(
            conflict(attempted, "it was refused and changed nothing", "Nothing needs to be done.").into()
        );
    }
    if now.since(change.at) > POSSIBLE_MS {
        let advice = "Look at what it changed, and change it by hand.";
        return Err(conflict(attempted, "it is older than a day", advice).into());
    }
    let found = undo_get(tx, row)?.ok_or_else(|| irreversible(attempted))?;
    match found.undone_by {
        Some(by) => Err(undone_already(attempted, by).into()),
        None => Ok((change, found)),
    }
}

/// The actor's newest change that can be taken back.
fn newest(
    tx: &Connection,
    actor: &Actor,
    now: Millis,
    attempted: &str,
) -> Result<(AuditEntry, UndoRow), Refusal> {
    let found = undo_newest(tx, &actor.name, now.plus(-POSSIBLE_MS))?;
    let change = match &found {
        Some(found) => audit_within(tx, &actor.scope, found.audit)?,
        None => None,
    };
    change.zip(found).ok_or_else(|| {
        let reason = "you have made no change within a day that can be undone";
        conflict(attempted, reason, "Look for others with: rackwright audit list").into()
    })
}

fn irreversible(attempted: &str) -> Fault {
    let advice = "Look at what it changed, and change it by hand.";
    conflict(attempted, "what it did cannot be undone", advice)
}
