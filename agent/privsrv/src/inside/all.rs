//! Permissions and owners of a folder with everything in it. Links are never followed, and other file systems are left alone.

use std::ffi::{CStr, CString};
use std::os::fd::OwnedFd;

use nix::errno::Errno;
use nix::fcntl::AtFlags;
use nix::libc;
use nix::sys::stat::{Mode, fchmod, fstat};
use nix::unistd::{Gid, Uid, fchown, fchownat};
use rackwright_model::private_server::inside::{
    Changed, FailureKind, FileEntry, InsidePath, LoginName, WorkFailure,
};

use super::remove::DEEPEST;
use super::tree::{Spot, Tree, failure, folder_in, names_in};
use super::{change, list};

/// Files and folders that are changed at a time.
const MOST: usize = 200_000;

/// What each of them gets.
enum Change {
    Mode(u32),
    Owner(Uid, Gid),
}

/// A folder whose content is changed; it comes after that.
struct Level {
    folder: OwnedFd,
    name: CString,
    left: Vec<(CString, bool)>,
}

struct Walk<'a> {
    change: &'a Change,
    /// The file system that it stays on.
    device: libc::dev_t,
    /// So many names may still be read.
    room: usize,
    done: u64,
}

/// Sets permissions. Whoever may read a folder may enter it, too; pipes, sockets and devices keep theirs.
///
/// # Errors
/// When something belongs to somebody else, or it is too much: what was changed by then stays so.
pub fn permit(tree: &Tree, path: &InsidePath, mode: u32) -> Result<Changed, WorkFailure> {
    change_all(tree, path, &Change::Mode(mode), || change::permit(tree, path, mode))
}

/// Gives it to a user and a group; links themselves as well.
///
/// # Errors
/// When there is no such user or group, or it is too much: what was given by then stays so.
pub fn give(
    tree: &Tree,
    path: &InsidePath,
    owner: &LoginName,
    group: &LoginName,
) -> Result<Changed, WorkFailure> {
    let (uid, gid) = change::numbers(tree, owner, group)?;
    change_all(tree, path, &Change::Owner(uid, gid), || change::give(tree, path, owner, group))
}

/// `alone` is done with what is no folder.
fn change_all(
    tree: &Tree,
    path: &InsidePath,
    change: &Change,
    alone: impl FnOnce() -> Result<FileEntry, WorkFailure>,
) -> Result<Changed, WorkFailure> {
    let spot = tree.spot(path)?;
    let stat = list::stat(&spot.folder, spot.name).map_err(|why| spot.failure(why))?;
    if stat.st_mode & libc::S_IFMT != libc::S_IFDIR {
        return Ok(Changed { entry: alone()?, count: 1 });
    }
    let count = walk(&spot, change, MOST)?;
    Ok(Changed { entry: list::facts(tree, path)?, count })
}

fn walk(spot: &Spot<'_>, change: &Change, most: usize) -> Result<u64, WorkFailure> {
    let name = CString::new(spot.name).map_err(|_| spot.failure(Errno::EINVAL))?;
    let top = folder_in(&spot.folder, &name).map_err(|why| spot.failure(why))?;
    let device = fstat(&top).map_err(|why| spot.failure(why))?.st_dev;
    let mut walk = Walk { change, device, room: most, done: 0 };
    let mut levels = vec![walk.enter(top, name)?];
    while let Some(level) = levels.last_mut() {
        let Some((name, is_folder)) = level.left.pop() else {
            // At last: with what it gets, nobody but root might enter it any more.
            walk.folder(level)?;
            levels.pop();
            continue;
        };
        if !is_folder {
            walk.file(&level.folder, &name)?;
            continue;
        }
        let Some(next) = walk.open(&level.folder, name)? else { continue };
        if levels.len() == DEEPEST {
            return Err(walk.too_much(&format!("it holds more than {DEEPEST} folders within each other")));
        }
        levels.push(next);
    }
    Ok(walk.done)
}

