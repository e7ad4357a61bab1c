//! Racks.

mod create;
mod list;
mod remove;
mod rename;
mod show;

use rackwright_catalog::actions::rack::RackView;
use rackwright_model::Name;
use rackwright_store::Connection;
use rackwright_store::rack::{Rack, rack_named};

use crate::Refusal;
use crate::refusal::{conflict, not_found};

/// The rack with this name, or the fault that there is none.
pub(crate) fn named(tx: &Connection, name: &Name, attempted: &str) -> Result<Rack, Refusal> {
    rack_named(tx, name)?.ok_or_else(|| not_found(attempted, "rack", name).into())
}

/// That no rack has this name yet.
fn free(tx: &Connection, name: &Name, attempted: &str) -> Result<(), Refusal> {
    match rack_named(tx, name)? {
        None => Ok(()),
        Some(_) => {
            let reason = format!("there is a rack {name} already");
            Err(conflict(attempted, reason, "Choose another name.").into())
        }
    }
}

fn view(rack: &Rack) -> RackView {
    RackView {
        id: rack.id,
        name: rack.name.clone(),
        site: rack.site.clone(),
        height: rack.height,
        servers: rack.servers,
        used: rack.used,
        free: rack.height.saturating_sub(rack.used),
    }
}
