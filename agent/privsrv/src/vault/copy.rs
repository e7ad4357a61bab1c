//! Copies that share their blocks with the original (ioctl_ficlonerange(2)): as fast as names can be written, and they take
//! room only as the two become different.

use std::ffi::CString;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::libc;
use nix::sys::stat::{Mode, fstatat};

use super::{VaultError, at};
use crate::places::Places;
use crate::tool;

/// A directory itself, not what a link leads to.
const DIRECTORY: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

/// Copies what is in `from` into the empty directory `to`, with owners, modes, times, links, devices and attributes.
///
/// # Errors
/// [`VaultError`]; what was copied stays.
pub fn copy(from: &Path, to: &Path, limit: Duration) -> Result<(), VaultError> {
    let [from, to] = [from, to].map(|path| Places::text(path).map_err(at("naming", path)));
    let (from, to) = (format!("{}/.", from?), to?);
    tool::run("cp", &["--archive", "--reflink=always", "--no-target-directory", &from, to], limit)?;
    Ok(())
}

/// What a directory holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Copied {
    /// Files of every kind, and directories.
    pub files: u64,
    /// That the disk is charged for: blocks, files with several names once for each.
    pub disk_bytes: u64,
    /// Length of regular files.
    pub bytes: u64,
}

/// Counts what is in a directory, without following links. Nobody writes there meanwhile.
///
/// # Errors
/// [`VaultError::At`]
pub fn count(path: &Path) -> Result<Copied, VaultError> {
    walk(path).map_err(|why| at("counting what is in", path)(why.into()))
}

/// One directory is open at a time, and the way up is `..`: neither descriptors nor names run out, however deep it goes.
fn walk(path: &Path) -> Result<Copied, Errno> {
    let mut sum = Copied::default();
    let mut here = open(path, DIRECTORY, Mode::empty())?;
    // Of every directory on the way, those in it that are still to be counted.
    let mut left = vec![sum.add(&here)?];
    while let Some(names) = left.last_mut() {
        if let Some(name) = names.pop() {
            here = openat(&here, name.as_c_str(), DIRECTORY, Mode::empty())?;
            left.push(sum.add(&here)?);
            continue;
        }
        left.pop();
        if !left.is_empty() {
            here = openat(&here, c"..", DIRECTORY, Mode::empty())?;
        }
    }
    Ok(sum)
}

impl Copied {
    /// Adds what stands in one directory; the directories among it.
    fn add(&mut self, here: &OwnedFd) -> Result<Vec<CString>, Errno> {
        let mut directories = Vec::new();
        let mut entries = Dir::from_fd(openat(here, c".", DIRECTORY, Mode::empty())?)?;
        for entry in entries.iter() {
            let entry = entry?;
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let known = fstatat(here, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
            self.files += 1;
            self.disk_bytes += known.st_blocks.unsigned_abs() * 512;
            match known.st_mode & libc::S_IFMT {
                libc::S_IFREG => self.bytes += known.st_size.unsigned_abs(),
                libc::S_IFDIR => directories.push(name.to_owned()),
                _ => {}
            }
        }
        Ok(directories)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::trees;

    #[test]
    fn a_tree_deeper_than_any_path_is_counted() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let top = dir.path().join("top");
        trees::deep(&top, 1_500);
        std::fs::create_dir(top.join("beside")).expect("made");
        std::os::unix::fs::symlink("/", top.join("beside/link")).expect("linked");
        let counted = count(&top);
        trees::remove(&top).expect("removed");
        let counted = counted.expect("counted");
        assert_eq!((counted.files, counted.bytes), (1_503, 4));
    }
}
