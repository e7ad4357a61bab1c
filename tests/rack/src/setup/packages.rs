//! The Debian packages that a virtual rack stands on.

use std::collections::BTreeSet;
use std::process::Command;

use anyhow::{Context, Result, bail};
use nix::unistd::Uid;

use crate::hardware::Tool;
use crate::progress::Step;

/// Every package, with what it is for. Whoever needs another one adds it here.
pub const PACKAGES: &[&str] = &[
    // machines
    "qemu-system-x86",
    "ipxe-qemu",
    "ovmf",
    // BMCs
    "openipmi",
    "ipmitool",
    // network
    "iproute2",
    "iputils-ping",
    "ipxe",
    "isc-dhcp-client",
    "dnsmasq-base",
    "curl",
    "openssh-client",
    // images and the provisioning environment
    "mmdebstrap",
    "busybox-static",
    "kmod",
    "cpio",
    "zstd",
    "e2fsprogs",
    "xfsprogs",
    "dosfstools",
    "mtools",
    "fdisk",
    // a small archive of packages
    "apt-utils",
    "gpg",
    "gpg-agent",
    // webhooks: the authorities of their receivers, and the examples of the reference
    "ca-certificates",
    "openssl",
    "python3",
    // private servers: what starts them, what carries their files to another server, what asks their web servers for pages, the
    // NFS server of their NAS, and their backups
    "crun",
    "rsync",
    "wrk",
    "nfs-ganesha",
    "nfs-ganesha-vfs",
    "restic",
    // the provider to sign in by
    "python3-venv",
    // the mail server of the tests
    "python3-aiosmtpd",
    // the browser of the panels' tests
    "chromium",
];

/// Needed only where the program is not there from another source.
const PROGRAMS: &[(&str, &[&str])] = &[("npm", &["nodejs", "npm"])];

/// Installs what is missing.
pub fn install(step: &mut Step) -> Result<()> {
    let missing = missing()?;
    if missing.is_empty() {
        step.result("all installed");
        return Ok(());
    }
    if !Uid::effective().is_root() {
        bail!(
            "these Debian packages are missing: {}. Run as root, or install them yourself",
            missing.join(" ")
        );
    }
    let mut wanted = missing.clone();
    wanted.extend(same_release_qemu_utils(&missing)?);
    step.note(format!("installing {}", missing.join(" ")));
    if apt_install(&wanted).is_err() {
        step.note("reading the package lists anew");
        Tool::new("apt-get").args(["-q", "update"]).run().context("reading Debian's package lists")?;
        step.note(format!("installing {}", missing.join(" ")));
        apt_install(&wanted)
            .with_context(|| format!("installing the Debian packages {}", missing.join(" ")))?;
    }
    step.result(format!("installed {}", missing.join(" ")));
    Ok(())
}

fn missing() -> Result<Vec<String>> {
    let mut wanted: Vec<&str> = PACKAGES.to_vec();
    for (program, packages) in PROGRAMS {
        if !is_on_path(program) {
            wanted.extend_from_slice(packages);
        }
    }
    let installed = installed(&wanted)?;
    Ok(wanted.into_iter().filter(|name| !installed.contains(*name)).map(str::to_owned).collect())
}

/// Which of these packages are installed and configured.
fn installed(names: &[&str]) -> Result<BTreeSet<String>> {
    // It ends with an error when it does not know one of the names, and lists the others all the same.
    let listed = Command::new("dpkg-query")
        .args(["--show", "--showformat", "${Package} ${db:Status-Status}\\n"])
        .args(names)
        .output()
        .context("running dpkg-query: the rack needs Debian 12 or a system made from it")?;
    let listed = String::from_utf8_lossy(&listed.stdout).into_owned();
    Ok(listed.lines().filter_map(|line| line.strip_suffix(" installed")).map(str::to_owned).collect())
}

/// A `qemu-utils` from backports conflicts with the release's `qemu-system-x86`: it must come back from the release.
fn same_release_qemu_utils(missing: &[String]) -> Result<Option<String>> {
    let needed =
        missing.iter().any(|name| name == "qemu-system-x86") && !installed(&["qemu-utils"])?.is_empty();
    if !needed {
        return Ok(None);
    }
    let release = std::fs::read_to_string("/etc/os-release").context("reading /etc/os-release")?;
    let codename = release.lines().find_map(|line| line.strip_prefix("VERSION_CODENAME="));
    Ok(codename.map(|name| format!("qemu-utils/{}", name.trim_matches('"'))))
}

fn apt_install(packages: &[String]) -> Result<()> {
    Tool::new("apt-get")
        .args(["-q", "-y", "install", "--no-install-recommends", "--allow-downgrades"])
        .args(packages)
        .env("DEBIAN_FRONTEND", "noninteractive")
        .run()
}

fn is_on_path(program: &str) -> bool {
    let path = std::env::var_os("PATH").unwrap_or_default();
    std::env::split_paths(&path).any(|dir| dir.join(program).is_file())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_package_is_missing_and_does_not_hide_the_others() {
        let found = installed(&["dpkg", "rackwright-there-is-no-such-package"]).unwrap();
        assert_eq!(found, BTreeSet::from(["dpkg".to_owned()]));
    }

    #[test]
    fn no_package_is_named_twice() {
        let once: BTreeSet<_> = PACKAGES.iter().collect();
        assert_eq!(once.len(), PACKAGES.len());
    }
}
