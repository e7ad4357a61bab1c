//! The life of a private server after it was made.

use rackwright_model::Name;
use rackwright_model::private_server::{PrivateServerState, Size};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::sample_size;
use super::{OnePrivateServer, PrivateServerView, SizeChange, action, one, sample_name};
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
    /// At least one of these; the others stay as they are.
    #[serde(default)]
    pub size: SizeChange,
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
    "Give a private server other guarantees and limits, while it runs; what is not named stays; refused, with the sum, where there is no room.",
    Allot, Change,
    PrivateServerResizeInput => PrivateServerView, main "private_server", check check_resize, undo true;
    PrivateServerResizeInput {
        private_server: sample_name("web1"),
        size: SizeChange { memory_mib: Some(1_024), ..SizeChange::default() },
    };
    PrivateServerView { size: Size { memory_mib: 1_024, ..sample_size() }, ..PrivateServerView::sample() }
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
    if input.size != SizeChange::default() {
        return Vec::new();
    }
    let problem = "names nothing to change: give at least one field of it, such as memory_mib";
    vec![FieldProblem::new("size", problem)]
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::validate;

    #[test]
    fn a_resize_names_one_size_at_least() {
        for nothing in [json!({"private_server": "web1"}), json!({"private_server": "web1", "size": {}})] {
            let fault = validate::input::<PrivateServerResize>(nothing).expect_err("names nothing");
            assert_eq!(fault.fields.len(), 1, "{fault}");
            assert_eq!(fault.fields[0].field, "size");
            assert!(fault.fields[0].problem.contains("at least one"), "{fault}");
        }
        let one = json!({"private_server": "web1", "size": {"swap_mib": 0}});
        let input = validate::input::<PrivateServerResize>(one).expect("one is enough");
        assert_eq!(input.size, SizeChange { swap_mib: Some(0), ..SizeChange::default() });
        let whole = json!({"private_server": "web1", "size": sample_size()});
        let input = validate::input::<PrivateServerResize>(whole).expect("so is a whole size");
        assert_eq!(input.size, SizeChange::from(&sample_size()));
    }
}
