//! Putting other files in the place of those of a private server. It must not run.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use rackwright_model::private_server::{Number, Size};

use super::copy::copy;
use super::{VaultError, at, sweep, sync};
use crate::durable;
use crate::files;
use crate::places::Places;

/// Of a copy while nothing runs.
const LIMIT: Duration = Duration::from_secs(3_600);

/// Where the new files come from.
pub enum Source<'a> {
    /// A directory on the same disk; it stays.
    Copy(&'a Path),
    /// Whatever fills the empty directory that it is given.
    Fill(&'a mut dyn FnMut(&Path) -> Result<(), String>),
}

/// Puts files in place. A task that did so already does nothing more, so that it may be begun again after a crash.
///
/// # Errors
/// [`VaultError`], or the sentence of what fills; the files are those of before then.
pub fn put_in_place(
    places: &Places,
    number: Number,
    size: &Size,
    task: u64,
    source: Source<'_>,
) -> Result<(), String> {
    let said = |why: VaultError| crate::explain(&why);
    let (upper, fresh, note) =
        (places.upper(number), places.own(number).join("fresh"), journal(places, number));
    if is_done(&note, task, &upper) {
        return Ok(());
    }
    sweep(&fresh).map_err(said)?;
    fs::create_dir(&fresh).map_err(at("making", &fresh)).map_err(said)?;
    // Both lie there for a moment, and nobody inside can use what that opens.
    let wide = Size { disk_mib: size.disk_mib.saturating_mul(2), ..size.clone() };
    files::limit(places, number, &wide).map_err(|why| said(why.into()))?;
    let filled = match source {
        Source::Copy(from) => copy(from, &fresh, LIMIT).map_err(said),
        Source::Fill(fill) => fill(&fresh),
    };
    let swapped = filled.and_then(|()| swap(&upper, &fresh, &note, task).map_err(said));
    // Neither takes back what was done, and both are done again: at the next start, and when work begins on its files.
    for late in [sweep(&fresh), files::limit(places, number, size).map_err(VaultError::from)] {
        if let Err(why) = late {
            eprintln!("{}: {}", number.tag(), said(why));
        }
    }
    swapped
}

/// Whether a task has put its files in place.
#[must_use]
pub fn is_in_place(places: &Places, number: Number, task: u64) -> bool {
    is_done(&journal(places, number), task, &places.upper(number))
}

fn journal(places: &Places, number: Number) -> std::path::PathBuf {
    places.own(number).join("restored")
}

/// Both names change hands at once (renameat2(2), RENAME_EXCHANGE).
pub(super) fn swap(upper: &Path, fresh: &Path, note: &Path, task: u64) -> Result<(), VaultError> {
    sync(fresh)?;
    let inode = fresh.metadata().map_err(at("reading", fresh))?.ino();
    let text = format!("{task} {inode}\n");
    durable::replace(note, text.as_bytes(), 0o600).map_err(|why| at("writing", note)(why.source))?;
    renameat2(AT_FDCWD, fresh, AT_FDCWD, upper, RenameFlags::RENAME_EXCHANGE)
        .map_err(|errno| at("putting files in the place of", upper)(errno.into()))?;
    sync(upper)
}

/// Whether the files in place are those that this task put there.
pub(super) fn is_done(note: &Path, task: u64, upper: &Path) -> bool {
    let text = fs::read_to_string(note).unwrap_or_default();
    upper.metadata().is_ok_and(|known| text.trim() == format!("{task} {}", known.ino()))
}
