//! Making, reading and removing snapshots.

use std::fs;
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use rackwright_model::private_server::Number;
use serde::{Deserialize, Serialize};

use super::copy::{Copied, copy, count};
use super::{Frozen, VaultError, at, sweep, sync};
use crate::durable;
use crate::places::Places;
use crate::{files, project};

/// A private server stands still at most so long.
const STANDS: Duration = Duration::from_secs(120);
/// Directories of a copy may take a little more than those it was made of.
const SPARE_MIB: u64 = 64;
/// The file that says what a snapshot is; it is written before the snapshot counts.
const ABOUT: &str = "about.json";

/// What a snapshot is.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct About {
    /// The version of the template that its files lie over.
    pub template: String,
}

/// Keeps the files of a private server as they are now, as this snapshot. One that is there already stays as it is.
///
/// # Errors
/// [`VaultError`]; there is no such snapshot then.
pub fn make(places: &Places, number: Number, snapshot: u64, template: &str) -> Result<Copied, VaultError> {
    let whole = places.snapshot(number, snapshot);
    if whole.is_dir() {
        return count(&whole.join("files"));
    }
    let fresh = places.snapshots(number).join(format!(".{snapshot}"));
    sweep(&fresh)?;
    let all = beside(places, number)?;
    let files = fresh.join("files");
    fs::create_dir_all(&files).map_err(at("making", &files))?;
    let made = keep(places, number, &fresh, template);
    if made.is_err() {
        // The first failure is the one to tell; what is left is taken away by the next try.
        drop(sweep(&fresh));
    }
    made?;
    fs::rename(&fresh, &whole).map_err(at("naming", &whole))?;
    sync(&all)?;
    count(&whole.join("files"))
}

fn keep(places: &Places, number: Number, fresh: &Path, template: &str) -> Result<(), VaultError> {
    let upper = places.upper(number);
    // What waits to be written is written while it runs, so that it stands still the shorter.
    sync(&upper)?;
    let frozen = Frozen::of(number)?;
    let copied = copy(&upper, &fresh.join("files"), STANDS);
    drop(frozen);
    copied?;
    let about = About { template: template.to_owned() };
    let text = serde_json::to_vec(&about).map_err(|why| at("writing", fresh)(why.into()))?;
    let path = fresh.join(ABOUT);
    durable::replace(&path, &text, 0o600).map_err(|why| at("writing", &path)(why.source))?;
    sync(fresh)
}

/// Lets what lies beside a private server take as much as its disk, besides what is there: it is no part of that disk, and so
/// much was admitted for each snapshot. Files with holes would fill the server's disk where they are written without.
///
/// # Errors
/// [`VaultError`]
pub fn bound(places: &Places, number: Number, disk_mib: u32) -> Result<(), VaultError> {
    prepare(places, number)?;
    let (used_mib, _) = files::taken(places, number.snapshots())?;
    Ok(files::bound(places, number.snapshots(), used_mib + u64::from(disk_mib) + SPARE_MIB, 0)?)
}

/// The directory of the snapshots, which [`bound`] has made at the beginning of a task.
pub(super) fn beside(places: &Places, number: Number) -> Result<PathBuf, VaultError> {
    let all = places.snapshots(number);
    if all.is_dir() { Ok(all) } else { prepare(places, number) }
}

/// Makes the directory of the snapshots, and sets its project.
fn prepare(places: &Places, number: Number) -> Result<PathBuf, VaultError> {
    let all = places.snapshots(number);
    fs::DirBuilder::new().recursive(true).mode(0o700).create(&all).map_err(at("making", &all))?;
    project::join(&all, number.snapshots()).map_err(at("setting the project of", &all))?;
    Ok(all)
}

/// Where files of a backup may lie for a while, beside the snapshots: a directory that is not there yet.
///
/// # Errors
/// [`VaultError`]
pub fn room(places: &Places, number: Number) -> Result<PathBuf, VaultError> {
    let room = places.snapshots(number).join(".room");
    sweep(&room)?;
    beside(places, number)?;
    Ok(room)
}

/// What a snapshot is, and where its files are.
///
/// # Errors
/// [`VaultError::NoSnapshot`]
pub fn read(places: &Places, number: Number, snapshot: u64) -> Result<(About, PathBuf), VaultError> {
    let whole = places.snapshot(number, snapshot);
    let about = fs::read(whole.join(ABOUT)).ok().and_then(|text| serde_json::from_slice(&text).ok());
    let about = about.ok_or_else(|| VaultError::NoSnapshot(snapshot, number.tag()))?;
    Ok((about, whole.join("files")))
}

/// Removes a snapshot; one that is not there is removed.
///
/// # Errors
/// [`VaultError`]
pub fn discard(places: &Places, number: Number, snapshot: u64) -> Result<(), VaultError> {
    let (whole, fading) =
        (places.snapshot(number, snapshot), places.snapshots(number).join(format!(".{snapshot}")));
    sweep(&fading)?;
    if whole.is_dir() {
        // From here on it is no snapshot any more, though not all of it is gone.
        fs::rename(&whole, &fading).map_err(at("naming", &fading))?;
    }
    sweep(&fading)
}

/// Versions of templates that snapshots lie over.
#[must_use]
pub fn templates(places: &Places) -> Vec<String> {
    let below = |path: PathBuf| fs::read_dir(path).into_iter().flatten().flatten().map(|entry| entry.path());
    let all = below(places.data.join("snapshots")).flat_map(below);
    let about =
        all.filter_map(|path| serde_json::from_slice::<About>(&fs::read(path.join(ABOUT)).ok()?).ok());
    about.map(|about| about.template).collect()
}
