//! The profile's own commands, inside the new system.

use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::Site;

/// Seconds that one command may take.
const LIMIT_S: u64 = 1_800;

/// Runs them in order; the first that fails ends the install.
pub fn run(site: &Site<'_>) -> Result<(), Fault> {
    let commands = &site.order.profile.post_install;
    for (number, command) in (1..).zip(commands) {
        site.report.log(&format!("post-install command {number} of {}", commands.len()));
        let program = Program::new("/bin/sh", ["-c", command]).env("HOME", "/root").limit_s(LIMIT_S);
        site.run_inside_logged(&program).map_err(Fault::command(
            &format!("post-install command {number} of the profile failed"),
            "Read its output in the job's log, mend it in the profile, then order the install again.",
        ))?;
    }
    Ok(())
}
