//! Making an account.

use rackwright_catalog::actions::account::{AccountCreate, AccountCreateInput, AccountView};
use rackwright_catalog::{Fault, FieldProblem, Handle};
use rackwright_model::Scope;
use rackwright_store::account::account_insert;

use super::{again, chosen, naming, view};
use crate::{Caller, Domain};

impl Handle<AccountCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AccountCreateInput) -> Result<AccountView, Fault> {
        let (attempted, at) = (format!("create account {}", input.name), self.now());
        let (phrase, actor) = (attempted.clone(), caller.actor.clone());
        let account = self
            .change(caller, &attempted, move |tx| {
                let parent = chosen(tx, &actor, input.parent.as_ref(), &phrase)?;
                if !parent.tier.is_above(input.tier) {
                    let problem = format!(
                        "an account of a {} cannot lie below {}, which is a {}",
                        input.tier.word(),
                        parent.name,
                        parent.tier.word()
                    );
                    return Err(Fault::invalid(&phrase, vec![FieldProblem::new("tier", problem)]).into());
                }
                naming::account(tx, &actor, &parent.path, &Scope::nothing(), &input.name, &phrase)?;
                let title = input.title.as_deref().unwrap_or(input.name.as_str());
                let id = account_insert(tx, &parent, &input.name, title, input.tier, at)?;
                again(tx, id, &phrase)
            })
            .await?;
        Ok(view(account, &caller.actor))
    }
}
