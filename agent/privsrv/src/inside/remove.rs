//! Taking away a file, or a folder with all that it holds.

use std::ffi::CString;
use std::os::fd::{AsFd as _, OwnedFd};

use nix::errno::Errno;
use nix::libc;
use nix::sys::stat::fstat;
use nix::unistd::{UnlinkatFlags, unlinkat};
use rackwright_model::private_server::inside::{FailureKind, InsidePath, WorkFailure};

use super::list;
use super::tree::{Tree, folder_in, names_in};

/// Folders within folders; each is held open on the way.
pub const DEEPEST: usize = 200;
/// Names of a folder that are read at a time.
const AT_ONCE: usize = 4_096;

/// A folder that is being emptied.
struct Level {
    folder: OwnedFd,
    name: CString,
    left: Vec<(CString, bool)>,
}

/// Takes it away. A link is taken away itself, not what it leads to; other file systems stay.
///
/// # Errors
/// When something stays: what is gone by then is gone.
pub fn remove(tree: &Tree, path: &InsidePath) -> Result<(), WorkFailure> {
    let spot = tree.spot(path)?;
    let failed = |why| spot.failure(why);
    let stat = list::stat(&spot.folder, spot.name).map_err(failed)?;
    if stat.st_mode & libc::S_IFMT != libc::S_IFDIR {
        return unlinkat(&spot.folder, spot.name, UnlinkatFlags::NoRemoveDir).map_err(failed);
    }
    let name = CString::new(spot.name).map_err(|_| failed(Errno::EINVAL))?;
    let above = fstat(spot.folder.as_fd()).map_err(failed)?.st_dev;
    if stat.st_dev != above {
        return Err(WorkFailure::new(FailureKind::Unsuitable, format!("{} is a file system", spot.name)));
    }
    let mut levels = vec![Level::open(&spot.folder, name).map_err(failed)?];
    while let Some(level) = levels.last_mut() {
        if level.left.is_empty() && level.look().map_err(failed)? == 0 {
            let Some(done) = levels.pop() else { break };
            let above = levels.last().map_or(&spot.folder, |level| &level.folder);
            unlinkat(above, done.name.as_c_str(), UnlinkatFlags::RemoveDir).map_err(failed)?;
            continue;
        }
        let Some((name, is_folder)) = level.left.pop() else { continue };
        if !is_folder {
            gone(unlinkat(&level.folder, name.as_c_str(), UnlinkatFlags::NoRemoveDir)).map_err(failed)?;
            continue;
        }
        let next = Level::open(&level.folder, name).map_err(failed)?;
        if fstat(&next.folder).map_err(failed)?.st_dev != above {
            return Err(WorkFailure::new(FailureKind::Unsuitable, "a file system is mounted in it"));
        }
        if levels.len() == DEEPEST {
            let reason = format!("it holds more than {DEEPEST} folders within each other");
            return Err(WorkFailure::new(FailureKind::Unsuitable, reason));
        }
        levels.push(next);
    }
    Ok(())
}

/// What is gone already is gone.
fn gone(result: Result<(), Errno>) -> Result<(), Errno> {
    match result {
        Err(Errno::ENOENT) => Ok(()),
        other => other,
    }
}

impl Level {
    fn open(above: &OwnedFd, name: CString) -> Result<Self, Errno> {
        Ok(Self { folder: folder_in(above, &name)?, name, left: Vec::new() })
    }

    /// Reads some of what is in it; how many there are.
    fn look(&mut self) -> Result<usize, Errno> {
        self.left = names_in(&self.folder, AT_ONCE)?;
        Ok(self.left.len())
    }
}
