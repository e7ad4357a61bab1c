//! Who may sign in.

use rackwright_catalog::actions::user::{UserList, UserView};
use rackwright_catalog::actions::{Nothing, Page};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::person::person_list;

use super::view;
use crate::{Caller, Domain};

impl Handle<UserList, Caller> for Domain {
    async fn handle(&self, _: &Caller, _: Nothing) -> Result<Page<UserView>, Fault> {
        let people = |tx: &_| Ok(person_list(tx)?.into_iter().map(view).collect::<Result<Vec<_>, _>>()?);
        Ok(Page::whole(self.look("list users", people).await?))
    }
}
