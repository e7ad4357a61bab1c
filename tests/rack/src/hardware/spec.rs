//! What a machine is made of.

use anyhow::{Result, bail};
use serde::{Deserialize, Serialize};

/// The machine's firmware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Firmware {
    /// SeaBIOS; netboots by the network card's iPXE ROM.
    Bios,
    /// OVMF; netboots by EDK2's own PXE client.
    Uefi,
}

/// The machine's network card.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum NicKind {
    /// Paravirtual, the fastest.
    Virtio,
    /// Intel 82540EM: needs the drivers that real servers need.
    E1000,
}

/// How the machine's one disk is attached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum DiskKind {
    /// Paravirtual, `/dev/vda`.
    Virtio,
    /// SATA, `/dev/sda`.
    Ahci,
    /// `/dev/nvme0n1`.
    Nvme,
}

/// One blank machine to put into a rack.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct MachineSpec {
    /// Lower-case letters, digits and dashes; unique in its rack.
    pub name: String,
    pub firmware: Firmware,
    pub nic: NicKind,
    pub disk: DiskKind,
    pub cpus: u8,
    /// MiB. The provisioning environment's RAM disk must fit in half of it.
    pub memory_mib: u32,
    /// MiB. The file behind it is sparse.
    pub disk_mib: u64,
}

impl MachineSpec {
    /// A machine with 2 CPUs, 2 GiB of memory, an 8 GiB disk and paravirtual devices.
    pub fn new(name: impl Into<String>, firmware: Firmware) -> Self {
        Self {
            name: name.into(),
            firmware,
            nic: NicKind::Virtio,
            disk: DiskKind::Virtio,
            cpus: 2,
            memory_mib: 2048,
            disk_mib: 8192,
        }
    }

    /// The same machine with devices that need a physical server's drivers.
    #[must_use]
    pub fn with_devices(mut self, nic: NicKind, disk: DiskKind) -> Self {
        self.nic = nic;
        self.disk = disk;
        self
    }

    /// The same machine with a disk of this many MiB.
    #[must_use]
    pub fn with_disk_mib(mut self, disk_mib: u64) -> Self {
        self.disk_mib = disk_mib;
        self
    }

    /// Refuses names that cannot be a directory name inside the rack.
    pub(super) fn check(&self) -> Result<()> {
        let good = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
        if self.name.is_empty() || self.name.len() > 32 || !self.name.chars().all(good) {
            bail!(
                "machine name {:?} must be 1 to 32 lower-case letters, digits or dashes: choose another name",
                self.name
            );
        }
        Ok(())
    }
}
