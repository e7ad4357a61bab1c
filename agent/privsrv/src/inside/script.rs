//! Programs inside, run as root there: in the cgroup of the private server, bounded in time and in what they may say.
//!
//! Attacker's input: what they say, and how they end.

use std::time::Duration;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{Answer, FailureKind, Work, WorkFailure};

use super::visitor::late;
use crate::exec::{self, ExecError, Said};
use crate::explain;

/// The most that is kept of what a program says, in bytes.
pub const MOST: usize = 256 * 1024;

/// What a program said, and whether it said more.
pub struct Heard {
    pub text: String,
    pub cut: bool,
}

/// Runs a script of sh(1) with these words as `$1` and so on; `input` is what it reads.
///
/// # Errors
/// When it does not end with 0: with what it said last.
pub fn run(
    number: Number,
    script: &str,
    words: &[&str],
    input: &str,
    limit: Duration,
) -> Result<Heard, WorkFailure> {
    let argv: Vec<String> =
        ["/bin/sh", "-c", script, "sh"].iter().chain(words).map(|word| (*word).to_owned()).collect();
    let mut said = Said::default();
    let ended = exec::feed(number, &argv, input.as_bytes(), limit, MOST, &mut said);
    let text = String::from_utf8_lossy(&said.bytes).into_owned();
    match ended {
        Ok(0) => Ok(Heard { text, cut: said.cut }),
        Ok(status) => Err(complaint(status, &text)),
        Err(ExecError::Late { .. }) => Err(late(limit)),
        Err(why) => Err(WorkFailure::new(FailureKind::Broken, explain(&why))),
    }
}

/// The last line that it said: what programs complain of comes last.
fn complaint(status: i32, text: &str) -> WorkFailure {
    let last = text.lines().rev().map(str::trim).find(|line| !line.is_empty()).unwrap_or_default();
    let last: String = last.chars().take(300).collect();
    let kind = match status {
        GONE => FailureKind::Missing,
        TAKEN => FailureKind::Exists,
        _ => FailureKind::Unsuitable,
    };
    let said = last.trim_end_matches('.');
    let reason = if said.is_empty() { format!("it ended with status {status}") } else { said.to_owned() };
    WorkFailure::new(kind, reason)
}

/// With these our own scripts end.
pub const GONE: i32 = 74;
pub const TAKEN: i32 = 73;

/// Seconds, from what the order may take.
pub fn limit(work: &Work) -> Duration {
    Duration::from_secs(u64::from(work.limit_s()))
}

/// Ends a process: it is asked to, or killed.
///
/// # Errors
/// When there is none of that number, or it is the first one.
pub fn end_process(number: Number, process: u32, force: bool) -> Result<Answer, WorkFailure> {
    if process < 2 {
        let reason = "the first process is the private server itself; stop that instead";
        return Err(WorkFailure::new(FailureKind::Unsuitable, reason));
    }
    let signal = if force { "KILL" } else { "TERM" };
    let script =
        r#"[ -d "/proc/$2" ] || { echo "there is no process $2 any more"; exit 74; }; kill -s "$1" "$2""#;
    run(number, script, &[signal, &process.to_string()], "", limit(&Work::End { process, force }))
        .map(|_| Answer::Done)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn what_was_said_last_is_the_reason() {
        let failure = complaint(1, "working\nuserdel: user eve does not exist.\n\n");
        assert_eq!(failure.reason, "userdel: user eve does not exist");
        assert_eq!(complaint(TAKEN, "").kind, FailureKind::Exists);
        assert_eq!(complaint(9, "").reason, "it ended with status 9");
    }
}
