//! What root of a private server tries against the kernel and its neighbours. Each try shows that it was made: by the answer
//! of the kernel, or by what it reached within its own bounds.

use std::time::Duration;

use super::inside::size;
use super::{HOST, ONE, TWO};
use crate::story::{SshKey, Story, wait_until};

/// System calls of x86-64 by number, with arguments that would work outside; prints the name and the answer of each.
const CALLS: &str = r#"
import ctypes, errno, os, struct
libc = ctypes.CDLL(None, use_errno=True)
def call(name, number, *arguments):
    ctypes.set_errno(0)
    got = libc.syscall(ctypes.c_long(number), *[ctypes.c_long(a) if isinstance(a, int) else a for a in arguments])
    print(name, errno.errorcode.get(ctypes.get_errno(), 'OK') if got < 0 else 'OK')
def touch(name, path, flags=os.O_WRONLY, data=b''):
    try:
        descriptor = os.open(path, flags)
        if data:
            os.write(descriptor, data)
        print(name, 'OK')
    except OSError as error:
        print(name, errno.errorcode[error.errno])
buffer = ctypes.create_string_buffer(4096)
call('init_module', 175, buffer, 4096, buffer)
call('finit_module', 313, 0, buffer, 0)
call('bpf', 321, 0, buffer, 72)
call('kexec_load', 246, 0, 0, buffer, 0)
call('perf_event_open', 298, buffer, 0, -1, -1, 0)
call('unshare_user', 272, 0x10000000)
call('open_by_handle_at', 304, -100, buffer, 0)
call('keyctl', 250, 0, -3, 0)
call('syslog', 103, 3, buffer, 4096)
call('settimeofday', 164, buffer, 0)
call('swapon', 167, b'/swap', 0)
call('iopl', 172, 3)
call('mknod_mem', 133, b'/root/mem', 0o020600, (1 << 8) | 1)
call('mknod_disk', 133, b'/root/disk', 0o060600, (254 << 8))
call('mount_ext4', 165, b'/dev/vda3', b'/mnt', b'ext4', 0, 0)
call('mount_cgroup_v1', 165, b'none', b'/mnt', b'cgroup', 0, b'memory')
call('mount_debugfs', 165, b'none', b'/mnt', b'debugfs', 0, 0)
touch('dev_mem', '/dev/mem')
touch('dev_kmsg', '/dev/kmsg', os.O_RDONLY)
print('kcore', 'EMPTY' if open('/proc/kcore', 'rb').read(64) == b'' else 'OK')
touch('core_pattern', '/proc/sys/kernel/core_pattern', data=b'|/root/take-over')
touch('modprobe', '/proc/sys/kernel/modprobe', data=b'/root/take-over')
touch('overcommit', '/proc/sys/vm/overcommit_memory', data=b'2')
touch('sysrq', '/proc/sysrq-trigger', data=b'b')
touch('uevent_helper', '/sys/kernel/uevent_helper', data=b'/root/take-over')
touch('own_memory_max', '/sys/fs/cgroup/memory.max', data=b'max')
touch('release_agent', '/sys/fs/cgroup/release_agent', data=b'/root/take-over')
touch('cgroup_above', '/sys/fs/cgroup/../cgroup.procs', data=b'0')
touch('own_init', '/proc/1/exe', os.O_WRONLY, data=b'#!')
hosts = [pid for pid in range(2, 4096) if not os.path.exists('/proc/%d' % pid)]
reached = [pid for pid in hosts if libc.syscall(434, pid, 0) >= 0]
print('foreign_process', 'OK' if reached else 'ESRCH')
try:
    joined = libc.setns(os.open('/proc/self/ns/user', os.O_RDONLY), 0)
    print('setns_own_user', 'OK' if joined == 0 else errno.errorcode[ctypes.get_errno()])
except OSError as error:
    print('setns_own_user', errno.errorcode[error.errno])
