//! The RAM disk's files, copied out of unpacked packages.

use std::collections::BTreeSet;
use std::io;
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::command::{CommandError, Limits, run};
use crate::progress::Watch;
use crate::provision::drivers::{NoDrivers, chosen};

const DIRECTORIES: [&str; 14] = [
    "bin",
    "sbin",
    "lib/x86_64-linux-gnu",
    "lib64",
    "etc/udhcpc",
    "etc/modprobe.d",
    "dev",
    "proc",
    "sys",
    "run",
    "tmp",
    "mnt",
    "root",
    "var",
];
/// Programs beside busybox.
const PROGRAMS: [&str; 11] = [
    "bin/kmod",
    "sbin/sfdisk",
    "sbin/wipefs",
    "sbin/blockdev",
    "sbin/blkid",
    "sbin/mke2fs",
    "sbin/mkfs.xfs",
    "sbin/mkfs.fat",
    "sbin/e2fsck",
    "sbin/resize2fs",
    "sbin/xfs_repair",
];
/// Further names: link, and what it points to.
const LINKS: [(&str, &str); 12] = [
    ("sbin/modprobe", "../bin/kmod"),
    ("sbin/insmod", "../bin/kmod"),
    ("sbin/rmmod", "../bin/kmod"),
    ("sbin/lsmod", "../bin/kmod"),
    ("sbin/modinfo", "../bin/kmod"),
    ("sbin/depmod", "../bin/kmod"),
    ("sbin/mkfs.ext4", "mke2fs"),
    ("sbin/mkfs.vfat", "mkfs.fat"),
    ("sbin/fsck.ext4", "e2fsck"),
    ("sbin/fsck.xfs", "../bin/true"),
    ("usr", "."),
    ("var/run", "../run"),
];
/// Where busybox looks for it (Debian's build).
const DHCP_SCRIPT: &str = "etc/udhcpc/default.script";
/// The program loader, which also tells the libraries of a program.
const LOADER: &str = "lib64/ld-linux-x86-64.so.2";
/// Applets that the programs above, or the agent, take the place of; and those for packages and fonts.
const NOT_LINKED: [&str; 22] = [
    "busybox",
    "init",
    "linuxrc",
    "modprobe",
    "insmod",
    "rmmod",
    "lsmod",
    "modinfo",
    "depmod",
    "blockdev",
    "blkid",
    "mke2fs",
    "mkdosfs",
    "rpm",
    "rpm2cpio",
    "dpkg",
    "dpkg-deb",
    "run-init",
    "sulogin",
    "loadfont",
    "ubirename",
    "fdisk",
];

const SHORT: Duration = Duration::from_secs(60);

