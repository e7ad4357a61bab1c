//! SSH host keys: made on the machine, so that no two servers from one image share them.

use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::Site;

/// A unit of this name in the image makes the keys at the first boot, beside everything else that starts.
const FIRST_BOOT: &str = "etc/systemd/system/ssh-host-keys.service";

/// Whether keys must be made during the install.
pub fn needs_keys(site: &Site<'_>) -> bool {
    let server = site.path("usr/bin/ssh-keygen").exists() && site.path("etc/ssh").exists();
    server && !site.path(FIRST_BOOT).exists()
}

/// Makes the keys that are missing.
pub fn host_keys(site: &Site<'_>) -> Result<(), Fault> {
    if !needs_keys(site) {
        return Ok(());
    }
    site.run_inside(&Program::new("ssh-keygen", ["-A"]).limit_s(300)).map_err(Fault::command(
        "the SSH host keys could not be made",
        "Check the package openssh-server of the image.",
    ))
}
