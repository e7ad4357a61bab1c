//! A command inside a private server, without a terminal: bounded in time and in what it may say.

use std::fs::{self, File};
use std::io::{self, PipeReader, Read, Seek as _, Write as _};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::process::{CommandExt, ExitStatusExt};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use nix::errno::Errno;
use nix::fcntl::{FcntlArg, OFlag, fcntl, open};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::memfd::{MFdFlags, memfd_create};
use nix::sys::signal::{Signal, kill, killpg};
use nix::sys::stat::Mode;
use nix::unistd::{Pid, getpgid, getpgrp};
use rackwright_model::private_server::Number;

use crate::{bundle, runtime};

/// How often it is looked whether a silent command has ended.
const TICK: Duration = Duration::from_millis(100);

/// What a command wrote, both channels.
#[derive(Default)]
pub struct Said {
    pub bytes: Vec<u8>,
    /// Whether there was more than is kept.
    pub cut: bool,
}

/// The command has no status.
#[derive(Debug, thiserror::Error)]
pub enum ExecError {
    #[error("there is no command")]
    Nothing,
    #[error("{0} does not run")]
    NotRunning(String),
    #[error("the command could not be run: {0}")]
    Io(#[from] io::Error),
    #[error("the command was not done after {limit_s} s and was killed")]
    Late { limit_s: u64 },
}

/// Runs `argv` as root in /root inside, for at most `limit`, and keeps at most `most` bytes of what it writes in `said`, also
/// when it is killed. Exit status, or 128 and the signal.
///
/// # Errors
/// [`ExecError`]
pub fn run(
    number: Number,
    argv: &[String],
    limit: Duration,
    most: usize,
    said: &mut Said,
) -> Result<i32, ExecError> {
    run_with(number, argv, Stdio::null(), limit, most, said)
}

/// The same, with an input: it stands in no list of processes.
///
/// # Errors
/// [`ExecError`]
pub fn feed(
    number: Number,
    argv: &[String],
    input: &[u8],
    limit: Duration,
    most: usize,
    said: &mut Said,
) -> Result<i32, ExecError> {
    // A file in memory: nothing waits until the command reads it.
    let mut told = File::from(memfd_create("told", MFdFlags::MFD_CLOEXEC).map_err(io::Error::from)?);
    told.write_all(input)?;
    told.rewind()?;
    run_with(number, argv, told.into(), limit, most, said)
}

/// The same, with any input.
///
/// # Errors
/// [`ExecError`]
pub(crate) fn run_with(
    number: Number,
    argv: &[String],
    input: Stdio,
    limit: Duration,
    most: usize,
    said: &mut Said,
) -> Result<i32, ExecError> {
    if argv.is_empty() {
        return Err(ExecError::Nothing);
    }
    if !runtime::is_populated(number) {
        return Err(ExecError::NotRunning(number.tag()));
    }
    let (mut reader, writer) = io::pipe()?;
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).map_err(io::Error::from)?;
    let inside = Inside::new(number);
    let mut child = command(&inside, number, false)?
        .args(argv)
        // So that all that it begins can be ended together.
        .process_group(0)
        .stdin(input)
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .spawn()?;
    let ended = listen(&mut child, &mut reader, Instant::now() + limit, most, said);
    if !matches!(ended, Ok(Some(_))) {
        inside.kill();
        child.kill()?;
        child.wait()?;
    }
    match ended? {
        Some(status) => {
            Ok(status.code().or_else(|| status.signal().map(|signal| 128 + signal)).unwrap_or(-1))
        }
        None => Err(ExecError::Late { limit_s: limit.as_secs() }),
    }
}

/// The cgroup of commands, below that of the private server.
const GROUP: &str = "commands";

/// `crun exec` of root in /root, up to where the program inside is named.
///
/// # Errors
/// It does not run, or not yet.
pub(crate) fn command(inside: &Inside, number: Number, terminal: bool) -> Result<Command, ExecError> {
    // Beside its first process, where crun would put them, its systemd would end all of them a minute and a half after the
    // kernel ended one for want of memory: to systemd they are one unit.
    if let Err(why) = fs::create_dir(runtime::inner(number).join(GROUP)) {
        match why.kind() {
            io::ErrorKind::AlreadyExists => {}
            io::ErrorKind::NotFound => return Err(ExecError::NotRunning(number.tag())),
            _ => return Err(why.into()),
        }
    }
    // The agent is the last that the kernel ends; what runs inside is not.
    let mut command = Command::new("choom");
    command.args(["-n", &bundle::OUT_OF_MEMORY.to_string(), "--"]);
    if terminal {
        command.args(["setsid", "--ctty"]);
    }
    command.args(["crun", "--root", runtime::KEPT, "exec", "--cgroup", GROUP]);
    command.args(["--cwd", "/root", "--env", "HOME=/root"]);
    // One variable given here replaces all that are in the bundle.
    command.arg("--env").arg(format!("PATH={}", bundle::PATH));
    command.arg("--pid-file").arg(&inside.file);
    if terminal {
        command.args(["--env", "TERM=xterm-256color", "--tty"]);
    }
    command.arg(number.tag());
    Ok(command)
}

