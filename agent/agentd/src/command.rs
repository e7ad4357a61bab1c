//! Running other programs: always with a time limit, and with their last words in the error.

use std::collections::VecDeque;
use std::fmt;
use std::io::{self, ErrorKind, PipeReader, Read, Write};
use std::os::fd::AsFd;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use nix::fcntl::{FcntlArg, OFlag, fcntl};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;
use rustix::process;

/// Where programs are, in the provisioning environment and in installed systems.
const PATH: &str = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
/// Lines of output kept for an error.
const TAIL_LINES: usize = 12;
/// Bytes of one line that are read.
const LINE_LIMIT: usize = 4_096;
/// Bytes kept of one line for an error.
const TAIL_BYTES: usize = 400;
/// How often a running program is checked for cancellation.
const TICK: Duration = Duration::from_millis(200);

/// Set by one thread to stop the work of another.
#[derive(Debug, Clone, Default)]
pub struct Cancel(Arc<AtomicBool>);

impl Cancel {
    pub fn cancel(&self) {
        self.0.store(true, Ordering::Release);
    }

    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.0.load(Ordering::Acquire)
    }
}

/// A program, its arguments and how long it may take. Secrets go through `stdin`, never through `arguments`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Program {
    pub name: String,
    pub arguments: Vec<String>,
    pub environment: Vec<(&'static str, String)>,
    pub stdin: Vec<u8>,
    /// Where it runs; where we do when there is none.
    pub directory: Option<PathBuf>,
    pub limit: Duration,
    /// Whether it goes through a tree of files which others have filled.
    pub expendable: bool,
}

impl Program {
    /// A program that may take a minute.
    pub fn new<S: Into<String>>(name: &str, arguments: impl IntoIterator<Item = S>) -> Self {
        Self {
            name: name.to_owned(),
            arguments: arguments.into_iter().map(Into::into).collect(),
            environment: Vec::new(),
            stdin: Vec::new(),
            directory: None,
            limit: Duration::from_secs(60),
            expendable: false,
        }
    }

    /// The kernel ends it first when memory is short.
    #[must_use]
    pub fn expendable(mut self) -> Self {
        self.expendable = true;
        self
    }

    #[must_use]
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.stdin = bytes.into();
        self
    }

    #[must_use]
    pub fn limit_s(mut self, seconds: u64) -> Self {
        self.limit = Duration::from_secs(seconds);
        self
    }

    #[must_use]
    pub fn directory(mut self, path: &Path) -> Self {
        self.directory = Some(path.to_owned());
        self
    }

    #[must_use]
    pub fn env(mut self, name: &'static str, value: &str) -> Self {
        self.environment.push((name, value.to_owned()));
        self
    }
}

impl fmt::Display for Program {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.name)?;
        self.arguments.iter().try_for_each(|argument| write!(f, " {argument}"))
    }
}

/// A program did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("cannot start `{program}`: {source}")]
    Start { program: String, source: io::Error },
    #[error("`{program}` was not done after {seconds} s and was stopped{tail}")]
    Limit { program: String, seconds: u64, tail: Tail },
    #[error("`{program}` failed ({}){tail}", in_words(*status))]
    Failed { program: String, status: ExitStatus, tail: Tail },
    #[error("`{program}` was stopped because the work was cancelled")]
    Cancelled { program: String },
}

/// The last lines of a program's output.
#[derive(Debug, Default, Clone)]
pub struct Tail(VecDeque<String>);

impl fmt::Display for Tail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.0.is_empty() {
            return f.write_str("; it said nothing");
        }
        f.write_str("; its last lines:")?;
        self.0.iter().try_for_each(|line| write!(f, "\n  {line}"))
    }
}

/// Runs programs. The one implementation beside [`System`] is the recording one in the tests.
pub trait Runner: Send + Sync {
    /// Runs `program` to its end, handing each line of its output to `line`.
    ///
    /// # Errors
    /// [`CommandError`] when it cannot start, fails, takes too long or is cancelled.
    fn run_with(&self, program: &Program, line: &mut dyn FnMut(&str)) -> Result<(), CommandError>;

