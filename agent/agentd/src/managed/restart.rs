//! Restarting an installed system, at most once per command.

use std::path::PathBuf;

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;

use crate::command::{Program, Runner, System};
use crate::files;

/// Restarts the machine. A recording one stands in for it in the tests.
pub trait Restart {
    /// Notes that `command` is about to be carried out; false when it already was.
    ///
    /// # Errors
    /// A sentence when the note cannot be kept, so that the machine must not restart.
    fn claim(&self, command: u64) -> Result<bool, String>;

    /// Begins the restart and comes back while it is under way.
    ///
    /// # Errors
    /// A sentence on why the machine goes on running.
    fn begin(&self) -> Result<(), String>;
}

/// By systemd.
#[derive(Debug)]
pub struct Systemd {
    /// Holds the number of the last restart command that was carried out: when its answer was lost and the Control Center
    /// says it again, the machine does not restart again.
    pub record: PathBuf,
}

impl Restart for Systemd {
    fn claim(&self, command: u64) -> Result<bool, String> {
        let number = command.to_string();
        let known = files::read_if_there(&self.record).map_err(|why| crate::session::explain(&why))?;
        if known.as_deref() == Some(number.as_str()) {
            return Ok(false);
        }
        if let Some(directory) = self.record.parent() {
            std::fs::create_dir_all(directory)
                .map_err(|why| format!("cannot make {}: {why}", directory.display()))?;
        }
        files::replace(&self.record, number.as_bytes(), 0o600)
            .map_err(|why| crate::session::explain(&why))?;
        Ok(true)
    }

    fn begin(&self) -> Result<(), String> {
        let asked = System::default().run(&Program::new("systemctl", ["reboot"]).limit_s(20));
        let Err(why) = asked else { return Ok(()) };
        // systemd takes SIGINT as Ctrl-Alt-Del: an orderly restart even when its bus does not answer (systemd(1), SIGNALS).
        kill(Pid::from_raw(1), Signal::SIGINT)
            .map_err(|errno| format!("{why}; and init cannot be signalled: {errno}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_claimed_once_even_by_another_process() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let record = dir.path().join("state/last-restart");
        assert_eq!(Systemd { record: record.clone() }.claim(7), Ok(true));
        assert_eq!(Systemd { record: record.clone() }.claim(7), Ok(false));
        assert_eq!(Systemd { record }.claim(8), Ok(true));
    }
}