/// The RAM disk could not be put together.
#[derive(Debug, thiserror::Error)]
pub(super) enum TreeError {
    #[error("{path} could not be put into the RAM disk")]
    Copy {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
    #[error("the kernel package unpacked to {0} kernels instead of one")]
    Kernels(usize),
    #[error(transparent)]
    Drivers(#[from] NoDrivers),
    #[error(transparent)]
    Command(#[from] CommandError),
}

/// Unpacked packages, and the RAM disk growing out of them.
pub(super) struct Trees<'a> {
    pub packages: &'a Path,
    pub root: &'a Path,
    pub watch: Watch<'a>,
}

impl Trees<'_> {
    /// Make the whole RAM disk. Returns the version of the kernel.
    pub(super) fn assemble(&self) -> Result<String, TreeError> {
        for directory in DIRECTORIES {
            let path = self.root.join(directory);
            std::fs::create_dir_all(&path).map_err(|source| TreeError::Copy { path, source })?;
        }
        let version = self.kernel_version()?;
        self.programs()?;
        self.busybox()?;
        for (link, target) in LINKS {
            self.link(target, link)?;
        }
        self.modules(&version)?;
        self.text(DHCP_SCRIPT, include_str!("udhcpc.script"), 0o755)?;
        self.text("etc/passwd", "root:x:0:0:root:/root:/bin/sh\n", 0o644)?;
        self.text("etc/group", "root:x:0:\n", 0o644)?;
        self.copy("etc/mke2fs.conf", "etc/mke2fs.conf")?;
        Ok(version)
    }

    fn kernel_version(&self) -> Result<String, TreeError> {
        let path = self.packages.join("lib/modules");
        let names =
            || std::fs::read_dir(&path)?.map(|entry| Ok(entry?.file_name())).collect::<io::Result<Vec<_>>>();
        let names = names().map_err(|source| TreeError::Copy { path: path.clone(), source })?;
        match names.as_slice() {
            [one] => Ok(one.to_string_lossy().into_owned()),
            several => Err(TreeError::Kernels(several.len())),
        }
    }

    fn programs(&self) -> Result<(), TreeError> {
        let mut libraries = BTreeSet::from([LOADER.to_owned()]);
        for program in PROGRAMS {
            self.copy(program, program)?;
            let loader = format!("/{LOADER}");
            let list = self.inside(self.packages, &[&loader, "--list", &format!("/{program}")])?;
            libraries.extend(needed(&String::from_utf8_lossy(&list)));
        }
        for library in libraries {
            // Below /usr/lib or /lib, which are the same place here.
            let to = library.strip_prefix("usr/").unwrap_or(&library);
            self.copy(&library, to)?;
        }
        Ok(())
    }

    fn busybox(&self) -> Result<(), TreeError> {
        self.copy("bin/busybox", "bin/busybox")?;
        let applets = self.inside(self.packages, &["/bin/busybox", "--list"])?;
        let applets = String::from_utf8_lossy(&applets);
        for applet in applets.lines().filter(|applet| !NOT_LINKED.contains(applet)) {
            self.link("busybox", &format!("bin/{applet}"))?;
        }
        Ok(())
    }

    fn modules(&self, version: &str) -> Result<(), TreeError> {
        self.inside(self.packages, &["/sbin/depmod", "-a", version])?;
        let directory = format!("lib/modules/{version}");
        let read = |name: &str| {
            let path = self.packages.join(&directory).join(name);
            std::fs::read_to_string(&path).map_err(|source| TreeError::Copy { path, source })
        };
        let mut files: Vec<String> =
            chosen(&read("modules.dep")?, &read("modules.softdep")?)?.into_iter().collect();
        files.extend(["modules.order", "modules.builtin", "modules.builtin.modinfo"].map(str::to_owned));
        for file in files {
            let path = format!("{directory}/{file}");
            self.copy(&path, &path)?;
        }
        // With the programs of the RAM disk itself: so it is known that they run.
        self.inside(self.root, &["/sbin/depmod", "-a", version])?;
        Ok(())
    }

    /// Run a program of the tree below `root`.
    fn inside(&self, root: &Path, words: &[&str]) -> Result<Vec<u8>, CommandError> {
        let limits = Limits { package: "coreutils", time: SHORT };
        run(Command::new("chroot").arg(root).args(words), limits, self.watch)
    }

    fn copy(&self, from: &str, to: &str) -> Result<(), TreeError> {
        let (from, to) = (self.packages.join(from), self.root.join(to));
        let copy = || {
            if let Some(parent) = to.parent() {
                std::fs::create_dir_all(parent)?;
            }
            std::fs::copy(&from, &to).map(drop)
        };
        copy().map_err(|source| TreeError::Copy { path: from.clone(), source })
    }

    fn link(&self, target: &str, link: &str) -> Result<(), TreeError> {
        let path = self.root.join(link);
        symlink(target, &path).map_err(|source| TreeError::Copy { path, source })
    }

    fn text(&self, path: &str, text: &str, mode: u32) -> Result<(), TreeError> {
        let path = self.root.join(path);
        let write = || {
            std::fs::write(&path, text)?;
            std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode))
        };
        write().map_err(|source| TreeError::Copy { path: path.clone(), source })
    }
}

/// The paths, without `/` in front, in the loader's list: lines of the form `NAME => PATH (ADDRESS)`.
fn needed(list: &str) -> Vec<String> {
    let path = |line: &str| {
        let (_, found) = line.split_once(" => /")?;
        Some(found.split_once(" (")?.0.to_owned())
    };
    list.lines().filter_map(path).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reads_the_loaders_list() {
        let list = "\tlinux-vdso.so.1 (0x7f)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x7f)\n\t/lib64/ld-linux-x86-64.so.2 (0x7)\n";
        assert_eq!(needed(list), ["lib/x86_64-linux-gnu/libc.so.6"]);
    }

    #[test]
    fn the_dhcp_script_is_a_valid_one() {
        let mut command = Command::new("sh");
        assert!(
            command.args(["-n", "-c", include_str!("udhcpc.script")]).status().expect("sh runs").success()
        );
    }
}
