//! Another name or title for an account.

use rackwright_catalog::actions::account::{AccountRename, AccountRenameInput, AccountView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::Scope;
use rackwright_store::account::account_rename;
use serde_json::json;

use super::{again, named, naming, view};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<AccountRename, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AccountRenameInput) -> Result<AccountView, Fault> {
        let attempted = format!("rename account {}", input.account);
        if input.name.is_none() && input.title.is_none() {
            let problem =
                FieldProblem::new("name", "is missing, and so is title: there is nothing to change");
            return Err(Fault::invalid(attempted, vec![problem]));
        }
        let (phrase, actor) = (attempted.clone(), caller.actor.clone());
        let account = self
            .reversible(caller, &attempted, move |tx| {
                let account = named(tx, &actor.scope, &input.account, &phrase)?;
                let name = input.name.as_ref().unwrap_or(&account.name);
                if *name != account.name {
                    // One's own name was given from above.
                    let account = super::below(tx, &actor, &input.account, &phrase)?;
                    naming::account(
                        tx,
                        &actor,
                        &account.path,
                        &Scope::tree(account.path.clone()),
                        name,
                        &phrase,
                    )?;
                }
                let title = input.title.as_deref().unwrap_or(&account.title);
                account_rename(tx, account.id, name, title)?;
                let inverse = Inverse {
                    action: "account.rename",
                    input: json!({"account": name, "name": account.name, "title": account.title}),
                    thing: Thing::AccountName(name.clone()),
                };
                let changed = *name != account.name || title != account.title;
                Ok((again(tx, account.id, &phrase)?, changed.then_some(inverse)))
            })
            .await?;
        Ok(view(account, &caller.actor))
    }
}
