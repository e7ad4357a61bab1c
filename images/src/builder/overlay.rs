//! Files of ours that are in the system before its packages.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

/// Path, mode and content.
pub(super) type File = (&'static str, u32, &'static str);

/// Write the files below `directory`.
///
/// # Errors
/// What writing answered.
pub(super) fn write(directory: &Path, files: &[File]) -> std::io::Result<()> {
    for (path, mode, content) in files {
        let path = directory.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, content)?;
        std::fs::set_permissions(&path, Permissions::from_mode(*mode))?;
    }
    for directory in [directory.to_owned(), directory.join("etc")] {
        std::fs::set_permissions(directory, Permissions::from_mode(0o755))?;
    }
    Ok(())
}