/// The first process of a command inside: killing crun does not end it. crun writes its number into this file.
pub(crate) struct Inside {
    file: PathBuf,
}

static NEXT: AtomicU64 = AtomicU64::new(0);

impl Inside {
    pub(crate) fn new(number: Number) -> Self {
        let name = format!("{}-exec-{}", number.tag(), NEXT.fetch_add(1, Ordering::Relaxed));
        Self { file: Path::new("/run").join(format!("rackwright-{name}.pid")) }
    }

    /// Kills it with all of its process group, which is that of crun. Nothing is killed when it did not begin.
    pub(crate) fn kill(&self) {
        let Some(process) = self.first() else { return };
        match getpgid(Some(process)) {
            Ok(group) if group != getpgrp() => killpg(group, Signal::SIGKILL).ok(),
            Ok(_) | Err(_) => kill(process, Signal::SIGKILL).ok(),
        };
    }

    /// crun has not waited for it yet, so the number is still its own.
    fn first(&self) -> Option<Pid> {
        let text = fs::read_to_string(&self.file).ok()?;
        text.trim().parse().ok().filter(|pid| *pid > 1).map(Pid::from_raw)
    }

    /// The terminal that it has as its input. Root inside may have put something else in its place, so nothing may wait for
    /// it; what is no terminal takes no size.
    ///
    /// # Errors
    /// When it did not begin, or has ended.
    pub(crate) fn terminal(&self) -> io::Result<OwnedFd> {
        let process = self.first().ok_or(io::ErrorKind::NotFound)?;
        let flags = OFlag::O_RDWR | OFlag::O_NOCTTY | OFlag::O_NONBLOCK | OFlag::O_CLOEXEC;
        Ok(open(format!("/proc/{process}/fd/0").as_str(), flags, Mode::empty())?)
    }
}

impl Drop for Inside {
    fn drop(&mut self) {
        // It is not there when crun did not come so far.
        fs::remove_file(&self.file).ok();
    }
}

/// Listens until the command ends; none when `until` passed first.
fn listen(
    child: &mut Child,
    reader: &mut PipeReader,
    until: Instant,
    most: usize,
    said: &mut Said,
) -> io::Result<Option<ExitStatus>> {
    let mut open = true;
    loop {
        let left = until.saturating_duration_since(Instant::now());
        if left.is_zero() {
            return Ok(None);
        }
        let wait = PollTimeout::try_from(left.min(TICK)).unwrap_or(PollTimeout::ZERO);
        let mut fds = [PollFd::new(reader.as_fd(), PollFlags::POLLIN)];
        match poll(if open { &mut fds[..] } else { &mut [] }, wait) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(why) => return Err(why.into()),
        }
        // Asked before the last bytes are read. What it leaves running may hold the pipe: its own end is what counts.
        let status = child.try_wait()?;
        open = open && take(reader, most, said)?;
        if status.is_some() {
            return Ok(status);
        }
    }
}

/// Takes what is there; false when nothing more can come.
fn take(reader: &mut PipeReader, most: usize, said: &mut Said) -> io::Result<bool> {
    let mut bytes = [0; 4096];
    // Bounded: one that writes without end does not keep us here.
    for _ in 0..64 {
        match reader.read(&mut bytes) {
            Ok(0) => return Ok(false),
            Ok(count) => said.take(&bytes[..count], most),
            Err(why) if why.kind() == io::ErrorKind::WouldBlock => return Ok(true),
            Err(why) if why.kind() == io::ErrorKind::Interrupted => {}
            Err(why) => return Err(why),
        }
    }
    Ok(true)
}

impl Said {
    fn take(&mut self, bytes: &[u8], most: usize) {
        let kept = bytes.len().min(most.saturating_sub(self.bytes.len()));
        self.bytes.extend_from_slice(&bytes[..kept]);
        self.cut |= kept < bytes.len();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str, limit: Duration, most: usize) -> (Option<ExitStatus>, Said) {
        let (mut reader, writer) = io::pipe().expect("a pipe");
        fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK)).expect("set");
        let mut child = Command::new("sh").args(["-c", script]).stdout(writer).spawn().expect("started");
        let mut said = Said::default();
        let ended = listen(&mut child, &mut reader, Instant::now() + limit, most, &mut said).expect("heard");
        child.kill().ok();
        child.wait().expect("ended");
        (ended, said)
    }

    #[test]
    fn what_is_kept_is_bounded_and_the_rest_is_read() {
        let (status, said) = shell("head -c 300000 /dev/zero; exit 3", Duration::from_secs(60), 1000);
        assert_eq!(status.and_then(|status| status.code()), Some(3));
        assert!(said.cut && said.bytes.len() == 1000);
    }

    #[test]
    fn one_that_goes_on_is_given_up_with_what_it_said() {
        let (status, said) = shell("echo begun; exec sleep 600", Duration::from_secs(1), 1000);
        assert!(status.is_none());
        assert_eq!(said.bytes, b"begun\n");
    }

    #[test]
    fn what_runs_on_behind_it_does_not_hold_us() {
        let (status, said) = shell("sleep 8 & echo done", Duration::from_secs(6), 1000);
        assert!(status.is_some_and(|status| status.success()) && !said.cut);
    }
}