call('setns_of_nothing', 308, -1, 0x20000)
import socket
card, on = socket.socket(socket.AF_PACKET, socket.SOCK_RAW), struct.pack('i', 1)
call('packet_bypass', 54, card.fileno(), 263, 20, on, 4)
call('packet_ring', 54, card.fileno(), 263, 13, struct.pack('IIII', 4096, 1, 2048, 2), 16)
call('packet_virtual_head', 54, card.fileno(), 263, 15, on, 4)
call('packet_virtual_head_size', 54, card.fileno(), 263, 24, on, 4)
call('packet_bypass_high', 54, card.fileno(), 263 | 1 << 32, 20 | 1 << 32, on, 4)
call('packet_ring_in', 54, card.fileno(), 263, 5, struct.pack('IIII', 4096, 1, 2048, 2), 16)
call('netlink_usersock', 41, 16, 3, 2)
call('set_project', 16, os.open('/etc/services', 0), 0x401c5820, ctypes.create_string_buffer(28))
call('packet_setting', 54, card.fileno(), 263, 8, on, 4)
"#;

/// What must not be allowed, and is not for want of rights or because it is not there at all.
const REFUSED: [&str; 40] = [
    "init_module",
    "finit_module",
    "bpf",
    "kexec_load",
    "perf_event_open",
    "unshare_user",
    "open_by_handle_at",
    "keyctl",
    "syslog",
    "settimeofday",
    "swapon",
    "iopl",
    "mknod_mem",
    "mknod_disk",
    "mount_ext4",
    "mount_cgroup_v1",
    "mount_debugfs",
    "dev_mem",
    "dev_kmsg",
    "kcore",
    "core_pattern",
    "modprobe",
    "overcommit",
    "sysrq",
    "uevent_helper",
    "own_memory_max",
    "release_agent",
    "cgroup_above",
    "own_init",
    "foreign_process",
    "setns_own_user",
    "setns_of_nothing",
    "packet_bypass",
    "packet_ring",
    "packet_virtual_head",
    "packet_virtual_head_size",
    "packet_bypass_high",
    "packet_ring_in",
    "netlink_usersock",
    "set_project",
];

pub fn the_kernel_refuses(story: &Story) {
    let (status, said) = story.inside(TWO, &format!("python3 - <<'END'\n{CALLS}\nEND"));
    assert_eq!(status, 0, "{said}");
    eprintln!("{said}");
    let mut allowed = Vec::new();
    for name in REFUSED {
        let answer = said.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
        let answer = answer.unwrap_or_else(|| panic!("{name} was not tried:\n{said}"));
        let refusals = [
            "EPERM",
            "EACCES",
            "EROFS",
            "ENOENT",
            "ENODEV",
            "ENXIO",
            "EMPTY",
            "ESRCH",
            "EBADF",
            "EINVAL",
            "ETXTBSY",
            "EPROTONOSUPPORT",
        ];
        if !refusals.contains(&answer) {
            allowed.push(format!("{name} {answer}"));
        }
    }
    assert!(allowed.is_empty(), "{allowed:?}");
    assert!(
        said.lines().any(|line| line == "packet_setting OK"),
        "other settings of such sockets work: {said}"
    );
    let (_, processes) = story.inside(TWO, "ls -d /proc/[0-9]* | wc -l; cat /proc/[0-9]*/comm");
    assert!(processes.contains("systemd") && !processes.contains("rackwright-agen"), "{processes}");
}

/// Memory and uptime are those of the private server, not of its server.
pub fn only_the_share_is_shown(story: &Story, key: &SshKey) {
    let (_, said) = story.inside(ONE, "free -m | awk '/^Mem/ {print $2}'; cut -d. -f1 /proc/uptime; nproc");
    let numbers: Vec<u64> = said.split_whitespace().map(|word| word.parse().expect("a number")).collect();
    let host = story.outside(key, "cut -d. -f1 /proc/uptime");
    eprintln!("  inside: {numbers:?}, uptime of the server: {host}");
    assert_eq!(numbers[0], 256, "MiB of memory");
    assert!(numbers[1] < host.parse().expect("a number"), "{said} of {host}");
}

