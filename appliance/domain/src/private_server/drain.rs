//! `private-server drain`: a server is emptied, or nothing is begun.

use rackwright_catalog::actions::private_server::{Draining, PrivateServerDrain, PrivateServerDrainInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::private_server::{private_server_move_of, private_server_on};

use crate::refusal::conflict;
use crate::{Caller, Domain, server};

impl Handle<PrivateServerDrain, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: PrivateServerDrainInput) -> Result<Draining, Fault> {
        let attempted = format!("drain {}", input.server);
        let (phrase, scope, order) = (attempted.clone(), caller.scope(), self.order(caller));
        let name = input.server.clone();
        let moves = self
            .change(caller, &attempted, move |tx| {
                let source = server::named(tx, &scope, &input.server, &phrase)?;
                let mut moves = Vec::new();
                for row in private_server_on(tx, source.id)? {
                    if row.wanted.removing || private_server_move_of(tx, row.id)?.is_some() {
                        continue;
                    }
                    let named = format!("move {} away from {}", row.wanted.name, source.name);
                    let (job, target) = order.begin(tx, &row, None, &named)?;
                    moves.push((job, target, row));
                }
                if moves.is_empty() {
                    let reason = "no private server stands on it that is not on its way already";
                    return Err(conflict(&phrase, reason, "There is nothing to do.").into());
                }
                Ok(moves)
            })
            .await?;
        self.set_out(&moves).await;
        let message = match moves.len() {
            1 => format!("Moving 1 private server away from {name}."),
            count => format!("Moving {count} private servers away from {name}."),
        };
        Ok(Draining { jobs: moves.into_iter().map(|(job, ..)| job).collect(), message })
    }
}
