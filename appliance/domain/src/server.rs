//! Servers: what an operator can do with them.

mod accept;
mod add;
mod assign;
pub(crate) mod bmc;
mod count;
mod install;
mod list;
mod place;
mod power;
mod reboot;
mod remove;
mod rename;
mod retire;
mod samples;
mod set_bmc;
mod show;
mod view;
mod watch;

use rackwright_catalog::Fault;
use rackwright_model::{Name, Scope, ServerEvent};
use rackwright_store::Connection;
use rackwright_store::server::{Server, server_named, server_set_state};

pub(crate) use bmc::access;
pub(crate) use install::begin;
pub(crate) use view::summary;

use crate::Refusal;
use crate::refusal::{conflict, not_found};

/// The server with this name, or the fault that there is none.
pub(crate) fn named(tx: &Connection, scope: &Scope, name: &Name, attempted: &str) -> Result<Server, Refusal> {
    server_named(tx, scope, name)?.ok_or_else(|| not_found(attempted, "server", name).into())
}

/// Move a server by an event, with the reason to show beside its state.
pub(crate) fn step(
    tx: &Connection,
    server: &Server,
    event: ServerEvent,
    reason: Option<&str>,
    attempted: &str,
) -> Result<(), Refusal> {
    let next = server.state.apply(event).map_err(|refused| refuse(&refused, attempted))?;
    server_set_state(tx, server.id, next, reason)?;
    Ok(())
}

fn refuse(refused: &rackwright_model::server::Refused, attempted: &str) -> Fault {
    let advice = match refused.state {
        rackwright_model::ServerState::Installing => {
            "Wait for the job to end, or cancel it with: rackwright job cancel"
        }
        rackwright_model::ServerState::Retired => {
            "Power the machine on to netboot: it comes back as discovered."
        }
        _ => "Look at its state with: rackwright server show",
    };
    conflict(attempted, refused.to_string(), advice)
}
