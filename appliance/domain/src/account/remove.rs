//! Removing an account that holds nothing any more but its people.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::account::{AccountRemove, AccountRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::account::{account_delete, account_holdings};

use super::below;
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain, person};

impl Handle<AccountRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AccountRemoveInput) -> Result<Done, Fault> {
        let attempted = format!("remove account {}", input.account);
        // Its people would go with it.
        person::not_as_guest(&caller.actor, &attempted)?;
        let (phrase, actor, name) = (attempted.clone(), caller.actor.clone(), input.account.clone());
        self.change(caller, &attempted, move |tx| {
            let account = below(tx, &actor, &input.account, &phrase)?;
            let holds = account_holdings(tx, account.id)?;
            if holds.private_servers > 0 {
                let reason = format!("it holds {} private servers", holds.private_servers);
                let advice = "Remove them first with: rackwright private-server remove NAME";
                return Err(conflict(phrase, reason, advice).into());
            }
            if holds.kept_backups > 0 {
                let reason = format!("backups of {} removed private servers are kept for it", holds.kept_backups);
                let advice = "Remove them with: rackwright private-server backup-remove, or wait until their time is over.";
                return Err(conflict(phrase, reason, advice).into());
            }
            if holds.servers > 0 || holds.accounts > 0 {
                let reason = format!("it holds {} servers and {} accounts", holds.servers, holds.accounts);
                let advice = "Remove the accounts below it, and give its servers to another account with: rackwright server assign";
                return Err(conflict(phrase, reason, advice).into());
            }
            let reason = format!("{} people would be removed with it", holds.people);
            confirmed(&phrase, reason, "confirm", &account.name, input.confirm.as_ref())?;
            Ok(account_delete(tx, account.id)?)
        })
        .await?;
        Ok(Done::new(format!("Account {name} is removed.")))
    }
}
