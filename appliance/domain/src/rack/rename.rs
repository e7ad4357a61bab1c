//! `rack rename`.

use rackwright_catalog::actions::rack::{RackRename, RackRenameInput, RackView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::rack::rack_rename;
use serde_json::json;

use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

impl Handle<RackRename, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: RackRenameInput) -> Result<RackView, Fault> {
        let attempted = format!("rename rack {} to {}", input.rack, input.name);
        let fault = attempted.clone();
        self.reversible(caller, &attempted, move |tx| {
            let rack = super::named(tx, &input.rack, &fault)?;
            if input.name != input.rack {
                super::free(tx, &input.name, &fault)?;
                rack_rename(tx, rack.id, &input.name)?;
            }
            let inverse = Inverse {
                action: "rack.rename",
                input: json!({"rack": input.name, "name": input.rack}),
                thing: Thing::Rack(input.name.clone()),
            };
            let view = super::view(&super::named(tx, &input.name, &fault)?);
            Ok((view, (input.name != input.rack).then_some(inverse)))
        })
        .await
    }
}
