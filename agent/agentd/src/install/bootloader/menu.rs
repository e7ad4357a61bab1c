//! /boot/grub/grub.cfg for the first boot. The first new kernel replaces it through update-grub(8).

use std::fs;

use super::ADVICE;
use crate::install::fault::Fault;
use crate::install::site::Site;

/// Writes the menu; the version of its kernel.
pub fn write(site: &Site<'_>) -> Result<String, Fault> {
    let version = newest_kernel(site)?;
    let has_initrd = site.path(&format!("boot/initrd.img-{version}")).exists();
    site.write("boot/grub/grub.cfg", text(&site.volumes.root_uuid, &version, has_initrd), 0o600)?;
    Ok(version)
}

fn text(root_uuid: &str, version: &str, has_initrd: bool) -> String {
    let initrd = if has_initrd { format!("    initrd /boot/initrd.img-{version}\n") } else { String::new() };
    format!(
        "serial --unit=0 --speed=115200\n\
         terminal_input console serial\n\
         terminal_output console serial\n\
         set timeout=0\n\
         search --no-floppy --fs-uuid --set=root {root_uuid}\n\
         menuentry 'Linux {version}' {{\n    \
             linux /boot/vmlinuz-{version} root=UUID={root_uuid} ro console=tty0 console=ttyS0,115200n8 quiet\n\
         {initrd}}}\n"
    )
}

fn newest_kernel(site: &Site<'_>) -> Result<String, Fault> {
    let names = fs::read_dir(site.path("boot"))
        .into_iter()
        .flatten()
        .filter_map(|entry| entry.ok()?.file_name().into_string().ok());
    names
        .filter_map(|name| name.strip_prefix("vmlinuz-").map(str::to_owned))
        .max_by_key(|version| numbers(version))
        .ok_or_else(|| Fault::new("the image holds no kernel: there is no /boot/vmlinuz-*", ADVICE))
}

/// The numbers in a version, by which 6.1.10 is newer than 6.1.9.
fn numbers(version: &str) -> Vec<u64> {
    version.split(|c: char| !c.is_ascii_digit()).filter_map(|digits| digits.parse().ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_menu_names_kernel_and_root() {
        assert_eq!(
            text("r-1", "6.1.0-9-amd64", true),
            "serial --unit=0 --speed=115200\nterminal_input console serial\nterminal_output console serial\nset timeout=0\n\
             search --no-floppy --fs-uuid --set=root r-1\nmenuentry 'Linux 6.1.0-9-amd64' {\n    \
             linux /boot/vmlinuz-6.1.0-9-amd64 root=UUID=r-1 ro console=tty0 console=ttyS0,115200n8 quiet\n    \
             initrd /boot/initrd.img-6.1.0-9-amd64\n}\n"
        );
    }

    #[test]
    fn versions_compare_by_their_numbers() {
        assert!(numbers("6.1.0-10-amd64") > numbers("6.1.0-9-amd64"));
    }
}
