//! Debian 12 for servers: it starts on hardware and carries private servers.

use super::{HOST_KEYS, Recipe};
use crate::Flavour;
use crate::builder::overlay::File;

const PACKAGES: [&str; 37] = [
    // The system itself.
    "systemd-sysv",
    "libpam-systemd",
    "libnss-systemd",
    "libnss-myhostname",
    "dbus",
    "udev",
    "kmod",
    "tzdata",
    "systemd-timesyncd",
    // Network: networkd sets addresses, resolved keeps /etc/resolv.conf right.
    "systemd-resolved",
    "netbase",
    "iproute2",
    "iputils-ping",
    "ca-certificates",
    // People.
    "openssh-server",
    "sudo",
    "procps",
    "less",
    "nano",
    // Disks. logsave lets the initial RAM disk check the root file system.
    "e2fsprogs",
    "logsave",
    "xfsprogs",
    "dosfstools",
    "fdisk",
    // Private servers: what starts them, their packet filter, their view of /proc, what takes their
    // files to another server, and what backs them up.
    "crun",
    "nftables",
    "lxcfs",
    "fuse3",
    "rsync",
    "restic",
    // Starting: both firmwares and Secure Boot, without the packages that ask where to install the boot loader.
    "initramfs-tools",
    "zstd",
    "grub2-common",
    "grub-pc-bin",
    "grub-efi-amd64-bin",
    "grub-efi-amd64-signed",
    "shim-signed",
];

const INITRAMFS: File =
    ("etc/initramfs-tools/conf.d/rackwright", 0o644, include_str!("../overlay/initramfs.conf"));

/// It serves every private server, and takes no more memory for that than it needs.
const LXCFS: File =
    ("etc/systemd/system/lxcfs.service.d/rackwright.conf", 0o644, include_str!("../overlay/lxcfs.conf"));

pub(super) fn recipe(flavour: Flavour) -> Recipe {
    let mut packages = PACKAGES.to_vec();
    packages.push(flavour.kernel_package());
    Recipe {
        packages,
        overlay: vec![
            INITRAMFS,
            HOST_KEYS,
            LXCFS,
            ("etc/initramfs-tools/hooks/rackwright", 0o755, drivers(flavour)),
        ],
        customize: include_str!("../customize-hook.sh"),
    }
}

/// The modules of the initial RAM disk for this kernel.
fn drivers(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Cloud => include_str!("../initramfs-cloud.sh"),
        Flavour::Generic => include_str!("../initramfs-generic.sh"),
    }
}
