//! `server add`: announce a machine before it is powered on.

use rackwright_catalog::actions::server::{ServerAdd, ServerAddInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{Scope, ServerState};
use rackwright_store::server::{server_get, server_insert, server_named, server_of_mac, server_set_bmc};

use super::view::summary;
use crate::presence::Seen;
use crate::refusal::{conflict, not_found};
use crate::{Caller, Domain};

impl Handle<ServerAdd, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerAddInput) -> Result<ServerSummary, Fault> {
        let attempted = format!("add server {}", input.name);
        let bmc = input.bmc.as_ref().map(|bmc| self.seal_bmc(bmc));
        let at = self.now();
        let name = input.name.clone();
        let fault = attempted.clone();
        let server = self
            .change(caller, &attempted, move |tx| {
                if server_named(tx, &Scope::everything(), &input.name)?.is_some() {
                    let reason = format!("there is a server {} already", input.name);
                    return Err(conflict(&fault, reason, "Choose another name.").into());
                }
                for mac in &input.macs {
                    if let Some(owner) = server_of_mac(tx, *mac)? {
                        let reason = format!("{mac} belongs to server {}", owner.name);
                        let advice = if owner.state == ServerState::Retired {
                            "It is retired: power it on to netboot, and it comes back as discovered."
                                .to_owned()
                        } else {
                            format!("Look at that server with: rackwright server show {}", owner.name)
                        };
                        return Err(conflict(&fault, reason, advice).into());
                    }
                }
                let id = server_insert(tx, &input.name, true, &input.macs, at)?;
                if let Some(bmc) = &bmc {
                    server_set_bmc(tx, id, bmc)?;
                }
                server_get(tx, id)?.ok_or_else(|| not_found(&fault, "server", &input.name).into())
            })
            .await?;
        self.events.server(at, &name, "state", format!("{name} was added."));
        Ok(summary(&server, None, &Seen::default(), &caller.actor))
    }
}
