//! Putting the members of an archive under a root directory, and nowhere else.
//!
//! Attacker's input: names and link targets. A name with `..`, an absolute name and an empty one are refused. Directories are
//! opened with `openat2(2)` as if the root were `/` (RESOLVE_IN_ROOT), so a symbolic link in the archive leads nowhere outside;
//! the last component is never followed.

use std::fs::File;
use std::io::{self, BufRead, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;

use nix::errno::Errno;
use nix::fcntl::{AT_FDCWD, AtFlags, OFlag, OpenHow, ResolveFlag, openat, openat2};
use nix::sys::stat::{
    FchmodatFlags, Mode, SFlag, UtimensatFlags, fchmod, fchmodat, fstat, fstatat, futimens, makedev, mkdirat,
    mknodat, utimensat,
};
use nix::sys::time::TimeSpec;
use nix::unistd::{Gid, LinkatFlags, Uid, UnlinkatFlags, fchown, fchownat, linkat, symlinkat, unlinkat};

use super::members::{Kind, Member, Members};
use crate::system;

/// The directory under which everything is put.
pub struct Root {
    fd: OwnedFd,
    /// Bits that the kernel takes away from the mode of new files.
    umask: u32,
    /// The directory of the last member: archives keep neighbours together.
    parent: Option<Parent>,
    /// Times of directories, set at the end because files that arrive change them.
    directories: Vec<(Vec<u8>, (i64, u32))>,
}

struct Parent {
    path: Vec<u8>,
    fd: OwnedFd,
    /// New files would take the directory's group.
    set_group: bool,
}

fn refused(member: &[u8], why: &str) -> io::Error {
    let name: String = String::from_utf8_lossy(member).chars().take(200).collect();
    io::Error::new(io::ErrorKind::InvalidData, format!("{name:?} {why}"))
}

/// The parts of a name inside the root: directory and last component, which is empty for the root itself.
fn split(name: &[u8]) -> io::Result<(Vec<u8>, &[u8])> {
    if name.first() == Some(&b'/') {
        return Err(refused(name, "is an absolute name; an image holds relative names only"));
    }
    if name.contains(&0) {
        return Err(refused(name, "holds a NUL byte"));
    }
    let mut parts: Vec<&[u8]> =
        name.split(|byte| *byte == b'/').filter(|part| !matches!(*part, b"" | b".")).collect();
    if parts.contains(&&b".."[..]) {
        return Err(refused(name, "leads out of the image by `..`"));
    }
    let last = parts.pop().unwrap_or_default();
    Ok((parts.join(&b'/'), last))
}

impl Root {
    /// Opens the directory at `path`.
    ///
    /// # Errors
    /// The kernel's.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC;
        let fd = openat(AT_FDCWD, path, flags, Mode::empty())?;
        Ok(Self { fd, umask: umask(), parent: None, directories: Vec::new() })
    }

    /// Puts `member` in place, reading its content from `members`.
    ///
    /// # Errors
    /// When its name is refused or the file system does not take it; the error names the member.
    pub fn place<R: BufRead>(&mut self, member: &Member, members: &mut Members<R>) -> io::Result<()> {
        self.put(member, members).map_err(|why| {
            if why.kind() == io::ErrorKind::InvalidData {
                return why;
            }
            let name: String = String::from_utf8_lossy(&member.path).chars().take(200).collect();
            io::Error::new(why.kind(), format!("{name}: {why}"))
        })
    }

    fn put<R: BufRead>(&mut self, member: &Member, members: &mut Members<R>) -> io::Result<()> {
        let (directory, last) = split(&member.path)?;
        if last.is_empty() {
            return match member.kind {
                Kind::Directory => self.dress_root(member),
                _ => Err(refused(&member.path, "names the root, but is no directory")),
            };
        }
        if let Kind::Hardlink(target) = &member.kind {
            return self.hardlink(target, &directory, last);
        }
        if member.kind == Kind::Directory {
            self.directories.push((member.path.clone(), member.mtime));
        }
        let umask = self.umask;
        let parent = self.parent(&directory)?;
        let owned = member.uid != 0 || member.gid != 0 || parent.set_group;
        let owner = owned.then(|| (Uid::from_raw(member.uid), Gid::from_raw(member.gid)));
        let dir = parent.fd.as_fd();
        match &member.kind {
            Kind::File(_) => {
                let file = create(dir, last, member.mode)?;
                write(&file, members)?;
                dress(&file, member, owner, umask)
            }
            Kind::Directory => make_directory(dir, last, member, owner),
            Kind::Symlink(target) => {
                replacing(dir, last, || symlinkat(target.as_slice(), dir, last))?;
                dress_link(dir, last, member, owner)
            }
            Kind::CharacterDevice(major, minor) => {
                make_node(dir, last, member, owner, SFlag::S_IFCHR, (*major, *minor))
            }
            Kind::BlockDevice(major, minor) => {
                make_node(dir, last, member, owner, SFlag::S_IFBLK, (*major, *minor))
            }
            Kind::Fifo => make_node(dir, last, member, owner, SFlag::S_IFIFO, (0, 0)),
            Kind::Hardlink(_) => Ok(()),
        }
    }

    /// Sets the times of the directories; call it last.
    ///
    /// # Errors
    /// The kernel's.
    pub fn finish(mut self) -> io::Result<()> {
        for (path, mtime) in std::mem::take(&mut self.directories) {
            let (directory, last) = split(&path)?;
            let dir = &self.parent(&directory)?.fd;
            let time = TimeSpec::new(mtime.0, i64::from(mtime.1));
            utimensat(dir, last, &time, &time, UtimensatFlags::NoFollowSymlink)?;
        }
        Ok(())
    }

    fn dress_root(&self, member: &Member) -> io::Result<()> {
        let here = Path::new(".");
        let fd = openat(&self.fd, here, OFlag::O_DIRECTORY | OFlag::O_CLOEXEC, Mode::empty())?;
        fchown(&fd, Some(Uid::from_raw(member.uid)), Some(Gid::from_raw(member.gid)))?;
        Ok(fchmod(&fd, Mode::from_bits_truncate(member.mode))?)
    }

    fn hardlink(&mut self, target: &[u8], directory: &[u8], last: &[u8]) -> io::Result<()> {
        let (target_directory, target_last) = split(target)?;
        if target_last.is_empty() {
            return Err(refused(target, "cannot be the target of a hard link"));
        }
        let from = self.open_directory(&target_directory)?;
        let dir = &self.parent(directory)?.fd;
        replacing(dir.as_fd(), last, || linkat(&from, target_last, dir, last, LinkatFlags::empty()))
    }

    /// The directory named, made with its parents when it is not there.
    fn parent(&mut self, path: &[u8]) -> io::Result<&Parent> {
        if self.parent.as_ref().is_none_or(|parent| parent.path != path) {
            let fd = match self.open_directory(path) {
                Err(why) if why.kind() == io::ErrorKind::NotFound => {
                    self.make_parents(path)?;
                    self.open_directory(path)?
                }
                other => other?,
            };
            let set_group = fstat(&fd)?.st_mode & libc::S_ISGID != 0;
            self.parent = Some(Parent { path: path.to_vec(), fd, set_group });
        }
        self.parent.as_ref().ok_or_else(|| refused(path, "cannot be opened"))
    }

    fn open_directory(&self, path: &[u8]) -> io::Result<OwnedFd> {
        let how = OpenHow::new()
            .flags(OFlag::O_PATH | OFlag::O_DIRECTORY | OFlag::O_CLOEXEC)
            .resolve(ResolveFlag::RESOLVE_IN_ROOT | ResolveFlag::RESOLVE_NO_MAGICLINKS);
        let path = if path.is_empty() { b"." } else { path };
        Ok(openat2(&self.fd, path, how)?)
    }

    fn make_parents(&self, path: &[u8]) -> io::Result<()> {
        let ends =
            path.iter().enumerate().filter(|(_, byte)| **byte == b'/').map(|(at, _)| at).chain([path.len()]);
        for end in ends {
            let (directory, last) = split(&path[..end])?;
            match mkdirat(&self.open_directory(&directory)?, last, Mode::from_bits_truncate(0o755)) {
                Ok(()) | Err(Errno::EEXIST) => {}
                Err(errno) => return Err(errno.into()),
            }
        }
        Ok(())
    }
}

