//! The state of this server, read from /proc and statvfs(3).

use std::fs;
use std::io::Read;
use std::os::unix::fs::MetadataExt;
use std::path::Path;

use nix::sys::statvfs::statvfs;
use rackwright_proto::{AgentHello, CpuTicks, DiskUse, Heartbeat, NetworkBytes, VERSION};

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
        cpu: cpu(&head("/proc/stat")),
        network: network(Path::new("/sys")),
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

/// The first bytes of a file that may be long: /proc/stat has a line for every processor and interrupt.
fn head(path: &str) -> String {
    let mut bytes = [0; 256];
    let read = fs::File::open(path).and_then(|mut file| file.read(&mut bytes)).unwrap_or(0);
    String::from_utf8_lossy(&bytes[..read]).into_owned()
}

/// The first line of /proc/stat: "cpu  user nice system idle iowait irq softirq steal guest guest_nice". Time of guests
/// is in user and nice already.
fn cpu(text: &str) -> Option<CpuTicks> {
    let ticks = text.lines().next()?.strip_prefix("cpu ")?;
    let mut total = 0_u64;
    let mut waiting = 0_u64;
    for (at, word) in ticks.split_ascii_whitespace().take(8).enumerate() {
        let count: u64 = word.parse().ok()?;
        total = total.saturating_add(count);
        if matches!(at, 3 | 4) {
            waiting = waiting.saturating_add(count);
        }
    }
    (total > 0).then(|| CpuTicks { busy: total.saturating_sub(waiting), total })
}

/// Counters of the interfaces that have a device behind them; bridges and tunnels would count the same bytes again.
fn network(sys: &Path) -> Option<NetworkBytes> {
    let mut bytes = NetworkBytes { received: 0, sent: 0 };
    for interface in fs::read_dir(sys.join("class/net")).ok()?.flatten() {
        let path = interface.path();
        if !path.join("device").exists() {
            continue;
        }
        let count = |name: &str| {
            let text = fs::read_to_string(path.join("statistics").join(name)).unwrap_or_default();
            text.trim().parse::<u64>().unwrap_or(0)
        };
        bytes.received = bytes.received.saturating_add(count("rx_bytes"));
        bytes.sent = bytes.sent.saturating_add(count("tx_bytes"));
    }
    Some(bytes)
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
    fn ticks_of_guests_are_not_counted_twice() {
        let text = "cpu  100 10 50 800 40 1 2 3 90 9\ncpu0 1 1 1 1 1 1 1 1 1 1\n";
        assert_eq!(cpu(text), Some(CpuTicks { busy: 166, total: 1_006 }));
        for broken in ["", "cpu0 1 2 3 4", "cpu  one", "cpu  "] {
            assert_eq!(cpu(broken), None, "{broken:?}");
        }
    }

    #[test]
    fn only_network_cards_are_counted() {
        let sys = tempfile::tempdir().expect("temporary directory");
        for (name, has_device, received) in [("eth0", true, 5), ("eth1", true, 7), ("br0", false, 100)] {
            let path = sys.path().join("class/net").join(name);
            fs::create_dir_all(path.join("statistics")).expect("made");
            fs::write(path.join("statistics/rx_bytes"), format!("{received}\n")).expect("written");
            fs::write(path.join("statistics/tx_bytes"), "1\n").expect("written");
            if has_device {
                fs::create_dir(path.join("device")).expect("made");
            }
        }
        assert_eq!(network(sys.path()), Some(NetworkBytes { received: 12, sent: 2 }));
        assert_eq!(network(&sys.path().join("nowhere")), None);
    }

    #[test]
    fn this_machine_has_a_root_file_system_with_room() {
        let beat = measure();
        assert!(beat.cpu.is_some_and(|cpu| cpu.busy > 0 && cpu.total > cpu.busy), "{:?}", beat.cpu);
        assert!(beat.memory_kb >= beat.memory_available_kb && beat.memory_available_kb > 0);
        let root = beat.disks.first().expect("there is a root");
        assert!(root.mount == "/" && root.bytes >= root.free_bytes && root.bytes > 0);
        assert!(!hello().kernel.is_empty() && !hello().boot_id.is_empty());
    }
}
