//! What private servers have of network-attached storage.

use rackwright_model::Name;
use rackwright_model::nas::MountPoint;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{PrivateServerView, action, sample_name};
use crate::fault::FieldProblem;

/// Files that a private server reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ShareInput {
    /// A NAS with shared files.
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Name,
    /// The directory inside where they appear; it is made when it is not there.
    pub at: MountPoint,
}

/// What a private server reads, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ShareView {
    pub nas: Name,
    pub at: MountPoint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerShareInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// A NAS with shared files.
    #[schemars(extend("x-from" = "nas.list"))]
    pub nas: Name,
    /// The directory inside where they appear; it is made when it is not there.
    pub at: MountPoint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerUnshareInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Where the files appear.
    pub at: MountPoint,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PrivateServerPrioritiseInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// 1 is started elsewhere first when its server is dead, 9 last.
    #[schemars(range(min = 1, max = 9))]
    pub priority: u32,
}

action! {
    PrivateServerShare, "private-server.share", "Share",
    "Let a private server read the files of a NAS at a directory inside, from its next start.", Allot, Change,
    PrivateServerShareInput => PrivateServerView, main "private_server", check check_share, undo true;
    PrivateServerShareInput {
        private_server: sample_name("web1"),
        nas: sample_name("tools"),
        at: "/srv/shared".parse().expect("the sample is a directory"),
    };
    PrivateServerView::sample()
}

action! {
    PrivateServerUnshare, "private-server.unshare", "Unshare",
    "Let a private server no longer read the files of a NAS, from its next start.", Allot, Change,
    PrivateServerUnshareInput => PrivateServerView, main "private_server", undo true;
    PrivateServerUnshareInput {
        private_server: sample_name("web1"),
        at: "/srv/shared".parse().expect("the sample is a directory"),
    };
    PrivateServerView::sample()
}

action! {
    PrivateServerPrioritise, "private-server.prioritise", "Prioritise",
    "Choose how soon a private server on a NAS is started elsewhere when its server is dead.", Allot, Change,
    PrivateServerPrioritiseInput => PrivateServerView, main "private_server";
    PrivateServerPrioritiseInput { private_server: sample_name("web1"), priority: 1 };
    PrivateServerView { priority: 1, ..PrivateServerView::sample() }
}

fn check_share(input: &PrivateServerShareInput) -> Vec<FieldProblem> {
    check_place("at", &input.at).into_iter().collect()
}

/// That the system inside keeps what it needs.
pub(super) fn check_place(field: &str, at: &MountPoint) -> Option<FieldProblem> {
    let hidden = at.hides()?;
    let problem = format!(
        "would hide {hidden}, which the system inside needs; choose a directory of its own, such as /srv/shared"
    );
    Some(FieldProblem::new(field, problem))
}
