//! `private-server prioritise`: how soon it is started elsewhere when its server is dead.

use rackwright_catalog::actions::private_server::{
    PrivateServerPrioritise, PrivateServerPrioritiseInput, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::private_server::{private_server_get, private_server_prioritise};

use crate::refusal::not_found;
use crate::{Caller, Domain};

impl Handle<PrivateServerPrioritise, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        PrivateServerPrioritiseInput { private_server: name, priority }: PrivateServerPrioritiseInput,
    ) -> Result<PrivateServerView, Fault> {
        let attempted = format!("prioritise {name}");
        let (scope, phrase) = (caller.scope(), attempted.clone());
        let row = self
            .change(caller, &attempted, move |tx| {
                let row = super::named(tx, &scope, &name, &phrase)?;
                private_server_prioritise(tx, row.id, priority)?;
                private_server_get(tx, row.id)?
                    .ok_or_else(|| not_found(&phrase, "private-server", &name).into())
            })
            .await?;
        let said = format!("{} has priority {priority}.", row.wanted.name);
        self.events.private_server(self.now(), &row, said);
        Ok(self.view(row, &caller.actor))
    }
}
