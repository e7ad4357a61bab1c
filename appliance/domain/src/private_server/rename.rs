//! `private-server rename`.

use rackwright_catalog::actions::private_server::{
    PrivateServerRename, PrivateServerRenameInput, PrivateServerView,
};
use rackwright_catalog::{Fault, Handle};
use serde_json::json;

use super::change::Step;
use super::create::free;
use crate::account::naming;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<PrivateServerRename, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerRenameInput,
    ) -> Result<PrivateServerView, Fault> {
        let PrivateServerRenameInput { private_server: old, name: new } = input;
        let attempted = format!("rename {old} to {new}");
        let (actor, before, after) = (caller.actor.clone(), old.clone(), new);
        self.alter(caller, &old, &attempted, move |tx, row, draft, phrase| {
            if before == after {
                return Ok(Step::default());
            }
            naming::private_server(tx, &actor, &row.account_path, &after, phrase)?;
            free(tx, &after, phrase)?;
            draft.name = after.clone();
            let said = format!("{before} is now called {after}.");
            let inverse = Inverse {
                action: "private-server.rename",
                input: json!({"private_server": after, "name": before}),
                thing: Thing::PrivateServerName(after),
            };
            Ok(Step { inverse: Some(inverse), said, forget: true, again: false })
        })
        .await
    }
}
