//! The audit trail.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::audit::{AuditList, AuditListInput, AuditRow};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::audit::{AuditChoice, AuditEntry, audit_page};

use crate::paging::Paging;
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
        Ok(paging.page(slice, view))
    }
}

fn view(entry: AuditEntry) -> AuditRow {
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
    }
}
