//! Part of a file system as a mount that stands nowhere yet (open_tree(2), mount_setattr(2), move_mount(2)): it goes with its
//! descriptor unless it is put somewhere.

use std::ffi::CString;
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};

pub struct Detached(OwnedFd);

/// What is different about it.
#[derive(Debug, Clone, Copy)]
pub enum Shown<'a> {
    /// With the owners that these users give its files.
    Mapped { users: &'a File, read_only: bool },
    /// No link in it leads anywhere; it can be read as a link.
    WithoutLinks,
}

impl Detached {
    /// Of the directory at `path`.
    ///
    /// # Errors
    /// When the kernel refuses, or the file system cannot be shown so.
    pub fn of(path: &Path, shown: Shown<'_>) -> io::Result<Self> {
        let tree = open_tree(path)?;
        set_attributes(&tree, shown)?;
        Ok(Self(tree))
    }

    /// Mounts it there.
    ///
    /// # Errors
    /// The kernel's.
    pub fn put(self, to: &Path) -> io::Result<()> {
        move_mount(&self.0, to)
    }

    /// Leads there for every program of the server, as long as this is held.
    #[must_use]
    pub fn path(&self) -> PathBuf {
        PathBuf::from(format!("/proc/{}/fd/{}", std::process::id(), self.0.as_raw_fd()))
    }
}

fn named(what: &str) -> io::Error {
    let error = io::Error::last_os_error();
    io::Error::new(error.kind(), format!("{what}: {error}"))
}

fn text(path: &Path) -> io::Result<CString> {
    CString::new(path.as_os_str().as_bytes()).map_err(io::Error::other)
}

fn open_tree(path: &Path) -> io::Result<OwnedFd> {
    const OPEN_TREE_CLONE: libc::c_uint = 1;
    let path = text(path)?;
    let flags = OPEN_TREE_CLONE | libc::O_CLOEXEC as libc::c_uint;
    // SAFETY: the path is a string that lives until the call is over; the call takes nothing else by pointer.
    let fd = unsafe { libc::syscall(libc::SYS_open_tree, libc::AT_FDCWD, path.as_ptr(), flags) };
    let fd = i32::try_from(fd).map_err(io::Error::other)?;
    if fd < 0 {
        return Err(named("open_tree"));
    }
    // SAFETY: the kernel just made this descriptor for us alone.
    Ok(unsafe { OwnedFd::from_raw_fd(fd) })
}

/// `struct mount_attr` of mount_setattr(2).
#[repr(C)]
struct MountAttributes {
    set: u64,
    clear: u64,
    propagation: u64,
    user_namespace: u64,
}

fn set_attributes(tree: &OwnedFd, shown: Shown<'_>) -> io::Result<()> {
    const MOUNT_ATTR_RDONLY: u64 = 0x1;
    const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;
    const MOUNT_ATTR_NOSYMFOLLOW: u64 = 0x0020_0000;
    let (set, user_namespace) = match shown {
        Shown::Mapped { users, read_only } => {
            let users = u64::try_from(users.as_raw_fd()).map_err(io::Error::other)?;
            (MOUNT_ATTR_IDMAP | if read_only { MOUNT_ATTR_RDONLY } else { 0 }, users)
        }
        Shown::WithoutLinks => (MOUNT_ATTR_NOSYMFOLLOW, 0),
    };
    let attributes = MountAttributes { set, clear: 0, propagation: 0, user_namespace };
    // SAFETY: the empty path and the attributes live until the call is over, and the size is that of the attributes.
    let failed = unsafe {
        libc::syscall(
            libc::SYS_mount_setattr,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_EMPTY_PATH,
            &raw const attributes,
            size_of::<MountAttributes>(),
        )
    };
    if failed == 0 { Ok(()) } else { Err(named("mount_setattr")) }
}

fn move_mount(tree: &OwnedFd, to: &Path) -> io::Result<()> {
    const MOVE_MOUNT_F_EMPTY_PATH: libc::c_uint = 4;
    let to = text(to)?;
    // SAFETY: both paths live until the call is over.
    let failed = unsafe {
        libc::syscall(
            libc::SYS_move_mount,
            tree.as_raw_fd(),
            c"".as_ptr(),
            libc::AT_FDCWD,
            to.as_ptr(),
            MOVE_MOUNT_F_EMPTY_PATH,
        )
    };
    if failed == 0 { Ok(()) } else { Err(named("move_mount")) }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::symlink;

    use super::*;

    #[test]
    fn without_links_nobody_is_led_out() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let (secret, shown) = (dir.path().join("secret"), dir.path().join("shown"));
        for made in [&secret, &shown, &shown.join("own")] {
            fs::create_dir(made).expect("made");
        }
        fs::write(secret.join("file"), "of another").expect("written");
        fs::write(shown.join("own/file"), "its own").expect("written");
        symlink(&secret, shown.join("out")).expect("linked");
        let tree = Detached::of(&shown, Shown::WithoutLinks).expect("shown");
        let at = tree.path();
        assert_eq!(fs::read_to_string(at.join("own/file")).expect("read"), "its own");
        assert_eq!(fs::read_link(at.join("out")).expect("read"), secret);
        let led = fs::read(at.join("out/file")).expect_err("leads out");
        assert_eq!(led.raw_os_error(), Some(libc::ELOOP));
    }
}
