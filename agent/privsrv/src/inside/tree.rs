//! Files below one folder, the top. Every way is walked by the kernel as if the top were `/` (openat2(2), RESOLVE_IN_ROOT), and
//! its last name is never followed: what a link leads to is found below the top or not at all, whatever is exchanged meanwhile.

use std::ffi::{CStr, CString};
use std::fs::File;
use std::io::Read as _;
use std::os::fd::{AsFd, OwnedFd};
use std::path::Path;

use nix::dir::{Dir, Type};
use nix::errno::Errno;
use nix::fcntl::{AtFlags, OFlag, OpenHow, ResolveFlag, open, openat, openat2};
use nix::libc;
use nix::sys::stat::{FileStat, Mode, fstat, fstatat};
use nix::sys::statfs::{CGROUP2_SUPER_MAGIC, PROC_SUPER_MAGIC, SYSFS_MAGIC, fstatfs};
use rackwright_model::private_server::inside::{FailureKind, InsidePath, WorkFailure};

/// The top, and what the person calls it.
pub struct Tree {
    top: OwnedFd,
    /// Where names of owners are found: the root of the private server.
    root: OwnedFd,
    /// What is made new belongs to whoever has the folder, where we may give it away.
    pub gives: bool,
}

/// A folder, and one name in it.
pub struct Spot<'a> {
    pub folder: OwnedFd,
    pub name: &'a str,
}

impl Tree {
    /// The folder `top`, which is found below `root`.
    ///
    /// # Errors
    /// When it is none.
    pub fn open(root: &Path, top: &str, gives: bool) -> Result<Self, WorkFailure> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let root = open(root, flags, Mode::empty()).map_err(|why| failure("/", why))?;
        let top = walk(&root, top, flags).map_err(|why| failure(top, why))?;
        Ok(Self { top, root, gives })
    }

    /// The folder at a path; links on the way are followed, below the top.
    pub fn folder(&self, path: &InsidePath) -> Result<OwnedFd, WorkFailure> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        let folder = walk(&self.top, path.as_str(), flags).map_err(|why| failure(path.as_str(), why))?;
        no_view(&folder, path.as_str())?;
        Ok(folder)
    }

    /// The folder that a path is in, and its name there.
    pub fn spot<'a>(&self, path: &'a InsidePath) -> Result<Spot<'a>, WorkFailure> {
        let Some((folder, name)) = path.split() else {
            return Err(WorkFailure::new(FailureKind::Unsuitable, "this is the top folder itself"));
        };
        let (_, name_in_path) = path.as_str().rsplit_once('/').unwrap_or(("", name));
        Ok(Spot { folder: self.folder(&folder)?, name: name_in_path })
    }

    /// A small file of the private server, such as /etc/passwd; empty when it is not there or no regular file.
    pub fn text(&self, path: &str, most: u64) -> String {
        let flags = OFlag::O_RDONLY | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        let Ok(file) = walk(&self.root, path, flags) else { return String::new() };
        let Ok(file) = regular(file) else { return String::new() };
        let mut bytes = Vec::new();
        // What was read before an error is what there is.
        file.take(most).read_to_end(&mut bytes).ok();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// A folder of the private server's own root, such as /proc.
    pub fn of_root(&self, path: &str) -> Result<OwnedFd, WorkFailure> {
        let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        walk(&self.root, path, flags).map_err(|why| failure(path, why))
    }
}

impl Spot<'_> {
    /// Opens the regular file that stands here. Nothing else is touched: a pipe would keep us waiting, a device may do
    /// something when it is opened.
    pub fn file(&self) -> Result<(File, FileStat), WorkFailure> {
        let flags =
            OFlag::O_RDONLY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_NOCTTY | OFlag::O_CLOEXEC;
        self.look()?;
        let file = openat(&self.folder, self.name, flags, Mode::empty()).map_err(|why| self.failure(why))?;
        no_view(&file, self.name)?;
        let stat = fstat(&file).map_err(|why| self.failure(why))?;
        Ok((regular(file)?, stat))
    }

    /// What stands here, when it is a regular file.
    fn look(&self) -> Result<(), WorkFailure> {
        let stat = super::list::stat(&self.folder, self.name).map_err(|why| self.failure(why))?;
        match stat.st_mode & libc::S_IFMT {
            libc::S_IFREG => Ok(()),
            libc::S_IFLNK => Err(WorkFailure::new(
                FailureKind::Unsuitable,
                format!("{} is a link; work on what it leads to", self.name),
            )),
            _ => Err(no_file(self.name)),
        }
    }

    pub fn failure(&self, why: Errno) -> WorkFailure {
        failure(self.name, why)
    }
}

