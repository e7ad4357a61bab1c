//! `server assign`: another account owns it from now on.

use rackwright_catalog::actions::server::{ServerAssign, ServerAssignInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::ServerState;
use rackwright_store::sample::sample_delete;
use rackwright_store::server::server_set_account;
use serde_json::json;

use super::view::summary;
use crate::private_server::standing;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, account};

impl Handle<ServerAssign, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerAssignInput) -> Result<ServerSummary, Fault> {
        let attempted = format!("assign {} to {}", input.server, input.account);
        let scope = caller.scope();
        let (name, phrase, to) = (input.server.clone(), attempted.clone(), input.account.clone());
        let server = self
            .reversible(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &phrase)?;
                let account = account::named(tx, &scope, &input.account, &phrase)?;
                if server.state == ServerState::Installing {
                    let advice = "Wait for the job to end, or cancel it with: rackwright job cancel";
                    return Err(conflict(&phrase, "an install is under way", advice).into());
                }
                standing::refuse(tx, &server, &phrase)?;
                server_set_account(tx, server.id, account.id)?;
                sample_delete(tx, server.id)?;
                let inverse = Inverse {
                    action: "server.assign",
                    input: json!({"server": input.server, "account": server.account_name}),
                    thing: Thing::ServerAccount(input.server.clone()),
                };
                let changed = server.account != account.id;
                Ok((super::named(tx, &scope, &input.server, &phrase)?, changed.then_some(inverse)))
            })
            .await?;
        // What happened before is not the new owner's business.
        self.events.forget(&name);
        self.events.server(self.now(), &name, "state", format!("{name} belongs to {to} now."));
        Ok(summary(&server, None, &self.presence.of(server.id), &caller.actor))
    }
}
