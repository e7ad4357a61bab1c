//! What goes into a Debian 12 image, and why.

use ring::digest::{SHA256, digest};

use super::ImageSpec;
use super::overlay::OVERLAY;
use crate::Flavour;

/// Counted up when the code around the recipe changes what an image holds.
const VERSION: &str = "1";

/// Level 9 unpacks as fast as level 3, is a seventh smaller, and takes seconds; 19 takes minutes for a seventh more and
/// unpacks at half the speed.
pub(super) const LEVEL: i32 = 9;

/// Kept out of the image only while it is built: what is installed later brings its manual pages and translations along.
pub(super) const PATH_FILTERS: [&str; 10] = [
    "path-exclude=/usr/share/man/*",
    "path-exclude=/usr/share/info/*",
    "path-exclude=/usr/share/doc/*",
    "path-include=/usr/share/doc/*/copyright",
    "path-exclude=/usr/share/locale/*",
    "path-include=/usr/share/locale/locale.alias",
    "path-exclude=/usr/share/lintian/*",
    // Unsigned twins of the signed boot loader, and loaders for network boot and for compact discs.
    "path-exclude=/usr/lib/grub/x86_64-efi/monolithic/*",
    "path-exclude=/usr/lib/grub/x86_64-efi-signed/gcdx64*",
    "path-exclude=/usr/lib/grub/x86_64-efi-signed/grubnet*",
];

/// The system, beside the essential packages and apt.
const PACKAGES: [&str; 31] = [
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
    // Starting: both firmwares and Secure Boot, without the packages that ask where to install the boot loader.
    "initramfs-tools",
    "zstd",
    "grub2-common",
    "grub-pc-bin",
    "grub-efi-amd64-bin",
    "grub-efi-amd64-signed",
    "shim-signed",
];

/// Every package to install by name, in a fixed order and without repeats.
pub(super) fn packages(spec: &ImageSpec) -> Vec<&str> {
    let mut all = PACKAGES.to_vec();
    all.push(spec.flavour.kernel_package());
    all.extend(spec.packages.iter().map(String::as_str));
    all.sort_unstable();
    all.dedup();
    all
}

/// Before any package is there.
pub(super) const SETUP: &str = include_str!("setup-hook.sh");
/// After the last package.
pub(super) const CUSTOMIZE: &str = include_str!("customize-hook.sh");

/// The modules of the initial RAM disk for this kernel.
pub(super) fn initramfs_hook(flavour: Flavour) -> &'static str {
    match flavour {
        Flavour::Cloud => include_str!("initramfs-cloud.sh"),
        Flavour::Generic => include_str!("initramfs-generic.sh"),
    }
}

/// A hash of everything in this recipe that is the same for all images.
pub(super) fn fingerprint() -> String {
    let mut text = format!("{VERSION} {LEVEL}\n{}\n{}\n", PATH_FILTERS.join("\n"), PACKAGES.join("\n"));
    for part in [SETUP, CUSTOMIZE].into_iter().chain(Flavour::ALL.map(initramfs_hook)) {
        text.push_str(part);
    }
    for (path, mode, content) in OVERLAY {
        text.push_str(&format!("{path} {mode:o} {content}"));
    }
    hex::encode(digest(&SHA256, text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn packages_are_named_once() {
        let mut spec = ImageSpec::debian_12("debian-12".parse().expect("a name"), Flavour::Cloud);
        spec.packages = vec!["sudo".into(), "htop".into()];
        let all = packages(&spec);
        assert_eq!(all.iter().filter(|name| **name == "sudo").count(), 1);
        assert!(all.contains(&"htop") && all.contains(&"linux-image-cloud-amd64"));
    }

    #[test]
    fn scripts_are_valid() {
        for script in [SETUP, CUSTOMIZE].into_iter().chain(Flavour::ALL.map(initramfs_hook)) {
            let mut command = std::process::Command::new("sh");
            assert!(command.args(["-n", "-c", script]).status().expect("sh runs").success(), "{script}");
        }
    }
}
