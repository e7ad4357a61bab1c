//! Snapshots of a private server: its files at one moment, kept beside it on its server.

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::Power;
use rackwright_model::{JobId, Millis, Name, SnapshotId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{OnePrivateServer, PrivateServerView, SizeChange, action, one, sample_name};
use crate::actions::{JobStarted, Page};

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SnapshotCreateInput {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// What it is for, in a few words.
    #[schemars(length(max = 200))]
    pub note: Option<String>,
}

/// Names one snapshot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct OneSnapshot {
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Its number; see: private-server snapshot-list.
    pub snapshot: SnapshotId,
    /// Repeat the private server's name to confirm.
    pub confirm: Option<Name>,
}

/// A snapshot in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SnapshotView {
    pub id: SnapshotId,
    pub at: Millis,
    pub state: SnapshotState,
    /// What it is for.
    pub note: String,
    /// Disk of its server that it takes, beside that of the private server, in MiB; the most that it can be until it is made.
    pub mib: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SnapshotState {
    /// It is being made.
    Making,
    Kept,
    /// It is being removed.
    Removing,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CloneInput {
    /// The one whose files are copied, running or not.
    #[schemars(extend("x-from" = "private-server.list"))]
    pub private_server: Name,
    /// Name of the new one, also its host name.
    pub name: Name,
    /// Whose it is; that of the first one when it is left out.
    #[schemars(extend("x-from" = "account.list"))]
    pub account: Option<Name>,
    /// Where it is another than that of the first one.
    #[serde(default)]
    pub size: SizeChange,
    /// A free one of its server's network when it is left out.
    pub address: Option<Ipv4Addr>,
    /// None when it is left out. Only those give one who look after the racks.
    pub address_v6: Option<Ipv6Addr>,
    /// Whether it is started at once; it is when this is left out.
    pub power: Option<Power>,
}

action! {
    PrivateServerSnapshotCreate, "private-server.snapshot-create", "Take a snapshot",
    "Keep the files of a private server as they are at this moment; it stands still while they are marked, and runs on.",
    Operate, Change,
    SnapshotCreateInput => JobStarted, main "private_server";
    SnapshotCreateInput { private_server: sample_name("web1"), note: Some("before the upgrade".into()) };
    JobStarted { job: JobId(9), message: "A snapshot of web1 is being taken: job 9.".into() }
}

action! {
    PrivateServerSnapshotList, "private-server.snapshot-list", "Snapshots", "List the snapshots of a private server.", Look, Read,
    OnePrivateServer => Page<SnapshotView>, main "private_server", columns ["id", "at", "state", "mib", "note"];
    one();
    Page::whole(vec![SnapshotView {
        id: SnapshotId(4),
        at: Millis(1_764_000_000_000),
        state: SnapshotState::Kept,
        note: "before the upgrade".into(),
        mib: 812,
    }])
}

action! {
    PrivateServerSnapshotRestore, "private-server.snapshot-restore", "Restore",
    "Put the files of a snapshot in place; the private server stands still meanwhile, and its files of now become a snapshot themselves.",
    Operate, Destroy,
    OneSnapshot => JobStarted, main "private_server";
    OneSnapshot { private_server: sample_name("web1"), snapshot: SnapshotId(4), confirm: Some(sample_name("web1")) };
    JobStarted { job: JobId(10), message: "Snapshot 4 of web1 is being restored: job 10.".into() }
}

action! {
    PrivateServerSnapshotRemove, "private-server.snapshot-remove", "Remove",
    "Remove a snapshot; the private server stays as it is.", Operate, Destroy,
    OneSnapshot => JobStarted, main "private_server";
    OneSnapshot { private_server: sample_name("web1"), snapshot: SnapshotId(4), confirm: Some(sample_name("web1")) };
    JobStarted { job: JobId(11), message: "Snapshot 4 of web1 is being removed: job 11.".into() }
}

action! {
    PrivateServerClone, "private-server.clone", "Clone",
    "Make a private server with the files of another one, on the same server, with an address and SSH host keys of its own.",
    Allot, Change,
    CloneInput => PrivateServerView, main "private_server";
    CloneInput {
        private_server: sample_name("web1"),
        name: sample_name("web2"),
        account: None,
        size: SizeChange { memory_mib: Some(512), ..SizeChange::default() },
        address: None,
        address_v6: None,
        power: None,
    };
    PrivateServerView { name: sample_name("web2"), ..PrivateServerView::sample() }
}
