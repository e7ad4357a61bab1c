//! The IPMI boot flag of one machine (IPMI 2.0 section 28.13, boot option parameter 5), one use only.

use std::fs::{File, OpenOptions};
use std::io::{Read, Seek, Write};
use std::time::SystemTime;

use anyhow::{Context, Result};

use super::board::BoardDir;

/// What the next boot shall start from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootFlag {
    None,
    Pxe,
    Disk,
    Cdrom,
    Setup,
}

impl BootFlag {
    /// The word that `ipmi_sim` uses for this boot device selector.
    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Pxe => "pxe",
            Self::Disk => "default",
            Self::Cdrom => "cdrom",
            Self::Setup => "bios",
        }
    }

    /// The flag for `ipmi_sim`'s word.
    pub fn from_word(word: &str) -> Option<Self> {
        [Self::None, Self::Pxe, Self::Disk, Self::Cdrom, Self::Setup]
            .into_iter()
            .find(|flag| flag.word() == word)
    }

    /// The boot order that follows. A flag for a device that the machine lacks changes nothing.
    pub fn order(self) -> BootOrder {
        match self {
            Self::None | Self::Pxe | Self::Cdrom | Self::Setup => BootOrder::NetworkFirst,
            Self::Disk => BootOrder::DiskFirst,
        }
    }
}

/// The order in which the firmware tries the machine's devices.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BootOrder {
    /// How a new server leaves the factory.
    NetworkFirst,
    DiskFirst,
}

impl BootOrder {
    /// QEMU's boot indices of the network card and of the disk.
    pub fn indices(self) -> (i32, i32) {
        match self {
            Self::NetworkFirst => (1, 2),
            Self::DiskFirst => (2, 1),
        }
    }
}

/// The stored flag, locked for as long as this value lives.
#[derive(Debug)]
pub struct StoredFlag(File);

impl StoredFlag {
    /// # Errors
    /// The flag's file cannot be opened or locked.
    pub fn lock(dir: &BoardDir) -> Result<Self> {
        let path = dir.file("boot-flag");
        let mut options = OpenOptions::new();
        options.create(true).truncate(false).read(true).write(true);
        let file = options.open(&path).with_context(|| format!("opening {}", path.display()))?;
        file.lock().with_context(|| format!("locking {}", path.display()))?;
        Ok(Self(file))
    }

    /// # Errors
    /// The file cannot be read. An empty or unknown content is no flag.
    pub fn get(&mut self) -> Result<BootFlag> {
        let mut word = String::new();
        self.0.rewind().context("reading the boot flag")?;
        self.0.read_to_string(&mut word).context("reading the boot flag")?;
        Ok(BootFlag::from_word(word.trim()).unwrap_or(BootFlag::None))
    }

    /// Whether the flag was set after this moment.
    ///
    /// # Errors
    /// The file system does not tell.
    pub fn is_younger_than(&self, moment: SystemTime) -> Result<bool> {
        let written =
            self.0.metadata().and_then(|meta| meta.modified()).context("reading the boot flag's time")?;
        Ok(written > moment)
    }

    /// # Errors
    /// The file cannot be written.
    pub fn set(&mut self, flag: BootFlag) -> Result<()> {
        self.0.set_len(0).context("writing the boot flag")?;
        self.0.rewind().context("writing the boot flag")?;
        self.0.write_all(flag.word().as_bytes()).context("writing the boot flag")
    }
}
