//! Snapshots and copies of the files of private servers.
//!
//! A snapshot is a directory beside the private server's own, of another project, so that it takes nothing of its disk; it
//! shares its blocks with what it was made of until one of the two is written. Everything is made under a name that counts
//! for nothing and renamed when it is whole, so that a crash leaves the old or the new.

mod before;
mod clone;
mod copy;
mod freeze;
mod leftover;
mod snapshot;
mod swap;
mod view;

use std::io;
use std::path::{Path, PathBuf};

use rackwright_model::private_server::Number;

use crate::idmap;
use crate::places::Places;
use crate::tool::ToolError;

pub use before::{forgo, keep};
pub use clone::clone;
pub use copy::{Copied, count};
pub use freeze::{Frozen, thaw};
pub use leftover::set_aside;
pub use snapshot::{About, bound, discard, make, read, room, templates};
pub use swap::{Source, is_in_place, put_in_place, template_in_place};
pub use view::View;

/// The files could not be copied or put in place.
#[derive(Debug, thiserror::Error)]
pub enum VaultError {
    #[error("{attempted} {path}")]
    At { attempted: &'static str, path: String, source: io::Error },
    #[error("{0} did not stand still in {1} s")]
    Moves(String, u64),
    #[error("there is no snapshot {0} of {1} on this server")]
    NoSnapshot(u64, String),
    #[error("there is no template {0} on this server")]
    NoTemplate(String),
    #[error(transparent)]
    Tool(#[from] ToolError),
    #[error(transparent)]
    Files(#[from] crate::files::FilesError),
}

pub(crate) fn at(attempted: &'static str, path: &Path) -> impl FnOnce(io::Error) -> VaultError {
    let path = path.display().to_string();
    move |source| VaultError::At { attempted, path, source }
}

/// Removes a directory with all that is in it; one that is not there is removed.
///
/// # Errors
/// [`VaultError::Tool`]
pub fn sweep(path: &Path) -> Result<(), VaultError> {
    Ok(crate::trees::remove(path)?)
}

/// Takes away what work that a crash cut off left lying about: nothing of it counts.
///
/// # Errors
/// [`VaultError`] on the first that stays; the others are gone.
pub fn tidy(places: &Places, number: Number) -> Result<(), VaultError> {
    let views = places.views(number);
    for name in [view::FILES, view::OWN, "from", "to", "place"] {
        crate::files::unmount(&views.join(name))?;
    }
    let (own, all) = (places.own(number), places.snapshots(number));
    let names = leftover::LEFT.into_iter().chain([leftover::FADING]);
    names
        .map(|name| own.join(name))
        .chain([all.join(".room"), all.join(".backup")])
        .map(|path| sweep(&path))
        .fold(Ok(()), Result::and)
}

/// Writes everything of the file system of `path` to the disk.
fn sync(path: &Path) -> Result<(), VaultError> {
    let written = std::fs::File::open(path).and_then(|file| Ok(nix::unistd::syncfs(&file)?));
    written.map_err(at("writing to the disk", path))
}

/// A directory of a private server mounted with the owners that root inside sees; unmounted when this is dropped.
pub struct Mapped(PathBuf);

impl Mapped {
    /// Files of `number` in `from` are shown at `to` as root inside sees them.
    ///
    /// # Errors
    /// [`VaultError::At`]
    pub fn inward(from: &Path, to: &Path, number: Number, writable: bool) -> Result<Self, VaultError> {
        // A crash may have left one there.
        crate::files::unmount(to)?;
        std::fs::create_dir_all(to).map_err(at("making", to))?;
        idmap::mount_inward(from, to, number, writable).map_err(at("showing with other owners", from))?;
        Ok(Self(to.to_owned()))
    }
}

impl Drop for Mapped {
    fn drop(&mut self) {
        if let Err(why) = crate::files::unmount(&self.0) {
            eprintln!("{} stays mounted: {}", self.0.display(), crate::explain(&why));
        }
    }
}

#[cfg(test)]
mod tests;