/// What of the server is shown inside is nobody's way out: mounted over inside, it stays what it is for the server and others.
pub fn what_it_mounts_stays_inside(story: &Story, key: &SshKey) {
    let mounts = "echo forged >/root/forged; mount --bind /root/forged /proc/cpuinfo; \
                  for time in 1 2 3; do mount --bind /proc/diskstats /proc/diskstats; done; \
                  umount -l /sys; mount -t tmpfs none /sys/firmware; echo there >/sys/firmware/file; \
                  cat /proc/cpuinfo /sys/firmware/file";
    let line = format!("unshare --mount --propagation unchanged sh -ec '{mounts}'; rm /root/forged");
    assert_eq!(story.inside(TWO, &line), (0, "forged\nthere".into()));
    let host = story.outside(
        key,
        "cut -c1-9 /var/lib/lxcfs/proc/cpuinfo | head -n 1; grep -c ' /var/lib/lxcfs' /proc/mounts; \
         find /run/rackwright-private/*/empty -mindepth 1",
    );
    assert_eq!(host.split_whitespace().collect::<Vec<_>>(), ["processor", "1"]);
    assert_eq!(story.inside(ONE, "cut -c1-9 /proc/cpuinfo | head -n 1"), (0, "processor".into()));
}

/// While one of them takes all it can, its neighbour answers and the agent reports.
pub fn greed_harms_nobody_else(story: &Story, key: &SshKey) {
    let serve = "systemd-run --quiet --unit=site python3 -m http.server --directory /usr/share/doc 80";
    assert_eq!(story.inside(ONE, serve), (0, String::new()));
    wait_until("the neighbour's web server answers", Duration::from_secs(60), || serves(story).then_some(()));
    let fork = "python3 -c 'import os, time\nn = 0\ntry:\n  while True:\n    if os.fork() == 0: time.sleep(8); os._exit(0)\n    n += 1\nexcept OSError as e: print(n, e.errno)\ntime.sleep(8)'";
    let (_, said) = beside_a_calm_neighbour(story, fork);
    let numbers: Vec<u32> = said.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    assert!(
        numbers.len() == 2 && (50..200).contains(&numbers[0]) && numbers[1] == 11,
        "forks and EAGAIN: {said}"
    );

    let memory = "python3 -c 'a = []\nwhile True: a.append(bytearray(4 << 20))'";
    let (status, said) = beside_a_calm_neighbour(story, memory);
    assert!([9, 137, 143].contains(&status), "killed for want of memory: {status} {said}");
    let events =
        format!("cat /sys/fs/cgroup/private.slice/rackwright-{}.scope/memory.events", story.tag(TWO));
    let events = story.outside(key, &events);
    assert!(events.lines().any(|line| line.starts_with("oom_kill ") && !line.ends_with(" 0")), "{events}");

    let files =
        "for at in /dev/shm /run; do head -c 1G /dev/zero > $at/full; done; rm /dev/shm/full /run/full";
    let (status, said) = beside_a_calm_neighbour(story, files);
    assert_eq!((status, said.matches("No space left on device").count()), (0, 2), "files in memory: {said}");

    let sockets = "python3 -c 'import resource, socket, time\nresource.setrlimit(resource.RLIMIT_NOFILE, (30000, 30000))\n\
        all = [socket.socketpair() for _ in range(10000)]\nprint(len(all))\ntime.sleep(3)'";
    let (status, said) = beside_a_calm_neighbour(story, sockets);
    assert!(
        said == "10000" || [9, 137, 143].contains(&status),
        "ten thousand pairs of sockets: {status} {said}"
    );

    let log = "timeout 8 sh -c 'yes a-line-of-a-flood | logger'; du -sm /var/log | cut -f1";
    let (status, said) = beside_a_calm_neighbour(story, log);
    assert!(
        said.parse::<u64>().is_ok_and(|mib| mib <= 256) || [9, 137, 143].contains(&status),
        "MiB of logs: {status} {said}"
    );

    inodes_run_out(story);
    what_the_kernel_counts_runs_out(story);
    what_lies_in_a_changed_directory_counts(story);

    let disk = "dd if=/dev/zero of=/root/fill bs=1M count=2000 conv=fsync; du -sm /root/fill; rm /root/fill";
    let (_, said) = beside_a_calm_neighbour(story, disk);
    assert!(is_full(&said), "{said}");
    let filled: u64 =
        said.lines().find_map(|line| line.strip_suffix("\t/root/fill")?.parse().ok()).expect("a size");
    assert!((100..=256).contains(&filled), "{filled} MiB of 256: {said}");
    assert_eq!(story.inside(ONE, "dd if=/dev/zero of=/root/room bs=1M count=20 && rm /root/room").0, 0);
}

