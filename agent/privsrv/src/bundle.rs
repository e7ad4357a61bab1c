//! What crun is told (OCI runtime-spec 1.0): namespaces, users, limits, devices and what stands at /proc.

use std::path::Path;

use rackwright_model::nas::Share;
use rackwright_model::private_server::Size;
use serde_json::{Value, json};

use crate::capabilities::KEPT;
use crate::nas;
use crate::seccomp;
use rackwright_model::private_server::{Number, USERS};

/// Files of /proc that show the share of the private server instead of the server (lxcfs(1)).
const SHARES: [&str; 7] = ["cpuinfo", "meminfo", "stat", "uptime", "loadavg", "swaps", "diskstats"];

/// Nothing of these files is read inside.
const MASKED: [&str; 6] = [
    "/proc/kcore",
    "/proc/keys",
    "/proc/key-users",
    "/proc/latency_stats",
    "/proc/sched_debug",
    "/proc/timer_list",
];

/// Nothing is in these directories inside, where the kernel has them. One empty directory stands for all of them; crun would
/// mount a file system of its own for each, of some KiB in the kernel.
const EMPTIED: [&str; 3] = ["/proc/scsi", "/sys/firmware", "/sys/kernel/security"];

/// These are read, but never written.
const READ_ONLY: [&str; 5] = ["/proc/bus", "/proc/fs", "/proc/irq", "/proc/sysrq-trigger", "/sys"];

/// What of the server is shown inside stands there alone: as a peer of the mount that it is of (mount_namespaces(7), "SHARED
/// SUBTREES"), whatever root inside mounts over it would be on the server too, and in all others.
const APART: &str = "rprivate";

/// Where programs are inside.
pub const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/// "Halt" to a systemd that is the first process (systemd(1), "Signals").
pub const HALT: i32 = 37;
/// Of a server that goes down, for its private servers to end.
const STOPS_US: u64 = 30_000_000;

/// Whom the kernel ends first when the server has no memory (proc(5), "oom_score_adj"): any of them before the agent, whose own
/// they would inherit. crun 1.8 passes over a 0.
pub const OUT_OF_MEMORY: i32 = 1;

/// Bytes of a MiB.
const MIB: u64 = 1 << 20;

/// Of what a bundle is made.
#[derive(Debug, Clone, Copy)]
pub struct Bundle<'a> {
    pub number: Number,
    /// Host name inside.
    pub host_name: &'a str,
    pub size: &'a Size,
    /// Where its user namespace is held.
    pub users: &'a Path,
    /// Where its network namespace is held, with its cable.
    pub network: &'a Path,
    /// The root file system, mounted.
    pub root: &'a Path,
    /// Where lxcfs is mounted.
    pub lxcfs: &'a Path,
    /// An empty directory, of its own: on one for all, each would see the locks of the others.
    pub empty: &'a Path,
    /// What it reads, mounted.
    pub shares: &'a [Share],
}

/// `config.json` of a bundle.
#[must_use]
pub fn config(bundle: &Bundle<'_>) -> Value {
    let capabilities: Vec<&str> = KEPT.iter().map(|(name, _)| *name).collect();
    let users = json!([{ "containerID": 0, "hostID": bundle.number.root(), "size": USERS }]);
    json!({
        "ociVersion": "1.0.2",
        "hostname": bundle.host_name,
        "root": { "path": bundle.root, "readonly": false },
        "process": {
            "terminal": false,
            "user": { "uid": 0, "gid": 0 },
            "args": ["/sbin/init"],
            "env": [
                format!("PATH={PATH}"),
                // By this systemd knows that it is not on a machine of its own.
                "container=rackwright",
            ],
            "cwd": "/",
            "oomScoreAdj": OUT_OF_MEMORY,
            "noNewPrivileges": false,
            "capabilities": {
                "bounding": capabilities,
                "effective": capabilities,
                "permitted": capabilities,
            },
            "rlimits": [{ "type": "RLIMIT_NOFILE", "soft": 1_024, "hard": 524_288 }],
        },
        "annotations": {
            // How systemd of the server ends it when the server itself goes down: as an orderly halt, within a limit.
            "org.systemd.property.KillSignal": HALT.to_string(),
            "org.systemd.property.TimeoutStopUSec": format!("uint64 {STOPS_US}"),
        },
        "mounts": mounts(bundle),
        "linux": {
            "namespaces": [
                { "type": "user", "path": bundle.users },
                { "type": "pid" },
                { "type": "ipc" },
                { "type": "uts" },
                { "type": "mount" },
                { "type": "cgroup" },
                // Of its own user namespace, so that its card is there for its root.
                { "type": "network", "path": bundle.network },
            ],
            "uidMappings": users,
            "gidMappings": users,
            "cgroupsPath": format!("private.slice:rackwright:{}", bundle.number.tag()),
            "resources": resources(bundle.size),
            "seccomp": seccomp::profile(),
            "maskedPaths": MASKED,
            "readonlyPaths": READ_ONLY,
            "rootfsPropagation": "private",
        },
    })
}

