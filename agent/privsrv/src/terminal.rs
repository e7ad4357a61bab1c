//! The size of a terminal (ioctl_tty(2)).

use std::io;
use std::os::fd::{AsRawFd, BorrowedFd};

nix::ioctl_write_ptr_bad!(set_size, libc::TIOCSWINSZ, nix::pty::Winsize);

/// Sets it; who runs in it hears of it.
///
/// # Errors
/// The kernel's.
pub fn resize(terminal: BorrowedFd<'_>, rows: u16, columns: u16) -> io::Result<()> {
    let size = nix::pty::Winsize { ws_row: rows, ws_col: columns, ws_xpixel: 0, ws_ypixel: 0 };
    // SAFETY: the descriptor is open while it is borrowed, and the size lives until the call is over.
    unsafe { set_size(terminal.as_raw_fd(), &raw const size) }?;
    Ok(())
}
