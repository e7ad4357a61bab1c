//! Who may sign in.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::user::{UserList, UserListInput, UserView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::person_page;

use super::view;
use crate::account;
use crate::{Caller, Domain, Refusal, paging};

impl Handle<UserList, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: UserListInput) -> Result<Page<UserView>, Fault> {
        let (attempted, scope) = ("list users", caller.scope());
        let rows = self
            .look(attempted, move |tx| {
                let only = input.account.as_ref().map(|name| account::named(tx, &scope, name, attempted));
                let only = only.transpose()?.map(|account| account.id);
                let (search, after) = (input.search.as_deref(), input.after.as_deref());
                person_page(tx, &scope, only, search, after, paging::READ)?
                    .into_iter()
                    .map(|person| Ok::<_, Refusal>(view(person)?))
                    .collect::<Result<Vec<_>, _>>()
            })
            .await?;
        Ok(paging::page(rows, |row| row.user.clone(), |row| row))
    }
}
