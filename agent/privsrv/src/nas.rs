//! Network-attached storage. The disk of a private server on a NAS is one file on the export: an ext4 file system through a
//! loop device, above the template that its server has.
//!
//! A tree of files would not do. An NFS server judges by the user that it is told, and root of a private server is no root
//! there: it could not give a file away, nor read those of its own users. Over NFS there are neither mounts with other owners
//! nor an upper layer of overlayfs, and no quota of ours. In a file there is all of that, and the size of the file is the most
//! that the disk holds.
//!
//! Nothing here waits for a NAS without a limit: what touches an export is done by programs that are given up, and what
//! touches a disk by the thread of that one private server.

pub mod claim;
pub mod disk;
pub mod mount;
#[expect(unsafe_code, reason = "nix has no wrapper for this ioctl")]
pub mod shutdown;
pub mod watch;

use std::path::{Path, PathBuf};

use rackwright_model::NasId;
use rackwright_model::private_server::Number;

/// Emptied by a restart of the server: mounts of exports and of disks.
pub const RUN: &str = "/run/rackwright-nas";

/// Where an export is mounted.
#[must_use]
pub fn place(nas: NasId) -> PathBuf {
    Path::new(RUN).join(format!("nas{nas}"))
}

/// Where the disk of a private server is mounted.
#[must_use]
pub fn disk_place(number: Number) -> PathBuf {
    Path::new(RUN).join(format!("disk-{}", number.tag()))
}
