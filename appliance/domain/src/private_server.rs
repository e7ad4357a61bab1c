//! Private servers. Actions write down what is wanted; the agent of the server carries it out and says what it saw.

mod address;
mod change;
mod console;
pub(crate) mod consoles;
mod create;
mod drain;
mod exec;
mod ground;
pub(crate) mod happenings;
mod imposed;
pub(crate) mod inside;
mod life;
mod list;
mod mac;
pub(crate) mod moving;
mod password;
pub(crate) mod pending;
pub(crate) mod placement;
mod prioritise;
mod quarantine;
pub(crate) mod quota;
mod rebuild;
mod remove;
mod rename;
mod resize;
mod room;
mod share;
mod show;
pub(crate) mod standing;
mod suspend;
mod template;
mod templates;
pub(crate) mod transfers;
mod usage;
pub(crate) mod vault;
pub(crate) mod vaults;
mod view;
mod wanted;

pub(crate) use address::check_nas_address;
pub(crate) use ground::Ground;
pub(crate) use wanted::{template_of, wanted};

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
