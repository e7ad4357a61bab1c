//! A directory shown with other owners: the files of a template belong to root of the server, and to root inside where a
//! private server uses them (mount_setattr(2), "ID-mapped mounts"). Nothing is copied, and nothing on the disk changes.

use std::ffi::CString;
use std::fs::{self, File};
use std::io;
use std::os::fd::{AsRawFd, FromRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rackwright_model::private_server::{Number, USERS};

/// Until a process that does nothing has a user namespace.
const BORN: Duration = Duration::from_secs(5);

/// Mounts `from` at `to`, read-only, with the owners of a private server.
///
/// # Errors
/// When the kernel refuses, or the file system of `from` cannot be shown so (XFS, ext4 and btrfs can).
pub fn mount_read_only(from: &Path, to: &Path, number: Number) -> io::Result<()> {
    mount_mapped(from, to, &format!("0 {} {USERS}\n", number.root()), true)
}

/// Mounts `from`, where files have the owners of a private server, at `to` as root inside sees them.
///
/// # Errors
/// As [`mount_read_only`].
pub fn mount_inward(from: &Path, to: &Path, number: Number, writable: bool) -> io::Result<()> {
    mount_mapped(from, to, &format!("{} 0 {USERS}\n", number.root()), !writable)
}

fn mount_mapped(from: &Path, to: &Path, map: &str, read_only: bool) -> io::Result<()> {
    let users = UserNamespace::of(map)?;
    let tree = open_tree(from)?;
    set_attributes(&tree, &users.file, read_only)?;
    move_mount(&tree, to)
}

/// A user namespace that exists while a process stands in it.
struct UserNamespace {
    file: File,
    keeper: Child,
}

impl UserNamespace {
    fn of(map: &str) -> io::Result<Self> {
        // It waits for the end of its input, which comes when we let go of it.
        let mut keeper = Command::new("unshare")
            .args(["--user", "cat"])
            .stdin(Stdio::piped())
            .stdout(Stdio::null())
            .spawn()
            .map_err(|error| named("starting unshare", error))?;
        let made = Self::enter(&keeper, map);
        match made {
            Ok(file) => Ok(Self { file, keeper }),
            Err(error) => {
                drop(keeper.stdin.take());
                keeper.wait()?;
                Err(error)
            }
        }
    }

    fn enter(keeper: &Child, map: &str) -> io::Result<File> {
        let process = Path::new("/proc").join(keeper.id().to_string());
        let (own, its) = (Path::new("/proc/self/ns/user"), process.join("ns/user"));
        let until = Instant::now() + BORN;
        while fs::read_link(&its)? == fs::read_link(own)? {
            if Instant::now() > until {
                return Err(io::Error::other(format!(
                    "unshare made no user namespace in {} s",
                    BORN.as_secs()
                )));
            }
            std::thread::sleep(Duration::from_millis(1));
        }
        fs::write(process.join("uid_map"), map).map_err(|error| named("writing uid_map", error))?;
        fs::write(process.join("gid_map"), map).map_err(|error| named("writing gid_map", error))?;
        File::open(&its)
    }
}

impl Drop for UserNamespace {
    fn drop(&mut self) {
        drop(self.keeper.stdin.take());
        // It ends with its input; a failure to wait leaves nothing but an entry in the table of processes.
        drop(self.keeper.wait());
    }
}

fn named(what: &str, error: io::Error) -> io::Error {
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
        return Err(named("open_tree", io::Error::last_os_error()));
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

fn set_attributes(tree: &OwnedFd, users: &File, read_only: bool) -> io::Result<()> {
    const MOUNT_ATTR_RDONLY: u64 = 0x1;
    const MOUNT_ATTR_IDMAP: u64 = 0x0010_0000;
    let attributes = MountAttributes {
        set: MOUNT_ATTR_IDMAP | if read_only { MOUNT_ATTR_RDONLY } else { 0 },
        clear: 0,
        propagation: 0,
        user_namespace: u64::try_from(users.as_raw_fd()).map_err(io::Error::other)?,
    };
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
    if failed == 0 { Ok(()) } else { Err(named("mount_setattr", io::Error::last_os_error())) }
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
    if failed == 0 { Ok(()) } else { Err(named("move_mount", io::Error::last_os_error())) }
}
