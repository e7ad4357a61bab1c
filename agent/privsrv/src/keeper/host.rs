//! The ground of a server on which private servers stand: laid before the first one, and checked before that.

use std::fs;
use std::net::SocketAddr;
use std::path::Path;
use std::time::Duration;

use nix::sys::statvfs::statvfs;
use rackwright_proto::HostRoom;

use super::Site;
use crate::disks;
use crate::firewall;
use crate::project;
use crate::shaping::{self, Laid, Link};
use crate::tool::{self, ToolError};

const LIMIT: Duration = Duration::from_secs(30);
/// The intermediate device behind the card to the outside.
const INWARD: &str = "rackwright-in";
/// The device that answers for the addresses of private servers.
const ANSWERS: &str = "rackwright-lo";
/// Of a card that does not tell its speed, in kbit/s.
const UNKNOWN_SPEED: u32 = 1_000_000;

/// Programs that do the work, with what each is for.
const PROGRAMS: [(&str, &str); 6] = [
    ("crun", "starts private servers"),
    ("nft", "pins their addresses"),
    ("tc", "guarantees their bandwidth"),
    ("ip", "lays their cables"),
    ("xfs_quota", "tells what their disks hold"),
    ("systemctl", "keeps room for the server itself"),
];
const DIRECTORIES: [&str; 6] =
    ["/usr/local/sbin", "/usr/local/bin", "/usr/sbin", "/usr/bin", "/sbin", "/bin"];
/// Nine tenths of the disks beside the server's own services, as systemd counts (systemd.resource-control(5)): of what it is
/// told beyond 100, BFQ gets a tenth or so.
const DISK_WEIGHT: &str = "IOWeight=8900";
/// Parts of the kernel that are not loaded by themselves.
const MODULES: [&str; 12] = [
    "overlay",
    "ipvlan",
    "dummy",
    "nf_conntrack",
    "ifb",
    "sch_hfsc",
    "sch_fq_codel",
    "cls_flower",
    "cls_matchall",
    "act_mirred",
    "act_pedit",
    "bfq",
];
/// Settings of the kernel, with the reason.
pub(crate) const SETTINGS: [(&str, &str, &str); 23] = [
    ("net/ipv4/ip_forward", "1", "only who routes answers for the addresses of others"),
    ("net/ipv6/conf/all/forwarding", "1", "the same for IPv6"),
    ("net/ipv6/conf/all/proxy_ndp", "1", "the server answers for the addresses of its private servers"),
    ("net/ipv4/neigh/rackwright-lo/proxy_delay", "0", "it answers at once"),
    (
        "net/ipv4/conf/rackwright-lo/rp_filter",
        "0",
        "whoever asks is reached by the card, not by the device that answers",
    ),
    ("net/ipv6/conf/rackwright-lo/disable_ipv6", "1", "the device that answers is no wire"),
    ("net/ipv4/conf/all/send_redirects", "0", "private servers are told of no shorter way past the server"),
    (
        "net/netfilter/nf_conntrack_max",
        "1048576",
        "the connections of all private servers together find room",
    ),
    ("fs/inotify/max_user_instances", "1024", "all of a private server together have what one user may have"),
    ("fs/aio-max-nr", "4194304", "one private server cannot take what all together have"),
    ("kernel/pty/max", "65536", "the same of terminals"),
    (
        "net/ipv4/tcp_mem",
        "4194304 6291456 8388608",
        "the same of memory, of which each has a limit of its own",
    ),
    ("net/ipv4/udp_mem", "4194304 6291456 8388608", "the same for UDP"),
    ("net/ipv4/tcp_max_orphans", "1048576", "the same of connections that nobody holds any more"),
    ("net/ipv4/neigh/default/gc_thresh1", "16384", "the same of neighbours that are asked for"),
    ("net/ipv4/neigh/default/gc_thresh2", "32768", "the same"),
    ("net/ipv4/neigh/default/gc_thresh3", "65536", "the same"),
    ("net/ipv6/neigh/default/gc_thresh1", "16384", "the same for IPv6"),
    ("net/ipv6/neigh/default/gc_thresh2", "32768", "the same"),
    ("net/ipv6/neigh/default/gc_thresh3", "65536", "the same"),
    (
        "user/max_net_namespaces",
        "128",
        "of a network namespace the kernel charges half of its memory to nobody",
    ),
    ("kernel/unprivileged_bpf_disabled", "2", "programs in the kernel see all of the server"),
    ("kernel/dmesg_restrict", "1", "the kernel log tells of neighbours"),
];

