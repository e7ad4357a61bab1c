//! Who may sign in.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::user::{UserList, UserListInput, UserView};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Order;
use rackwright_store::page::Slice;
use rackwright_store::person::person_page;

use super::view;
use crate::account;
use crate::paging::Paging;
use crate::{Caller, Domain};

impl Handle<UserList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserListInput) -> Result<Page<UserView>, Fault> {
        let (attempted, scope) = ("list users", caller.scope());
        let (sort, order) = (input.sort.unwrap_or_default(), input.order.unwrap_or(Order::Ascending));
        let paging =
            Paging::of("user.list", sort.word(), order, input.after.as_deref(), input.limit, attempted)?;
        let ask = paging.ask.clone();
        let slice = self
            .look(attempted, move |tx| {
                let only = input.account.as_ref().map(|name| account::named(tx, &scope, name, attempted));
                let only = only.transpose()?.map(|account| account.id);
                let slice = person_page(tx, &scope, only, input.search.as_deref(), sort, &ask)?;
                let rows = slice.rows.into_iter().map(view).collect::<Result<_, _>>()?;
                Ok(Slice { rows, next: slice.next })
            })
            .await?;
        Ok(paging.page(slice, |row| row))
    }
}
