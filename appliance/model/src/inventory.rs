//! What a machine reports about its own hardware from the provisioning environment.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::address::MacAddr;
use crate::boot::Firmware;

/// The hardware of one machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Inventory {
    pub firmware: Firmware,
    pub cpu: Cpu,
    /// Installed memory in bytes, as the kernel sees it.
    pub memory_bytes: u64,
    pub disks: Vec<Disk>,
    pub nics: Vec<Nic>,
    pub dmi: Dmi,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Cpu {
    pub model: String,
    pub sockets: u32,
    pub cores: u32,
    pub threads: u32,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Disk {
    /// Kernel name, such as `vda` or `nvme0n1`.
    pub name: String,
    pub bytes: u64,
    pub serial: Option<String>,
    pub model: Option<String>,
    pub rotational: bool,
    pub removable: bool,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Nic {
    /// Kernel name, such as `eth0`.
    pub name: String,
    pub mac: MacAddr,
    /// Whether the link is up.
    pub link: bool,
    pub speed_mbps: Option<u32>,
    pub driver: Option<String>,
}

/// What the firmware says of itself (SMBIOS, DSP0134 section 7).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
pub struct Dmi {
    pub vendor: Option<String>,
    pub product: Option<String>,
    pub serial: Option<String>,
    pub uuid: Option<String>,
    pub bios_version: Option<String>,
}
