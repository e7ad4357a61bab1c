//! Folders of backups that remember what was done to them.

use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, Ordering};

use rackwright_domain::ports::{Backups, InBackup, Later, Listing};

/// What was done to a folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Shelved {
    /// All but these were removed.
    Kept(String, Vec<String>),
    Removed(String),
}

#[derive(Default)]
pub struct FakeBackups {
    pub done: Mutex<Vec<Shelved>>,
    /// Why it fails from now on.
    pub broken: Mutex<Option<String>>,
    /// The first folder that is tidied from now on never is.
    pub sticks: AtomicBool,
    /// The program is not installed.
    pub missing: AtomicBool,
}

impl FakeBackups {
    /// What was done since this was last asked.
    pub fn take(&self) -> Vec<Shelved> {
        std::mem::take(&mut self.done.lock().expect("whole"))
    }

    fn note<T>(&self, done: Option<Shelved>, answer: T) -> Result<T, String> {
        if let Some(why) = self.broken.lock().expect("whole").clone() {
            return Err(why);
        }
        self.done.lock().expect("whole").extend(done);
        Ok(answer)
    }
}

impl Backups for FakeBackups {
    fn tidy<'a>(&'a self, folder: &'a str, _: &'a str, keep: &'a [String]) -> Later<'a, Result<u64, String>> {
        Box::pin(async move {
            if self.sticks.swap(false, Ordering::SeqCst) {
                std::future::pending::<()>().await;
            }
            self.note(Some(Shelved::Kept(folder.to_owned(), keep.to_vec())), 7_000)
        })
    }

    fn remove<'a>(&'a self, folder: &'a str) -> Later<'a, Result<(), String>> {
        Box::pin(async move { self.note(Some(Shelved::Removed(folder.to_owned())), ()) })
    }

    fn files<'a>(
        &'a self,
        _: &'a str,
        _: &'a str,
        _: &'a str,
        path: &'a str,
    ) -> Later<'a, Result<Listing, String>> {
        let file = |path: &str, kind: &str| InBackup {
            path: path.to_owned(),
            kind: kind.to_owned(),
            bytes: 5,
            changed: Some("2025-11-24T16:00:00.25+01:00".to_owned()),
        };
        let files = match path {
            "/" => vec![file("/etc", "dir"), file("/empty", "dir")],
            "/etc" => vec![file("/etc/hosts", "file"), file("/etc/mtab", "symlink")],
            _ => Vec::new(),
        };
        Box::pin(async move { self.note(None, Listing { files, cut: false }) })
    }

    fn is_missing(&self) -> bool {
        self.missing.load(Ordering::SeqCst)
    }
}
