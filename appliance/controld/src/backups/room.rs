//! How much each folder holds, and how much it may.

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};

use nix::sys::statvfs::statvfs;

/// Bytes of the disk that no backup takes: the database lies there too.
const RESERVE: u64 = 1 << 30;
/// Bytes that the smallest file counts.
const BLOCK: u64 = 4_096;

/// What folders hold, as far as it was asked for.
#[derive(Default)]
pub struct Room(Mutex<HashMap<String, u64>>);

/// Why there is no room.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Full {
    /// The folder holds as much as it may.
    Folder,
    Disk,
}

impl Room {
    fn all(&self) -> MutexGuard<'_, HashMap<String, u64>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes room for a file of so many bytes.
    ///
    /// # Errors
    /// [`Full`]
    pub fn take(&self, base: &Path, folder: &str, bytes: u64, limit: u64) -> Result<(), Full> {
        let bytes = bytes.max(BLOCK);
        let free =
            statvfs(base).map_or(0, |disk| disk.blocks_available().saturating_mul(disk.fragment_size()));
        if free < bytes.saturating_add(RESERVE) {
            return Err(Full::Disk);
        }
        let known = self.all().get(folder).copied();
        let held = known.unwrap_or_else(|| size(&base.join(folder)).unwrap_or(0));
        let mut all = self.all();
        let held = all.entry(folder.to_owned()).or_insert(held);
        let more = held.saturating_add(bytes);
        if more > limit {
            return Err(Full::Folder);
        }
        *held = more;
        Ok(())
    }

    /// Gives room back.
    pub fn give(&self, folder: &str, bytes: u64) {
        if let Some(held) = self.all().get_mut(folder) {
            *held = held.saturating_sub(bytes.max(BLOCK));
        }
    }

    /// It was tidied: it is counted anew when it is next asked for.
    pub fn forget(&self, folder: &str) {
        self.all().remove(folder);
    }
}

/// What the files in a folder take together.
///
/// # Errors
/// The kernel's.
pub fn size(folder: &Path) -> io::Result<u64> {
    let mut sum = 0_u64;
    let mut open = vec![folder.to_owned()];
    while let Some(directory) = open.pop() {
        let entries = match fs::read_dir(&directory) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            other => other?,
        };
        for entry in entries {
            let entry = entry?;
            // One that goes meanwhile takes nothing.
            let Ok(known) = entry.metadata() else { continue };
            if known.is_dir() {
                open.push(entry.path());
            } else {
                sum = sum.saturating_add(known.len().max(BLOCK));
            }
        }
    }
    Ok(sum)
}