/// Files that are made by one command.
const PART: u32 = 8_000;

/// A small disk has few files: they run out long before the space does.
fn inodes_run_out(story: &Story) {
    let mut small = size(100, 256);
    small[7] = "64";
    story.act.done(&[&["private-server", "resize", TWO][..], &small].concat());
    wait_until("the small disk stands", Duration::from_secs(30), || {
        (story.inside(TWO, "df -m --output=size / | tail -n 1").1.trim() == "64").then_some(())
    });
    // In parts, each within the time of one command.
    let part = |from: u32| {
        let until = from + PART;
        let files = format!(
            "python3 -c 'import errno, os\nos.makedirs(\"/root/many\", exist_ok=True)\nn = {from}\ntry:\n  while n < {until}:\n    \
             os.close(os.open(\"/root/many/%d\" % n, os.O_CREAT)); n += 1\n  print(n, \"more\")\nexcept OSError as e: print(n, errno.errorcode[e.errno])'"
        );
        let (_, said) = beside_a_calm_neighbour(story, &files);
        let (made, why) = said.split_once(' ').unwrap_or_else(|| panic!("no two words: {said}"));
        (made.parse::<u32>().unwrap_or_else(|_| panic!("no number: {said}")), why.to_owned())
    };
    let ended = (0..40_000).step_by(PART as usize).map(part).find(|(_, why)| why != "more");
    let (made, why) = ended.expect("files run out");
    assert!((10_000..32_768).contains(&made) && ["EDQUOT", "ENOSPC"].contains(&why.as_str()), "{made} {why}");
    assert_eq!(story.inside(TWO, "systemd-run --quiet --unit=sweep rm -r /root/many").0, 0);
    wait_until("they are gone", Duration::from_secs(180), || {
        (story.inside(TWO, "test -e /root/many || echo gone").1 == "gone").then_some(())
    });
    story.act.done(&[&["private-server", "resize", TWO][..], &size(100, 256)].concat());
}

/// Takes what the kernel counts for each user, and cgroups, of which it has 65,535 that account for memory; keeps both.
const HOARD: &str = r#"
import ctypes, os, time
libc, watched, made = ctypes.CDLL(None), 0, 0
while libc.inotify_init1(0) >= 0: watched += 1
os.mkdir('/sys/fs/cgroup/many')
try:
    while made < 70000:
        os.mkdir('/sys/fs/cgroup/many/%d' % made)
        made += 1
except OSError as error:
    print(watched, made, error.errno, flush=True)
time.sleep(600)
"#;

