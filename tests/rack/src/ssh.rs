//! Commands on a rack's servers and in its private servers, over SSH from the rack's network.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::hardware::Rack;

/// What a command ends with when ssh itself could not get in (ssh(1), "EXIT STATUS").
pub const NOT_IN: i32 = 255;

/// `ssh` as root at an address, with the private key in this file; the command is still to be said.
pub fn root_at(rack: &Rack, key: &Path, address: &str) -> Command {
    let mut ssh = rack.command("ssh");
    ssh.arg("-i").arg(key);
    for option in [
        "StrictHostKeyChecking=no",
        "UserKnownHostsFile=/dev/null",
        "LogLevel=ERROR",
        "BatchMode=yes",
        "ConnectTimeout=30",
    ] {
        ssh.args(["-o", option]);
    }
    ssh.arg(format!("root@{address}")).stdin(Stdio::null());
    ssh
}