    /// Runs `program` to its end; its output is only kept for the error.
    ///
    /// # Errors
    /// As [`Runner::run_with`].
    fn run(&self, program: &Program) -> Result<(), CommandError> {
        self.run_with(program, &mut |_| {})
    }
}

/// Programs of this machine.
#[derive(Debug, Clone, Default)]
pub struct System {
    pub cancel: Cancel,
}

impl Runner for System {
    fn run_with(&self, program: &Program, line: &mut dyn FnMut(&str)) -> Result<(), CommandError> {
        let start = |source| CommandError::Start { program: program.to_string(), source };
        let (mut child, pipe) = spawn(program).map_err(start)?;
        let mut lines = Lines { pipe, partial: Vec::new(), tail: Tail::default(), line };
        let ended = self.watch(program, &mut child, &mut lines);
        let status = match ended {
            Ok(status) => status,
            Err(stop) => {
                // It may have ended by itself just now.
                killpg(Pid::from_raw(child.id().cast_signed()), Signal::SIGKILL).ok();
                child.wait().ok();
                return Err(stop.into_error(program, lines));
            }
        };
        lines.read_available();
        lines.end();
        if status.success() {
            return Ok(());
        }
        Err(CommandError::Failed { program: program.to_string(), status, tail: lines.tail })
    }
}

enum Stop {
    Limit,
    Cancelled,
    Broken(io::Error),
}

impl Stop {
    fn into_error(self, program: &Program, lines: Lines<'_>) -> CommandError {
        let name = program.to_string();
        match self {
            Self::Limit => {
                CommandError::Limit { program: name, seconds: program.limit.as_secs(), tail: lines.tail }
            }
            Self::Cancelled => CommandError::Cancelled { program: name },
            Self::Broken(source) => CommandError::Start { program: name, source },
        }
    }
}

impl System {
    fn watch(&self, program: &Program, child: &mut Child, lines: &mut Lines<'_>) -> Result<ExitStatus, Stop> {
        let deadline = Instant::now() + program.limit;
        let ended = process::pidfd_open(process::Pid::from_child(child), process::PidfdFlags::empty())
            .map_err(|why| Stop::Broken(why.into()))?;
        let mut open = true;
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(Stop::Limit);
            }
            if self.cancel.is_cancelled() {
                return Err(Stop::Cancelled);
            }
            let output = if open { PollFlags::POLLIN } else { PollFlags::empty() };
            let mut fds =
                [PollFd::new(ended.as_fd(), PollFlags::POLLIN), PollFd::new(lines.pipe.as_fd(), output)];
            let fds = if open { &mut fds[..] } else { &mut fds[..1] };
            match poll(fds, PollTimeout::try_from(left.min(TICK)).unwrap_or(PollTimeout::ZERO)) {
                Ok(_) | Err(nix::errno::Errno::EINTR) => {}
                Err(errno) => return Err(Stop::Broken(errno.into())),
            }
            open = open && lines.read_available();
            // What a program leaves running in the background may hold the pipe: its own end is what counts.
            if let Some(status) = child.try_wait().map_err(Stop::Broken)? {
                return Ok(status);
            }
        }
    }
}

fn spawn(program: &Program) -> io::Result<(Child, PipeReader)> {
    let (reader, writer) = io::pipe()?;
    fcntl(&reader, FcntlArg::F_SETFL(OFlag::O_NONBLOCK))?;
    let mut command = Command::new(&program.name);
    command
        .args(&program.arguments)
        .env("PATH", PATH)
        .env("LC_ALL", "C.UTF-8")
        .envs(program.environment.iter().map(|(name, value)| (name, value)))
        .stdin(if program.stdin.is_empty() { Stdio::null() } else { Stdio::piped() })
        .stdout(writer.try_clone()?)
        .stderr(writer)
        .process_group(0);
    if let Some(directory) = &program.directory {
        command.current_dir(directory);
    }
    let mut child = command.spawn()?;
    if program.expendable {
        rackwright_privsrv::expendable(&child);
    }
    if let Some(mut stdin) = child.stdin.take() {
        match stdin.write_all(&program.stdin) {
            Err(why) if why.kind() != ErrorKind::BrokenPipe => return Err(why),
            _ => {}
        }
    }
    Ok((child, reader))
}