/// The folder of this name itself: a link that took its place is not followed.
pub fn folder_in(above: &OwnedFd, name: &CStr) -> Result<OwnedFd, Errno> {
    let flags =
        OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
    openat(above, name, flags, Mode::empty())
}

/// At most so many names of what a folder holds, each with whether it is a folder.
pub fn names_in(folder: &OwnedFd, most: usize) -> Result<Vec<(CString, bool)>, Errno> {
    let flags = OFlag::O_RDONLY | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
    let mut dir = Dir::from_fd(openat(folder, c".", flags, Mode::empty())?)?;
    let mut names = Vec::new();
    for entry in dir.iter() {
        let entry = entry?;
        if matches!(entry.file_name().to_bytes(), b"." | b"..") {
            continue;
        }
        let is_folder = match entry.file_type() {
            Some(kind) => kind == Type::Directory,
            None => {
                let stat = fstatat(folder, entry.file_name(), AtFlags::AT_SYMLINK_NOFOLLOW)?;
                stat.st_mode & libc::S_IFMT == libc::S_IFDIR
            }
        };
        names.push((entry.file_name().to_owned(), is_folder));
        if names.len() == most {
            break;
        }
    }
    Ok(names)
}

fn walk(top: impl AsFd, path: &str, flags: OFlag) -> Result<OwnedFd, Errno> {
    let how = OpenHow::new()
        .flags(flags)
        .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
    // Something is renamed on the way just now: the kernel asks to try again (openat2(2), EAGAIN).
    for _ in 0..8 {
        match openat2(&top, path, how) {
            Err(Errno::EAGAIN) => {}
            other => return other,
        }
    }
    Err(Errno::EAGAIN)
}

fn regular(file: OwnedFd) -> Result<File, WorkFailure> {
    let stat = fstat(&file).map_err(|why| failure("it", why))?;
    if stat.st_mode & libc::S_IFMT == libc::S_IFREG { Ok(File::from(file)) } else { Err(no_file("it")) }
}

/// Refuses what the kernel tells in the form of files: it tells each who asks something else, and we are no process of the
/// private server.
fn no_view(opened: &OwnedFd, name: &str) -> Result<(), WorkFailure> {
    let kind = fstatfs(opened).map_err(|why| failure(name, why))?.filesystem_type();
    if [PROC_SUPER_MAGIC, SYSFS_MAGIC, CGROUP2_SUPER_MAGIC].contains(&kind) {
        let reason = format!("{name} is no file on a disk but a view of the kernel; look at it inside");
        return Err(WorkFailure::new(FailureKind::Unsuitable, reason));
    }
    Ok(())
}

fn no_file(name: &str) -> WorkFailure {
    WorkFailure::new(FailureKind::Unsuitable, format!("{name} is no file"))
}

/// What the kernel said of a file, in a sentence.
pub fn failure(name: &str, why: Errno) -> WorkFailure {
    let (kind, said) = match why {
        Errno::ENOENT => (FailureKind::Missing, "is not there"),
        Errno::EEXIST | Errno::ENOTEMPTY => (FailureKind::Exists, "is there already"),
        Errno::EACCES | Errno::EPERM | Errno::EROFS => (FailureKind::Denied, "may not be worked on so"),
        Errno::ENOTDIR => (FailureKind::Unsuitable, "is no folder"),
        Errno::EISDIR => (FailureKind::Unsuitable, "is a folder"),
        Errno::ELOOP => (FailureKind::Unsuitable, "is a link that leads nowhere, or in a circle"),
        Errno::EXDEV => (FailureKind::Unsuitable, "lies on another file system"),
        Errno::EINVAL => (FailureKind::Unsuitable, "cannot be put there"),
        Errno::ENAMETOOLONG => (FailureKind::Unsuitable, "has a name that is too long"),
        Errno::ENXIO => (FailureKind::Unsuitable, "is no file"),
        Errno::ENOSPC | Errno::EDQUOT => (FailureKind::Full, "does not fit on the disk any more"),
        other => {
            return WorkFailure::new(FailureKind::Broken, format!("{name}: {}", other.desc()));
        }
    };
    WorkFailure::new(kind, format!("{name} {said}"))
}

pub fn io_failure(name: &str, why: &std::io::Error) -> WorkFailure {
    failure(name, why.raw_os_error().map_or(Errno::EIO, Errno::from_raw))
}
