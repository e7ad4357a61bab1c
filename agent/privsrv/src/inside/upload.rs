//! Uploads. The bytes lie beside their place under a name of their own until all are there; then the file takes its place in
//! one step. What is broken off is gone on with where it stands, or taken away.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::os::fd::AsFd as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use nix::errno::Errno;
use nix::fcntl::{OFlag, RenameFlags, openat, renameat2};
use nix::libc;
use nix::sys::stat::{FileStat, Mode, fchmod, fstat};
use nix::unistd::{Gid, Uid, UnlinkatFlags, fchown, unlinkat};
use rackwright_model::private_server::inside::{
    FailureKind, FileEntry, InsidePath, Over, PIECE, UploadKey, WorkFailure,
};

use super::list::{self, version};
use super::tree::{Spot, Tree, failure, io_failure};

/// Permissions of a new file.
const FRESH: u32 = 0o644;

/// Adds a piece at `offset`, where the part must end. How many bytes are there then.
///
/// # Errors
/// [`FailureKind::Elsewhere`] with the end of the part, when that is not `offset`.
pub fn write(
    tree: &Tree,
    path: &InsidePath,
    key: &UploadKey,
    offset: u64,
    base64: &str,
) -> Result<u64, WorkFailure> {
    let bytes =
        STANDARD.decode(base64).ok().filter(|bytes| bytes.len() <= PIECE as usize).ok_or_else(|| {
            WorkFailure::new(FailureKind::Unsuitable, "the piece is no base64, or too long")
        })?;
    let spot = tree.spot(path)?;
    let mut part = open_part(&spot, key, offset == 0)?;
    let there = fstat(&part).map_err(|why| spot.failure(why))?.st_size.unsigned_abs();
    if there != offset {
        return Err(elsewhere(there));
    }
    let written = part.seek(SeekFrom::Start(offset)).and_then(|_| part.write_all(&bytes));
    if let Err(why) = written {
        // Back to where it was: a piece is there whole or not at all. The first failure is the one to tell.
        part.set_len(offset).ok();
        return Err(io_failure(spot.name, &why));
    }
    Ok(offset + bytes.len() as u64)
}

/// Puts an upload of so many bytes in its place.
///
/// # Errors
/// When bytes are missing, or what stands there may not be replaced.
pub fn finish(
    tree: &Tree,
    path: &InsidePath,
    key: &UploadKey,
    bytes: u64,
    over: &Over,
) -> Result<FileEntry, WorkFailure> {
    let spot = tree.spot(path)?;
    // An empty file has no pieces.
    let part = open_part(&spot, key, bytes == 0)?;
    let stat = fstat(&part).map_err(|why| spot.failure(why))?;
    if stat.st_size.unsigned_abs() != bytes {
        return Err(elsewhere(stat.st_size.unsigned_abs()));
    }
    let old = list::stat(&spot.folder, spot.name).ok();
    check(&spot, old.as_ref(), over)?;
    inherit(tree, &spot, &part, old.as_ref())?;
    part.sync_all().map_err(|why| io_failure(spot.name, &why))?;
    let flags = match over {
        Over::Nothing => RenameFlags::RENAME_NOREPLACE,
        Over::Anything | Over::Version(_) => RenameFlags::empty(),
    };
    renameat2(&spot.folder, name(key).as_str(), &spot.folder, spot.name, flags)
        .map_err(|why| spot.failure(why))?;
    list::facts(tree, path)
}

/// Takes away what is there of an upload.
///
/// # Errors
/// When it cannot be taken away.
pub fn abandon(tree: &Tree, path: &InsidePath, key: &UploadKey) -> Result<(), WorkFailure> {
    let spot = tree.spot(path)?;
    match unlinkat(&spot.folder, name(key).as_str(), UnlinkatFlags::NoRemoveDir) {
        Ok(()) | Err(Errno::ENOENT) => Ok(()),
        Err(why) => Err(spot.failure(why)),
    }
}

