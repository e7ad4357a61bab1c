//! Folders, other names, permissions and owners.

use std::os::fd::{AsFd as _, OwnedFd};

use nix::NixPath;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, RenameFlags, openat, renameat2};
use nix::libc;
use nix::sys::stat::{Mode, fchmod, fstat, fstatat, mkdirat};
use nix::unistd::{Gid, Uid, fchown, fchownat};
use rackwright_model::private_server::inside::{FailureKind, FileEntry, InsidePath, LoginName, WorkFailure};

use super::list;
use super::names::{groups, users};
use super::tree::Tree;

/// Makes a folder; it belongs to whoever has the folder above it.
///
/// # Errors
/// When something stands there.
pub fn make_folder(tree: &Tree, path: &InsidePath) -> Result<FileEntry, WorkFailure> {
    let spot = tree.spot(path)?;
    let mode = Mode::from_bits_truncate(0o755);
    mkdirat(&spot.folder, spot.name, mode).map_err(|why| spot.failure(why))?;
    if tree.gives {
        let like = fstat(spot.folder.as_fd()).map_err(|why| spot.failure(why))?;
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        let made = openat(&spot.folder, spot.name, flags, Mode::empty()).map_err(|why| spot.failure(why))?;
        fchown(&made, Some(Uid::from_raw(like.st_uid)), Some(Gid::from_raw(like.st_gid)))
            .map_err(|why| spot.failure(why))?;
    }
    list::facts(tree, path)
}

/// Gives another name, or moves; nothing may stand there.
///
/// # Errors
/// When something stands there, or it is on another file system.
pub fn rename(tree: &Tree, path: &InsidePath, to: &InsidePath) -> Result<FileEntry, WorkFailure> {
    let (from, place) = (tree.spot(path)?, tree.spot(to)?);
    renameat2(&from.folder, from.name, &place.folder, place.name, RenameFlags::RENAME_NOREPLACE)
        .map_err(|why| if why == Errno::EEXIST { place.failure(why) } else { from.failure(why) })?;
    list::facts(tree, to)
}

/// Sets the permissions of a file or folder; a link has none.
///
/// # Errors
/// When it belongs to somebody else.
pub fn permit(tree: &Tree, path: &InsidePath, mode: u32) -> Result<FileEntry, WorkFailure> {
    if path.is_top() {
        let top = tree.folder(path)?;
        fchmod(&top, Mode::from_bits_truncate(mode & 0o7777))
            .map_err(|why| super::tree::failure("/", why))?;
        return list::facts(tree, path);
    }
    let spot = tree.spot(path)?;
    let Some(itself) = opened(&spot.folder, spot.name).map_err(|why| spot.failure(why))? else {
        let reason = format!("{} is neither a file nor a folder", spot.name);
        return Err(WorkFailure::new(FailureKind::Unsuitable, reason));
    };
    fchmod(&itself, Mode::from_bits_truncate(mode & 0o7777)).map_err(|why| spot.failure(why))?;
    list::facts(tree, path)
}

/// Gives a file or folder, or a link itself, to a user and a group.
///
/// # Errors
/// When there is no such user or group.
pub fn give(
    tree: &Tree,
    path: &InsidePath,
    owner: &LoginName,
    group: &LoginName,
) -> Result<FileEntry, WorkFailure> {
    let (uid, gid) = numbers(tree, owner, group)?;
    let spot = tree.spot(path)?;
    fchownat(&spot.folder, spot.name, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)
        .map_err(|why| spot.failure(why))?;
    list::facts(tree, path)
}

/// The numbers of a user and a group inside.
///
/// # Errors
/// When there is no such user or group.
pub fn numbers(tree: &Tree, owner: &LoginName, group: &LoginName) -> Result<(Uid, Gid), WorkFailure> {
    let none = |what: &str, name: &LoginName| {
        WorkFailure::new(FailureKind::Missing, format!("there is no {what} {name} inside"))
    };
    let user = users(tree).into_iter().find(|user| user.name == owner.as_str());
    let user = user.ok_or_else(|| none("user", owner))?;
    let found = groups(tree).into_iter().find(|found| found.name == group.as_str());
    let found = found.ok_or_else(|| none("group", group))?;
    Ok((Uid::from_raw(user.uid), Gid::from_raw(found.gid)))
}

/// The file or folder itself: what takes its place from now on is not touched. Of what is neither, nothing is opened.
pub fn opened<P: NixPath + ?Sized>(folder: &OwnedFd, name: &P) -> Result<Option<OwnedFd>, Errno> {
    let stat = fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)?;
    if !matches!(stat.st_mode & libc::S_IFMT, libc::S_IFREG | libc::S_IFDIR) {
        return Ok(None);
    }
    let flags = OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    // A file that its owner may not read may still be given other permissions, when it may be written.
    openat(folder, name, flags | OFlag::O_RDONLY, Mode::empty())
        .or_else(|_| openat(folder, name, flags | OFlag::O_WRONLY, Mode::empty()))
        .map(Some)
}
