//! `rack remove`: only when nothing stands in it, so that no server loses its place unseen.

use rackwright_catalog::actions::Done;
use rackwright_catalog::actions::rack::{RackRemove, RackRemoveInput};
use rackwright_catalog::{Fault, Handle};
use rackwright_store::rack::{placement_list, rack_delete};
use serde_json::json;

use crate::refusal::{confirmed, conflict};
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain};

/// Servers that a refusal names.
const NAMED: usize = 5;

impl Handle<RackRemove, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: RackRemoveInput) -> Result<Done, Fault> {
        let attempted = format!("remove rack {}", input.rack);
        let (name, fault) = (input.rack.clone(), attempted.clone());
        self.reversible(caller, &attempted, move |tx| {
            let rack = super::named(tx, &input.rack, &fault)?;
            let placed = placement_list(tx, rack.id)?;
            if !placed.is_empty() {
                let mut names: Vec<&str> =
                    placed.iter().take(NAMED).map(|placed| placed.server_name.as_str()).collect();
                if placed.len() > NAMED {
                    names.push("…");
                }
                let reason = format!("{} servers stand in it: {}", placed.len(), names.join(", "));
                let advice = "Place them elsewhere, or take them out with: rackwright server place NAME";
                return Err(conflict(&fault, reason, advice).into());
            }
            confirmed(&fault, "it would be forgotten", "confirm", &input.rack, input.confirm.as_ref())?;
            rack_delete(tx, rack.id)?;
            let inverse = Inverse {
                action: "rack.create",
                input: json!({"name": rack.name, "site": rack.site, "height": rack.height}),
                thing: Thing::Rack(rack.name),
            };
            Ok(((), Some(inverse)))
        })
        .await?;
        Ok(Done::new(format!("Rack {name} is removed.")))
    }
}
