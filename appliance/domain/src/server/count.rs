//! `server count`.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::server::{ServerCount, ServerCountInput, StateCount};
use rackwright_catalog::{Fault, Handle, Permission};
use rackwright_model::ServerState;
use rackwright_store::server::{ServerChoice, server_counts};

use crate::{Caller, Domain, account};

impl Handle<ServerCount, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerCountInput) -> Result<Page<StateCount>, Fault> {
        let (attempted, scope) = ("count servers", caller.scope());
        let no_racks = !caller.actor.may(Permission::Inspect);
        let counts = self
            .look(attempted, move |tx| {
                let only = input.account.as_ref().map(|name| account::named(tx, &scope, name, attempted));
                let choice = ServerChoice {
                    state: None,
                    rack: input.rack,
                    site: input.site,
                    account: only.transpose()?.map(|account| account.id),
                    search: input.search,
                    no_racks,
                };
                Ok(server_counts(tx, &scope, &choice)?)
            })
            .await?;
        let of = |state| counts.iter().find(|(known, _)| *known == state).map(|(_, servers)| *servers);
        let rows =
            ServerState::ALL.into_iter().filter_map(|state| Some(StateCount { state, servers: of(state)? }));
        Ok(Page::whole(rows.collect()))
    }
}
