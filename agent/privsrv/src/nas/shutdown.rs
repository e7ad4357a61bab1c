//! Giving up a disk that is another server's by now: what this server would still write to it must not reach it.

use std::fs::File;
use std::os::fd::AsRawFd;
use std::path::Path;

/// Without the journal (ext4: EXT4_GOING_FLAGS_NOLOGFLUSH).
const AT_ONCE: u32 = 2;

mod kernel {
    nix::ioctl_read! {
        /// EXT4_IOC_SHUTDOWN of ext4(5): nothing is written any more.
        shut_down, b'X', 125, u32
    }
}

/// Shuts down the file system that is mounted at `place`: from then on it writes nothing and answers with errors.
///
/// # Errors
/// The kernel's.
pub fn shut_down(place: &Path) -> std::io::Result<()> {
    let root = File::open(place)?;
    let mut how = AT_ONCE;
    // SAFETY: the descriptor is open and the word lives until the call is over; the kernel only reads it.
    unsafe { kernel::shut_down(root.as_raw_fd(), &raw mut how) }?;
    Ok(())
}