/// Does `make`; when something else has the name already, removes that and does it again: the later member counts.
fn replacing(dir: impl AsFd, last: &[u8], make: impl Fn() -> nix::Result<()>) -> io::Result<()> {
    match make() {
        Err(Errno::EEXIST) => {
            unlinkat(dir, last, UnlinkatFlags::NoRemoveDir)?;
            Ok(make()?)
        }
        other => Ok(other?),
    }
}

fn create(dir: impl AsFd, last: &[u8], mode: u32) -> io::Result<File> {
    let flags = OFlag::O_WRONLY | OFlag::O_CREAT | OFlag::O_EXCL | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    let mode = Mode::from_bits_truncate(mode & 0o777);
    let fd = match openat(&dir, last, flags, mode) {
        Err(Errno::EEXIST) => {
            unlinkat(&dir, last, UnlinkatFlags::NoRemoveDir)?;
            openat(&dir, last, flags, mode)?
        }
        other => other?,
    };
    Ok(File::from(fd))
}

fn write<R: BufRead>(mut file: &File, members: &mut Members<R>) -> io::Result<()> {
    loop {
        let bytes = members.content()?;
        if bytes.is_empty() {
            return Ok(());
        }
        file.write_all(bytes)?;
        let count = bytes.len();
        members.consume(count);
    }
}

