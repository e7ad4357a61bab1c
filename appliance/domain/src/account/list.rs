//! Listing accounts.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::account::{AccountList, AccountListInput, AccountView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::account::account_page;

use super::view;
use crate::{Caller, Domain, paging};

impl Handle<AccountList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AccountListInput) -> Result<Page<AccountView>, Fault> {
        let scope = caller.scope();
        let rows = self
            .look("list accounts", move |tx| {
                let (search, after) = (input.search.as_deref(), input.after.as_deref());
                Ok(account_page(tx, &scope, search, after, paging::READ)?)
            })
            .await?;
        Ok(paging::page(rows, |row| row.name.clone(), |row| view(row, &caller.actor)))
    }
}
