//! One account with what it holds.

use rackwright_catalog::actions::account::{AccountDetail, AccountShow, OneAccount};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::account::account_holdings;

use super::{named, view};
use crate::{Caller, Domain};

impl Handle<AccountShow, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneAccount) -> Result<AccountDetail, Fault> {
        let (attempted, scope) = (format!("show account {}", input.account), caller.scope());
        let phrase = attempted.clone();
        let (account, holds) = self
            .look(&attempted, move |tx| {
                let account = named(tx, &scope, &input.account, &phrase)?;
                let holds = account_holdings(tx, account.id)?;
                Ok((account, holds))
            })
            .await?;
        Ok(AccountDetail {
            account: view(account, &caller.actor),
            accounts: holds.accounts,
            people: holds.people,
            servers: holds.servers,
        })
    }
}