/// 1: packets are taken only from where the way back leads, whatever is set of one device (ip-sysctl.rst). The device that
/// answers for addresses is on the way to nobody.
const STRICT: &str = "/proc/sys/net/ipv4/conf/all/rp_filter";

/// What of a server is for private servers.
#[must_use]
pub fn room(site: &Site) -> HostRoom {
    let memory = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let disk =
        statvfs(&site.places.data).map_or(0, |of| of.blocks().saturating_mul(of.fragment_size()) >> 20);
    let mut missing = missing(site);
    let card = card(site.center).unwrap_or_else(|why| {
        missing.push(format!("{why}."));
        String::new()
    });
    HostRoom {
        missing,
        processors: std::thread::available_parallelism().map_or(1, |n| u32::try_from(n.get()).unwrap_or(1)),
        memory_mib: mib(&memory, "MemTotal:"),
        swap_mib: mib(&memory, "SwapTotal:"),
        disk_mib: disk,
        link_kbit: u64::from(speed(&card)),
        nfs: can_mount(),
    }
}

/// Whether the kernel speaks NFS 4, and the programs for disks on a NAS are here.
fn can_mount() -> bool {
    let there =
        |program: &str| DIRECTORIES.iter().any(|directory| Path::new(directory).join(program).exists());
    let programs = ["mount", "umount", "losetup", "mkfs.ext4", "resize2fs"].into_iter().all(there);
    // They are loaded when they are needed: here it only matters that they are there.
    programs && tool::run("modprobe", &["--dry-run", "--quiet", "--all", "nfsv4", "loop"], LIMIT).is_ok()
}

/// A line of /proc/meminfo, which counts in KiB.
fn mib(text: &str, name: &str) -> u64 {
    let line = text.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    line.split_whitespace().next().and_then(|word| word.parse::<u64>().ok()).unwrap_or(0) >> 10
}

/// Sentences on what keeps private servers from standing here.
#[must_use]
pub fn missing(site: &Site) -> Vec<String> {
    let mounts = fs::read_to_string("/proc/self/mounts").unwrap_or_default();
    let mut missing = Vec::new();
    let (data, lxcfs) = (site.places.data.display().to_string(), site.lxcfs.display().to_string());
    if !is_mounted(&mounts, &data, |kind, options| kind == "xfs" && options.contains(&"prjquota")) {
        missing.push(format!(
            "There is no XFS file system with project quotas (mount option prjquota) at {data}."
        ));
    }
    if !is_mounted(&mounts, &lxcfs, |kind, _| kind == "fuse.lxcfs") {
        missing.push(format!("lxcfs is not mounted at {lxcfs}; is its service running?"));
    }
    if !Path::new("/sys/fs/cgroup/cgroup.controllers").exists() {
        missing.push("The control groups are not those of version 2 alone.".to_owned());
    }
    if fs::read_to_string(STRICT).is_ok_and(|said| said.trim() == "1") {
        missing.push(
            "net.ipv4.conf.all.rp_filter is 1, with which nobody finds the addresses of private servers: set it to 2 \
             or 0 in /etc/sysctl.d."
                .to_owned(),
        );
    }
    for (program, what) in PROGRAMS {
        if !DIRECTORIES.iter().any(|directory| Path::new(directory).join(program).exists()) {
            missing.push(format!("The program {program} is not installed, which {what}."));
        }
    }
    missing
}

