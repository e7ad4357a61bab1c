//! `server place`: two servers never fill the same unit.

use rackwright_catalog::actions::server::{ServerPlace, ServerPlaceInput, ServerSummary};
use rackwright_catalog::{Fault, Handle};
use rackwright_model::ServerId;
use rackwright_store::Connection;
use rackwright_store::rack::{Placement, Rack, placement_delete, placement_list, placement_put};
use rackwright_store::server::Server;
use serde_json::json;

use super::view::summary;
use crate::refusal::conflict;
use crate::undo::{Inverse, Thing};
use crate::{Caller, Domain, Refusal};

impl Handle<ServerPlace, Caller> for Domain {
    async fn handle(&self, caller: &Caller, input: ServerPlaceInput) -> Result<ServerSummary, Fault> {
        let attempted = match &input.rack {
            Some(rack) => format!("place {} in rack {rack}", input.server),
            None => format!("take {} out of its rack", input.server),
        };
        let (fault, scope) = (attempted.clone(), caller.scope());
        let server = self
            .reversible(caller, &attempted, move |tx| {
                let server = super::named(tx, &scope, &input.server, &fault)?;
                match (&input.rack, input.unit) {
                    (Some(rack), Some(unit)) => {
                        let rack = crate::rack::named(tx, rack, &fault)?;
                        let wanted = Wanted { server: server.id, unit, height: input.height.unwrap_or(1) };
                        wanted.fits(tx, &rack, &fault)?;
                        placement_put(tx, server.id, rack.id, unit, wanted.height)?;
                    }
                    _ => placement_delete(tx, server.id)?,
                }
                let placed = super::named(tx, &scope, &input.server, &fault)?;
                let inverse = (placed.place != server.place).then(|| back(&server));
                Ok((placed, inverse))
            })
            .await?;
        let said = match &server.place {
            Some(place) => format!("{} stands in rack {}, unit {}.", server.name, place.rack, place.unit),
            None => format!("{} stands in no rack.", server.name),
        };
        self.events.server(self.now(), &server.name, "state", said);
        Ok(summary(&server, None, &self.presence.of(server.id), &caller.actor))
    }
}

/// How it comes back to where it stood.
fn back(server: &Server) -> Inverse {
    let mut input = json!({"server": server.name});
    if let Some(place) = &server.place {
        input["rack"] = json!(place.rack);
        input["unit"] = json!(place.unit);
        input["height"] = json!(place.height);
    }
    Inverse { action: "server.place", input, thing: Thing::ServerPlace(server.name.clone()) }
}

/// Units that a server is to fill.
struct Wanted {
    server: ServerId,
    unit: u32,
    height: u32,
}

impl Wanted {
    /// The unit above the highest.
    fn end(&self) -> u32 {
        self.unit.saturating_add(self.height)
    }

    fn fits(&self, tx: &Connection, rack: &Rack, attempted: &str) -> Result<(), Refusal> {
        let units = units(self.unit, self.height);
        if self.end() > rack.height + 1 {
            let reason = format!("rack {} has {} units: {units} would lie outside", rack.name, rack.height);
            return Err(conflict(attempted, reason, "Choose a lower unit or another rack.").into());
        }
        let clashes = |other: &&Placement| {
            other.server != self.server && other.unit < self.end() && self.unit < other.unit + other.height
        };
        let placed = placement_list(tx, rack.id)?;
        let there: Vec<String> = placed
            .iter()
            .filter(clashes)
            .map(|other| format!("{} ({})", other.server_name, self::units(other.unit, other.height)))
            .collect();
        if there.is_empty() {
            return Ok(());
        }
        let reason = format!(
            "{units} of rack {} {} taken by {}",
            rack.name,
            if self.height == 1 { "is" } else { "are" },
            there.join(" and ")
        );
        let advice = format!("Look at the rack with: rackwright rack show {}", rack.name);
        Err(conflict(attempted, reason, advice).into())
    }
}

/// "unit 7", "units 7 to 8".
fn units(unit: u32, height: u32) -> String {
    match height {
        1 => format!("unit {unit}"),
        _ => format!("units {unit} to {}", unit.saturating_add(height).saturating_sub(1)),
    }
}
