//! `private-server share` and `unshare`: files of a NAS that it reads from its next start.

use rackwright_catalog::actions::private_server::{
    PrivateServerShare, PrivateServerShareInput, PrivateServerUnshare, PrivateServerUnshareInput,
    PrivateServerView,
};
use rackwright_catalog::{Fault, FaultCode, Handle};
use rackwright_store::nas::{share_delete, share_of};
use rackwright_store::server::server_get;
use serde_json::json;

use super::change::Step;
use super::placement::{self, Need};
use crate::refusal::{conflict, not_found};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, nas};

/// A private server reads of at most so many places.
const MOST: usize = 8;

impl Handle<PrivateServerShare, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerShareInput,
    ) -> Result<PrivateServerView, Fault> {
        let name = input.private_server.clone();
        let attempted = format!("share {} with {name}", input.nas);
        let scope = caller.scope();
        self.alter(caller, &name, &attempted, move |tx, row, draft, phrase| {
            let known = share_of(tx, row.id)?;
            if known.len() >= MOST {
                let reason = format!("it reads files of NAS at {MOST} places already");
                let advice = format!(
                    "Take one away with: rackwright private-server unshare {} --at DIRECTORY",
                    draft.name
                );
                return Err(conflict(phrase, reason, advice).into());
            }
            nas::share(tx, row.id, &input.nas, &input.at, phrase)?;
            if known.is_empty() && draft.nas.is_none() {
                let server = server_get(tx, draft.server)?
                    .ok_or_else(|| not_found(phrase, "server", &row.server_name))?;
                placement::admit(tx, &scope, server, &Need::of(tx, row)?, Some(row.id), phrase)?;
            }
            let said = format!("{} reads {} at {} from its next start.", draft.name, input.nas, input.at);
            let inverse = Inverse {
                action: "private-server.unshare",
                input: json!({"private_server": draft.name, "at": input.at}),
                thing: Thing::PrivateServerShare(draft.name.clone(), input.at),
            };
            Ok(Step { inverse: Some(inverse), again: true, said, ..Step::default() })
        })
        .await
    }
}

impl Handle<PrivateServerUnshare, Caller> for Domain {
    async fn handle(
        &self,
        caller: &Caller,
        input: PrivateServerUnshareInput,
    ) -> Result<PrivateServerView, Fault> {
        let name = input.private_server.clone();
        let attempted = format!("take the files at {} from {name}", input.at);
        self.alter(caller, &name, &attempted, move |tx, row, draft, phrase| {
            let Some(known) = share_of(tx, row.id)?.into_iter().find(|share| share.at == input.at) else {
                let reason = format!("it reads nothing of a NAS at {}", input.at);
                let advice = format!("See what it reads with: rackwright private-server show {}", draft.name);
                return Err(Fault::new(FaultCode::NotFound, phrase, reason, advice).into());
            };
            share_delete(tx, row.id, &input.at)?;
            let said = format!("{} reads nothing at {} from its next start.", draft.name, input.at);
            let inverse = Inverse {
                action: "private-server.share",
                input: json!({"private_server": draft.name, "nas": known.nas_name, "at": input.at}),
                thing: Thing::PrivateServerShare(draft.name.clone(), input.at),
            };
            Ok(Step { inverse: Some(inverse), again: true, said, ..Step::default() })
        })
        .await
    }
}