/// A line of /proc/self/mounts (proc(5)): source, place, kind, options.
fn is_mounted(mounts: &str, place: &str, fits: impl Fn(&str, &[&str]) -> bool) -> bool {
    mounts.lines().any(|line| {
        let words: Vec<&str> = line.split(' ').collect();
        matches!(words.as_slice(), [_, at, kind, options, ..]
            if *at == place && fits(kind, &options.split(',').collect::<Vec<_>>()))
    })
}

/// The card that leads to the Control Center.
///
/// # Errors
/// A sentence when there is none.
pub fn card(center: SocketAddr) -> Result<String, String> {
    let said = tool::run("ip", &["-o", "route", "get", &center.ip().to_string()], LIMIT)
        .map_err(|why| crate::explain(&why))?;
    let mut words = said.split_whitespace().skip_while(|word| *word != "dev").skip(1);
    words.next().map(str::to_owned).ok_or_else(|| format!("no network card leads to {}", center.ip()))
}

/// The way to the outside by this card, which carries so many kbit/s.
#[must_use]
pub fn link(card: &str, kbit: u32) -> Link<'_> {
    Link { card, inward: INWARD, answers: ANSWERS, kbit }
}

/// What of a card can be shared out, in kbit/s. Virtual cards tell no speed, or -1.
#[must_use]
pub fn speed(card: &str) -> u32 {
    let text = fs::read_to_string(Path::new("/sys/class/net").join(card).join("speed")).unwrap_or_default();
    match text.trim().parse::<u32>() {
        Ok(mbit) if mbit > 0 => mbit.saturating_mul(1000).min(shaping::MOST_KBIT),
        _ => UNKNOWN_SPEED,
    }
}

/// Lays the ground. Run again, it changes nothing.
///
/// # Errors
/// A sentence.
pub fn lay_ground(site: &Site, link: &Link<'_>) -> Result<(), String> {
    let said = |why: ToolError| crate::explain(&why);
    tool::run("modprobe", &[&["-a"], &MODULES[..]].concat(), LIMIT).map_err(said)?;
    // A server that routes takes no route from its neighbours any more, unless it is told to (ip-sysctl.rst, accept_ra).
    let accept = Path::new("/proc/sys/net/ipv6/conf").join(link.card).join("accept_ra");
    if fs::read_to_string(&accept).is_ok_and(|known| known.trim() == "1") {
        fs::write(&accept, "2").map_err(|why| format!("cannot write 2 to {}: {why}", accept.display()))?;
    }
    for (name, kind) in [(INWARD, "ifb"), (ANSWERS, "dummy")] {
        if !Path::new("/sys/class/net").join(name).exists() {
            tool::run("ip", &["link", "add", name, "type", kind], LIMIT).map_err(said)?;
        }
    }
    set()?;
    tool::run("ip", &["link", "set", INWARD, "up"], LIMIT).map_err(said)?;
    tool::run("ip", &["link", "set", ANSWERS, "arp", "on", "up"], LIMIT).map_err(said)?;
    // Before there is a private server that could reach it.
    close()?;
    lay_traffic(link)?;
    // A tenth of the memory and of the processors stays for the server, so that it can be reached whatever happens inside.
    let total = mib(&fs::read_to_string("/proc/meminfo").unwrap_or_default(), "MemTotal:");
    let most = format!("MemoryMax={}M", total - total / 10);
    tool::run(
        "systemctl",
        &["set-property", "--runtime", "private.slice", &most, "CPUWeight=900", DISK_WEIGHT],
        LIMIT,
    )
    .map_err(said)?;
    for (path, mode) in [
        (&site.places.run, 0o755),
        (&site.places.data.join("templates"), 0o700),
        (&site.places.data.join("private"), 0o700),
    ] {
        use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
        let make = || {
            fs::DirBuilder::new().recursive(true).mode(mode).create(path)?;
            fs::set_permissions(path, fs::Permissions::from_mode(mode))
        };
        make().map_err(|why| format!("cannot make {}: {why}", path.display()))?;
    }
    // Without it they run all the same.
    if let Err(why) = disks::share_out(&site.places.data) {
        eprintln!("disks give no private server its share: {why}");
    }
    guard_templates(&site.places.data.join("templates"))
}