struct Lines<'a> {
    pipe: PipeReader,
    partial: Vec<u8>,
    tail: Tail,
    line: &'a mut dyn FnMut(&str),
}

impl Lines<'_> {
    /// Takes what is there; false once the pipe has ended.
    fn read_available(&mut self) -> bool {
        let mut bytes = [0; 4096];
        loop {
            match self.pipe.read(&mut bytes) {
                Ok(0) => return false,
                Ok(count) => self.take(&bytes[..count]),
                Err(why) => return matches!(why.kind(), ErrorKind::WouldBlock | ErrorKind::Interrupted),
            }
        }
    }

    fn take(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            if matches!(byte, b'\n' | b'\r') {
                self.end();
            } else if self.partial.len() < LINE_LIMIT {
                self.partial.push(byte);
            }
        }
    }

    fn end(&mut self) {
        let text = String::from_utf8_lossy(&self.partial).replace(|c: char| c.is_control(), " ");
        let text = text.trim_end();
        if !text.is_empty() {
            (self.line)(text);
            if self.tail.0.len() == TAIL_LINES {
                self.tail.0.pop_front();
            }
            self.tail.0.push_back(text[..text.floor_char_boundary(TAIL_BYTES)].to_owned());
        }
        self.partial.clear();
    }
}

fn in_words(status: ExitStatus) -> String {
    use std::os::unix::process::ExitStatusExt;
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exit code {code}"),
        (None, Some(signal)) => format!("ended by signal {signal}"),
        (None, None) => status.to_string(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shell(script: &str) -> Program {
        Program::new("sh", ["-c", script])
    }

    #[test]
    fn lines_of_both_streams_arrive() {
        let mut seen = Vec::new();
        System::default()
            .run_with(&shell("echo one; echo two >&2; printf three"), &mut |line| seen.push(line.to_owned()))
            .expect("succeeds");
        assert_eq!(seen, ["one", "two", "three"]);
    }

    #[test]
    fn a_failure_names_command_code_and_last_lines() {
        let why = System::default().run(&shell("echo no such thing; exit 3")).expect_err("fails").to_string();
        assert!(
            why.contains("exit code 3") && why.contains("no such thing") && why.contains("sh -c"),
            "{why}"
        );
    }

    #[test]
    fn a_program_over_its_limit_is_stopped_with_its_children() {
        let mut program = shell("sleep 1000 & echo $!; wait");
        program.limit = Duration::from_millis(300);
        let mut child = String::new();
        let why = System::default()
            .run_with(&program, &mut |line| line.clone_into(&mut child))
            .expect_err("too slow");
        assert!(matches!(why, CommandError::Limit { .. }), "{why}");
        let deadline = Instant::now() + Duration::from_secs(10);
        let alive =
            || std::fs::read_to_string(format!("/proc/{child}/stat")).is_ok_and(|stat| !stat.contains(") Z"));
        while alive() {
            assert!(Instant::now() < deadline, "the child {child} of the stopped program lives on");
            std::thread::sleep(Duration::from_millis(20));
        }
    }

    #[test]
    fn a_background_process_does_not_hold_the_caller() {
        let started = Instant::now();
        System::default().run(&shell("sleep 30 & echo started")).expect("succeeds");
        assert!(started.elapsed() < Duration::from_secs(20));
    }

    #[test]
    fn a_cancelled_program_ends() {
        let system = System::default();
        let cancel = system.cancel.clone();
        std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            cancel.cancel();
        });
        let why = system.run(&shell("sleep 1000")).expect_err("cancelled");
        assert!(matches!(why, CommandError::Cancelled { .. }), "{why}");
    }

    #[test]
    fn what_is_written_to_stdin_arrives() {
        let mut seen = Vec::new();
        System::default()
            .run_with(&Program::new("cat", [""; 0]).stdin("user:hash\n"), &mut |line| {
                seen.push(line.to_owned())
            })
            .expect("succeeds");
        assert_eq!(seen, ["user:hash"]);
    }
}