/// Files in memory may take half of its own memory, and below /run a fifth, as on a machine of that size (tmpfs(5), and systemd's
/// own of /run): who fills them is told that there is no room. Sizes of the kernel's choice go by the memory of the server, and
/// the kernel would end the first process inside for want of it. They are those of the start; root inside may mount them anew.
fn mounts(bundle: &Bundle<'_>) -> Value {
    let Bundle { lxcfs, empty, shares, size, .. } = *bundle;
    let [half, fifth] = [2, 5].map(|part| format!("size={}", memory(size) / part));
    let mut all = vec![
        json!({ "destination": "/proc", "type": "proc", "source": "proc", "options": ["nosuid", "noexec", "nodev"] }),
        json!({ "destination": "/sys", "type": "sysfs", "source": "sysfs", "options": ["nosuid", "noexec", "nodev", "ro"] }),
        json!({ "destination": "/sys/fs/cgroup", "type": "cgroup", "source": "cgroup", "options": ["nosuid", "noexec", "nodev", "relatime", "rw"] }),
        json!({ "destination": "/dev", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "strictatime", "mode=755", "size=64k"] }),
        json!({ "destination": "/dev/pts", "type": "devpts", "source": "devpts", "options": ["nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5"] }),
        json!({ "destination": "/dev/shm", "type": "tmpfs", "source": "shm", "options": ["nosuid", "nodev", "mode=1777", half] }),
        json!({ "destination": "/dev/mqueue", "type": "mqueue", "source": "mqueue", "options": ["nosuid", "noexec", "nodev"] }),
        json!({ "destination": "/run", "type": "tmpfs", "source": "tmpfs", "options": ["nosuid", "nodev", "mode=755", fifth] }),
    ];
    all.extend(SHARES.map(|file| {
        json!({
            "destination": format!("/proc/{file}"), "type": "bind", "source": lxcfs.join("proc").join(file),
            "options": ["bind", APART, "nosuid", "noexec", "nodev"],
        })
    }));
    all.extend(EMPTIED.iter().filter(|directory| Path::new(directory).is_dir()).map(|directory| {
        json!({
            "destination": directory, "type": "bind", "source": empty,
            "options": ["bind", APART, "ro", "nosuid", "noexec", "nodev"],
        })
    }));
    all.extend(shares.iter().map(|share| {
        json!({
            "destination": share.at, "type": "bind", "source": nas::place(share.export.nas),
            "options": ["bind", APART, "ro", "nosuid", "nodev"],
        })
    }));
    Value::Array(all)
}

/// In bytes.
fn memory(size: &Size) -> u64 {
    u64::from(size.memory_mib) * MIB
}

/// Limits that crun sets when it makes the cgroup; those that change while it runs are in [`crate::limits`].
fn resources(size: &Size) -> Value {
    let unified: serde_json::Map<String, Value> =
        crate::limits::of(size).into_iter().map(|(file, value)| (file.to_owned(), json!(value))).collect();
    json!({
        "devices": [{ "allow": false, "access": "rwm" }],
        "memory": { "limit": memory(size) },
        "unified": unified,
    })
}
