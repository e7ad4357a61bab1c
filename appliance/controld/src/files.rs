//! Files that must be whole or not there, and private from their first moment.

use std::fs::{File, OpenOptions, Permissions, rename};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::Path;

/// Puts `bytes` at `path` with this mode, replacing what was there in one step. Durable when this returns.
///
/// # Errors
/// What the kernel says; then the old file is untouched.
pub(crate) fn replace(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let mut file = OpenOptions::new().write(true).create(true).truncate(true).mode(mode).open(&fresh)?;
    // A file left by a start that was cut short keeps its mode when it is opened.
    file.set_permissions(Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    rename(&fresh, path)?;
    path.parent().map_or(Ok(()), sync)
}

/// Makes the names in a folder durable.
pub(crate) fn sync(folder: &Path) -> io::Result<()> {
    File::open(folder)?.sync_all()
}
