//! The audit trail.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::audit::{AuditList, AuditListInput, AuditRow};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::audit::{AuditEntry, audit_page};

use crate::{Caller, Domain, paging};

impl Handle<AuditList, Caller> for Domain {
    async fn handle(&self, _: &Caller, input: AuditListInput) -> Result<Page<AuditRow>, Fault> {
        let attempted = "list the audit trail";
        let before = paging::cursor(input.after.as_deref(), attempted)?;
        let rows = self
            .look(attempted, move |tx| {
                Ok(audit_page(tx, input.action.as_deref(), input.user.as_deref(), before, paging::READ)?)
            })
            .await?;
        Ok(paging::page(rows, |row| row.id, view))
    }
}

fn view(entry: AuditEntry) -> AuditRow {
    let draft = entry.draft;
    AuditRow {
        id: entry.id,
        at: entry.at,
        user: draft.actor,
        by: draft.origin,
        action: draft.action,
        input: serde_json::from_str(&draft.input).unwrap_or(serde_json::Value::String(draft.input)),
        result: draft.result,
    }
}
