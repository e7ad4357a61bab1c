//! The audit trail.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::audit::{AuditList, AuditListInput, AuditRow};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Name;
use rackwright_store::account::account_get;
use rackwright_store::audit::{AuditChoice, AuditEntry, audit_page};

use crate::{Caller, Domain, Refusal, paging};

impl Handle<AuditList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AuditListInput) -> Result<Page<AuditRow>, Fault> {
        let attempted = "list the audit trail";
        let before = paging::cursor(input.after.as_deref(), attempted)?;
        let scope = caller.scope();
        let choice = AuditChoice { action: input.action, actor: input.user };
        let rows = self
            .look(attempted, move |tx| {
                audit_page(tx, &scope, &choice, before, paging::READ)?
                    .into_iter()
                    .map(|entry| {
                        let account = account_get(tx, entry.draft.account)?.map(|account| account.name);
                        Ok((entry, account))
                    })
                    .collect::<Result<Vec<_>, Refusal>>()
            })
            .await?;
        Ok(paging::page(rows, |(entry, _)| entry.id, view))
    }
}

fn view((entry, account): (AuditEntry, Option<Name>)) -> AuditRow {
    let draft = entry.draft;
    AuditRow {
        id: entry.id,
        at: entry.at,
        user: draft.actor,
        account,
        behind: draft.behind,
        by: draft.origin,
        action: draft.action,
        input: serde_json::from_str(&draft.input).unwrap_or(serde_json::Value::String(draft.input)),
        result: draft.result,
    }
}
