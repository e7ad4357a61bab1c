//! Commands on a rack's servers and in its private servers, over SSH from the rack's network.

use std::path::Path;
use std::process::{Command, Stdio};

use crate::hardware::Rack;

/// What a command ends with when ssh itself could not get in (ssh(1), "EXIT STATUS").
pub const NOT_IN: i32 = 255;

/// Options for an address that another machine may have had before.
pub const STRANGER: [&str; 4] =
    ["StrictHostKeyChecking=no", "UserKnownHostsFile=/dev/null", "LogLevel=ERROR", "ConnectTimeout=30"];

/// `ssh` as root at an address, with the private key in this file; the command is still to be said.
pub fn root_at(rack: &Rack, key: &Path, address: &str) -> Command {
    let mut ssh = rack.command("ssh");
    ssh.arg("-i").arg(key);
    for option in STRANGER {
        ssh.args(["-o", option]);
    }
    ssh.args(["-o", "BatchMode=yes"]);
    ssh.arg(format!("root@{address}")).stdin(Stdio::null());
    ssh
}
