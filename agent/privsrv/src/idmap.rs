//! A directory shown with other owners: the files of a template belong to root of the server, and to root inside where a
//! private server uses them (mount_setattr(2), "ID-mapped mounts"). Nothing is copied, and nothing on the disk changes.

use std::fs::{self, File};
use std::io;
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use nix::sched::{CloneFlags, unshare};
use nix::unistd::{Gid, Uid, setresgid, setresuid};
use rackwright_model::private_server::{Number, USERS};

use crate::detached::{Detached, Shown};
use crate::namespace;

/// Makes the users of a private server, and a network namespace that is theirs, and holds each open on the server by a mount at
/// the file `users` and `network`, until that is unmounted.
///
/// They are made by root inside, as the server numbers him: what the kernel counts for each user, such as inotify and namespaces
/// (user_namespaces(7), namespaces(7)), it counts for who made them too. Made by root of the server, the private servers would
/// take from one another, and from the server.
///
/// # Errors
/// The kernel's.
pub fn hold(number: Number, users: &Path, network: &Path) -> io::Result<()> {
    let map = format!("0 {} {USERS}\n", number.root());
    let made = UserNamespace::of(number.root(), &map, CloneFlags::CLONE_NEWNET)?;
    namespace::hold(made.keeper.id(), "user", users)?;
    namespace::hold(made.keeper.id(), "net", network)
}

/// Mounts `from` at `to`, read-only, with the owners that the users held at `users` give it.
///
/// # Errors
/// When the kernel refuses, or the file system of `from` cannot be shown so (XFS, ext4 and btrfs can).
pub fn mount_read_only(from: &Path, to: &Path, users: &Path) -> io::Result<()> {
    mount_mapped(from, to, &File::open(users)?, true)
}

/// Mounts `from`, where files have the owners of a private server, at `to` as root inside sees them.
///
/// # Errors
/// As [`mount_read_only`].
pub fn mount_inward(from: &Path, to: &Path, number: Number, writable: bool) -> io::Result<()> {
    let map = format!("{} 0 {USERS}\n", number.root());
    let users = UserNamespace::of(0, &map, CloneFlags::empty())?;
    mount_mapped(from, to, &File::open(users.of_keeper("ns/user"))?, !writable)
}

fn mount_mapped(from: &Path, to: &Path, users: &File, read_only: bool) -> io::Result<()> {
    Detached::of(from, Shown::Mapped { users, read_only })?.put(to)
}

/// A user namespace that exists while a process stands in it.
struct UserNamespace {
    keeper: Child,
}

impl UserNamespace {
    /// Made by the user `maker`, with namespaces of these other kinds that are its own.
    fn of(maker: u32, map: &str, others: CloneFlags) -> io::Result<Self> {
        let mut command = Command::new("cat");
        // SAFETY: between fork and exec these are a few system calls, and an error is made of its number alone.
        unsafe { command.pre_exec(move || unshare_as(maker, others)) };
        // It waits for the end of its input, which comes when we let go of it.
        command.stdin(Stdio::piped()).stdout(Stdio::null());
        let keeper = command.spawn().map_err(|error| named("starting cat in a user namespace", error))?;
        let users = Self { keeper };
        for file in ["uid_map", "gid_map"] {
            fs::write(users.of_keeper(file), map)
                .map_err(|error| named(&format!("writing {file}"), error))?;
        }
        Ok(users)
    }

    /// A file of the process that stands in it (proc(5)).
    fn of_keeper(&self, file: &str) -> PathBuf {
        PathBuf::from(format!("/proc/{}/{file}", self.keeper.id()))
    }
}

impl Drop for UserNamespace {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // It ends with its input; a failure to wait leaves nothing but an entry in the table of processes.
        drop(self.keeper.wait());
    }
}

/// Root of the server stays what it may, also where others may make no user namespaces.
fn unshare_as(maker: u32, others: CloneFlags) -> io::Result<()> {
    // SAFETY: the call takes integers only.
    if unsafe { libc::prctl(libc::PR_SET_SECUREBITS, libc::SECBIT_NO_SETUID_FIXUP) } != 0 {
        return Err(io::Error::last_os_error());
    }
    let (user, group) = (Uid::from_raw(maker), Gid::from_raw(maker));
    setresgid(group, group, group)?;
    setresuid(user, user, user)?;
    Ok(unshare(CloneFlags::CLONE_NEWUSER | others)?)
}

fn named(what: &str, error: io::Error) -> io::Error {
    io::Error::new(error.kind(), format!("{what}: {error}"))
}
