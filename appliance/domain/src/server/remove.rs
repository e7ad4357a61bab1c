//! `server remove`: the record goes, with everything that hangs on it; the machine itself is not touched.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::server::{ServerRemove, ServerRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::{Name, Scope, ServerId, ServerState};
use rackwright_store::Connection;
use rackwright_store::lease::lease_delete;
use rackwright_store::server::{Server, server_delete};

use super::named;
use crate::private_server::standing;
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain, Refusal};

impl Handle<ServerRemove, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        ServerRemoveInput { server, confirm }: ServerRemoveInput,
    ) -> Result<Done, Fault> {
        let attempted = format!("remove server {server}");
        let scope = caller.scope();
        let (name, phrase) = (server.clone(), attempted.clone());
        let (connected, at) = (self.presence.connected_servers(), self.now());
        let id = self
            .change(caller, &attempted, move |tx| {
                let leaves = named(tx, &scope, &name, &phrase)?;
                standing::leave(tx, &leaves, connected.contains(&leaves.id), at, &phrase)?;
                remove(tx, &scope, &phrase, &name, confirm.as_ref())
            })
            .await?;
        self.ports.machines.drop_agent(id);
        self.presence.forget(id);
        // Another account may give the name to a server of its own.
        self.events.forget(&server);
        self.events.server(self.now(), &server, "state", format!("{server} is removed."));
        Ok(Done::new(format!("{server} is removed. A machine of it that netboots again is discovered anew.")))
    }
}

fn remove(
    tx: &Connection,
    scope: &Scope,
    attempted: &str,
    name: &Name,
    confirm: Option<&Name>,
) -> Result<ServerId, Refusal> {
    let server = named(tx, scope, name, attempted)?;
    refuse_in_use(&server, attempted)?;
    let reason = "its record, boot timeline, jobs and certificates would be deleted";
    confirmed(attempted, reason, "confirm", name, confirm)?;
    for mac in &server.macs {
        lease_delete(tx, *mac)?;
    }
    server_delete(tx, server.id)?;
    Ok(server.id)
}

fn refuse_in_use(server: &Server, attempted: &str) -> Result<(), Fault> {
    let advice = match server.state {
        ServerState::Discovered
        | ServerState::Ready
        | ServerState::Unreachable
        | ServerState::Failed
        | ServerState::Retired => return Ok(()),
        ServerState::Online => format!("Retire it first with: rackwright server retire {}", server.name),
        ServerState::Installing => {
            "Wait for the install to end, or cancel its job with: rackwright job cancel".to_owned()
        }
        ServerState::Rescuing | ServerState::Wiping => "Wait until that has ended.".to_owned(),
    };
    Err(conflict(attempted, format!("it is {}", server.state.word()), advice))
}
