//! GRUB, for BIOS and for UEFI whatever this machine boots with: it costs nothing, and the disk then boots in any machine.
//!
//! An image made for us carries GRUB's parts ready to be written, which takes no time; another one has its own grub-install(8)
//! and update-grub(8) run inside it.

mod bios;
mod menu;
mod native;
mod uefi;

use rackwright_model::Firmware;

use super::fault::Fault;
use super::site::Site;

const ADVICE: &str =
    "Check that the image holds a kernel, grub2-common, grub-pc-bin (BIOS) and grub-efi-amd64-bin (UEFI).";

/// Settings that update-grub(8) reads after those of the distribution, whenever a new kernel arrives: quick, and on the serial
/// console too, where the Control Center looks.
const SETTINGS: &str = "\
GRUB_TIMEOUT=1
GRUB_DISABLE_OS_PROBER=true
GRUB_CMDLINE_LINUX_DEFAULT=\"quiet\"
GRUB_CMDLINE_LINUX=\"console=tty0 console=ttyS0,115200n8\"
GRUB_TERMINAL=\"console serial\"
GRUB_SERIAL_COMMAND=\"serial --unit=0 --speed=115200\"
";

/// Whether the image carries GRUB ready to be written for the firmware of this machine.
pub fn is_prepared(site: &Site<'_>) -> bool {
    match site.firmware {
        Firmware::Bios => bios::is_prepared(site),
        Firmware::Uefi => uefi::is_prepared(site),
    }
}

/// Installs it; a sentence on what was done.
pub fn install(site: &Site<'_>) -> Result<String, Fault> {
    site.write("etc/default/grub.d/50-rackwright.cfg", SETTINGS, 0o644)?;
    if !is_prepared(site) {
        return native::install(site);
    }
    let kernel = menu::write(site)?;
    let mut means = Vec::new();
    if bios::is_prepared(site) {
        bios::install(site)?;
        means.push("BIOS");
    }
    if uefi::is_prepared(site) {
        uefi::install(site)?;
        means.push("UEFI");
    }
    Ok(format!("GRUB for {} on {}, kernel {kernel}", means.join(" and "), site.order.disk))
}
