//! `private-server list`.

use rackwright_catalog::actions::Page;
use rackwright_catalog::actions::private_server::{
    PrivateServerList, PrivateServerListInput, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle, Permission};
use rackwright_model::{Order, Scope};
use rackwright_store::private_server::{PrivateServerChoice, private_server_page};

use crate::paging::Paging;
use crate::{Caller, Domain, account, server};

impl Handle<PrivateServerList, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerListInput,
    ) -> Result<Page<PrivateServerView>, Fault> {
        let (attempted, scope) = ("list private servers", caller.scope());
        let order = input.order.unwrap_or(Order::Ascending);
        let after = input.after.as_deref();
        let paging = Paging::of("private-server.list", "name", order, after, input.limit, attempted)?;
        let ask = paging.ask.clone();
        let reachable = self.presence.connected_servers();
        // Whoever sees no servers is not told by this which there are.
        let seen = if caller.actor.may(Permission::Look) { caller.scope() } else { Scope::nothing() };
        let slice = self
            .look(attempted, move |tx| {
                let account = input.account.as_ref().map(|name| account::named(tx, &scope, name, attempted));
                let server = input.server.as_ref().map(|name| server::named(tx, &seen, name, attempted));
                let choice = PrivateServerChoice {
                    state: input.state,
                    reachable,
                    search: input.search,
                    server: server.transpose()?.map(|server| server.id),
                    account: account.transpose()?.map(|account| account.id),
                };
                Ok(private_server_page(tx, &scope, &choice, &ask)?)
            })
            .await?;
        Ok(paging.page(slice, |row| self.view(row, &caller.actor)))
    }
}
