//! Child processes with a time limit, whose last words are kept for the error message.

use std::collections::VecDeque;
use std::io::{BufRead, BufReader, Read};
use std::os::unix::process::CommandExt;
use std::process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio};
use std::sync::mpsc::{Receiver, RecvTimeoutError, SyncSender, sync_channel};
use std::thread;
use std::time::{Duration, Instant};

use nix::sys::signal::{Signal, killpg};
use nix::unistd::Pid;

use crate::progress::Watch;

/// Lines of output that are kept for the error message.
const TAIL_LINES: usize = 15;
/// Bytes of one line that are kept.
const LINE_BYTES: u64 = 2_000;
/// Lines that wait to be looked at; beyond them the process waits.
const LINES_WAITING: usize = 1_000;
/// How often the time limit and the wish to stop are looked at.
const LOOK_EVERY: Duration = Duration::from_millis(100);
/// What a process gets to put its things away before it is killed.
const GRACE: Duration = Duration::from_secs(10);
/// Output that [`run`] takes at most.
const OUTPUT_BYTES: u64 = 16 << 20;

/// A child process did not do its work. The last lines of its output are part of the message.
#[derive(Debug, thiserror::Error)]
pub enum CommandError {
    #[error("the program {program} is not installed; install the Debian package {package}")]
    Missing { program: String, package: &'static str },
    #[error("the program {program} could not be started")]
    Start {
        program: String,
        #[source]
        source: std::io::Error,
    },
    #[error("{program} ended with {status}; its last lines:\n{tail}")]
    Failed { program: String, status: ExitStatus, tail: String },
    #[error("{program} did not finish within {seconds} s and was ended; its last lines:\n{tail}")]
    TimedOut { program: String, seconds: u64, tail: String },
    #[error("{program} was ended because the work was cancelled")]
    Cancelled { program: String },
}

/// What a process is and how long it may take.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// The Debian package to install when the program is missing.
    pub package: &'static str,
    pub time: Duration,
}

/// How a process ended, and what was made of its output.
#[derive(Debug)]
pub struct Ended<T> {
    pub result: Result<(), CommandError>,
    pub made: T,
}

/// Run to the end and return what the process wrote to its standard output, at most 16 MiB of it.
///
/// # Errors
/// [`CommandError`]
pub fn run(command: &mut Command, limits: Limits, watch: Watch<'_>) -> Result<Vec<u8>, CommandError> {
    let take_all = |stdout: ChildStdout| {
        let mut all = Vec::new();
        // A broken pipe shows in how the process ended.
        drop(stdout.take(OUTPUT_BYTES).read_to_end(&mut all));
        all
    };
    let ended = stream(command, limits, watch, &mut |_| (), take_all)?;
    ended.result.map(|()| ended.made)
}

/// Run to the end while `consume` reads the standard output on a thread of its own and `on_line` gets every line of the
/// standard error on this one. When `consume` returns early the process finds its output closed.
///
/// # Errors
/// Only when the process could not be started; how it ended is in [`Ended`].
pub fn stream<T: Send>(
    command: &mut Command,
    limits: Limits,
    watch: Watch<'_>,
    on_line: &mut dyn FnMut(&str),
    consume: impl FnOnce(ChildStdout) -> T + Send,
) -> Result<Ended<T>, CommandError> {
    let program = command.get_program().to_string_lossy().into_owned();
    let mut child = start(command, &program, limits.package)?;
    let (stdout, stderr) = (child.stdout.take(), child.stderr.take());
    let (stdout, stderr) = (stdout.expect("stdout is piped"), stderr.expect("stderr is piped"));
    let (sender, lines) = sync_channel(LINES_WAITING);
    let (end, made) = thread::scope(|scope| {
        scope.spawn(move || read_lines(stderr, &sender));
        let consumer = scope.spawn(move || consume(stdout));
        let mut tail = VecDeque::new();
        let end = attend(&mut child, limits.time, watch, &lines, &mut |line| {
            keep(&mut tail, line);
            on_line(line);
        });
        let made = consumer.join().unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        ((end, Vec::from(tail).join("\n")), made)
    });
    Ok(Ended { result: judge(end, program, limits.time), made })
}

fn start(command: &mut Command, program: &str, package: &'static str) -> Result<Child, CommandError> {
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // A group of its own, so that its children end with it.
    command.process_group(0);
    command.spawn().map_err(|source| match source.kind() {
        std::io::ErrorKind::NotFound => CommandError::Missing { program: program.to_owned(), package },
        _ => CommandError::Start { program: program.to_owned(), source },
    })
}

enum End {
    Exit(std::io::Result<ExitStatus>),
    TimedOut,
    Cancelled,
}

