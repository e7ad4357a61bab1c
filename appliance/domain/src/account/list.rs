//! Listing accounts.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::account::{AccountList, AccountListInput, AccountView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::account::account_page;

use super::view;
use crate::paging::Paging;
use crate::{Caller, Domain};

impl Handle<AccountList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: AccountListInput) -> Result<Page<AccountView>, Fault> {
        let (attempted, scope) = ("list accounts", caller.scope());
        let (sort, order) = (input.sort.unwrap_or_default(), input.order.unwrap_or(Order::Ascending));
        let after = input.after.as_deref();
        let paging = Paging::of("account.list", sort.word(), order, after, input.limit, attempted)?;
        let ask = paging.ask.clone();
        let slice = self
            .look(attempted, move |tx| Ok(account_page(tx, &scope, input.search.as_deref(), sort, &ask)?))
            .await?;
        Ok(paging.page(slice, |row| view(row, &caller.actor)))
    }
}