/// Those that an agent fetched which did not do it.
fn guard_templates(all: &Path) -> Result<(), String> {
    let named = |why: std::io::Error| format!("cannot guard what is in {}: {why}", all.display());
    for entry in fs::read_dir(all).map_err(named)? {
        let entry = entry.map_err(named)?;
        if entry.file_type().map_err(named)?.is_dir() {
            project::guard(&entry.path()).map_err(named)?;
        }
    }
    Ok(())
}

/// Lays again what may have changed since: a bond may have another hardware address, and whoever loads settings of the
/// kernel may load others.
///
/// # Errors
/// A sentence.
pub fn renew(link: &Link<'_>) -> Result<(), String> {
    set()?;
    // Whoever loads rules of his own may flush ours.
    if tool::run("nft", &["list", "chain", "inet", "rackwright", "server"], LIMIT).is_err() {
        close()?;
    }
    lay_traffic(link)
}

/// Closes the server to its private servers.
fn close() -> Result<(), String> {
    let laid = tool::feed("nft", &["-f", "-"], firewall::SERVER, LIMIT);
    laid.map(drop).map_err(|why| crate::explain(&why))
}

/// How often the card has lost its carrier or found it again; nothing when it does not tell.
#[must_use]
pub fn carrier_changes(card: &str) -> String {
    let told = Path::new("/sys/class/net").join(card).join("carrier_changes");
    fs::read_to_string(told).unwrap_or_default()
}

fn set() -> Result<(), String> {
    for (name, value, _) in SETTINGS {
        let path = Path::new("/proc/sys").join(name);
        // Several numbers come with tabs between them.
        let known = fs::read_to_string(&path).unwrap_or_default();
        let known = known.split_whitespace().collect::<Vec<_>>().join(" ");
        // 1 is as strict as 2, and can no more be changed.
        if known != value && !(value == "2" && known == "1") {
            fs::write(&path, value)
                .map_err(|why| format!("cannot write {value} to {}: {why}", path.display()))?;
        }
    }
    Ok(())
}

/// What shapes the traffic of private servers, and answers for their addresses.
fn lay_traffic(link: &Link<'_>) -> Result<(), String> {
    let said = |why: ToolError| crate::explain(&why);
    let shown = |args: &[&str]| tool::run("tc", args, LIMIT).map_err(said);
    let laid = Laid {
        card: shown(&["qdisc", "show", "dev", link.card])?,
        inward: shown(&["qdisc", "show", "dev", link.inward])?,
        incoming: shown(&["filter", "show", "dev", link.card, "ingress"])?,
        answers: shown(&["qdisc", "show", "dev", link.answers])?,
    };
    let lines = shaping::ground(link, &laid) + &shaping::answers(link, &laid, link.mac().map_err(said)?);
    tool::feed("tc", &["-batch", "-"], &lines, LIMIT).map_err(said)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn project_quotas_are_seen_in_the_mounts() {
        let fits = |kind: &str, options: &[&str]| kind == "xfs" && options.contains(&"prjquota");
        let mounts = |options: &str| format!("/dev/vda1 / ext4 rw 0 0\n/dev/vdb /srv xfs {options} 0 0\n");
        assert!(is_mounted(&mounts("rw,relatime,prjquota"), "/srv", fits));
        assert!(!is_mounted(&mounts("rw,relatime,noquota"), "/srv", fits));
        assert!(!is_mounted(&mounts("rw,prjquota"), "/", fits));
    }

    #[test]
    fn memory_is_read_in_mib() {
        assert_eq!(mib("MemTotal:        2035640 kB\nSwapTotal: 0 kB\n", "MemTotal:"), 1987);
    }
}
