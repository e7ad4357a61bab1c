//! The directory of one machine: what it is made of and the traces of its running. Shared by the rack, the chassis
//! program and the mainboard process, which are three processes that meet only here.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};

use super::spec::MachineSpec;

/// Everything needed to start a machine.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Board {
    pub spec: MachineSpec,
    pub mac: String,
    /// The SMBIOS system serial number, and with a suffix that of the disk.
    pub serial: String,
    /// The SMBIOS system UUID.
    pub uuid: String,
    pub tap: String,
    /// Loopback TCP port of the first serial line.
    pub serial_port: u16,
    /// The raw file behind the disk.
    pub disk: PathBuf,
    /// QEMU's `-accel` value.
    pub accel: String,
}

/// Paths inside a machine's directory.
#[derive(Debug, Clone)]
pub struct BoardDir(PathBuf);

impl BoardDir {
    pub fn at(path: impl Into<PathBuf>) -> Self {
        Self(path.into())
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// Everything the machine ever printed on its first serial line.
    pub fn serial_log(&self) -> PathBuf {
        self.file("serial.log")
    }

    /// The UEFI variables, written by the firmware.
    pub fn variables(&self) -> PathBuf {
        self.file("efivars.fd")
    }

    /// The QMP socket that the mainboard listens to.
    pub fn qmp_events(&self) -> PathBuf {
        self.file("qmp-events.sock")
    }

    /// The QMP socket for the chassis program's orders.
    pub fn qmp_orders(&self) -> PathBuf {
        self.file("qmp-orders.sock")
    }

    /// QEMU's process id, while it runs.
    pub fn qemu_pid(&self) -> PathBuf {
        self.file("qemu.pid")
    }

    /// There while the machine takes orders.
    pub fn ready(&self) -> PathBuf {
        self.file("ready")
    }

    /// What QEMU and the mainboard process had to say.
    pub fn mainboard_log(&self) -> PathBuf {
        self.file("mainboard.log")
    }

    /// # Errors
    /// The directory cannot be written.
    pub fn save(&self, board: &Board) -> Result<()> {
        let path = self.file("board.json");
        std::fs::write(&path, serde_json::to_vec_pretty(board)?)
            .with_context(|| format!("writing {}", path.display()))
    }

    /// # Errors
    /// There is no machine in this directory.
    pub fn load(&self) -> Result<Board> {
        let path = self.file("board.json");
        let bytes = std::fs::read(&path).with_context(|| format!("reading {}", path.display()))?;
        serde_json::from_slice(&bytes).with_context(|| format!("understanding {}", path.display()))
    }

    /// The lock whose holder is the power supply: held by the mainboard process for as long as it lives.
    ///
    /// # Errors
    /// The file cannot be opened.
    pub fn power_lock(&self) -> Result<File> {
        let path = self.file("power.lock");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).write(true);
        options.open(&path).with_context(|| format!("opening {}", path.display()))
    }

    /// Whether a mainboard process lives.
    ///
    /// # Errors
    /// The lock file cannot be opened or asked.
    pub fn is_powered(&self) -> Result<bool> {
        match self.power_lock()?.try_lock_shared() {
            Ok(()) => Ok(false),
            Err(TryLockError::WouldBlock) => Ok(true),
            Err(TryLockError::Error(error)) => Err(error).context("asking who holds the power lock"),
        }
    }
}
