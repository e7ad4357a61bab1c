//! Private servers. Actions write down what is wanted; the agent of the server carries it out and says what it saw.

mod address;
mod change;
mod console;
pub(crate) mod consoles;
mod create;
mod drain;
mod exec;
pub(crate) mod execs;
mod life;
mod list;
mod mac;
mod moving;
mod password;
mod placement;
mod quarantine;
mod rebuild;
mod remove;
mod rename;
mod resize;
mod room;
mod show;
pub(crate) mod standing;
mod suspend;
mod template;
mod templates;
pub(crate) mod transfers;
mod usage;
mod view;
mod wanted;

pub(crate) use wanted::wanted;

use rackwright_model::{Name, Scope};
use rackwright_store::Connection;
use rackwright_store::private_server::{PrivateServer, private_server_named};

use crate::Refusal;
use crate::refusal::not_found;

/// The private server with this name, or the fault that there is none.
pub(crate) fn named(
    tx: &Connection,
    scope: &Scope,
    name: &Name,
    attempted: &str,
) -> Result<PrivateServer, Refusal> {
    private_server_named(tx, scope, name)?.ok_or_else(|| not_found(attempted, "private-server", name).into())
}
