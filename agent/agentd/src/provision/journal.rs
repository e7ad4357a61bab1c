//! Which installs were begun in this boot, and how they ended: kept under /run so that a worker that comes after a crash knows,
//! and so that none is ever carried out twice.

use std::fs::{self, OpenOptions};
use std::io::{self, ErrorKind};
use std::path::PathBuf;

use rackwright_model::InstallId;
use rackwright_proto::Failure;
use serde::{Deserialize, Serialize};

/// How an install ended on this machine.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    Written,
    Failed(Failure),
}

/// The installs of this boot.
#[derive(Debug, Clone)]
pub struct Journal {
    directory: PathBuf,
}

impl Default for Journal {
    fn default() -> Self {
        Self { directory: "/run/rackwright/installs".into() }
    }
}

impl Journal {
    #[cfg(test)]
    pub fn at(directory: &std::path::Path) -> Self {
        Self { directory: directory.to_owned() }
    }

    fn begun(&self, install: InstallId) -> PathBuf {
        self.directory.join(format!("{install}.begun"))
    }

    fn ended(&self, install: InstallId) -> PathBuf {
        self.directory.join(format!("{install}.ended"))
    }

    /// Notes the beginning; false when it was begun before.
    ///
    /// # Errors
    /// When it cannot be noted, so that the install must not begin.
    pub fn begin(&self, install: InstallId) -> io::Result<bool> {
        fs::create_dir_all(&self.directory)?;
        match OpenOptions::new().write(true).create_new(true).open(self.begun(install)) {
            Ok(_) => Ok(true),
            Err(why) if why.kind() == ErrorKind::AlreadyExists => Ok(false),
            Err(why) => Err(why),
        }
    }

    /// Notes the end.
    ///
    /// # Errors
    /// When it cannot be noted.
    pub fn end(&self, install: InstallId, outcome: &Outcome) -> io::Result<()> {
        let fresh = self.directory.join(format!("{install}.new"));
        fs::write(&fresh, serde_json::to_vec(outcome)?)?;
        fs::rename(fresh, self.ended(install))
    }

    /// How an install ended, when it did.
    #[must_use]
    pub fn outcome(&self, install: InstallId) -> Option<Outcome> {
        serde_json::from_slice(&fs::read(self.ended(install)).ok()?).ok()
    }

    /// The install begun last, with its outcome when it ended.
    #[must_use]
    pub fn last(&self) -> Option<(InstallId, Option<Outcome>)> {
        let entries = fs::read_dir(&self.directory).ok()?;
        let begun = entries.filter_map(|entry| {
            let entry = entry.ok()?;
            let number = entry.file_name().to_str()?.strip_suffix(".begun")?.parse().ok()?;
            Some((entry.metadata().ok()?.modified().ok()?, InstallId(number)))
        });
        let (_, install) = begun.max()?;
        Some((install, self.outcome(install)))
    }

    /// Whether an install was begun and has not ended.
    #[must_use]
    pub fn is_busy(&self) -> bool {
        matches!(self.last(), Some((_, None)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_install_begins_once_and_its_end_is_remembered() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let journal = Journal::at(&dir.path().join("installs"));
        assert!(!journal.is_busy());
        assert!(journal.begin(InstallId(7)).expect("noted"));
        assert!(!journal.begin(InstallId(7)).expect("noted"));
        assert_eq!(journal.last(), Some((InstallId(7), None)));
        assert!(journal.is_busy());
        journal.end(InstallId(7), &Outcome::Written).expect("noted");
        assert_eq!(journal.last(), Some((InstallId(7), Some(Outcome::Written))));
        assert!(!journal.is_busy());
    }
}
