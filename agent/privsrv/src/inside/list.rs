//! What a folder holds.

use std::ffi::CStr;
use std::os::fd::AsFd;

use nix::dir::Dir;
use nix::errno::Errno;
use nix::fcntl::{AtFlags, readlinkat};
use nix::libc;
use nix::sys::stat::{FileStat, fstat, fstatat};
use rackwright_model::Millis;
use rackwright_model::private_server::inside::{
    ENTRIES, FileEntry, FileKind, FilePage, InsidePath, WorkFailure,
};

use super::names::Names;
use super::tree::{Tree, failure};

/// Names that are read of one folder.
const MOST: usize = 20_000;
/// Bytes of a name, and of where a link leads, that are told.
const NAME: usize = 255;

/// Entries by name, those after `after`.
///
/// # Errors
/// When it is no folder that may be read.
pub fn page(tree: &Tree, path: &InsidePath, after: Option<&str>) -> Result<FilePage, WorkFailure> {
    let folder = tree.folder(path)?;
    let told = folder.try_clone().map_err(|why| super::tree::io_failure(path.as_str(), &why))?;
    let mut dir = Dir::from_fd(folder).map_err(|why| failure(path.as_str(), why))?;
    let mut found = Vec::new();
    let mut cut = false;
    for entry in dir.iter() {
        let entry = entry.map_err(|why| failure(path.as_str(), why))?;
        let name = entry.file_name();
        if matches!(name.to_bytes(), b"." | b"..") {
            continue;
        }
        if found.len() == MOST {
            cut = true;
            break;
        }
        let (shown, odd) = shown(name);
        found.push((shown, odd, name.to_owned()));
    }
    found.sort();
    let names = Names::of(tree);
    let mut items = Vec::new();
    let mut next = None;
    for (shown, odd, name) in found {
        if after.is_some_and(|after| shown.as_str() <= after) {
            continue;
        }
        if items.len() == ENTRIES {
            next = items.last().map(|last: &FileEntry| last.name.clone());
            break;
        }
        // Gone between two looks.
        let Ok(stat) = fstatat(&told, name.as_c_str(), AtFlags::AT_SYMLINK_NOFOLLOW) else { continue };
        let target = target(&told, &name, &stat);
        items.push(entry(shown, odd, &stat, target, &names));
    }
    Ok(FilePage { items, next, cut })
}

/// What is known of one file or folder.
///
/// # Errors
/// When it is not there.
pub fn facts(tree: &Tree, path: &InsidePath) -> Result<FileEntry, WorkFailure> {
    let names = Names::of(tree);
    if path.is_top() {
        let stat = fstat(tree.folder(path)?).map_err(|why| failure("/", why))?;
        return Ok(entry("/".to_owned(), false, &stat, None, &names));
    }
    let spot = tree.spot(path)?;
    let stat = stat(&spot.folder, spot.name).map_err(|why| spot.failure(why))?;
    let target = std::ffi::CString::new(spot.name).ok().and_then(|name| target(&spot.folder, &name, &stat));
    Ok(entry(spot.name.to_owned(), false, &stat, target, &names))
}

pub fn stat(folder: impl AsFd, name: &str) -> Result<FileStat, Errno> {
    fstatat(folder, name, AtFlags::AT_SYMLINK_NOFOLLOW)
}

/// A name as it is shown, and whether it is another than the real one.
fn shown(name: &CStr) -> (String, bool) {
    let text = name.to_string_lossy();
    let plain: String =
        text.chars().map(|c| if c.is_control() { char::REPLACEMENT_CHARACTER } else { c }).collect();
    let odd = plain.as_bytes() != name.to_bytes();
    (plain, odd)
}

fn target(folder: impl AsFd, name: &CStr, stat: &FileStat) -> Option<String> {
    if stat.st_mode & libc::S_IFMT != libc::S_IFLNK {
        return None;
    }
    let target = readlinkat(folder, name).ok()?;
    Some(target.to_string_lossy().chars().take(NAME).collect())
}

fn entry(name: String, odd: bool, stat: &FileStat, target: Option<String>, names: &Names) -> FileEntry {
    let kind = match stat.st_mode & libc::S_IFMT {
        libc::S_IFREG => FileKind::File,
        libc::S_IFDIR => FileKind::Folder,
        libc::S_IFLNK => FileKind::Link,
        _ => FileKind::Special,
    };
    FileEntry {
        name,
        odd,
        kind,
        bytes: stat.st_size.unsigned_abs(),
        mode: format!("{:04o}", stat.st_mode & 0o7777),
        uid: stat.st_uid,
        gid: stat.st_gid,
        owner: names.user(stat.st_uid),
        group: names.group(stat.st_gid),
        modified_at: Millis(
            stat.st_mtime.saturating_mul(1_000).saturating_add(stat.st_mtime_nsec / 1_000_000),
        ),
        target,
        version: version(stat),
    }
}

/// Another one when the content is another: every write gives a file another time of its content, and one that takes its place
/// has another number.
pub fn version(stat: &FileStat) -> String {
    format!("{:x}-{:x}-{:x}.{:x}", stat.st_ino, stat.st_size, stat.st_mtime, stat.st_mtime_nsec)
}
