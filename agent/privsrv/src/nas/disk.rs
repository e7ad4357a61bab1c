//! The disk of a private server on a NAS.

use std::fs;
use std::io;
use std::os::unix::fs::{DirBuilderExt, chown};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::nas::NasDisk;
use rackwright_model::private_server::Number;

use super::mount::{MountError, Use, ensure, mounted_at, mounts};
use super::{disk_place, place};
use crate::tool::{self, ToolError};

/// Of a program that reads or writes a few blocks of a disk.
const LIMIT: Duration = Duration::from_secs(30);
/// Of making a file system: its tables are written when they are needed.
const MAKES: Duration = Duration::from_secs(120);
/// Of the last writes to a disk that is let go.
const WRITES: Duration = Duration::from_secs(60);
/// Until whatever used it has let go of it.
const LETS_GO: Duration = Duration::from_secs(15);
/// How many bytes of a disk there is a file for: a mail directory has one for every few KiB.
const BYTES_PER_FILE: &str = "8192";

/// The disk cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum DiskError {
    #[error(transparent)]
    Mount(#[from] MountError),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error("{attempted} {path}")]
    At { attempted: &'static str, path: String, source: io::Error },
    #[error("its disk is still in use: {0}")]
    Busy(String),
}

fn at(attempted: &'static str, path: &Path) -> impl FnOnce(io::Error) -> DiskError {
    let path = path.display().to_string();
    move |source| DiskError::At { attempted, path, source }
}

/// Its directory on the mounted export.
#[must_use]
pub fn directory(disk: &NasDisk, number: Number) -> PathBuf {
    place(disk.export.nas).join(&disk.directory).join(number.tag())
}

fn image(disk: &NasDisk, number: Number) -> String {
    directory(disk, number).join("disk").display().to_string()
}

/// What a private server wrote over its template, and what overlayfs needs beside it.
#[must_use]
pub fn upper(number: Number) -> PathBuf {
    disk_place(number).join("upper")
}

#[must_use]
pub fn work(number: Number) -> PathBuf {
    disk_place(number).join("work")
}

/// Makes the disk anew, without anything that was on it. It must not be attached.
///
/// # Errors
/// [`DiskError`]
pub fn make(disk: &NasDisk, number: Number, mib: u32) -> Result<(), DiskError> {
    ensure(&disk.export, Use::Disks)?;
    // Whole or not at all. The file is as long as the disk, and takes as much room as was written.
    const SCRIPT: &str = "umask 077; mkdir -p -- \"$1\" && rm -f -- \"$1/disk.new\" && truncate -s \"$2M\" -- \"$1/disk.new\" && \
                          mkfs.ext4 -q -F -m 0 -i \"$3\" -E lazy_itable_init=1,lazy_journal_init=1,nodiscard \"$1/disk.new\" && \
                          sync -- \"$1/disk.new\" && mv -f -- \"$1/disk.new\" \"$1/disk\" && sync -- \"$1\"";
    let directory = directory(disk, number).display().to_string();
    tool::run("sh", &["-c", SCRIPT, "disk", &directory, &mib.to_string(), BYTES_PER_FILE], MAKES)?;
    Ok(())
}

/// Attaches the disk and mounts it; it grows to its size if that is more than before.
///
/// # Errors
/// [`DiskError`]; it is not attached then.
pub fn attach(disk: &NasDisk, number: Number, mib: u32) -> Result<(), DiskError> {
    ensure(&disk.export, Use::Disks)?;
    let place = disk_place(number);
    let text = place.display().to_string();
    if mounted_at(&mounts(), &text).is_none() {
        fs::create_dir_all(&place).map_err(at("making", &place))?;
        lengthen(disk, number, mib)?;
        // Past the cache of the server: what is written is on the NAS, and a dead server takes nothing with it that was synced.
        let found = ["--find", "--show", "--direct-io=on", &image(disk, number)];
        let device = tool::run("losetup", &found, LIMIT)?.trim().to_owned();
        let args = ["-i", "-t", "ext4", "-o", "nosuid,nodev,noexec,noatime", &device, &text];
        let mounted = tool::run("mount", &args, LIMIT);
        // From now on it goes with the mount; and at once when there is none.
        let dropped = tool::run("losetup", &["--detach", &device], LIMIT);
        mounted?;
        dropped?;
        tool::run("resize2fs", &[&device], MAKES)?;
    }
    for (path, mode) in [(upper(number), 0o755), (work(number), 0o755)] {
        fs::DirBuilder::new().recursive(true).mode(mode).create(&path).map_err(at("making", &path))?;
    }
    let upper = upper(number);
    chown(&upper, Some(number.root()), Some(number.root())).map_err(at("giving away", &upper))
}

/// Lets the disk grow while it is in use.
///
/// # Errors
/// [`DiskError`]
pub fn grow(disk: &NasDisk, number: Number, mib: u32) -> Result<(), DiskError> {
    let Some(device) = mounted_at(&mounts(), &disk_place(number).display().to_string()) else {
        // It grows when it is attached.
        return Ok(());
    };
    lengthen(disk, number, mib)?;
    tool::run("losetup", &["--set-capacity", &device], LIMIT)?;
    tool::run("resize2fs", &[&device], MAKES)?;
    Ok(())
}

/// A shorter file would cut the file system off.
fn lengthen(disk: &NasDisk, number: Number, mib: u32) -> Result<(), DiskError> {
    // ">" of truncate(1): at least.
    let size = format!(">{mib}M");
    tool::run("truncate", &["--no-create", "-s", &size, "--", &image(disk, number)], LIMIT)?;
    Ok(())
}

/// Lets go of the disk: all that was written is on the NAS when this returns. One that is not attached is let go.
///
/// # Errors
/// [`DiskError::Busy`]
pub fn detach(number: Number) -> Result<(), DiskError> {
    let place = disk_place(number).display().to_string();
    let until = Instant::now() + LETS_GO;
    loop {
        if mounted_at(&mounts(), &place).is_none() {
            return Ok(());
        }
        match tool::run("umount", &["-i", &place], WRITES) {
            Ok(_) => {}
            Err(why) if Instant::now() >= until => return Err(DiskError::Busy(crate::explain(&why))),
            Err(_) => thread::sleep(Duration::from_millis(500)),
        }
    }
}

/// Bytes in use on it; none while it is not attached. Waits for the NAS, so only the thread of that private server asks.
#[must_use]
pub fn used(number: Number) -> Option<u64> {
    let place = disk_place(number);
    mounted_at(&mounts(), &place.display().to_string())?;
    let of = nix::sys::statvfs::statvfs(&place).ok()?;
    Some(of.blocks().saturating_sub(of.blocks_free()).saturating_mul(of.fragment_size()))
}

/// Removes the disk with its claim, for good.
///
/// # Errors
/// [`DiskError`]
pub fn remove(disk: &NasDisk, number: Number) -> Result<(), DiskError> {
    ensure(&disk.export, Use::Disks)?;
    tool::run("rm", &["-rf", "--", &directory(disk, number).display().to_string()], MAKES)?;
    Ok(())
}
