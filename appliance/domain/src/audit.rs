//! The audit trail.

mod undo;

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::audit::{AuditList, AuditListInput, AuditRow, UndoState};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{Millis, Order};
use rackwright_store::audit::{AuditChoice, AuditEntry, audit_page};

use crate::paging::Paging;
use crate::undo::POSSIBLE_MS;
use crate::{Caller, Domain};

impl Handle<AuditList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AuditListInput) -> Result<Page<AuditRow>, Fault> {
        let attempted = "list the audit trail";
        let order = input.order.unwrap_or(Order::Descending);
        let paging = Paging::of("audit.list", "id", order, input.after.as_deref(), input.limit, attempted)?;
        let ask = paging.ask.clone();
        let scope = caller.scope();
        let choice = AuditChoice { action: input.action, actor: input.user };
        let slice = self.look(attempted, move |tx| Ok(audit_page(tx, &scope, &choice, &ask)?)).await?;
        let now = self.now();
        Ok(paging.page(slice, |entry| view(entry, now)))
    }
}

fn view(entry: AuditEntry, now: Millis) -> AuditRow {
    let undo = match (entry.undoable, entry.undone_by) {
        (true, Some(_)) => Some(UndoState::Undone),
        (true, None) if now.since(entry.at) <= POSSIBLE_MS => Some(UndoState::Possible),
        (true | false, None | Some(_)) => None,
    };
    let draft = entry.draft;
    AuditRow {
        id: entry.id,
        at: entry.at,
        user: draft.actor,
        account: entry.account_name,
        behind: draft.behind,
        by: draft.origin,
        action: draft.action,
        input: serde_json::from_str(&draft.input).unwrap_or(serde_json::Value::String(draft.input)),
        result: draft.result,
        undo,
    }
}
