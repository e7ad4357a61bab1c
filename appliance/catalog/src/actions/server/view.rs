//! What a person sees of a server.

use std::net::Ipv4Addr;

use rackwright_model::boot::{BootRecord, BootStage, Firmware};
use rackwright_model::inventory::{Cpu, Disk, Dmi, Nic};
use rackwright_model::{InstallPhase, Inventory, JobId, MacAddr, Millis, Name, ServerId, ServerState};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::actions::failover::FailoverView;
use crate::actions::job::JobView;

/// A server in a list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerSummary {
    pub id: ServerId,
    pub name: Name,
    /// Whose it is.
    pub account: Name,
    pub state: ServerState,
    /// Why it is in this state, when that needs saying.
    pub reason: Option<String>,
    pub macs: Vec<MacAddr>,
    /// The address it was last heard from or leased.
    pub address: Option<Ipv4Addr>,
    pub firmware: Option<Firmware>,
    /// Whether its agent holds a session now.
    pub agent_connected: bool,
    /// Last heartbeat or echo reply.
    pub seen_at: Option<Millis>,
    /// The job under way, if any.
    pub job: Option<JobId>,
    /// Per mille of that job.
    pub progress: Option<u32>,
    /// The profile it was last installed with.
    pub profile: Option<Name>,
    /// The rack in which it stands.
    pub rack: Option<Name>,
    /// The site of the rack.
    pub site: Option<Name>,
    /// The lowest unit that it fills, counted from the bottom.
    pub unit: Option<u32>,
    /// Units that it fills.
    pub height: Option<u32>,
}

/// Everything about one server.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
pub struct ServerDetail {
    pub summary: ServerSummary,
    pub inventory: Option<Inventory>,
    pub inventory_at: Option<Millis>,
    pub bmc: Option<BmcView>,
    pub leases: Vec<NicLease>,
    /// Stations of the last boot, oldest first.
    pub timeline: Vec<BootRecord>,
    /// Where the boot stopped and what to do; none while it goes on or once it is complete.
    #[schemars(extend("x-sentence" = true))]
    pub stopped: Option<String>,
    pub install: Option<InstallView>,
    pub load: Option<LoadView>,
    /// That of its private servers on a NAS, while it does not answer.
    pub failover: Option<FailoverView>,
    /// Newest first, at most 20.
    pub jobs: Vec<JobView>,
}

/// A BMC without its password.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BmcView {
    pub address: std::net::IpAddr,
    pub user: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NicLease {
    pub mac: MacAddr,
    pub address: Ipv4Addr,
    pub until: Millis,
}

/// The last install.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct InstallView {
    pub job: JobId,
    pub phase: InstallPhase,
    pub profile: Name,
    pub image: Name,
    pub reason: Option<String>,
    pub started_at: Millis,
    pub ended_at: Option<Millis>,
}

/// The last heartbeat.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct LoadView {
    pub at: Millis,
    pub uptime_s: u64,
    /// Load averages over 1, 5 and 15 minutes, in hundredths.
    pub load_centi: [u32; 3],
    pub memory_kb: u64,
    pub memory_available_kb: u64,
    pub disks: Vec<DiskUseView>,
    pub agent_version: String,
    pub kernel: String,
    pub os: String,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct DiskUseView {
    pub mount: String,
    pub bytes: u64,
    pub free_bytes: u64,
}

/// Something that happened to a server.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ServerEventView {
    /// Grows with every event; not dense.
    pub id: i64,
    pub at: Millis,
    pub server: Option<Name>,
    /// The private server that it happened to.
    pub private_server: Option<Name>,
    /// `state`, `boot`, `job`, `load`, `agent`, `private-server` or `system`.
    pub kind: String,
    #[schemars(extend("x-sentence" = true))]
    pub text: String,
}

/// Events since the cursor.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Watched {
    pub items: Vec<ServerEventView>,
    /// Pass it as `after`.
    pub next: i64,
}

impl ServerSummary {
    pub(crate) fn sample() -> Self {
        Self {
            id: ServerId(1),
            name: super::sample_name("r1-u07"),
            account: super::sample_name("provider"),
            state: ServerState::Online,
            reason: None,
            macs: vec![MacAddr([0x52, 0x54, 0, 0x12, 0x34, 0x56])],
            address: Some(Ipv4Addr::new(10, 77, 0, 50)),
            firmware: Some(Firmware::Uefi),
            agent_connected: true,
            seen_at: Some(Millis(1_764_000_000_000)),
            job: None,
            progress: None,
            profile: Some(super::sample_name("debian-12")),
            rack: Some(super::sample_name("r1")),
            site: Some(super::sample_name("fra-1")),
            unit: Some(7),
            height: Some(2),
        }
    }
}

impl ServerDetail {
    pub(crate) fn sample() -> Self {
        let at = Millis(1_764_000_000_000);
        Self {
            summary: ServerSummary::sample(),
            inventory: Some(sample_inventory()),
            inventory_at: Some(at),
            bmc: Some(BmcView { address: [10, 77, 1, 7].into(), user: "admin".into() }),
            leases: vec![NicLease {
                mac: MacAddr([0x52, 0x54, 0, 0x12, 0x34, 0x56]),
                address: Ipv4Addr::new(10, 77, 0, 50),
                until: at.plus(3_600_000),
            }],
            timeline: vec![BootRecord { stage: BootStage::Power, at, detail: "power on over IPMI".into() }],
            stopped: None,
            install: Some(InstallView {
                job: JobId(7),
                phase: InstallPhase::Done,
                profile: super::sample_name("debian-12"),
                image: super::sample_name("debian-12"),
                reason: None,
                started_at: at,
                ended_at: Some(at.plus(140_000)),
            }),
            load: Some(LoadView {
                at,
                uptime_s: 86_400,
                load_centi: [12, 8, 5],
                memory_kb: 1_014_000,
                memory_available_kb: 880_000,
                disks: vec![DiskUseView { mount: "/".into(), bytes: 3 << 30, free_bytes: 2 << 30 }],
                agent_version: "0.1.0".into(),
                kernel: "6.1.0-40-cloud-amd64".into(),
                os: "Debian GNU/Linux 12 (bookworm)".into(),
            }),
            failover: None,
            jobs: vec![JobView::sample()],
        }
    }
}

fn sample_inventory() -> Inventory {
    Inventory {
        firmware: Firmware::Uefi,
        cpu: Cpu { model: "AMD EPYC 9354P".into(), sockets: 1, cores: 32, threads: 64 },
        memory_bytes: 128 << 30,
        disks: vec![Disk {
            name: "nvme0n1".into(),
            bytes: 960_197_124_096,
            serial: Some("S6XNNA0T".into()),
            model: Some("SAMSUNG MZQL2960".into()),
            rotational: false,
            removable: false,
        }],
        nics: vec![Nic {
            name: "eth0".into(),
            mac: MacAddr([0x52, 0x54, 0, 0x12, 0x34, 0x56]),
            link: true,
            speed_mbps: Some(10_000),
            driver: Some("ixgbe".into()),
        }],
        dmi: Dmi {
            vendor: Some("Supermicro".into()),
            product: Some("AS-1015A-MT".into()),
            serial: Some("S512345X".into()),
            uuid: None,
            bios_version: Some("1.4".into()),
        },
    }
}

impl ServerEventView {
    pub(crate) fn sample() -> Self {
        Self {
            id: 1_764_000_000_001,
            at: Millis(1_764_000_000_000),
            server: Some(super::sample_name("r1-u07")),
            private_server: None,
            kind: "state".into(),
            text: "r1-u07 is online.".into(),
        }
    }
}
