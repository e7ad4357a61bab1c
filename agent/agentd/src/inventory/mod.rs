//! The hardware of this machine, from sysfs and procfs. What cannot be read is left out; nothing here fails.

mod cpu;
mod disks;
mod dmi;
pub mod memory;
mod nics;

use std::fs;
use std::path::{Path, PathBuf};

use rackwright_model::{Firmware, Inventory};

/// Where the kernel shows the machine; other directories in tests.
#[derive(Debug, Clone)]
pub struct Kernel {
    pub sys: PathBuf,
    pub proc: PathBuf,
}

impl Default for Kernel {
    fn default() -> Self {
        Self { sys: PathBuf::from("/sys"), proc: PathBuf::from("/proc") }
    }
}

impl Kernel {
    /// The whole inventory.
    #[must_use]
    pub fn inventory(&self) -> Inventory {
        Inventory {
            firmware: self.firmware(),
            cpu: cpu::parse(&self.text(&self.proc.join("cpuinfo"))),
            memory_bytes: memory::total_bytes(&self.text(&self.proc.join("meminfo"))),
            disks: self.disks(),
            nics: self.nics(),
            dmi: dmi::read(&self.sys),
        }
    }

    /// The firmware this boot came from.
    #[must_use]
    pub fn firmware(&self) -> Firmware {
        if self.sys.join("firmware/efi").exists() { Firmware::Uefi } else { Firmware::Bios }
    }

    /// The disks that have a medium.
    #[must_use]
    pub fn disks(&self) -> Vec<rackwright_model::inventory::Disk> {
        disks::list(&self.sys)
    }

    /// The Ethernet interfaces that are hardware.
    #[must_use]
    pub fn nics(&self) -> Vec<rackwright_model::inventory::Nic> {
        nics::list(&self.sys)
    }

    fn text(&self, path: &Path) -> String {
        fs::read_to_string(path).unwrap_or_default()
    }
}

/// The inventory for a person: one line per part.
#[must_use]
pub fn in_words(inventory: &Inventory) -> String {
    let cpu = &inventory.cpu;
    let mut text = format!(
        "firmware  {:?}\nprocessor {}: {} sockets, {} cores, {} threads\nmemory    {} MiB\n",
        inventory.firmware,
        cpu.model,
        cpu.sockets,
        cpu.cores,
        cpu.threads,
        inventory.memory_bytes >> 20
    );
    for disk in &inventory.disks {
        let serial = disk.serial.as_deref().unwrap_or("none");
        text += &format!("disk      {}: {} MiB, serial number {serial}\n", disk.name, disk.bytes >> 20);
    }
    for nic in &inventory.nics {
        let link = if nic.link { "link" } else { "no link" };
        text += &format!("network   {}: {}, {link}\n", nic.name, nic.mac);
    }
    text
}

/// The content of a sysfs attribute, without blanks at its ends; none when absent, unreadable or empty.
fn attribute(path: &Path) -> Option<String> {
    let bytes = fs::read(path).ok()?;
    let text = String::from_utf8_lossy(&bytes);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty()).then(|| text.chars().take(256).collect())
}

/// The names in a sysfs directory, sorted.
fn names(directory: &Path) -> Vec<String> {
    let Ok(entries) = fs::read_dir(directory) else { return Vec::new() };
    let mut names: Vec<String> =
        entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok()).collect();
    names.sort();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_empty_machine_is_an_inventory_too() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let kernel = Kernel { sys: dir.path().join("sys"), proc: dir.path().join("proc") };
        let inventory = kernel.inventory();
        assert_eq!(inventory.firmware, Firmware::Bios);
        assert!(inventory.disks.is_empty() && inventory.nics.is_empty());
    }

    #[test]
    fn this_machine_has_a_processor_and_memory() {
        let inventory = Kernel::default().inventory();
        assert!(inventory.cpu.threads >= 1 && inventory.memory_bytes > 1 << 26, "{inventory:?}");
    }
}
