//! What a person sees of a private server.

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::{Phase, Power, PrivateServerState, Size};
use rackwright_model::{MacAddr, Millis, Name};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::nas::ShareView;
use super::sample_name;
use super::usage::UsageSpan;

/// A private server in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrivateServerView {
    /// Names its users, files, cgroup and cable on the server.
    pub number: u32,
    pub name: Name,
    /// Whose it is.
    pub account: Name,
    pub state: PrivateServerState,
    /// Why it is in this state, when that needs saying.
    #[schemars(extend("x-sentence" = true))]
    pub reason: Option<String>,
    /// Per mille of what is under way, where that is known.
    pub progress: Option<u32>,
    /// What its owner wants.
    pub power: Power,
    /// Whether it is held back from its owner.
    pub suspended: bool,
    /// Whether it is cut off the network.
    pub quarantine: bool,
    pub address: Option<Ipv4Addr>,
    pub address_v6: Option<Ipv6Addr>,
    /// The server that it stands on; only for those who may see that server.
    pub server: Option<Name>,
    pub template: Name,
    pub size: Size,
    /// Where its disk is; none: on its server.
    pub nas: Option<Name>,
    /// How soon it is started elsewhere when its server is dead, if its disk is on a NAS: 1 first, 9 last.
    pub priority: u32,
}

/// Everything about one private server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PrivateServerDetail {
    pub summary: PrivateServerView,
    /// What its server last saw.
    pub phase: Option<Phase>,
    pub seen_at: Option<Millis>,
    /// The hardware address inside.
    pub mac: MacAddr,
    /// The version of its template: the SHA-256 of the image it was made from.
    pub template_sha256: String,
    /// Whether the template has a newer version, which a rebuild would take.
    pub template_is_old: bool,
    /// Keys that let root in, as they were given.
    pub ssh_keys: u32,
    pub has_password: bool,
    /// What it reads of NAS from its next start.
    pub shares: Vec<ShareView>,
    pub created_at: Millis,
    /// What it used in the last five minutes on record.
    pub usage: Option<UsageSpan>,
}

impl PrivateServerView {
    pub(crate) fn sample() -> Self {
        Self {
            number: 3,
            name: sample_name("web1"),
            account: sample_name("acme"),
            state: PrivateServerState::Running,
            reason: None,
            progress: None,
            power: Power::On,
            suspended: false,
            quarantine: false,
            address: Some(Ipv4Addr::new(10, 77, 0, 201)),
            address_v6: None,
            server: Some(sample_name("r1-u07")),
            template: sample_name("debian-12-private"),
            size: sample_size(),
            nas: None,
            priority: 5,
        }
    }
}

impl PrivateServerDetail {
    pub(crate) fn sample() -> Self {
        let at = Millis(1_764_000_000_000);
        Self {
            summary: PrivateServerView::sample(),
            phase: Some(Phase::Running),
            seen_at: Some(at),
            mac: MacAddr([0x02, 0x52, 0x57, 0, 0, 3]),
            template_sha256: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08".into(),
            template_is_old: false,
            ssh_keys: 1,
            has_password: false,
            shares: Vec::new(),
            created_at: at,
            usage: Some(UsageSpan::sample()),
        }
    }
}

pub(super) fn sample_size() -> Size {
    Size {
        cpu_permille: 100,
        memory_mib: 512,
        swap_mib: 256,
        disk_mib: 5_120,
        bandwidth_kbit: 10_000,
        ceiling_kbit: None,
        sessions: 2_000,
        processes: 1_000,
    }
}
