//! GRUB for UEFI at the default path, \EFI\BOOT\BOOTX64.EFI (UEFI 2.10 section 3.5.1.1): it boots whatever the firmware
//! remembers, and through the signed first stage also under Secure Boot.

use std::fs;
use std::path::Path;

use crate::install::fault::Fault;
use crate::install::site::Site;

/// From the image, to the EFI system partition. FAT knows no owners, so plain copies do.
const PARTS: [(&str, &str); 3] = [
    ("usr/lib/shim/shimx64.efi.signed", "boot/efi/EFI/BOOT/BOOTX64.EFI"),
    ("usr/lib/grub/x86_64-efi-signed/grubx64.efi.signed", "boot/efi/EFI/BOOT/grubx64.efi"),
    ("usr/lib/shim/mmx64.efi.signed", "boot/efi/EFI/BOOT/mmx64.efi"),
];

/// The signed GRUB looks in the directory of its distribution; others look beside themselves.
const MENUS: [&str; 2] = ["boot/efi/EFI/debian/grub.cfg", "boot/efi/EFI/BOOT/grub.cfg"];

/// Whether the image carries the signed stages.
pub fn is_prepared(site: &Site<'_>) -> bool {
    PARTS[..2].iter().all(|(part, _)| site.path(part).exists())
}

/// Copies the stages and points them to the menu on the root file system.
pub fn install(site: &Site<'_>) -> Result<(), Fault> {
    for (from, to) in PARTS {
        // The key tool is only there where the image has it.
        if site.path(from).exists() {
            copy(site, from, to)?;
        }
    }
    let menu = format!(
        "search.fs_uuid {} root\nset prefix=($root)/boot/grub\nconfigfile $prefix/grub.cfg\n",
        site.volumes.root_uuid
    );
    MENUS.iter().try_for_each(|path| site.write(path, &menu, 0o644))
}

fn copy(site: &Site<'_>, from: &str, to: &str) -> Result<(), Fault> {
    let target = site.path(to);
    fs::create_dir_all(target.parent().unwrap_or(Path::new("/")))
        .and_then(|()| fs::copy(site.path(from), &target))
        .map(drop)
        .map_err(Fault::file(Path::new(to)))
}
