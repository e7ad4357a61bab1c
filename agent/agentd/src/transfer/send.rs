//! The end that the files come from.

use std::io::{self, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use rackwright_proto::transfer::Ticket;

use super::TICKET;
use crate::command::Cancel;

/// rsync gives up when nothing moves for so long, in seconds.
const SILENCE: &str = "--timeout=60";
/// Bytes of what rsync complained that an error keeps.
const SAID: u64 = 4_096;

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
    #[error("rsync could not be started; is its package installed?")]
    Start(#[source] io::Error),
    #[error("the ticket cannot be written")]
    Ticket(#[source] serde_json::Error),
    #[error("reading what rsync says")]
    Read(#[source] io::Error),
    #[error("rsync did not send everything ({status}): {said}")]
    Failed { status: String, said: String },
    #[error("the transfer was ended")]
    Cancelled,
}

/// Sends, and tells `progress` per mille as they pass; how long it took.
///
/// # Errors
/// [`SendError`]
pub fn send(transfer: &Pass<'_>, progress: &mut dyn FnMut(u32)) -> Result<Duration, SendError> {
    let began = Instant::now();
    let ticket = serde_json::to_string(transfer.ticket).map_err(SendError::Ticket)?;
    let complaints = tempfile()?;
    let mut child = Command::new("rsync")
        .args(arguments(transfer.directory, transfer.agent))
        .env(TICKET, ticket)
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(complaints.try_clone().map_err(SendError::Start)?)
        .spawn()
        .map_err(SendError::Start)?;
    let watched = watch(&mut child, transfer.cancelled, progress);
    if watched.is_err() {
        drop(child.kill());
    }
    let status = child.wait().map_err(SendError::Read)?;
    watched?;
    // 24: files went away while they were read, as they do in a private server that runs.
    if status.success() || status.code() == Some(24) {
        return Ok(began.elapsed());
    }
    Err(SendError::Failed { status: status.to_string(), said: said(complaints) })
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
    // It names a file of the template on this very disk (Documentation/filesystems/overlayfs.rst).
    all.push("--filter=-x trusted.overlay.origin".to_owned());
    all.push(format!("--rsh={} transfer-pipe", agent.display()));
    all.push(format!("{}/", directory.display()));
    all.push("server::files/".to_owned());
    all
}

/// Reads the progress until rsync has closed its output.
fn watch(child: &mut Child, cancelled: &Cancel, progress: &mut dyn FnMut(u32)) -> Result<(), SendError> {
    let Some(mut output) = child.stdout.take() else { return Ok(()) };
    let mut buffer = [0; 512];
    loop {
        let count = output.read(&mut buffer).map_err(SendError::Read)?;
        if cancelled.is_cancelled() {
            return Err(SendError::Cancelled);
        }
        if count == 0 {
            return Ok(());
        }
        if let Some(percent) = percent(&String::from_utf8_lossy(&buffer[..count])) {
            progress(percent * 10);
        }
    }
}

/// The last percentage of a line such as "  1,234,567  45%   11.8MB/s    0:00:01".
fn percent(text: &str) -> Option<u32> {
    let (before, _) = text.rsplit_once('%')?;
    let digits = before.len() - before.trim_end_matches(|letter: char| letter.is_ascii_digit()).len();
    before[before.len() - digits..].parse().ok().filter(|percent| *percent <= 100)
}

fn tempfile() -> Result<std::fs::File, SendError> {
    use nix::sys::memfd::{MFdFlags, memfd_create};
    let memory = memfd_create("complaints", MFdFlags::MFD_CLOEXEC);
    memory.map(std::fs::File::from).map_err(|errno| SendError::Start(errno.into()))
}

fn said(mut complaints: std::fs::File) -> String {
    use std::io::Seek as _;
    let mut bytes = Vec::new();
    let read = complaints.rewind().and_then(|()| complaints.take(SAID).read_to_end(&mut bytes));
    match read {
        Ok(_) => String::from_utf8_lossy(&bytes).trim().to_owned(),
        Err(error) => error.to_string(),
    }
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
