//! The image's own tools, for an image that carries no GRUB ready to be written.

use std::fs;
use std::os::unix::fs::symlink;

use rackwright_model::Firmware;

use super::ADVICE;
use crate::command::Program;
use crate::install::fault::Fault;
use crate::install::site::{Partition, Site};

/// Seconds for each of the tools: they look at every disk.
const LIMIT_S: u64 = 300;

/// update-grub(8) names the root file system by UUID only where this link is, which udev makes elsewhere.
fn link_root(site: &Site<'_>) -> std::io::Result<()> {
    let directory = site.places.dev.join("disk/by-uuid");
    fs::create_dir_all(&directory)?;
    symlink(site.partition(Partition::Root), directory.join(&site.volumes.root_uuid))
}

/// Runs them for the firmware of this machine; a sentence on what was done.
pub fn install(site: &Site<'_>) -> Result<String, Fault> {
    let run = |program: Program| {
        site.run_inside(&program.limit_s(LIMIT_S))
            .map_err(Fault::command("the boot loader could not be installed", ADVICE))
    };
    link_root(site).map_err(Fault::file(&site.places.dev))?;
    run(grub_install(site))?;
    run(Program::new("update-grub", [""; 0]))?;
    Ok(match site.firmware {
        Firmware::Bios => format!("GRUB for BIOS on {}", site.order.disk),
        Firmware::Uefi => "GRUB for UEFI in the EFI system partition".to_owned(),
    })
}

fn grub_install(site: &Site<'_>) -> Program {
    match site.firmware {
        Firmware::Bios => {
            let disk = site.disk().display().to_string();
            Program::new("grub-install", ["--target=i386-pc", "--no-floppy", &disk])
        }
        Firmware::Uefi => Program::new(
            "grub-install",
            [
                "--target=x86_64-efi",
                "--efi-directory=/boot/efi",
                "--removable",
                "--no-nvram",
                "--no-uefi-secure-boot",
            ],
        ),
    }
}
