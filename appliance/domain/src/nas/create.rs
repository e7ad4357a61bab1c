//! `nas create`.

use rackwright_catalog::actions::nas::{NasCreate, NasCreateInput, NasView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::nas::{NasDraft, nas_insert};
use serde_json::json;

use crate::private_server::check_nas_address;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

/// Random bytes in the name of our directory on it: no two Control Centers share one by accident.
const CHANCE: usize = 6;

impl Handle<NasCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: NasCreateInput) -> Result<NasView, Fault> {
        let attempted = format!("create NAS {}", input.name);
        let (phrase, at) = (attempted.clone(), self.now());
        let (site, actor) = (self.site.clone(), caller.actor.clone());
        let mut bytes = [0; CHANCE];
        self.ports.chance.fill(&mut bytes);
        let directory = format!("rackwright-{}", hex::encode(bytes));
        let nas = self
            .reversible(caller, &attempted, move |tx| {
                super::free(tx, &input.name, &phrase)?;
                check_nas_address(tx, &site, &actor, input.address, &phrase)?;
                let draft = NasDraft {
                    name: input.name,
                    purpose: input.purpose,
                    address: input.address,
                    path: input.path,
                    version: input.version.unwrap_or_default(),
                    capacity_mib: input.capacity_mib,
                };
                nas_insert(tx, &draft, &directory, at)?;
                let inverse = Inverse {
                    action: "nas.remove",
                    input: json!({"nas": draft.name, "confirm": draft.name}),
                    thing: Thing::Nas(draft.name.clone()),
                };
                Ok((super::named(tx, &draft.name, &phrase)?, Some(inverse)))
            })
            .await?;
        Ok(super::view(&nas, &caller.actor))
    }
}
