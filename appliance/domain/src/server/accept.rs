//! `server accept`: take a discovered machine into service.

use rackwright_catalog::actions::server::{OneServer, ServerAccept, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{ServerEvent, ServerState};
use rackwright_store::server::server_set_approved;

use super::view::summary;
use crate::{Caller, Domain};

impl Handle<ServerAccept, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: OneServer) -> Result<ServerSummary, Fault> {
        let attempted = format!("accept server {}", input.server);
        let scope = caller.scope();
        let fault = attempted.clone();
        let name = input.server.clone();
        let server = self
            .change(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                if server.state == ServerState::Retired {
                    super::step(tx, &server, ServerEvent::Accept, None, &fault)?;
                }
                server_set_approved(tx, server.id, true)?;
                // Without an inventory it stays discovered, and becomes ready when the inventory arrives.
                if server.inventory.is_some() {
                    super::step(tx, &server, ServerEvent::Accept, None, &fault)?;
                }
                super::named(tx, &scope, &input.server, &fault)
            })
            .await?;
        self.events.server(self.now(), &name, "state", format!("{name} was accepted."));
        Ok(summary(&server, None, &self.presence.of(server.id), &caller.actor))
    }
}
