//! Files of ours that are in the system before its packages.

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use super::recipe;
use crate::Flavour;

/// Path, mode and content.
pub(super) const OVERLAY: [(&str, u32, &str); 2] = [
    ("etc/initramfs-tools/conf.d/rackwright", 0o644, include_str!("overlay/initramfs.conf")),
    ("etc/systemd/system/ssh-host-keys.service", 0o644, include_str!("overlay/ssh-host-keys.service")),
];

/// Where the list of drivers of the initial RAM disk goes.
const INITRAMFS_HOOK: &str = "etc/initramfs-tools/hooks/rackwright";

/// Write the files below `directory`.
///
/// # Errors
/// What writing answered.
pub(super) fn write(directory: &Path, flavour: Flavour) -> std::io::Result<()> {
    let hook = (INITRAMFS_HOOK, 0o755, recipe::initramfs_hook(flavour));
    for (path, mode, content) in OVERLAY.into_iter().chain([hook]) {
        let path = directory.join(path);
        if let Some(parent) = path.parent() {
            std::fs::create_dir_all(parent)?;
        }
        std::fs::write(&path, content)?;
        std::fs::set_permissions(&path, Permissions::from_mode(mode))?;
    }
    for directory in [directory.to_owned(), directory.join("etc")] {
        std::fs::set_permissions(directory, Permissions::from_mode(0o755))?;
    }
    Ok(())
}
