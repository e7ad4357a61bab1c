//! The files of a private server as they were at one moment, shown for a backup: all of them as root inside sees them, and
//! those that are its own apart.

use std::fs;
use std::path::{Path, PathBuf};

use nix::mount::{MsFlags, mount};
use rackwright_model::private_server::Number;

use super::{Frozen, Mapped, VaultError, at, sweep, sync};
use crate::files;
use crate::places::Places;
use crate::vault::copy::copy;

/// The longest that a private server stands still.
const STANDS: std::time::Duration = std::time::Duration::from_secs(120);

/// Names below [`View::path`]: everything, and what a private server wrote over its template.
pub const FILES: &str = "files";
pub const OWN: &str = "own";

/// It is there until this is dropped.
pub struct View {
    path: PathBuf,
    /// The copy that is shown.
    kept: PathBuf,
    own: Option<Mapped>,
}

impl View {
    /// Shows a private server as it is now, over this template.
    ///
    /// # Errors
    /// [`VaultError`]; nothing is left mounted then.
    pub fn of(places: &Places, number: Number, template: &str) -> Result<Self, VaultError> {
        let below = places.template(template);
        if !below.is_dir() {
            return Err(VaultError::NoTemplate(template.to_owned()));
        }
        let (path, kept) = (places.views(number), places.snapshots(number).join(".backup"));
        // What a crash left.
        files::unmount(&path.join(FILES))?;
        files::unmount(&path.join(OWN))?;
        sweep(&kept)?;
        super::snapshot::beside(places, number)?;
        fs::create_dir(&kept).map_err(at("making", &kept))?;
        // From here on it is taken away whatever happens.
        let mut view = Self { path, kept, own: None };
        let upper = places.upper(number);
        sync(&upper)?;
        let frozen = Frozen::of(number)?;
        copy(&upper, &view.kept, STANDS)?;
        drop(frozen);
        view.own = Some(Mapped::inward(&view.kept, &view.path.join(OWN), number, false)?);
        view.lay_over(&below)?;
        Ok(view)
    }

    /// The directory with both.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// Two read-only layers, of which nothing is ever written (overlayfs.rst, "Multiple lower layers").
    fn lay_over(&self, below: &Path) -> Result<(), VaultError> {
        let to = self.path.join(FILES);
        fs::create_dir_all(&to).map_err(at("making", &to))?;
        let options = format!("lowerdir={}:{},xino=off", self.path.join(OWN).display(), below.display());
        mount(
            Some("overlay"),
            &to,
            Some("overlay"),
            MsFlags::MS_NODEV | MsFlags::MS_RDONLY,
            Some(options.as_str()),
        )
        .map_err(|errno| at("mounting", &to)(errno.into()))
    }
}

impl Drop for View {
    fn drop(&mut self) {
        let unmounted = files::unmount(&self.path.join(FILES)).map_err(VaultError::from);
        drop(self.own.take());
        let swept = unmounted.and_then(|()| sweep(&self.kept));
        if let Err(why) = swept {
            eprintln!("what was shown for a backup stays: {}", crate::explain(&why));
        }
    }
}
