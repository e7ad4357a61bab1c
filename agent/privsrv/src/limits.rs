//! Limits of a cgroup (Linux, Documentation/admin-guide/cgroup-v2.rst): the same when a private server starts and when it
//! is resized while it runs.

use rackwright_model::private_server::Size;

/// The kernel's greatest weight; a thousandth of the processors is ten of it.
const WEIGHT_MOST: u32 = 10_000;
const WEIGHT_OF_PERMILLE: u32 = 10;
/// Weight of reading and writing the disk is a share like that of the processors: a thousandth is one (bfq-iosched.rst).
const DISK_WEIGHT_MOST: u32 = 1_000;

/// Cgroups inside, and how deep they lie: the kernel has 65,535 that account for memory in all, and an empty one is no process
/// and little memory. A system with its services and users has some hundred.
const WITHIN: [(&str, &str); 2] = [("cgroup.max.descendants", "1500"), ("cgroup.max.depth", "24")];

/// Files of the cgroup around it, over which nobody inside has a say, and what is written to each.
pub fn around(size: &Size) -> impl Iterator<Item = (&'static str, String)> {
    of(size).into_iter().chain(WITHIN.map(|(file, most)| (file, most.to_owned())))
}

/// Files of the cgroup and what is written to each.
#[must_use]
pub fn of(size: &Size) -> [(&'static str, String); 5] {
    let weight = (size.cpu_permille * WEIGHT_OF_PERMILLE).clamp(1, WEIGHT_MOST);
    let of_disk = size.cpu_permille.clamp(1, DISK_WEIGHT_MOST);
    let bytes = |mib: u32| (u64::from(mib) << 20).to_string();
    [
        ("cpu.weight", weight.to_string()),
        ("io.bfq.weight", format!("default {of_disk}")),
        ("memory.max", bytes(size.memory_mib)),
        ("memory.swap.max", bytes(size.swap_mib)),
        ("pids.max", size.processes.to_string()),
    ]
}
