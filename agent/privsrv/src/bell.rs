//! A bell that threads ring and one descriptor that becomes readable by it.

use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::sync::Arc;

use nix::sys::eventfd::{EfdFlags, EventFd};

/// Clones ring the same bell.
#[derive(Debug, Clone)]
pub struct Bell(Arc<EventFd>);

impl Bell {
    /// A silent one.
    ///
    /// # Errors
    /// When there are no descriptors left.
    pub fn new() -> io::Result<Self> {
        let flags = EfdFlags::EFD_CLOEXEC | EfdFlags::EFD_NONBLOCK;
        Ok(Self(Arc::new(EventFd::from_flags(flags)?)))
    }

    pub fn ring(&self) {
        // It only fails when it rang so often that it cannot be missed.
        self.0.write(1).ok();
    }

    /// Makes it silent again. What is to be found was put there before the ring, so look after this.
    pub fn silence(&self) {
        // It only fails when it is silent.
        self.0.read().ok();
    }
}

impl AsFd for Bell {
    fn as_fd(&self) -> BorrowedFd<'_> {
        self.0.as_fd()
    }
}
