//! System calls that no process of a private server may make, whatever it is. They are of the kernel of the server, not of
//! a user namespace, or their code is where escapes were found.

use serde_json::{Value, json};

/// Refused with EPERM, with the reason.
pub const REFUSED: &[(&str, &str)] = &[
    ("acct", "process accounting is the server's"),
    ("add_key", "key rings are not divided between private servers"),
    ("adjtimex", "the clock is the server's"),
    ("bpf", "programs in the kernel see all of the server"),
    ("clock_adjtime", "the clock is the server's"),
    ("clock_settime", "the clock is the server's"),
    ("create_module", "modules run in the server's kernel"),
    ("delete_module", "modules run in the server's kernel"),
    ("finit_module", "modules run in the server's kernel"),
    ("init_module", "modules run in the server's kernel"),
    ("io_uring_enter", "escapes were found in it, and nothing in the templates needs it"),
    ("io_uring_register", "escapes were found in it, and nothing in the templates needs it"),
    ("io_uring_setup", "escapes were found in it, and nothing in the templates needs it"),
    ("ioperm", "ports of the hardware"),
    ("iopl", "ports of the hardware"),
    ("kexec_file_load", "starts another kernel"),
    ("kexec_load", "starts another kernel"),
    ("keyctl", "key rings are not divided between private servers"),
    ("lookup_dcookie", "measuring the kernel tells of neighbours"),
    ("nfsservctl", "the NFS server is the kernel's"),
    ("open_by_handle_at", "opens files outside the root by their number"),
    ("perf_event_open", "measuring the kernel tells of neighbours"),
    ("quotactl", "quotas are the server's"),
    ("quotactl_fd", "quotas are the server's"),
    ("request_key", "key rings are not divided between private servers"),
    ("settimeofday", "the clock is the server's"),
    ("swapoff", "swap is the server's"),
    ("swapon", "swap is the server's"),
    ("userfaultfd", "escapes were built with it, and nothing in the templates needs it"),
    ("vm86", "nothing in the templates needs it"),
];

/// The greatest number of a family of sockets that is let through: AF_PACKET. All above would load modules into the server's
/// kernel that nobody looks after: AF_RDS, AF_CAN, AF_TIPC, AF_ALG, AF_VSOCK and others (Linux, include/linux/socket.h).
const LAST_FAMILY: u32 = 17;
/// The same below that: AF_AX25, AF_IPX, AF_APPLETALK, AF_NETROM, AF_BRIDGE, AF_ATMPVC, AF_X25, AF_ROSE, AF_DECnet, AF_NETBEUI,
/// AF_SECURITY and AF_KEY.
const STRANGE_FAMILIES: [u32; 12] = [3, 4, 5, 6, 7, 8, 9, 11, 12, 13, 14, 15];

/// Of calls that are refused with some arguments only: what, with the reason.
#[cfg(test)]
pub const PARTLY: [(&str, &str); 5] = [
    (
        "`unshare(2)` and `clone(2)` with CLONE_NEWUSER",
        "in a user namespace of its own it would have all capabilities over a network stack of its own",
    ),
    ("`clone3(2)` and `socketcall(2)`", "their arguments stand in memory, where no filter sees them"),
    (
        "`socket(2)` of another family than AF_UNIX, AF_INET, AF_INET6, AF_NETLINK and AF_PACKET",
        "it would load modules that nobody looks after",
    ),
    ("`socket(2)` of NETLINK_USERSOCK", "what waits in them is charged to nobody"),
    ("`ioctl(2)` FS_IOC_FSSETXATTR", "the copy of a file of the template would count for nobody's disk"),
];

/// FS_IOC_FSSETXATTR (`linux/fs.h`). overlayfs gives the copy of a file of the template the project of the template's.
const SET_PROJECT: u32 = 0x401c_5820;
/// AF_NETLINK and NETLINK_USERSOCK: programs that speak with each other by what the kernel charges nobody for.
const USERSOCK: (u32, u32) = (16, 2);

