//! The end that the files come from.

use std::io;
use std::path::Path;
use std::time::{Duration, Instant};

use rackwright_privsrv::detached::{Detached, Shown};
use rackwright_proto::transfer::Ticket;

use super::{LONGEST, TICKET};
use crate::command::{Cancel, CommandError, Program, Runner, System};

/// rsync gives up when nothing moves for so long, in seconds.
const SILENCE: &str = "--timeout=60";
/// What rsync ends with when files went away while they were read, as they do in a private server that runs (rsync(1)).
const VANISHED: i32 = 24;

/// One pass of a transfer: rsync sends what is different there.
pub struct Pass<'a> {
    /// Whose content is sent.
    pub directory: &'a Path,
    pub ticket: &'a Ticket,
    /// This very program.
    pub agent: &'a Path,
    pub cancelled: &'a Cancel,
}

/// A pass broke off. What has arrived stays there, and the next pass goes on from it.
#[derive(Debug, thiserror::Error)]
pub enum SendError {
    #[error("the ticket cannot be written")]
    Ticket(#[source] serde_json::Error),
    #[error("showing {path} without links")]
    Shown { path: String, source: io::Error },
    #[error(transparent)]
    Rsync(#[from] CommandError),
}

/// Sends, and tells `progress` per mille as they pass; how long it took. Root inside may put a link in the place of a directory
/// that rsync is about to enter; it leads nowhere.
///
/// # Errors
/// [`SendError`]
pub fn send(transfer: &Pass<'_>, progress: &mut dyn FnMut(u32)) -> Result<Duration, SendError> {
    let began = Instant::now();
    let ticket = serde_json::to_string(transfer.ticket).map_err(SendError::Ticket)?;
    let tree = Detached::of(transfer.directory, Shown::WithoutLinks)
        .map_err(|source| SendError::Shown { path: transfer.directory.display().to_string(), source })?;
    let rsync = Program::new("rsync", arguments(&tree.path(), transfer.agent))
        .env(TICKET, &ticket)
        .limit_s(LONGEST.as_secs())
        .expendable();
    let mut line = |line: &str| {
        if let Some(percent) = percent(line) {
            progress(percent * 10);
        }
    };
    match (System { cancel: transfer.cancelled.clone() }).run_with(&rsync, &mut line) {
        Err(CommandError::Failed { status, .. }) if status.code() == Some(VANISHED) => Ok(began.elapsed()),
        ended => Ok(ended.map(|()| began.elapsed())?),
    }
}

fn arguments(directory: &Path, agent: &Path) -> Vec<String> {
    let mut all: Vec<String> =
        ["--archive", "--hard-links", "--acls", "--xattrs", "--sparse", "--numeric-ids"]
            .into_iter()
            .map(str::to_owned)
            .collect();
    all.extend(
        ["--delete", "--info=progress2", "--no-inc-recursive", "--outbuf=N", SILENCE].map(str::to_owned),
    );
    // Whole seconds are not enough: what is written in the second in which it was sent would be taken for the same (rsync(1)).
    all.push("--modify-window=-1".to_owned());
    // It names a file of the template on this very disk (Documentation/filesystems/overlayfs.rst).
    all.push("--filter=-x trusted.overlay.origin".to_owned());
    all.push(format!("--rsh={} transfer-pipe", agent.display()));
    all.push(format!("{}/", directory.display()));
    all.push("server::files/".to_owned());
    all
}

/// The last percentage of a line such as "  1,234,567  45%   11.8MB/s    0:00:01".
fn percent(text: &str) -> Option<u32> {
    let (before, _) = text.rsplit_once('%')?;
    let digits = before.len() - before.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    before[before.len() - digits..].parse().ok().filter(|percent| *percent <= 100)
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn reads_the_progress_of_rsync() {
        assert_eq!(percent("      1,238,099  45%   11.8MB/s    0:00:01"), Some(45));
        assert_eq!(percent("\r 1  3%  x\r 2  99%   1kB/s"), Some(99));
        assert_eq!(percent("sending"), None);
        assert_eq!(percent("7777%"), None);
    }
}
