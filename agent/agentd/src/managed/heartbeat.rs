//! The state of this server, read from /proc and statvfs(3).

use std::fs;
use std::os::unix::fs::MetadataExt;

use nix::sys::statvfs::statvfs;
use rackwright_proto::{AgentHello, DiskUse, Heartbeat, VERSION};

use crate::inventory::memory::field_kb;

/// File systems that are reported: the system's and the private servers'.
const MOUNTS: [&str; 2] = ["/", "/srv"];

/// Uptime, load, memory and room now.
pub fn measure() -> Heartbeat {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let memory = text("/proc/meminfo");
    Heartbeat {
        uptime_s: uptime_s(&text("/proc/uptime")),
        load_centi: load_centi(&text("/proc/loadavg")),
        memory_kb: field_kb(&memory, "MemTotal"),
        memory_available_kb: field_kb(&memory, "MemAvailable"),
        disks: disks(),
    }
}

/// Who this server is now.
pub fn hello() -> AgentHello {
    let line = |path: &str| fs::read_to_string(path).unwrap_or_default().trim().to_owned();
    AgentHello {
        version: VERSION,
        agent_version: env!("CARGO_PKG_VERSION").to_owned(),
        boot_id: line("/proc/sys/kernel/random/boot_id"),
        host_name: line("/proc/sys/kernel/hostname"),
        kernel: line("/proc/sys/kernel/osrelease"),
        os: os_name(&line("/etc/os-release")),
    }
}

fn uptime_s(text: &str) -> u64 {
    text.split(['.', ' ']).next().and_then(|seconds| seconds.parse().ok()).unwrap_or(0)
}

/// "0.42 1.00 12.3 …" in hundredths.
fn load_centi(text: &str) -> [u32; 3] {
    let mut load = [0; 3];
    for (slot, word) in load.iter_mut().zip(text.split(' ')) {
        let (whole, hundredths) = word.split_once('.').unwrap_or((word, "0"));
        let number = |digits: &str| digits.parse::<u32>().unwrap_or(0);
        *slot = number(whole).saturating_mul(100).saturating_add(number(hundredths));
    }
    load
}

fn os_name(os_release: &str) -> String {
    let name = os_release.lines().find_map(|line| line.strip_prefix("PRETTY_NAME="));
    name.unwrap_or("Linux").trim_matches('"').to_owned()
}

/// A directory of [`MOUNTS`] that is no file system of its own is left out.
fn disks() -> Vec<DiskUse> {
    let device = |path: &str| fs::metadata(path).map(|meta| meta.dev()).ok();
    MOUNTS
        .into_iter()
        .filter(|mount| *mount == "/" || (device(mount).is_some() && device(mount) != device("/")))
        .filter_map(|mount| {
            let room = statvfs(mount).ok()?;
            Some(DiskUse {
                mount: mount.to_owned(),
                bytes: room.blocks().saturating_mul(room.fragment_size()),
                free_bytes: room.blocks_available().saturating_mul(room.fragment_size()),
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_what_the_kernel_writes() {
        assert_eq!(uptime_s("35048.14 69000.77\n"), 35_048);
        assert_eq!(load_centi("0.42 1.07 12.30 2/345 6789\n"), [42, 107, 1_230]);
        assert_eq!(load_centi(""), [0; 3]);
        assert_eq!(
            os_name("ID=debian\nPRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\n"),
            "Debian GNU/Linux 12 (bookworm)"
        );
    }

    #[test]
    fn this_machine_has_a_root_file_system_with_room() {
        let beat = measure();
        assert!(beat.memory_kb >= beat.memory_available_kb && beat.memory_available_kb > 0);
        let root = beat.disks.first().expect("there is a root");
        assert!(root.mount == "/" && root.bytes >= root.free_bytes && root.bytes > 0);
        assert!(!hello().kernel.is_empty() && !hello().boot_id.is_empty());
    }
}
