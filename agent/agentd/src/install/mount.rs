//! Mounting the new system, and taking it apart again whatever happened.

use std::fs;
use std::path::Path;

use rackwright_model::Firmware;
use rackwright_model::profile::DataPartition;

use super::fault::Fault;
use super::site::{Partition, Site};
use super::strays;
use crate::command::Program;

const ADVICE: &str =
    "The provisioning environment may lack a file system driver: look at the serial console.";

fn mount(site: &Site<'_>, options: &[&str], source: &Path, at: &Path) -> Result<(), Fault> {
    fs::create_dir_all(at).map_err(Fault::file(at))?;
    let (source, at) = (source.display().to_string(), at.display().to_string());
    let arguments = options.iter().copied().chain([source.as_str(), at.as_str()]);
    site.runner
        .run(&Program::new("mount", arguments))
        .map_err(Fault::command(&format!("{source} could not be mounted"), ADVICE))
}

/// The root file system alone: all the image needs. A crash before the end of the install leaves nothing of worth, so the
/// journal commits rarely and without barriers; unmounting writes everything in order.
pub fn root(site: &Site<'_>) -> Result<(), Fault> {
    let options = ["-t", "ext4", "-o", "noatime,barrier=0,commit=300,noinit_itable"];
    mount(site, &options, &site.partition(Partition::Root), &site.places.target)
}

/// The EFI system partition, for the boot loader.
pub fn esp(site: &Site<'_>) -> Result<(), Fault> {
    mount(site, &["-t", "vfat"], &site.partition(Partition::Esp), &site.path("boot/efi"))
}

/// What programs inside the new system need: the data partition, and the kernel's file systems.
pub fn inside(site: &Site<'_>) -> Result<(), Fault> {
    let data = match site.order.profile.disk.data {
        DataPartition::Xfs => Some("xfs"),
        DataPartition::Ext4 => Some("ext4"),
        DataPartition::None => None,
    };
    if let Some(kind) = data {
        mount(site, &["-t", kind, "-o", "prjquota"], &site.partition(Partition::Data), &site.path("srv"))?;
    }
    mount(site, &["--bind"], &site.places.dev, &site.path("dev"))?;
    mount(site, &["-t", "devpts"], Path::new("devpts"), &site.path("dev/pts"))?;
    mount(site, &["-t", "proc"], Path::new("proc"), &site.path("proc"))?;
    mount(site, &["-t", "sysfs"], Path::new("sysfs"), &site.path("sys"))?;
    if site.firmware == Firmware::Uefi {
        mount(site, &["-t", "efivarfs"], Path::new("efivarfs"), &site.path("sys/firmware/efi/efivars"))?;
    }
    mount(site, &["-t", "tmpfs", "-o", "mode=0755"], Path::new("tmpfs"), &site.path("run"))
}

/// Ends what still runs in the new system and unmounts everything under it, the innermost first.
pub fn unmount(site: &Site<'_>) -> Result<(), Fault> {
    strays::end(site);
    let table = fs::read_to_string(site.places.proc.join("mounts")).unwrap_or_default();
    for place in under(&table, &site.places.target.display().to_string()) {
        site.runner.run(&Program::new("umount", [&place]).limit_s(600)).map_err(Fault::command(
            &format!("{place} could not be unmounted"),
            "Restart the machine and order the install again.",
        ))?;
    }
    Ok(())
}

/// The mount points at and under `root` in a table of /proc/mounts, in the order in which to unmount them.
fn under(table: &str, root: &str) -> Vec<String> {
    let mut places: Vec<String> = table
        .lines()
        .filter_map(|line| line.split(' ').nth(1))
        .filter(|place| place.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
        .map(str::to_owned)
        .collect();
    places.reverse();
    places
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unmounts_the_innermost_first_and_nothing_else() {
        let table = "rootfs / rootfs rw 0 0\n/dev/vda3 /run/t ext4 rw 0 0\n/dev/vda2 /run/t/boot/efi vfat rw 0 0\n\
                     proc /run/t/proc proc rw 0 0\nx /run/target2 ext4 rw 0 0\n";
        assert_eq!(under(table, "/run/t"), ["/run/t/proc", "/run/t/boot/efi", "/run/t"]);
    }
}
