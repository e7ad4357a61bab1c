//! The life of a private server after it was made.

use rackwright_model::Name;
use rackwright_model::private_server::{PrivateServerState, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::create::check_size;
use super::view::sample_size;
use super::{OnePrivateServer, PrivateServerView, action, one, sample_name};
use crate::actions::Done;
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerRebuildInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// The newest version of the template that it has when this is left out.
    #[schemars(extend("x-from" = "private-server.templates"))]
    pub template: Option<Name>,
    /// Repeat its name to confirm that all its files are discarded.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerResizeInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    pub size: Size,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerRenameInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its host name follows with its next start.
    pub name: Name,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerRemoveInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Repeat its name to confirm that it is stopped and all its files are destroyed.
    pub confirm: Option<Name>,
}

action! {
    PrivateServerStart, "private-server.start", "Start", "Start a private server, and start it again whenever its server restarts.",
    Inside, Change,
    OnePrivateServer => PrivateServerView, main "private_server";
    one();
    PrivateServerView { state: PrivateServerState::Starting, ..PrivateServerView::sample() }
}

action! {
    PrivateServerStop, "private-server.stop", "Stop", "Stop a private server in good order; after 45 seconds by force.",
    Inside, Change,
    OnePrivateServer => PrivateServerView, main "private_server";
    one();
    PrivateServerView { state: PrivateServerState::Stopping, ..PrivateServerView::sample() }
}

action! {
    PrivateServerReboot, "private-server.reboot", "Reboot", "Stop a private server in good order and start it again.",
    Inside, Change,
    OnePrivateServer => PrivateServerView, main "private_server";
    one();
    PrivateServerView { state: PrivateServerState::Starting, ..PrivateServerView::sample() }
}

action! {
    PrivateServerRebuild, "private-server.rebuild", "Rebuild",
    "Discard all files of a private server and begin again from its template; name, address and size stay.",
    Operate, Destroy,
    PrivateServerRebuildInput => PrivateServerView, main "private_server";
    PrivateServerRebuildInput { private_server: sample_name("web1"), template: None, confirm: Some(sample_name("web1")) };
    PrivateServerView { state: PrivateServerState::Starting, ..PrivateServerView::sample() }
}

action! {
    PrivateServerResize, "private-server.resize", "Resize",
    "Give a private server other guarantees and limits, while it runs; refused, with the sum, where there is no room.",
    Allot, Change,
    PrivateServerResizeInput => PrivateServerView, main "private_server", check check_resize, undo true;
    PrivateServerResizeInput { private_server: sample_name("web1"), size: sample_size() };
    PrivateServerView::sample()
}

action! {
    PrivateServerRename, "private-server.rename", "Rename", "Give a private server another name.", Operate, Change,
    PrivateServerRenameInput => PrivateServerView, main "private_server", undo true;
    PrivateServerRenameInput { private_server: sample_name("web1"), name: sample_name("shop") };
    PrivateServerView { name: sample_name("shop"), ..PrivateServerView::sample() }
}

action! {
    PrivateServerSuspend, "private-server.suspend", "Suspend",
    "Stop a private server and keep its owner from starting it; its files stay.", Allot, Change,
    OnePrivateServer => PrivateServerView, main "private_server", undo true;
    one();
    PrivateServerView { state: PrivateServerState::Stopping, suspended: true, ..PrivateServerView::sample() }
}

action! {
    PrivateServerResume, "private-server.resume", "Resume", "Let a suspended private server run again.", Allot, Change,
    OnePrivateServer => PrivateServerView, main "private_server", undo true;
    one();
    PrivateServerView { state: PrivateServerState::Starting, ..PrivateServerView::sample() }
}

action! {
    PrivateServerQuarantine, "private-server.quarantine", "Quarantine",
    "Cut a private server off the network, but for the Control Center: it goes on running, and its console stays open.",
    Operate, Change,
    OnePrivateServer => PrivateServerView, main "private_server", undo true;
    one();
    PrivateServerView { quarantine: true, ..PrivateServerView::sample() }
}

action! {
    PrivateServerRelease, "private-server.release", "Release", "Put a private server in quarantine back on the network.",
    Operate, Change,
    OnePrivateServer => PrivateServerView, main "private_server", undo true;
    one();
    PrivateServerView::sample()
}

action! {
    PrivateServerRemove, "private-server.remove", "Remove",
    "Stop a private server and destroy all its files; its address is free again.", Allot, Destroy,
    PrivateServerRemoveInput => Done, main "private_server";
    PrivateServerRemoveInput { private_server: sample_name("web1"), confirm: Some(sample_name("web1")) };
    Done::new("web1 is being removed.")
}

fn check_resize(input: &PrivateServerResizeInput) -> Vec<FieldProblem> {
    check_size(&input.size)
}
