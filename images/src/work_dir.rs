//! A directory for temporary things that is gone afterwards, whatever happened.

use std::path::{Path, PathBuf};

use nix::mount::{MntFlags, umount2};

/// A temporary directory. Dropping it unmounts what an aborted build left mounted below it, and removes it.
#[derive(Debug)]
pub(crate) struct WorkDir {
    path: PathBuf,
}

impl WorkDir {
    /// Make `parent` and a fresh directory in it. What an earlier, killed run left there under the same name goes first.
    ///
    /// # Errors
    /// What making the directory answered.
    pub(crate) fn create(parent: &Path, name: &str) -> std::io::Result<Self> {
        std::fs::create_dir_all(parent)?;
        let path = parent.canonicalize()?.join(name);
        if path.exists() {
            clear(&path)?;
        }
        std::fs::create_dir(&path)?;
        Ok(Self { path })
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for WorkDir {
    fn drop(&mut self) {
        if let Err(error) = clear(&self.path) {
            tracing::warn!(path = %self.path.display(), "a temporary directory could not be removed: {error}");
        }
    }
}

/// Nothing may stay mounted when a directory is removed: it could be the machine's own /dev.
fn clear(path: &Path) -> std::io::Result<()> {
    let table = std::fs::read_to_string("/proc/self/mounts")?;
    for mounted in mounted_below(&table, path) {
        umount2(&mounted, MntFlags::MNT_DETACH)?;
    }
    std::fs::remove_dir_all(path)
}

/// Mount points below `path`, the innermost first. Spaces and the like are octal in the table (proc_mounts(5)).
fn mounted_below(table: &str, path: &Path) -> Vec<PathBuf> {
    let point = |line: &str| line.split(' ').nth(1).map(|text| PathBuf::from(unescape(text)));
    let mut below: Vec<PathBuf> =
        table.lines().filter_map(point).filter(|point| point.starts_with(path)).collect();
    below.reverse();
    below
}

fn unescape(text: &str) -> String {
    text.replace("\\040", " ").replace("\\011", "\t").replace("\\012", "\n").replace("\\134", "\\")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_gone_afterwards_and_starts_empty() {
        let parent = tempfile::tempdir().expect("a directory");
        std::fs::create_dir_all(parent.path().join("build/old")).expect("wreck");
        let work = WorkDir::create(parent.path(), "build").expect("made");
        assert!(!work.path().join("old").exists());
        let path = work.path().to_owned();
        drop(work);
        assert!(!path.exists());
    }

    #[test]
    fn finds_mounts_innermost_first() {
        let table = "proc /w/a\\040b/proc proc rw 0 0\ndev /w/a\\040b/proc/x devtmpfs rw 0 0\nsys /w/other sysfs rw 0 0\n";
        let found = mounted_below(table, Path::new("/w/a b"));
        assert_eq!(found, [PathBuf::from("/w/a b/proc/x"), PathBuf::from("/w/a b/proc")]);
    }
}