/// Owner before mode before attributes: a change of owner clears set-user-ID and capabilities.
fn dress(file: &File, member: &Member, owner: Option<(Uid, Gid)>, umask: u32) -> io::Result<()> {
    if let Some((uid, gid)) = owner {
        fchown(file, Some(uid), Some(gid))?;
    }
    if member.mode & (0o7000 | umask) != 0 {
        fchmod(file, Mode::from_bits_truncate(member.mode))?;
    }
    attributes(file, member)?;
    let time = TimeSpec::new(member.mtime.0, i64::from(member.mtime.1));
    Ok(futimens(file, &time, &time)?)
}

fn attributes(file: &File, member: &Member) -> io::Result<()> {
    for (name, value) in &member.attributes {
        let name = std::ffi::CString::new(name.as_slice())
            .map_err(|_| refused(&member.path, "has an extended attribute with a NUL byte in its name"))?;
        system::set_attribute(file, &name, value)?;
    }
    Ok(())
}

fn dress_link(dir: impl AsFd, last: &[u8], member: &Member, owner: Option<(Uid, Gid)>) -> io::Result<()> {
    if let Some((uid, gid)) = owner {
        fchownat(&dir, last, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
    }
    let time = TimeSpec::new(member.mtime.0, i64::from(member.mtime.1));
    Ok(utimensat(dir, last, &time, &time, UtimensatFlags::NoFollowSymlink)?)
}

fn make_directory(dir: impl AsFd, last: &[u8], member: &Member, owner: Option<(Uid, Gid)>) -> io::Result<()> {
    let mode = Mode::from_bits_truncate(member.mode);
    match mkdirat(&dir, last, mode) {
        Ok(()) => {}
        Err(Errno::EEXIST) => {
            let there = SFlag::from_bits_truncate(
                fstatat(&dir, last, AtFlags::AT_SYMLINK_NOFOLLOW)?.st_mode & libc::S_IFMT,
            );
            if there != SFlag::S_IFDIR {
                unlinkat(&dir, last, UnlinkatFlags::NoRemoveDir)?;
                mkdirat(&dir, last, mode)?;
            }
        }
        Err(errno) => return Err(errno.into()),
    }
    if let Some((uid, gid)) = owner {
        fchownat(&dir, last, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
    }
    fchmodat(&dir, last, mode, FchmodatFlags::FollowSymlink)?;
    if !member.attributes.is_empty() {
        let flags = OFlag::O_DIRECTORY | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
        attributes(&File::from(openat(&dir, last, flags, Mode::empty())?), member)?;
    }
    Ok(())
}

fn make_node(
    dir: impl AsFd,
    last: &[u8],
    member: &Member,
    owner: Option<(Uid, Gid)>,
    kind: SFlag,
    (major, minor): (u32, u32),
) -> io::Result<()> {
    let mode = Mode::from_bits_truncate(member.mode);
    let device = makedev(u64::from(major), u64::from(minor));
    replacing(&dir, last, || mknodat(&dir, last, kind, mode, device))?;
    if let Some((uid, gid)) = owner {
        fchownat(&dir, last, Some(uid), Some(gid), AtFlags::AT_SYMLINK_NOFOLLOW)?;
    }
    fchmodat(&dir, last, mode, FchmodatFlags::FollowSymlink)?;
    dress_link(dir, last, member, None)
}

/// The process's umask, as /proc shows it; all bits when it does not, so that every mode is set explicitly.
fn umask() -> u32 {
    let status = std::fs::read(Path::new("/proc/self/status")).unwrap_or_default();
    let line = status.split(|byte| *byte == b'\n').find_map(|line| line.strip_prefix(b"Umask:"));
    line.map(|text| String::from_utf8_lossy(std::ffi::OsStr::from_bytes(text).as_bytes()).trim().to_owned())
        .and_then(|text| u32::from_str_radix(&text, 8).ok())
        .unwrap_or(0o777)
}
