//! Projects of XFS: a directory whose files belong to one, and what they may take of the disk (quotactl(2), ioctl_xfs_fsgetxattr(2)).

use std::fs::{self, File};
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// Of the kind of quota, from `linux/quota.h`.
const PROJECTS: libc::c_int = 2;
/// What is made in the directory belongs to its project, from `linux/fs.h`.
const INHERITED: u32 = 0x200;

/// `struct fsxattr` of `linux/fs.h`.
#[repr(C)]
#[derive(Debug, Default)]
pub struct Attributes {
    flags: u32,
    extent_size: u32,
    extents: u32,
    project: u32,
    shared_extent_size: u32,
    reserved: [u8; 8],
}

mod kernel {
    use super::Attributes;

    nix::ioctl_read! {
        /// FS_IOC_FSGETXATTR
        attributes, b'X', 31, Attributes
    }
    nix::ioctl_write_ptr! {
        /// FS_IOC_FSSETXATTR
        set_attributes, b'X', 32, Attributes
    }
}

/// Lets what is made in a directory belong to a project.
///
/// # Errors
/// The kernel's.
pub fn join(directory: &Path, project: u32) -> io::Result<()> {
    let directory = File::open(directory)?;
    let mut attributes = read(&directory)?;
    attributes.project = project;
    attributes.flags |= INHERITED;
    // SAFETY: the descriptor is open, and the kernel only reads.
    unsafe { kernel::set_attributes(directory.as_raw_fd(), &raw const attributes) }?;
    Ok(())
}

/// Lets what is made in every directory of a template belong to no project, which is what it does already: so that they say it.
/// overlayfs lets root inside change the attributes of such a directory and gives its copy those that the template's has; one
/// that did not say it would let what is made in the copy belong to no project, and count for nobody. That a directory says it
/// is taken away by nobody inside (Linux, fs/ioctl.c, `fileattr_set_prepare`).
///
/// # Errors
/// The kernel's.
pub fn guard(template: &Path) -> io::Result<()> {
    if read(&File::open(template)?)?.flags & INHERITED != 0 {
        return Ok(());
    }
    let mut found = vec![template.to_owned()];
    let mut next = 0;
    while let Some(directory) = found.get(next).cloned() {
        next += 1;
        for entry in fs::read_dir(directory)? {
            let entry = entry?;
            if entry.file_type()?.is_dir() {
                found.push(entry.path());
            }
        }
    }
    // The first one last: whoever finds it done finds all done.
    found.iter().rev().try_for_each(|directory| join(directory, 0))
}

fn read(directory: &File) -> io::Result<Attributes> {
    let mut attributes = Attributes::default();
    // SAFETY: the descriptor is open, and the kernel writes an `fsxattr`, which this is.
    unsafe { kernel::attributes(directory.as_raw_fd(), &raw mut attributes) }?;
    Ok(attributes)
}

/// Limits what a project takes of the file system that `place` is on: KiB, and the number of its files, 0 for any.
///
/// # Errors
/// The kernel's; ENOSYS or ESRCH when it limits no projects there.
pub fn limit(place: &Path, project: u32, kib: u64, files: u64) -> io::Result<()> {
    let mut limits = nothing();
    (limits.dqb_bhardlimit, limits.dqb_ihardlimit) = (kib, files);
    limits.dqb_valid = libc::QIF_BLIMITS | libc::QIF_ILIMITS;
    quota(place, libc::Q_SETQUOTA, project, &mut limits)
}

/// What a project takes of the file system that `place` is on, in bytes, and its limit in KiB, 0 for none.
///
/// # Errors
/// As [`limit`].
pub fn taken(place: &Path, project: u32) -> io::Result<(u64, u64)> {
    let mut known = nothing();
    match quota(place, libc::Q_GETQUOTA, project, &mut known) {
        // It never took any, and was never limited.
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok((0, 0)),
        Err(error) => Err(error),
        Ok(()) => Ok((known.dqb_curspace, known.dqb_bhardlimit)),
    }
}

fn nothing() -> libc::dqblk {
    libc::dqblk {
        dqb_bhardlimit: 0,
        dqb_bsoftlimit: 0,
        dqb_curspace: 0,
        dqb_ihardlimit: 0,
        dqb_isoftlimit: 0,
        dqb_curinodes: 0,
        dqb_btime: 0,
        dqb_itime: 0,
        dqb_valid: 0,
    }
}

fn quota(place: &Path, order: libc::c_int, project: u32, of: &mut libc::dqblk) -> io::Result<()> {
    let place = File::open(place)?;
    // SAFETY: the descriptor is open, and what the kernel reads or writes is a `dqblk`, which this is.
    let failed = unsafe {
        libc::syscall(
            libc::SYS_quotactl_fd,
            place.as_raw_fd(),
            libc::QCMD(order, PROJECTS),
            project,
            &raw mut *of,
        )
    };
    if failed == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}
