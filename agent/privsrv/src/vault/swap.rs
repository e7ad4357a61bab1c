//! Putting other files in the place of those of a private server. It must not run.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::time::Duration;

use nix::fcntl::{AT_FDCWD, RenameFlags, renameat2};
use rackwright_model::private_server::{Number, Size};

use super::copy::copy;
use super::leftover::FADING;
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

/// Puts files in place that lie over this version of a template. A task that did so already does nothing more, so that it
/// may be begun again after a crash.
///
/// # Errors
/// [`VaultError`], or the sentence of what fills; the files are those of before then.
pub fn put_in_place(
    places: &Places,
    number: Number,
    size: &Size,
    task: u64,
    template: &str,
    source: Source<'_>,
) -> Result<(), String> {
    let said = |why: VaultError| crate::explain(&why);
    let (upper, fresh, note) =
        (places.upper(number), places.own(number).join("fresh"), journal(places, number));
    if is_done(&note, task, &upper) {
        return Ok(());
    }
    for left in [&fresh, &places.own(number).join(FADING)] {
        sweep(left).map_err(said)?;
    }
    fs::create_dir(&fresh).map_err(at("making", &fresh)).map_err(said)?;
    // Both lie there for a moment, and nobody inside can use what that opens.
    let wide = Size { disk_mib: size.disk_mib.saturating_mul(2), ..size.clone() };
    files::limit(places, number, &wide).map_err(|why| said(why.into()))?;
    let filled = match source {
        Source::Copy(from) => copy(from, &fresh, LIMIT).map_err(said),
        Source::Fill(fill) => fill(&fresh),
    };
    let swapped = filled.and_then(|()| swap(&upper, &fresh, &note, task, template).map_err(said));
    // Neither takes back what was done, and both are done again: by the keeper, and at its next start.
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

/// The version of the template that the files in place lie over, when a restore put them there.
#[must_use]
pub fn template_in_place(places: &Places, number: Number) -> Option<String> {
    in_place(&journal(places, number), &places.upper(number))?.template
}

/// It goes with all else of a private server when its files are made anew.
fn journal(places: &Places, number: Number) -> std::path::PathBuf {
    places.own(number).join("restored")
}

/// Both names change hands at once (renameat2(2), RENAME_EXCHANGE).
pub(super) fn swap(
    upper: &Path,
    fresh: &Path,
    note: &Path,
    task: u64,
    template: &str,
) -> Result<(), VaultError> {
    sync(fresh)?;
    let inode = fresh.metadata().map_err(at("reading", fresh))?.ino();
    let text = format!("{task} {inode} {template}\n");
    durable::replace(note, text.as_bytes(), 0o600).map_err(|why| at("writing", note)(why.source))?;
    renameat2(AT_FDCWD, fresh, AT_FDCWD, upper, RenameFlags::RENAME_EXCHANGE)
        .map_err(|errno| at("putting files in the place of", upper)(errno.into()))?;
    sync(upper)
}

/// Whether the files in place are those that this task put there.
pub(super) fn is_done(note: &Path, task: u64, upper: &Path) -> bool {
    in_place(note, upper).is_some_and(|placed| placed.task == task)
}

/// What a note says of the files that it was written for.
struct Placed {
    task: u64,
    /// Older notes say none.
    template: Option<String>,
}

/// None when other files are in place.
fn in_place(note: &Path, upper: &Path) -> Option<Placed> {
    let text = fs::read_to_string(note).ok()?;
    let mut words = text.split_whitespace();
    let (task, inode) = (words.next()?.parse().ok()?, words.next()?.parse::<u64>().ok()?);
    let placed = Placed { task, template: words.next().map(str::to_owned) };
    (upper.metadata().ok()?.ino() == inode).then_some(placed)
}
