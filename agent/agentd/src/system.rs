//! System calls for which no safe wrapper is at hand.
#![expect(unsafe_code, reason = "raw system calls; each states why it is sound")]

use std::ffi::CStr;
use std::fs::File;
use std::io;
use std::os::fd::AsRawFd;

/// Sets an extended attribute (fsetxattr(2)).
///
/// # Errors
/// The kernel's, such as ENOTSUP when the file system has none.
pub fn set_attribute(file: &File, name: &CStr, value: &[u8]) -> io::Result<()> {
    // SAFETY: the name ends in NUL and the value is readable for its whole length; the call keeps neither.
    let result =
        unsafe { libc::fsetxattr(file.as_raw_fd(), name.as_ptr(), value.as_ptr().cast(), value.len(), 0) };
    if result == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

/// Keeps the C allocator to one arena that gives memory back at once, for a process that idles for months.
pub fn allocate_sparingly() {
    // SAFETY: mallopt takes integers only, and no other thread runs yet.
    unsafe {
        libc::mallopt(libc::M_ARENA_MAX, 1);
        libc::mallopt(libc::M_TRIM_THRESHOLD, 16 * 1024);
        libc::mallopt(libc::M_TOP_PAD, 4 * 1024);
        libc::mallopt(libc::M_MMAP_THRESHOLD, 32 * 1024);
    }
}

/// Gives free memory back to the kernel.
pub fn release_memory() {
    // SAFETY: malloc_trim touches only memory that is not allocated.
    unsafe {
        libc::malloc_trim(0);
    }
}
