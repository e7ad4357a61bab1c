//! Keeping the people of an account out for a while, and letting them in again.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::account::{AccountResume, AccountSuspend, OneAccount};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{Millis, Name};
use rackwright_store::account::account_suspend;
use serde_json::json;

use super::below;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<AccountSuspend, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneAccount { account }: OneAccount) -> Result<Done, Fault> {
        self.set_suspended(caller, &account, Some(self.now())).await?;
        Ok(Done::new(format!(
            "Nobody of {account} can sign in. Lift it with: rackwright account resume {account}"
        )))
    }
}

impl Handle<AccountResume, Caller> for Domain {
    async fn handle(&self, caller: &Caller, OneAccount { account }: OneAccount) -> Result<Done, Fault> {
        self.set_suspended(caller, &account, None).await?;
        Ok(Done::new(format!("The people of {account} can sign in again.")))
    }
}

impl Domain {
    async fn set_suspended(&self, caller: &Caller, name: &Name, since: Option<Millis>) -> Result<(), Fault> {
        let attempted = format!("{} account {name}", if since.is_some() { "suspend" } else { "resume" });
        let (phrase, actor, name) = (attempted.clone(), caller.actor.clone(), name.clone());
        self.reversible(caller, &attempted, move |tx| {
            let account = below(tx, &actor, &name, &phrase)?;
            if account.suspended_at.is_some() == since.is_some() {
                let reason = if since.is_some() { "it is suspended already" } else { "it is not suspended" };
                let advice = format!("Look at it with: rackwright account show {name}");
                return Err(conflict(phrase, reason, advice).into());
            }
            account_suspend(tx, account.id, since)?;
            let inverse = Inverse {
                action: if since.is_some() { "account.resume" } else { "account.suspend" },
                input: json!({"account": name}),
                thing: Thing::AccountAccess(name),
            };
            Ok(((), Some(inverse)))
        })
        .await
    }
}