/// Each private server has its own of what is counted for whoever made its users.
fn what_the_kernel_counts_runs_out(story: &Story) {
    let hoard = format!(
        "cat > /root/hoard.py <<'END'\n{HOARD}\nEND\nsystemd-run --quiet --unit=hoard --property=LimitNOFILE=20000 \
         sh -c 'python3 /root/hoard.py > /run/hoard'"
    );
    assert_eq!(story.inside(TWO, &hoard), (0, String::new()));
    let said = wait_until("it has all that it can have", Duration::from_secs(120), || {
        let said = story.inside(TWO, "cat /run/hoard").1;
        (!said.is_empty()).then_some(said)
    });
    let numbers: Vec<u32> = said.split_whitespace().map(|word| word.parse().expect("a number")).collect();
    eprintln!("  inotify, cgroups and errno: {numbers:?}");
    assert!((100..=1_024).contains(&numbers[0]) && (500..2_000).contains(&numbers[1]), "{said}");
    assert_eq!(numbers[2], 11, "EAGAIN");
    let (_, watched) =
        story.inside(ONE, "python3 -c 'import ctypes; print(ctypes.CDLL(None).inotify_init1(0))'");
    assert!(watched.parse::<i32>().is_ok_and(|descriptor| descriptor >= 0), "the neighbour's: {watched}");
    assert_eq!(
        story.inside(ONE, "mkdir /sys/fs/cgroup/more && rmdir /sys/fs/cgroup/more"),
        (0, String::new())
    );
    let end = "systemctl stop hoard; rmdir /sys/fs/cgroup/many/*/ /sys/fs/cgroup/many";
    assert_eq!(story.inside(TWO, end), (0, String::new()));
}

/// Changes a setting of a directory of the template (ioctl_iflags(2), FS_NOATIME_FL), whose copy is its own from then on; and
/// tries that what is made there belong to no project (FS_PROJINHERIT_FL).
const CHANGE: &str = r#"
import errno, fcntl, os, struct
def change(add, remove):
    directory = os.open('/usr/share/doc', os.O_RDONLY)
    has, = struct.unpack('l', fcntl.ioctl(directory, 0x80086601, bytes(8)))
    try: fcntl.ioctl(directory, 0x40086602, struct.pack('l', (has | add) & ~remove))
    except OSError as error: return errno.errorcode[error.errno]
    return 'OK'
print(change(0, 0x20000000), change(0x80, 0), change(0, 0x20000000))
"#;

/// Its copy of a directory of the template counts for its disk like all else.
fn what_lies_in_a_changed_directory_counts(story: &Story) {
    let change = format!("python3 - <<'END'\n{CHANGE}\nEND");
    assert_eq!(story.inside(TWO, &change), (0, "EINVAL OK EINVAL".to_owned()));
    let fill = "mkdir /usr/share/doc/below && head -c 500M /dev/zero > /usr/share/doc/below/fill; \
                du -sm /usr/share/doc/below | cut -f1; rm -r /usr/share/doc/below";
    let (_, said) = beside_a_calm_neighbour(story, fill);
    let filled = said.lines().last().and_then(|line| line.parse::<u32>().ok());
    assert!(is_full(&said) && filled.is_some_and(|mib| mib <= 256), "{said}");
}

fn beside_a_calm_neighbour(story: &Story, greed: &str) -> (i64, String) {
    let beat = |at: &Story| at.act.server(HOST)["load"]["at"].as_i64().unwrap_or_default();
    let before = beat(story);
    std::thread::scope(|scope| {
        let greedy = scope.spawn(|| story.inside_if_it_lives(TWO, greed));
        let mut answered = 0;
        while !greedy.is_finished() {
            assert!(story.answers(ONE), "the neighbour does not answer while {greed}");
            assert!(serves(story), "the neighbour's web server does not answer while {greed}");
            answered += 1;
        }
        assert!(answered > 0);
        // When memory is short the shell may go with what it runs.
        let ended = greedy.join().expect("it ended").unwrap_or_else(|status| (status, String::new()));
        wait_until("the agent reports", Duration::from_secs(60), || (beat(story) > before).then_some(()));
        assert_eq!(story.private(TWO)["state"], "running");
        ended
    })
}

/// Whether a program says that its disk has no more room.
fn is_full(said: &str) -> bool {
    said.contains("No space left on device") || said.contains("quota exceeded")
}

/// Whether the web server of the neighbour answers, as a visitor would see it.
fn serves(story: &Story) -> bool {
    let mut curl = story.live.rack.command("curl");
    curl.args(["-s", "-o", "/dev/null", "--fail", "--max-time", "10"]);
    curl.arg(format!("http://{}/", story.private_address(ONE)));
    curl.status().expect("curl starts").success()
}