/// Settings of sockets that are refused with EPERM, by level and name, with the reason.
pub(crate) const SETTINGS: [(u32, u32, &str); 5] = [
    (263, 5, "SOL_PACKET, PACKET_RX_RING: its memory is charged to nobody, and it may be gibibytes"),
    (
        263,
        13,
        "SOL_PACKET, PACKET_TX_RING: what is sent so can still be changed after its address was looked at",
    ),
    (263, 15, "SOL_PACKET, PACKET_VNET_HDR: the card would write a sum over the address that was looked at"),
    (263, 20, "SOL_PACKET, PACKET_QDISC_BYPASS: what is sent so passes by where its address is pinned"),
    (263, 24, "SOL_PACKET, PACKET_VNET_HDR_SZ: as PACKET_VNET_HDR"),
];

/// `linux.seccomp` of an OCI bundle (runtime-spec 1.0, config-linux.md).
#[must_use]
pub fn profile() -> Value {
    let names: Vec<&str> = REFUSED.iter().map(|(name, _)| *name).collect();
    // CLONE_NEWUSER: a user namespace inside gives all capabilities over a network stack of its own, where most of the
    // kernel's privileged code is reached from.
    const NEW_USER: u32 = 0x1000_0000;
    let with_new_user = |index: u32| json!({"index": index, "value": NEW_USER, "valueTwo": NEW_USER, "op": "SCMP_CMP_MASKED_EQ"});
    let of_family = |operator: &str, family: u32| {
        json!({
            "names": ["socket", "socketpair"], "action": "SCMP_ACT_ERRNO", "errnoRet": 97,
            "args": [{"index": 0, "value": family, "op": operator}],
        })
    };
    let families = [of_family("SCMP_CMP_GT", LAST_FAMILY)];
    let families =
        families.into_iter().chain(STRANGE_FAMILIES.map(|family| of_family("SCMP_CMP_EQ", family)));
    let mut calls = vec![
        json!({"names": names, "action": "SCMP_ACT_ERRNO", "errnoRet": 1}),
        json!({"names": ["unshare", "clone"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [with_new_user(0)]}),
        // Flags and families that stand in memory are seen by no filter: "not there" makes libraries use the other call.
        json!({"names": ["clone3", "socketcall"], "action": "SCMP_ACT_ERRNO", "errnoRet": 38}),
    ];
    calls.extend(families);
    // The kernel looks at the lower half of these numbers only.
    let is = |index: u32, number: u32| json!({"index": index, "value": u32::MAX, "valueTwo": number, "op": "SCMP_CMP_MASKED_EQ"});
    calls.extend(SETTINGS.map(|(level, name, _)| {
        json!({"names": ["setsockopt"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [is(1, level), is(2, name)]})
    }));
    calls.push(
        json!({"names": ["ioctl"], "action": "SCMP_ACT_ERRNO", "errnoRet": 1, "args": [is(1, SET_PROJECT)]}),
    );
    let (family, protocol) = USERSOCK;
    calls.push(json!({
        "names": ["socket", "socketpair"], "action": "SCMP_ACT_ERRNO", "errnoRet": 93, "args": [is(0, family), is(2, protocol)],
    }));
    json!({
        "defaultAction": "SCMP_ACT_ALLOW",
        "architectures": ["SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32"],
        "syscalls": calls,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_is_refused_once() {
        assert!(REFUSED.is_sorted_by(|a, b| a.0 < b.0), "in order and without repeats");
        assert!(REFUSED.iter().all(|(_, reason)| !reason.is_empty()));
    }

    #[test]
    fn settings_are_refused_whatever_the_upper_half_of_a_number_is() {
        let profile = profile();
        let calls = profile["syscalls"].as_array().expect("a list");
        let call = calls.iter().find(|call| call["names"][0] == "setsockopt").expect("is there");
        assert_eq!(call["args"][0]["valueTwo"], 263);
        assert!(call["args"].as_array().expect("a list").iter().all(|arg| arg["value"] == u32::MAX));
    }
}
