//! Everything that can be known to go wrong is found here, before the first byte on the disk changes.

use std::fs;

use rackwright_model::inventory::Disk;
use rackwright_model::profile::ImageFormat;

use super::fault::Fault;
use super::site::Site;
use crate::inventory::Kernel;

/// Part of the root file system that its own structures and room to run take, in percent.
const OVERHEAD_PERCENT: u64 = 10;

/// Whether this install can be carried out on this machine.
pub fn check(site: &Site<'_>) -> Result<(), Fault> {
    let disk = find(site)?;
    large_enough(site, &disk)?;
    room_for_image(site)?;
    not_in_use(site)?;
    match site.order.image.format {
        ImageFormat::TarZst => {}
    }
    let hexadecimal =
        site.order.image.sha256.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    if site.order.image.sha256.len() != 64 || !hexadecimal {
        return Err(Fault::new(
            format!(
                "the order gives {:?} as the image's SHA-256, which is not 64 hexadecimal digits",
                site.order.image.sha256
            ),
            "Verify the image in the Control Center and order the install again.",
        ));
    }
    Ok(())
}

fn find(site: &Site<'_>) -> Result<Disk, Fault> {
    let kernel = Kernel { sys: site.places.sys.clone(), proc: site.places.proc.clone() };
    let disks = kernel.disks();
    let wanted = &site.order.disk;
    let names: Vec<String> =
        disks.iter().map(|disk| format!("{} ({} MiB)", disk.name, disk.bytes >> 20)).collect();
    disks.into_iter().find(|disk| disk.name == *wanted).ok_or_else(|| {
        let there = if names.is_empty() { "no disk at all".to_owned() } else { names.join(", ") };
        Fault::new(
            format!("the order names the disk {wanted:?}, but this machine has {there}"),
            "Compare the profile's disk target with the server's inventory; look for a disk controller without a driver.",
        )
    })
}

fn large_enough(site: &Site<'_>, disk: &Disk) -> Result<(), Fault> {
    let least = site.order.profile.disk.least_bytes();
    if disk.bytes >= least {
        return Ok(());
    }
    Err(Fault::new(
        format!(
            "the disk {} has {} MiB, but the profile's layout needs {} MiB; nothing was changed on it",
            disk.name,
            disk.bytes >> 20,
            least >> 20
        ),
        "Choose a larger disk as the profile's target, lower root_mib, or set data to none.",
    ))
}

fn room_for_image(site: &Site<'_>) -> Result<(), Fault> {
    let root = u64::from(site.order.profile.disk.root_mib) << 20;
    let needed = site.order.image.unpacked_bytes.saturating_mul(100 + OVERHEAD_PERCENT) / 100;
    if needed <= root {
        return Ok(());
    }
    Err(Fault::new(
        format!(
            "the image unpacks to {} MiB, which does not fit the root file system of {} MiB; nothing was changed on the disk",
            site.order.image.unpacked_bytes >> 20,
            root >> 20
        ),
        format!("Raise root_mib in the profile to at least {}.", (needed >> 20) + 1),
    ))
}

fn not_in_use(site: &Site<'_>) -> Result<(), Fault> {
    let device = site.disk().display().to_string();
    let belongs = |text: &str| text == device || text.strip_prefix(&device).is_some_and(is_partition_suffix);
    for (file, as_what) in [("mounts", "mounted at"), ("swaps", "used as swap:")] {
        let text = fs::read_to_string(site.places.proc.join(file)).unwrap_or_default();
        for line in text.lines() {
            let mut words = line.split_ascii_whitespace();
            let (Some(source), Some(place)) = (words.next(), words.next()) else { continue };
            if belongs(source) {
                return Err(Fault::new(
                    format!("{source} is {as_what} {place}; nothing was changed on the disk"),
                    "Restart the machine into the provisioning environment and order the install again.",
                ));
            }
        }
    }
    Ok(())
}

/// "3" of vda3, "p3" of nvme0n1p3.
fn is_partition_suffix(suffix: &str) -> bool {
    let digits = suffix.strip_prefix('p').unwrap_or(suffix);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}
