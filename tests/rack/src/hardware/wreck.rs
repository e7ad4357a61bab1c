//! Racks whose owner died without cleaning up: recognised by a lock that nobody holds, and removed.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use super::namespace::Namespace;
use super::tool::Tool;

/// One directory per living rack: locks, sockets, logs.
pub const RUN_ROOT: &str = "/run/rackwright-rack";
/// One directory per living rack: disks and the Control Center's data. `/run` may be small memory.
pub const STORE_ROOT: &str = "/var/tmp/rackwright-rack";

/// The places and names that belong to one rack.
#[derive(Debug, Clone)]
pub struct Traces {
    pub run_dir: PathBuf,
    pub store_dir: PathBuf,
    pub namespace: Namespace,
}

impl Traces {
    pub fn of(id: &str) -> Self {
        Self {
            run_dir: Path::new(RUN_ROOT).join(id),
            store_dir: Path::new(STORE_ROOT).join(id),
            namespace: Namespace::named(format!("rackwright-{id}")),
        }
    }

    /// Removes everything that the rack left in the system. Safe to repeat.
    ///
    /// # Errors
    /// A process, a mount or a directory cannot be removed.
    pub fn erase(&self) -> Result<()> {
        self.namespace.destroy()?;
        for dir in [&self.store_dir, &self.run_dir] {
            unmount_below(dir)?;
            match std::fs::remove_dir_all(dir) {
                Ok(()) => {}
                Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
                Err(error) => return Err(error).with_context(|| format!("removing {}", dir.display())),
            }
        }
        Ok(())
    }
}

/// Held while racks are made or swept, so that a sweep never meets a rack that has no owner yet.
///
/// # Errors
/// `/run` cannot be written (not root).
pub fn lock_all_racks() -> Result<File> {
    std::fs::create_dir_all(RUN_ROOT)
        .with_context(|| format!("making {RUN_ROOT}: a rack needs root, try `sudo -E cargo rack …`"))?;
    let path = Path::new(RUN_ROOT).join(".lock");
    let file = open_lock(&path)?;
    file.lock().with_context(|| format!("locking {}", path.display()))?;
    Ok(file)
}

/// Takes the lock that says "this rack has a living owner". The caller keeps the file open for as long as it lives.
///
/// # Errors
/// The file cannot be made, or another process owns the rack.
pub fn own(traces: &Traces) -> Result<File> {
    let path = traces.run_dir.join("owner.lock");
    let file = open_lock(&path)?;
    file.try_lock().with_context(|| format!("locking {}", path.display()))?;
    Ok(file)
}

/// Removes every rack whose owner is dead and gives back their ids.
///
/// # Errors
/// Something of a dead rack cannot be removed.
pub fn sweep() -> Result<Vec<String>> {
    let _all = lock_all_racks()?;
    sweep_locked()
}

/// [`sweep`] for a caller that holds [`lock_all_racks`].
pub(super) fn sweep_locked() -> Result<Vec<String>> {
    let mut swept = Vec::new();
    for entry in std::fs::read_dir(RUN_ROOT).with_context(|| format!("listing {RUN_ROOT}"))? {
        let entry = entry.with_context(|| format!("listing {RUN_ROOT}"))?;
        let is_dir = entry.file_type().is_ok_and(|kind| kind.is_dir());
        let Some(id) = entry.file_name().to_str().map(str::to_owned).filter(|_| is_dir) else { continue };
        let traces = Traces::of(&id);
        if is_dead(&traces)? {
            traces.erase().with_context(|| format!("cleaning up the dead rack {id}"))?;
            swept.push(id);
        }
    }
    Ok(swept)
}

fn is_dead(traces: &Traces) -> Result<bool> {
    let lock = open_lock(&traces.run_dir.join("owner.lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(true),
        Err(TryLockError::WouldBlock) => Ok(false),
        Err(TryLockError::Error(error)) => Err(error).context("asking whether a rack's owner lives"),
    }
}

fn open_lock(path: &Path) -> Result<File> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    options.open(path).with_context(|| format!("opening {}", path.display()))
}

/// Unmounts what is mounted below `dir`, the innermost first.
fn unmount_below(dir: &Path) -> Result<()> {
    let mounts = std::fs::read_to_string("/proc/self/mounts").context("reading /proc/self/mounts")?;
    let below: Vec<&str> = mounts
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|point| Path::new(point).starts_with(dir))
        .collect();
    for point in below.iter().rev() {
        Tool::new("umount").arg(point).run()?;
    }
    Ok(())
}
