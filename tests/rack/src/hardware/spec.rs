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
    /// Intel 82540EM (PCI): needs the drivers that real servers need.
    E1000,
    /// Intel 82574L (PCI Express): the same.
    E1000e,
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

/// The devices of a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "lowercase")]
pub enum Hardware {
    /// Paravirtual, served by Debian's cloud kernel: the fastest.
    Virtio,
    /// What servers have, served by Debian's generic kernel.
    Generic,
}

impl Hardware {
    /// The flavour of the kernel that has the drivers, as the Control Center spells it.
    pub fn kernel(self) -> &'static str {
        match self {
            Self::Virtio => "cloud",
            Self::Generic => "generic",
        }
    }
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

    /// The same machine made of these devices: generic ones differ with the firmware, so that a rack has several kinds.
    #[must_use]
    pub fn with_hardware(self, hardware: Hardware) -> Self {
        match (hardware, self.firmware) {
            (Hardware::Virtio, _) => self.with_devices(NicKind::Virtio, DiskKind::Virtio),
            (Hardware::Generic, Firmware::Bios) => self.with_devices(NicKind::E1000, DiskKind::Ahci),
            (Hardware::Generic, Firmware::Uefi) => self.with_devices(NicKind::E1000e, DiskKind::Nvme),
        }
    }

    /// The same machine with devices that need a physical server's drivers.
    #[must_use]
    pub fn with_devices(mut self, nic: NicKind, disk: DiskKind) -> Self {
        self.nic = nic;
        self.disk = disk;
        self
    }

    /// The same machine with so much memory, in MiB.
    #[must_use]
    pub fn with_memory_mib(mut self, memory_mib: u32) -> Self {
        self.memory_mib = memory_mib;
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
