//! Which capabilities root inside a private server has. All of them count only inside its own user namespace
//! (user_namespaces(7)): none is a right over the server or a neighbour.

/// Kept, with what would not work without it.
pub const KEPT: &[(&str, &str)] = &[
    ("CAP_AUDIT_WRITE", "sshd and su note sign-ins"),
    ("CAP_CHOWN", "owners of files are changed"),
    ("CAP_DAC_OVERRIDE", "root reads and writes all files inside"),
    ("CAP_DAC_READ_SEARCH", "backup programs read all files inside"),
    ("CAP_FOWNER", "root changes modes of all files inside"),
    ("CAP_FSETID", "set-user-id bits survive a change of owner"),
    ("CAP_IPC_LOCK", "databases and gpg lock memory, within the memory of the private server"),
    ("CAP_IPC_OWNER", "root handles all IPC objects inside"),
    ("CAP_KILL", "root signals all processes inside"),
    ("CAP_LEASE", "file servers lease files"),
    ("CAP_LINUX_IMMUTABLE", "chattr +i on files inside"),
    ("CAP_NET_BIND_SERVICE", "ports below 1024"),
    ("CAP_NET_BROADCAST", "broadcasts within its own network namespace"),
    ("CAP_NET_RAW", "ping and traceroute; what it sends is pinned to its address in its network namespace"),
    ("CAP_SETFCAP", "packages set capabilities of files"),
    ("CAP_SETGID", "services change their group"),
    ("CAP_SETPCAP", "systemd drops capabilities of services"),
    ("CAP_SETUID", "services change their user"),
    (
        "CAP_SYS_ADMIN",
        "systemd mounts file systems inside; mounts of devices stay forbidden in a user namespace",
    ),
    (
        "CAP_SYS_BOOT",
        "systemd ends the private server at a halt; in a process namespace nothing else can be ended",
    ),
    ("CAP_SYS_CHROOT", "services change their root"),
    ("CAP_SYS_NICE", "services change priorities, within the share of the private server"),
    ("CAP_SYS_PTRACE", "strace and gdb on processes inside"),
    ("CAP_SYS_RESOURCE", "services raise their limits, within those of the private server"),
    ("CAP_SYS_TTY_CONFIG", "terminals inside"),
];

/// Dropped, with what it could be used for.
pub const DROPPED: &[(&str, &str)] = &[
    ("CAP_AUDIT_CONTROL", "the audit system is the server's"),
    ("CAP_AUDIT_READ", "the audit log is the server's"),
    ("CAP_BLOCK_SUSPEND", "the server does not sleep"),
    ("CAP_BPF", "programs in the kernel see all of the server"),
    ("CAP_CHECKPOINT_RESTORE", "nothing inside needs it"),
    ("CAP_MAC_ADMIN", "the security policy is the server's"),
    ("CAP_MAC_OVERRIDE", "the security policy is the server's"),
    ("CAP_MKNOD", "devices reach hardware"),
    (
        "CAP_NET_ADMIN",
        "its address, routes and packet filter are set from outside, in its own network namespace",
    ),
    ("CAP_PERFMON", "measuring the kernel tells of neighbours"),
    ("CAP_SYSLOG", "the kernel log tells of neighbours"),
    ("CAP_SYS_MODULE", "modules run in the server's kernel"),
    ("CAP_SYS_PACCT", "process accounting is the server's"),
    ("CAP_SYS_RAWIO", "ports and memory of the hardware"),
    ("CAP_SYS_TIME", "the clock is the server's"),
    ("CAP_WAKE_ALARM", "the server does not sleep"),
];

#[cfg(test)]
mod tests {
    use super::*;

    /// capability.h of Linux 6.1.
    const KNOWN: usize = 41;

    #[test]
    fn every_capability_is_decided_once_and_in_order() {
        for table in [KEPT, DROPPED] {
            assert!(table.is_sorted_by(|a, b| a.0 < b.0), "in order and without repeats");
        }
        assert_eq!(KEPT.len() + DROPPED.len(), KNOWN);
        assert!(!KEPT.iter().any(|(kept, _)| DROPPED.iter().any(|(dropped, _)| kept == dropped)));
    }
}