impl Walk<'_> {
    /// A folder in this one; none when it is gone by now, or another file system.
    fn open(&mut self, above: &OwnedFd, name: CString) -> Result<Option<Level>, WorkFailure> {
        let folder = match folder_in(above, &name) {
            Ok(folder) => folder,
            Err(why) if is_gone(why) => return Ok(None),
            Err(why) => return Err(self.failure(&name, why)),
        };
        let device = fstat(&folder).map_err(|why| self.failure(&name, why))?.st_dev;
        if device != self.device {
            return Ok(None);
        }
        self.enter(folder, name).map(Some)
    }

    fn enter(&mut self, folder: OwnedFd, name: CString) -> Result<Level, WorkFailure> {
        let left = names_in(&folder, self.room + 1).map_err(|why| self.failure(&name, why))?;
        let Some(room) = self.room.checked_sub(left.len()) else {
            return Err(self.too_much("it holds too many files and folders to change them at a time"));
        };
        self.room = room;
        Ok(Level { folder, name, left })
    }

    fn folder(&mut self, level: &Level) -> Result<(), WorkFailure> {
        let changed = match *self.change {
            Change::Mode(mode) => fchmod(&level.folder, bits(mode | ((mode & 0o444) >> 2))),
            Change::Owner(uid, gid) => fchown(&level.folder, Some(uid), Some(gid)),
        };
        changed.map_err(|why| self.failure(&level.name, why))?;
        self.done += 1;
        Ok(())
    }

    fn file(&mut self, folder: &OwnedFd, name: &CStr) -> Result<(), WorkFailure> {
        match self.change.of_file(folder, name) {
            Ok(changed) => self.done += u64::from(changed),
            Err(why) if is_gone(why) => {}
            Err(why) => return Err(self.failure(name, why)),
        }
        Ok(())
    }

    fn failure(&self, name: &CStr, why: Errno) -> WorkFailure {
        let WorkFailure { kind, reason, .. } = failure(&name.to_string_lossy(), why);
        WorkFailure::new(kind, format!("{reason}; {} were changed before", self.done))
    }

    fn too_much(&self, reason: &str) -> WorkFailure {
        WorkFailure::new(FailureKind::Unsuitable, format!("{reason}; {} were changed before", self.done))
    }
}

impl Change {
    /// Whether it was changed.
    fn of_file(&self, folder: &OwnedFd, name: &CStr) -> Result<bool, Errno> {
        match *self {
            Self::Owner(uid, gid) => {
                fchownat(folder, name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
                Ok(true)
            }
            Self::Mode(mode) => match change::opened(folder, name)? {
                Some(itself) => fchmod(&itself, bits(mode)).map(|()| true),
                None => Ok(false),
            },
        }
    }
}

fn bits(mode: u32) -> Mode {
    Mode::from_bits_truncate(mode & 0o7777)
}

/// Something else took its place, or nothing.
fn is_gone(why: Errno) -> bool {
    matches!(why, Errno::ENOENT | Errno::ELOOP | Errno::ENOTDIR | Errno::EISDIR)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn a_folder_that_holds_too_much_is_not_changed_without_end() {
        let root = tempfile::tempdir().expect("a folder");
        std::fs::create_dir(root.path().join("a")).expect("made");
        for number in 0..5 {
            std::fs::write(root.path().join(format!("a/{number}")), "x").expect("written");
        }
        let tree = Tree::open(root.path(), "/", false).expect("a tree");
        let path: InsidePath = "/a".parse().expect("a path");
        let spot = tree.spot(&path).expect("a spot");
        let why = walk(&spot, &Change::Mode(0o600), 4).expect_err("too much");
        assert_eq!(why.kind, FailureKind::Unsuitable);
        assert!(why.reason.ends_with("0 were changed before"), "{why}");
        assert_eq!(walk(&spot, &Change::Mode(0o600), 5), Ok(6));
    }
}
