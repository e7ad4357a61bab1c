//! Where there is room for private servers, and with which files they can begin.

use rackwright_model::private_server::{Room, Size};
use rackwright_model::{Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::view::sample_size;
use super::{action, sample_name};
use crate::actions::{Nothing, Page};

/// A server with what it can promise and what it has promised.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerRoom {
    /// The server.
    pub name: Name,
    /// Why nothing can be placed here now; none when it can.
    #[schemars(extend("x-sentence" = true))]
    pub reason: Option<String>,
    /// All that it can promise; none while its agent did not tell.
    pub whole: Option<Room>,
    /// What it has promised.
    pub promised: Room,
    /// What it can still promise.
    pub free: Option<Room>,
    /// The private servers on it, by name, with what each was promised.
    pub shares: Vec<ServerShare>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerShare {
    pub name: Name,
    /// What it takes of the server: nothing for a disk on a NAS.
    pub size: Size,
}

/// An image from which private servers can be made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TemplateView {
    pub name: Name,
    pub os: String,
    /// The version: SHA-256 of its file.
    pub sha256: String,
    pub unpacked_bytes: u64,
    pub added_at: Millis,
    /// How many private servers were made from this version.
    pub used: u32,
}

action! {
    PrivateServerRoom, "private-server.room", "Room",
    "Show what each server can still promise to private servers, and what it has promised.", Allot, Read,
    Nothing => Page<ServerRoom>, columns ["name", "reason", "free", "promised"];
    Nothing {};
    Page::whole(vec![sample_room()])
}

action! {
    PrivateServerTemplates, "private-server.templates", "Templates",
    "List the images from which private servers can be made.", Look, Read,
    Nothing => Page<TemplateView>, columns ["name", "os", "unpacked_bytes", "added_at", "used"];
    Nothing {};
    Page::whole(vec![TemplateView {
        name: sample_name("debian-12-private"),
        os: "Debian GNU/Linux 12 (bookworm)".into(),
        sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
        unpacked_bytes: 260_000_000,
        added_at: Millis(1_764_000_000_000),
        used: 1,
    }])
}

fn sample_room() -> ServerRoom {
    let room = |cpu_permille, memory_mib, disk_mib, bandwidth_kbit| Room {
        cpu_permille,
        memory_mib,
        disk_mib,
        bandwidth_kbit,
    };
    ServerRoom {
        name: sample_name("r1-u07"),
        reason: None,
        whole: Some(room(900, 3_600, 40_000, 1_000_000)),
        promised: room(100, 512, 5_120, 10_000),
        free: Some(room(800, 3_088, 34_880, 990_000)),
        shares: vec![ServerShare { name: sample_name("web1"), size: sample_size() }],
    }
}