fn attend(
    child: &mut Child,
    limit: Duration,
    watch: Watch<'_>,
    lines: &Receiver<String>,
    on_line: &mut dyn FnMut(&str),
) -> End {
    let started = Instant::now();
    let end = loop {
        match lines.recv_timeout(LOOK_EVERY) {
            Ok(line) => on_line(&line),
            Err(RecvTimeoutError::Timeout) => {}
            Err(RecvTimeoutError::Disconnected) => thread::sleep(LOOK_EVERY),
        }
        match child.try_wait() {
            Ok(Some(status)) => break End::Exit(Ok(status)),
            Ok(None) => {}
            Err(error) => break End::Exit(Err(error)),
        }
        if watch.stopped() {
            end_group(child);
            break End::Cancelled;
        }
        if started.elapsed() > limit {
            end_group(child);
            break End::TimedOut;
        }
    };
    // Whoever is left of the group would hold the pipes open.
    signal(child, Signal::SIGKILL);
    lines.iter().for_each(|line| on_line(&line));
    end
}

fn end_group(child: &mut Child) {
    signal(child, Signal::SIGTERM);
    let asked = Instant::now();
    while asked.elapsed() < GRACE {
        if !matches!(child.try_wait(), Ok(None)) {
            return;
        }
        thread::sleep(LOOK_EVERY);
    }
    signal(child, Signal::SIGKILL);
    drop(child.wait());
}

fn signal(child: &Child, signal: Signal) {
    if let Ok(pid) = i32::try_from(child.id()) {
        // The group may be gone already, which is what is wanted.
        let _gone = killpg(Pid::from_raw(pid), signal);
    }
}

fn judge((end, tail): (End, String), program: String, limit: Duration) -> Result<(), CommandError> {
    match end {
        End::Exit(Ok(status)) if status.success() => Ok(()),
        End::Exit(Ok(status)) => Err(CommandError::Failed { program, status, tail }),
        End::Exit(Err(source)) => Err(CommandError::Start { program, source }),
        End::TimedOut => Err(CommandError::TimedOut { program, seconds: limit.as_secs(), tail }),
        End::Cancelled => Err(CommandError::Cancelled { program }),
    }
}

/// Hand over every line, cut to [`LINE_BYTES`].
fn read_lines(stderr: ChildStderr, lines: &SyncSender<String>) {
    let mut reader = BufReader::new(stderr);
    loop {
        let mut line = Vec::new();
        match reader.by_ref().take(LINE_BYTES).read_until(b'\n', &mut line) {
            Ok(0) | Err(_) => return,
            Ok(_) => {}
        }
        let text = String::from_utf8_lossy(&line).trim_end().to_owned();
        if lines.send(text).is_err() {
            return;
        }
    }
}

fn keep(tail: &mut VecDeque<String>, line: &str) {
    if line.is_empty() {
        return;
    }
    if tail.len() == TAIL_LINES {
        tail.pop_front();
    }
    tail.push_back(line.to_owned());
}

#[cfg(test)]
mod tests {
    use super::*;

    const SHORT: Limits = Limits { package: "dash", time: Duration::from_millis(300) };
    const LONG: Limits = Limits { package: "dash", time: Duration::from_secs(30) };

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn gives_the_output() {
        assert_eq!(run(&mut shell("printf yes"), LONG, Watch::nobody()).expect("runs"), b"yes");
    }

    #[test]
    fn an_error_carries_the_last_lines() {
        let error = run(&mut shell("seq 40 >&2; exit 3"), LONG, Watch::nobody()).expect_err("fails");
        let text = error.to_string();
        assert!(
            text.contains("exit status: 3") && text.contains("\n26\n") && text.ends_with("\n40"),
            "{text}"
        );
        assert!(!text.contains("\n25\n"), "{text}");
    }

    #[test]
    fn a_missing_program_names_its_package() {
        let error = run(&mut Command::new("no-such-program"), LONG, Watch::nobody()).expect_err("missing");
        assert!(error.to_string().contains("install the Debian package dash"), "{error}");
    }

    #[test]
    fn the_time_limit_ends_the_whole_group() {
        let error = run(&mut shell("echo begun >&2; sleep 60 & sleep 60"), SHORT, Watch::nobody())
            .expect_err("too slow");
        assert!(matches!(&error, CommandError::TimedOut { tail, .. } if tail == "begun"), "{error}");
    }

    #[test]
    fn the_time_limit_holds_for_one_that_never_stops_talking() {
        let error = run(&mut shell("yes >&2"), SHORT, Watch::nobody()).expect_err("too slow");
        assert!(matches!(error, CommandError::TimedOut { .. }), "{error}");
    }

    #[test]
    fn a_child_left_behind_does_not_keep_it_waiting() {
        let started = Instant::now();
        run(&mut shell("sleep 60 & exit 0"), LONG, Watch::nobody()).expect("runs");
        assert!(started.elapsed() < LONG.time);
    }

    #[test]
    fn a_wish_to_stop_ends_it() {
        let error = run(&mut shell("sleep 60"), LONG, Watch::new(&|_| (), &|| true)).expect_err("stopped");
        assert!(matches!(error, CommandError::Cancelled { .. }), "{error}");
    }

    #[test]
    fn a_consumer_that_stops_reading_lets_the_process_end() {
        let ended = stream(&mut shell("yes"), LONG, Watch::nobody(), &mut |_| (), drop).expect("starts");
        assert!(matches!(ended.result, Err(CommandError::Failed { .. })), "{ended:?}");
    }
}
