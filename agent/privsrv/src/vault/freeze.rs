//! Processes of a private server that stand still for a moment (cgroup-v2.rst, "cgroup.freeze").

use std::fs;
use std::path::{Path, PathBuf};
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::private_server::Number;

use super::{VaultError, at};
use crate::runtime;

/// Until every process stands still: one that waits for a disk does so when it has its answer.
const STILL: Duration = Duration::from_secs(20);

/// It stands still until this is dropped.
pub struct Frozen(Option<PathBuf>);

impl Frozen {
    /// Lets a private server stand still; one that does not run stands still.
    ///
    /// # Errors
    /// [`VaultError`]; it runs on then.
    pub fn of(number: Number) -> Result<Self, VaultError> {
        if !runtime::is_populated(number) {
            return Ok(Self(None));
        }
        Self::group(runtime::cgroup(number), &number.tag())
    }

    fn group(group: PathBuf, tag: &str) -> Result<Self, VaultError> {
        write(&group, "1")?;
        // From here on it is thawed whatever happens.
        let frozen = Self(Some(group.clone()));
        let until = Instant::now() + STILL;
        while !is_frozen(&group) {
            if Instant::now() > until {
                return Err(VaultError::Moves(tag.to_owned(), STILL.as_secs()));
            }
            thread::sleep(Duration::from_millis(2));
        }
        Ok(frozen)
    }
}

impl Drop for Frozen {
    fn drop(&mut self) {
        let Some(group) = &self.0 else { return };
        if let Err(why) = write(group, "0")
            && group.is_dir()
        {
            eprintln!("{} stands still and cannot be let go: {}", group.display(), crate::explain(&why));
        }
    }
}

/// Lets one run on that a crash of ours left standing still.
///
/// # Errors
/// [`VaultError::At`]
pub fn thaw(number: Number) -> Result<(), VaultError> {
    let group = runtime::cgroup(number);
    if group.join("cgroup.freeze").exists() { write(&group, "0") } else { Ok(()) }
}

fn write(group: &Path, value: &str) -> Result<(), VaultError> {
    let path = group.join("cgroup.freeze");
    fs::write(&path, value).map_err(at("writing", &path))
}

fn is_frozen(group: &Path) -> bool {
    let events = fs::read_to_string(group.join("cgroup.events")).unwrap_or_default();
    events.lines().any(|line| line == "frozen 1")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whatever_happens_it_runs_on() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let group = dir.path().to_owned();
        let freeze = || fs::read_to_string(dir.path().join("cgroup.freeze")).expect("there");
        fs::write(group.join("cgroup.events"), "populated 1\nfrozen 1\n").expect("written");
        let frozen = Frozen::group(group.clone(), "ps7").expect("stands still");
        assert_eq!(freeze(), "1");
        drop(frozen);
        assert_eq!(freeze(), "0");
        assert!(Frozen::group(group.join("not there"), "ps7").is_err());
    }
}
