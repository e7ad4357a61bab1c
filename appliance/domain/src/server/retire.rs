//! `server retire`: out of service, with nothing left that opens a door.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::server::{ServerRetire, ServerRetireInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::ServerEvent;
use rackwright_store::certificate::certificate_revoke;
use rackwright_store::lease::lease_delete;
use rackwright_store::server::server_set_approved;

use crate::private_server::standing;
use crate::refusal::confirmed;
use crate::{Caller, Domain};

impl Handle<ServerRetire, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerRetireInput) -> Result<Done, Fault> {
        let attempted = format!("retire {}", input.server);
        let scope = caller.scope();
        let fault = attempted.clone();
        let (name, at) = (input.server.clone(), self.now());
        let connected = self.presence.connected_servers();
        let id = self
            .change(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                let reason = "its certificate and its reservation would be withdrawn";
                confirmed(&fault, reason, "confirm", &input.server, input.confirm.as_ref())?;
                standing::leave(tx, &server, connected.contains(&server.id), at, &fault)?;
                super::step(tx, &server, ServerEvent::Retire, None, &fault)?;
                server_set_approved(tx, server.id, false)?;
                certificate_revoke(tx, server.id, at)?;
                for mac in &server.macs {
                    lease_delete(tx, *mac)?;
                }
                Ok(server.id)
            })
            .await?;
        self.ports.machines.drop_agent(id);
        self.presence.forget(id);
        self.events.server(at, &name, "state", format!("{name} is retired."));
        Ok(Done::new(format!("{name} is retired.")))
    }
}
