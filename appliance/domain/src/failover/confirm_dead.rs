//! `server confirm-dead`: a person vouches for what no BMC could confirm.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::failover::{ServerConfirmDead, ServerConfirmDeadInput};
use rackwright_catalog::event::SERVER_FENCED;
use rackwright_catalog::{Fault, Handle};
use rackwright_model::ServerState;
use rackwright_model::private_server::FailoverEvent;
use rackwright_store::failover::{failover_begin, failover_fenced, failover_get};
use rackwright_store::private_server::private_server_on_nas_of;
use serde_json::json;

use crate::publish::happened;
use crate::refusal::{confirmed, conflict};
use crate::{Caller, Domain, server};

impl Handle<ServerConfirmDead, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerConfirmDeadInput) -> Result<Done, Fault> {
        let attempted = format!("take {} for dead", input.server);
        let (phrase, scope, by) = (attempted.clone(), caller.scope(), caller.actor.name.clone());
        let (name, at, connected) = (input.server.clone(), self.now(), self.presence.connected_servers());
        let count = self
            .change(caller, &attempted, move |tx| {
                let server = server::named(tx, &scope, &input.server, &phrase)?;
                if server.state != ServerState::Unreachable || connected.contains(&server.id) {
                    let reason = format!("it is not unreachable, but {}", server.state.word());
                    let advice = format!(
                        "Only a server that does not answer is taken for dead. Move its private servers with: rackwright private-server drain {}",
                        server.name
                    );
                    return Err(conflict(&phrase, reason, advice).into());
                }
                let waiting = private_server_on_nas_of(tx, server.id)?;
                if waiting.is_empty() {
                    let reason = "no private server with its disk on a NAS belongs to it";
                    return Err(conflict(&phrase, reason, "There is nothing to start elsewhere.").into());
                }
                let reason = "if it still runs, the disks of its private servers are destroyed";
                confirmed(&phrase, reason, "confirm", &input.server, input.confirm.as_ref())?;
                if failover_get(tx, server.id)?.is_none() {
                    failover_begin(tx, server.id, at)?;
                }
                let known = failover_get(tx, server.id)?;
                if known.is_some_and(|row| row.stage.apply(FailoverEvent::Fenced).is_ok()) {
                    failover_fenced(tx, server.id, Some(&by), at)?;
                    let reason = format!("{by} says that it is off.");
                    happened(tx, at, SERVER_FENCED, server.account, json!({"server": server.name}), Some(&reason))?;
                }
                Ok(waiting.len())
            })
            .await?;
        self.changed.notify_waiters();
        let said = match count {
            1 => format!("{name} is taken for dead; 1 private server is started elsewhere."),
            count => format!("{name} is taken for dead; {count} private servers are started elsewhere."),
        };
        self.events.server(at, &name, "failover", said.clone());
        Ok(Done::new(said))
    }
}
