//! `server rename`.

use rackwright_catalog::actions::server::{ServerRename, ServerRenameInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::Scope;
use rackwright_store::server::{server_named, server_rename};
use serde_json::json;

use super::view::summary;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<ServerRename, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerRenameInput) -> Result<ServerSummary, Fault> {
        let attempted = format!("rename {} to {}", input.server, input.name);
        let scope = caller.scope();
        let (name, fault) = (input.name.clone(), attempted.clone());
        let said = format!("{} is now called {}.", input.server, input.name);
        let is_another = input.name != input.server;
        let server = self
            .reversible(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                if input.name != input.server
                    && server_named(tx, &Scope::everything(), &input.name)?.is_some()
                {
                    let reason = format!("there is a server {} already", input.name);
                    return Err(conflict(&fault, reason, "Choose another name.").into());
                }
                server_rename(tx, server.id, &input.name)?;
                let inverse = Inverse {
                    action: "server.rename",
                    input: json!({"server": input.name, "name": input.server}),
                    thing: Thing::ServerName(input.name.clone()),
                };
                let changed = input.name != input.server;
                Ok((super::named(tx, &scope, &input.name, &fault)?, changed.then_some(inverse)))
            })
            .await?;
        if is_another {
            // What happened to a server that was called so before is not this one's owner's business.
            self.events.forget(&name);
        }
        self.events.server(self.now(), &name, "state", said);
        Ok(summary(&server, None, &self.presence.of(server.id), &caller.actor))
    }
}
