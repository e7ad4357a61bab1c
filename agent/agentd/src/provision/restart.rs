//! Restarting the machine from the provisioning environment.

use nix::sys::reboot::{RebootMode, reboot};

use super::console::say;

/// Writes everything to disk and restarts; comes back only when the kernel refuses.
pub fn now() {
    nix::unistd::sync();
    match reboot(RebootMode::RB_AUTOBOOT) {
        Ok(never) => match never {},
        Err(errno) => say(&format!("the machine does not restart: {errno}; power-cycle it")),
    }
}
