//! Copies that share their blocks with the original (ioctl_ficlonerange(2)): as fast as names can be written, and they take
//! room only as the two become different.

use std::ffi::CString;
use std::io;
use std::os::fd::OwnedFd;
use std::path::Path;
use std::time::Duration;

use nix::dir::Dir;
use nix::fcntl::{AtFlags, OFlag, open, openat};
use nix::libc;
use nix::sys::stat::{Mode, fstatat};
use nix::unistd::{Whence, lseek};

use super::{VaultError, at};
use crate::detached::{Detached, Shown};
use crate::places::Places;
use crate::tool;

/// A directory itself, not what a link leads to.
const DIRECTORY: OFlag =
    OFlag::O_RDONLY.union(OFlag::O_DIRECTORY).union(OFlag::O_NOFOLLOW).union(OFlag::O_CLOEXEC);

/// Copies what is in `from` into the empty directory `to`, with owners, modes, times, links, devices and attributes. Whoever
/// puts a link in the place of a directory meanwhile leads nobody out of `from`.
///
/// # Errors
/// [`VaultError`]; what was copied stays.
pub fn copy(from: &Path, to: &Path, limit: Duration) -> Result<(), VaultError> {
    let tree = Detached::of(from, Shown::WithoutLinks).map_err(at("showing without links", from))?;
    let (from, to) = (format!("{}/.", tree.path().display()), Places::text(to).map_err(at("naming", to))?);
    tool::go_through("cp", &["--archive", "--reflink=always", "--no-target-directory", &from, to], limit)?;
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
    walk(path).map_err(at("counting what is in", path))
}

/// How far a directory on the way is counted. The kernel gives its names in parts.
#[derive(Default)]
struct Mark {
    /// Where the part begins that was read last.
    part: libc::off_t,
    /// Names of that part that were counted.
    names: usize,
}

/// One directory is open at a time, and the way up is `..`: neither descriptors nor memory run out, however deep it goes and
/// however many directories stand in one.
fn walk(path: &Path) -> io::Result<Copied> {
    let mut sum = Copied::default();
    let mut here = open(path, DIRECTORY, Mode::empty())?;
    let mut way = vec![Mark::default()];
    while let Some(mark) = way.last_mut() {
        if let Some(name) = sum.add(&here, mark)? {
            here = openat(&here, name.as_c_str(), DIRECTORY, Mode::empty())?;
            way.push(Mark::default());
            continue;
        }
        way.pop();
        if !way.is_empty() {
            here = openat(&here, c"..", DIRECTORY, Mode::empty())?;
        }
    }
    Ok(sum)
}

impl Copied {
    /// Adds what stands in one directory behind the mark, as far as the next directory in it: its name, none at the end.
    fn add(&mut self, here: &OwnedFd, mark: &mut Mark) -> io::Result<Option<CString>> {
        let mut counted = mark.names;
        let mut read = lseek(here, mark.part, Whence::SeekSet)?;
        // A copied descriptor stands where the other one stands (dup(2)).
        for entry in Dir::from_fd(here.try_clone()?)? {
            let entry = entry?;
            let stands = lseek(here, 0, Whence::SeekCur)?;
            if stands != read {
                // This name is the first of another part.
                *mark = Mark { part: read, names: 0 };
                read = stands;
            }
            mark.names += 1;
            if counted > 0 {
                counted -= 1;
                continue;
            }
            let name = entry.file_name();
            if matches!(name.to_bytes(), b"." | b"..") {
                continue;
            }
            let known = fstatat(here, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
            self.files += 1;
            self.disk_bytes += known.st_blocks.unsigned_abs() * 512;
            match known.st_mode & libc::S_IFMT {
                libc::S_IFREG => self.bytes += known.st_size.unsigned_abs(),
                libc::S_IFDIR => return Ok(Some(name.to_owned())),
                _ => {}
            }
        }
        Ok(None)
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

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

    #[test]
    fn of_many_directories_in_one_only_the_next_is_kept() {
        const MANY: u64 = 2_000;
        let dir = tempfile::tempdir().expect("temporary directory");
        for number in 0..MANY {
            // The kernel gives so long names in many parts.
            let made = dir.path().join(format!("{number:0>200}"));
            std::fs::create_dir(&made).expect("made");
            std::fs::write(made.join("file"), "four").expect("written");
        }
        let here = open(dir.path(), DIRECTORY, Mode::empty()).expect("opened");
        let (mut sum, mut mark, mut found) = (Copied::default(), Mark::default(), BTreeSet::new());
        for known in 1..=MANY {
            found.extend(sum.add(&here, &mut mark).expect("read"));
            assert_eq!(sum.files, known, "no other was looked at yet");
        }
        assert_eq!(sum.add(&here, &mut mark).expect("read"), None);
        assert_eq!(found.len(), usize::try_from(MANY).expect("a length"), "none twice");
        assert!(mark.part > 0, "there were several parts");
        let counted = count(dir.path()).expect("counted");
        assert_eq!((counted.files, counted.bytes), (2 * MANY, 4 * MANY));
    }
}
