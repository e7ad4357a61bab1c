//! `rack create`.

use rackwright_catalog::actions::rack::{RackCreate, RackCreateInput, RackView};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::rack::rack_insert;
use serde_json::json;

use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

/// Units of a rack of the usual size (EIA-310).
const USUAL: u32 = 42;

impl Handle<RackCreate, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: RackCreateInput) -> Result<RackView, Fault> {
        let attempted = format!("create rack {}", input.name);
        let (fault, at) = (attempted.clone(), self.now());
        self.reversible(caller, &attempted, move |tx| {
            super::free(tx, &input.name, &fault)?;
            rack_insert(tx, &input.name, input.site.as_ref(), input.height.unwrap_or(USUAL), at)?;
            let inverse = Inverse {
                action: "rack.remove",
                input: json!({"rack": input.name, "confirm": input.name}),
                thing: Thing::Rack(input.name.clone()),
            };
            Ok((super::view(&super::named(tx, &input.name, &fault)?), Some(inverse)))
        })
        .await
    }
}
