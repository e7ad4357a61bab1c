//! `nas remove`: only when no private server uses it.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::nas::{NasRemove, NasRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::nas::NasPurpose;
use rackwright_store::nas::nas_delete;
use rackwright_store::private_server::private_server_using;
use serde_json::json;

use crate::private_server::standing::listed;
use crate::refusal::{confirmed, conflict};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<NasRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: NasRemoveInput) -> Result<Done, Fault> {
        let attempted = format!("remove NAS {}", input.nas);
        let (phrase, name) = (attempted.clone(), input.nas.clone());
        self.reversible(caller, &attempted, move |tx| {
            let nas = super::named(tx, &input.nas, &phrase)?;
            let users = private_server_using(tx, nas.id)?;
            if !users.is_empty() {
                let names: Vec<_> = users.into_iter().map(|row| row.wanted.name).collect();
                let reason = format!("private servers use it: {}", listed(&names));
                let advice = match nas.draft.purpose {
                    NasPurpose::Roots => "Remove them first with: rackwright private-server remove NAME",
                    NasPurpose::Shared => {
                        "Take it from them first with: rackwright private-server unshare NAME --at DIRECTORY"
                    }
                };
                return Err(conflict(&phrase, reason, advice).into());
            }
            confirmed(&phrase, "it would be forgotten", "confirm", &input.nas, input.confirm.as_ref())?;
            nas_delete(tx, nas.id)?;
            let draft = nas.draft;
            let input = json!({
                "name": draft.name, "purpose": draft.purpose, "address": draft.address, "path": draft.path,
                "version": draft.version, "capacity_mib": draft.capacity_mib,
            });
            Ok(((), Some(Inverse { action: "nas.create", input, thing: Thing::Nas(draft.name) })))
        })
        .await?;
        Ok(Done::new(format!("NAS {name} is removed.")))
    }
}
