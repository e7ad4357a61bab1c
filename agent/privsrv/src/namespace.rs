//! The network namespace of a private server, held open on the server by a mount (ip-netns(8) does the same).
//!
//! Its first process leads to it only until something of its own has run: root inside may go on in another one
//! (unshare(2)), and leave in the first what was to be cut off.

use std::fs::{self, File};
use std::io;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use nix::mount::{MsFlags, mount};
use nix::sched::{CloneFlags, setns};

use crate::tool::{self, ToolError};

const LIMIT: Duration = Duration::from_secs(20);

/// Holds that of this process of this kind, as /proc/pid/ns calls it (namespaces(7)). No stranger's program has run in it yet.
///
/// # Errors
/// The kernel's.
pub fn hold(process: u32, kind: &str, at: &Path) -> io::Result<()> {
    File::create(at)?;
    let of = PathBuf::from(format!("/proc/{process}/ns/{kind}"));
    Ok(mount(Some(&of), at, None::<&str>, MsFlags::MS_BIND, None::<&str>)?)
}

/// Runs a program of the server there.
///
/// # Errors
/// [`ToolError`], also when none is held there.
pub fn within(held: &Path, program: &str, args: &[&str], input: &str) -> Result<String, ToolError> {
    let failed = |said: String| ToolError::Failed { line: format!("{program} {}", args.join(" ")), said };
    let run = || {
        enter(held).map_err(|why| {
            failed(format!("the network namespace at {} cannot be entered: {why}", held.display()))
        })?;
        tool::feed(program, args, input, LIMIT)
    };
    aside(run).unwrap_or_else(|| Err(failed("there can be no more threads".to_owned())))
}

/// Writes a setting of the kernel of that network namespace, when there is such a setting.
///
/// # Errors
/// The kernel's.
pub fn set(held: &Path, name: &str, value: &str) -> io::Result<()> {
    let write = || {
        enter(held)?;
        let path = Path::new("/proc/sys/net").join(name);
        if path.exists() { fs::write(path, value) } else { Ok(()) }
    };
    aside(write).unwrap_or_else(|| Err(io::Error::other("there can be no more threads")))
}

fn enter(held: &Path) -> io::Result<()> {
    Ok(setns(File::open(held)?, CloneFlags::CLONE_NEWNET)?)
}

/// Works in a thread of its own, which ends there: nothing else is done in a network namespace that is not ours. What a
/// thread starts is where the thread is.
fn aside<T: Send>(work: impl FnOnce() -> T + Send) -> Option<T> {
    thread::scope(|scope| thread::Builder::new().spawn_scoped(scope, work).ok()?.join().ok())
}

/// Bytes that eth0 received and sent in each. None where none is held, or there is no such card.
#[must_use]
pub fn carried(held: &[PathBuf]) -> Vec<Option<(u64, u64)>> {
    let visit = |at: &PathBuf| {
        enter(at).ok()?;
        counters(&fs::read_to_string("/proc/thread-self/net/dev").ok()?)
    };
    aside(|| held.iter().map(visit).collect()).unwrap_or_else(|| vec![None; held.len()])
}

/// The first and the ninth number of the line of eth0 (proc(5), /proc/net/dev).
fn counters(cards: &str) -> Option<(u64, u64)> {
    let line = cards.lines().find_map(|line| line.trim_start().strip_prefix("eth0:"))?;
    let numbers: Vec<u64> = line.split_whitespace().filter_map(|word| word.parse().ok()).collect();
    Some((*numbers.first()?, *numbers.get(8)?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_of_the_card_are_read() {
        let cards = "Inter-|   Receive  |  Transmit\n face |bytes packets |bytes\n    lo:     100       1    0    0    0     0          0         0      100       1    0    0    0     0       0          0\n  eth0: 5000      12    0    0    0     0          0         0   700000      90    0    0    0     0       0          0\n";
        assert_eq!(counters(cards), Some((5000, 700_000)));
        assert_eq!(counters(""), None);
    }

    #[test]
    fn where_none_is_held_nothing_is_counted_and_nothing_runs() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let at = dir.path().join("net");
        fs::write(&at, "").expect("written");
        assert_eq!(carried(&[at.clone(), dir.path().join("none")]), [None, None]);
        assert!(matches!(within(&at, "true", &[], ""), Err(ToolError::Failed { .. })));
    }
}