/// Puts `bytes` in a place at once, for files of our own making.
///
/// # Errors
/// As [`finish`].
pub fn replace(spot: &Spot<'_>, key: &UploadKey, mode: u32, bytes: &[u8]) -> Result<(), WorkFailure> {
    let part = name(key);
    unlinkat(&spot.folder, part.as_str(), UnlinkatFlags::NoRemoveDir).ok();
    let written = open_part(spot, key, true).and_then(|mut file| {
        file.write_all(bytes).and_then(|()| file.sync_all()).map_err(|why| io_failure(spot.name, &why))?;
        fchmod(&file, Mode::from_bits_truncate(mode)).map_err(|why| spot.failure(why))?;
        renameat2(&spot.folder, part.as_str(), &spot.folder, spot.name, RenameFlags::empty())
            .map_err(|why| spot.failure(why))
    });
    if written.is_err() {
        // The first failure is the one to tell.
        unlinkat(&spot.folder, part.as_str(), UnlinkatFlags::NoRemoveDir).ok();
    }
    written
}

fn name(key: &UploadKey) -> String {
    format!(".rackwright-{key}.part")
}

/// The part: a regular file with this one name. `fresh` may make it.
fn open_part(spot: &Spot<'_>, key: &UploadKey, fresh: bool) -> Result<File, WorkFailure> {
    let flags = OFlag::O_RDWR | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
    let mode = Mode::S_IRUSR | Mode::S_IWUSR;
    let made = if fresh {
        openat(&spot.folder, name(key).as_str(), flags | OFlag::O_CREAT | OFlag::O_EXCL, mode)
    } else {
        Err(Errno::EEXIST)
    };
    let file = match made {
        Err(Errno::EEXIST) => openat(&spot.folder, name(key).as_str(), flags, mode),
        other => other,
    };
    let file = match file {
        Err(Errno::ENOENT) => return Err(elsewhere(0)),
        other => other.map_err(|why| spot.failure(why))?,
    };
    let stat = fstat(&file).map_err(|why| spot.failure(why))?;
    if stat.st_mode & libc::S_IFMT != libc::S_IFREG || stat.st_nlink != 1 {
        return Err(WorkFailure::new(FailureKind::Unsuitable, "something else lies where the upload lay"));
    }
    Ok(File::from(file))
}

fn elsewhere(at: u64) -> WorkFailure {
    let reason = format!("{at} bytes of it are there");
    WorkFailure { at: Some(at), ..WorkFailure::new(FailureKind::Elsewhere, reason) }
}

fn check(spot: &Spot<'_>, old: Option<&FileStat>, over: &Over) -> Result<(), WorkFailure> {
    if old.is_some_and(|old| old.st_mode & libc::S_IFMT == libc::S_IFDIR) {
        return Err(failure(spot.name, Errno::EISDIR));
    }
    match (over, old) {
        (Over::Nothing, Some(_)) => Err(failure(spot.name, Errno::EEXIST)),
        (Over::Version(read), Some(old)) if version(old) != *read => Err(WorkFailure::new(
            FailureKind::Changed,
            format!("{} was changed since it was read", spot.name),
        )),
        (Over::Version(_), None) => {
            Err(WorkFailure::new(FailureKind::Changed, format!("{} is gone since it was read", spot.name)))
        }
        (Over::Nothing, None) | (Over::Anything, _) | (Over::Version(_), Some(_)) => Ok(()),
    }
}

/// Permissions and owner of the file whose place it takes; else those of a new file of whoever has the folder.
fn inherit(tree: &Tree, spot: &Spot<'_>, part: &File, old: Option<&FileStat>) -> Result<(), WorkFailure> {
    let old = old.filter(|old| old.st_mode & libc::S_IFMT == libc::S_IFREG);
    if tree.gives {
        let like =
            old.copied().map_or_else(|| fstat(spot.folder.as_fd()), Ok).map_err(|why| spot.failure(why))?;
        fchown(part, Some(Uid::from_raw(like.st_uid)), Some(Gid::from_raw(like.st_gid)))
            .map_err(|why| spot.failure(why))?;
    }
    // After the owner: that takes set-user-ID away.
    let mode = old.map_or(FRESH, |old| old.st_mode & 0o7777);
    fchmod(part, Mode::from_bits_truncate(mode)).map_err(|why| spot.failure(why))
}
