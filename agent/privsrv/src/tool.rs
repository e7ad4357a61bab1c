//! Programs of the server that do the work: each is waited for with a limit, and what it said stands in the error.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, Write as _};
use std::os::fd::AsFd as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use rustix::process::{Pid, PidfdFlags, pidfd_open};

use crate::expendable;

/// Bytes of what a program said that an error keeps.
const SAID: u64 = 65_536;

/// A program did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum ToolError {
    #[error("{program} could not be started; is its package installed?")]
    Start { program: String, source: io::Error },
    #[error("{line} did not end in {limit_s} s")]
    Late { line: String, limit_s: u64 },
    #[error("{line} failed: {said}")]
    Failed { line: String, said: String },
    #[error("speaking with {program}")]
    Speak { program: String, source: io::Error },
}

/// Runs a program to its end.
///
/// # Errors
/// [`ToolError`] with the command line and what was said.
pub fn run(program: &str, args: &[&str], limit: Duration) -> Result<String, ToolError> {
    feed(program, args, "", limit)
}

/// The same, with an input.
///
/// # Errors
/// As [`run`].
pub fn feed(program: &str, args: &[&str], input: &str, limit: Duration) -> Result<String, ToolError> {
    ask(program, args, input, limit, SAID)
}

/// The same of one that goes through a tree of files which others have filled.
///
/// # Errors
/// As [`run`]; also when there was no memory for it.
pub fn go_through(program: &str, args: &[&str], limit: Duration) -> Result<String, ToolError> {
    converse(program, args, "", limit, SAID, expendable)
}

/// The same; what it says is kept up to `most` bytes.
///
/// # Errors
/// As [`run`].
pub fn ask(
    program: &str,
    args: &[&str],
    input: &str,
    limit: Duration,
    most: u64,
) -> Result<String, ToolError> {
    converse(program, args, input, limit, most, |_| {})
}

fn converse(
    program: &str,
    args: &[&str],
    input: &str,
    limit: Duration,
    most: u64,
    begun: impl FnOnce(&Child),
) -> Result<String, ToolError> {
    let speak = |source: io::Error| ToolError::Speak { program: program.to_owned(), source };
    let start = |source| ToolError::Start { program: program.to_owned(), source };
    // Files in memory, not pipes: a program may leave others behind that keep its end of a pipe open.
    let file = || Ok::<_, io::Error>(File::from(memfd_create("said", MFdFlags::MFD_CLOEXEC)?));
    let mut told = file().map_err(speak)?;
    told.write_all(input.as_bytes()).and_then(|()| told.rewind()).map_err(speak)?;
    let (said, complained) = (file().map_err(speak)?, file().map_err(speak)?);
    let child = Command::new(program)
        .args(args)
        .stdin(told)
        .stdout(said.try_clone().map_err(speak)?)
        .stderr(complained.try_clone().map_err(speak)?)
        .spawn()
        .map_err(start)?;
    begun(&child);
    let line = || format!("{program} {}", args.join(" "));
    let Some(status) = wait(child, limit).map_err(speak)? else {
        return Err(ToolError::Late { line: line(), limit_s: limit.as_secs() });
    };
    let said = read_some(said, most).map_err(speak)?;
    if status.success() {
        return Ok(said);
    }
    let complaint = read(complained).map_err(speak)?;
    let said = if complaint.trim().is_empty() { said } else { complaint };
    let said = match status.signal() {
        Some(signal) => format!("signal {signal} ended it {}", said.trim()),
        None => said,
    };
    Err(ToolError::Failed { line: line(), said: said.trim().to_owned() })
}

/// Runs a program whose children live on, without anything of ours in their hands; it complains into `log`.
///
/// # Errors
/// As [`run`].
pub fn leave(program: &str, args: &[&str], log: &Path, limit: Duration) -> Result<(), ToolError> {
    let speak = |source: io::Error| ToolError::Speak { program: program.to_owned(), source };
    let child = Command::new(program)
        .args(args)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|source| ToolError::Start { program: program.to_owned(), source })?;
    let line = || format!("{program} {}", args.join(" "));
    match wait(child, limit).map_err(speak)? {
        None => Err(ToolError::Late { line: line(), limit_s: limit.as_secs() }),
        Some(status) if status.success() => Ok(()),
        Some(_) => {
            let said = File::open(log).and_then(read).unwrap_or_default();
            Err(ToolError::Failed { line: line(), said: said.trim().to_owned() })
        }
    }
}

fn read(file: File) -> io::Result<String> {
    read_some(file, SAID)
}

fn read_some(mut file: File, most: u64) -> io::Result<String> {
    let mut bytes = Vec::new();
    file.rewind()?;
    file.take(most).read_to_end(&mut bytes)?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// A killed program that does not end for so long waits for something that the kernel does not let go.
const ENDS: Duration = Duration::from_secs(1);

/// The status, or none when the limit passed and the program was killed.
///
/// # Errors
/// The kernel's.
pub fn wait(mut child: Child, limit: Duration) -> io::Result<Option<std::process::ExitStatus>> {
    let ended = until(&mut child, Instant::now() + limit);
    if let Ok(Some(status)) = ended {
        return Ok(Some(status));
    }
    child.kill()?;
    if !matches!(until(&mut child, Instant::now() + ENDS), Ok(Some(_))) {
        // A disk or a NAS that does not answer: nobody else waits for it.
        thread::spawn(move || drop(child.wait()));
    }
    ended
}

fn until(child: &mut Child, end: Instant) -> io::Result<Option<std::process::ExitStatus>> {
    // Readable when it has ended.
    let process = pidfd_open(Pid::from_child(child), PidfdFlags::empty())?;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        let mut fds = [PollFd::new(process.as_fd(), PollFlags::POLLIN)];
        match poll(&mut fds, PollTimeout::try_from(left).unwrap_or(PollTimeout::MAX)) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(why) => return Err(why.into()),
        }
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if left.is_zero() {
            return Ok(None);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sh(line: &str, limit: Duration) -> Result<String, ToolError> {
        run("sh", &["-c", line], limit)
    }

    #[test]
    fn what_a_program_says_is_known_and_stands_in_the_error() {
        assert_eq!(sh("echo well", LONG).expect("well"), "well\n");
        let why = sh("echo not so >&2; exit 3", LONG).expect_err("a failure");
        assert!(matches!(&why, ToolError::Failed { said, .. } if said == "not so"), "{why}");
    }

    #[test]
    fn a_program_is_ended_with_its_limit_and_not_waited_for_with_what_it_left() {
        let why = sh("exec sleep 600", Duration::from_millis(20)).expect_err("too late");
        assert!(matches!(why, ToolError::Late { .. }), "{why}");
        assert_eq!(sh("sleep 600 & echo $!", LONG).map(|left| end(&left)).expect("at once"), Ok(()));
    }

    const LONG: Duration = Duration::from_secs(60);

    fn end(process: &str) -> Result<(), Errno> {
        let process = nix::unistd::Pid::from_raw(process.trim().parse().expect("a number"));
        nix::sys::signal::kill(process, nix::sys::signal::Signal::SIGKILL)
    }
}
