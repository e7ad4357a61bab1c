//! Which disk a profile means on a machine, and whether everything fits on it. Asked before anything is wiped.

use rackwright_model::Inventory;
use rackwright_model::inventory::Disk;
use rackwright_model::profile::Profile;

/// Room that a file system needs beside its files: a fifth of their size.
const SPARE: u64 = 5;

/// The disk of `inventory` that `profile` means.
///
/// # Errors
/// Every problem as a clause of a sentence, with the sizes in MiB.
pub fn target_disk<'a>(
    profile: &Profile,
    inventory: &'a Inventory,
    unpacked_bytes: u64,
) -> Result<&'a Disk, Vec<String>> {
    let mut problems = Vec::new();
    let needed = unpacked_bytes + unpacked_bytes / SPARE;
    let root = u64::from(profile.disk.root_mib) << 20;
    if root < needed {
        problems.push(format!(
            "the root file system of {} MiB is too small for the image, which needs {} MiB",
            root >> 20,
            needed >> 20
        ));
    }
    let disk = match chosen(&profile.disk.target, &inventory.disks) {
        Ok(disk) => disk,
        Err(problem) => {
            problems.push(problem);
            return Err(problems);
        }
    };
    let least = profile.disk.least_bytes();
    if disk.bytes < least {
        problems.push(format!(
            "disk {} has {} MiB, and the layout needs {} MiB",
            disk.name,
            disk.bytes >> 20,
            least >> 20
        ));
    }
    if problems.is_empty() { Ok(disk) } else { Err(problems) }
}

fn chosen<'a>(target: &str, disks: &'a [Disk]) -> Result<&'a Disk, String> {
    let fixed = || disks.iter().filter(|disk| !disk.removable && disk.bytes > 0);
    let found = match target {
        "first" => fixed().min_by(|a, b| a.name.cmp(&b.name)),
        "smallest" => fixed().min_by_key(|disk| disk.bytes),
        "largest" => fixed().max_by_key(|disk| disk.bytes),
        named => disks.iter().find(|disk| disk.name == named || disk.serial.as_deref() == Some(named)),
    };
    found.ok_or_else(|| {
        let known: Vec<String> =
            disks.iter().map(|disk| format!("{} ({} MiB)", disk.name, disk.bytes >> 20)).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        format!("no disk answers to {target:?}; the machine has: {known}")
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use rackwright_model::boot::Firmware;
    use rackwright_model::inventory::{Cpu, Dmi};
    use rackwright_model::profile::{DiskLayout, NetworkChoice};

    fn disk(name: &str, mib: u64, serial: &str, removable: bool) -> Disk {
        let serial = Some(serial.to_owned());
        Disk { name: name.into(), bytes: mib << 20, serial, model: None, rotational: false, removable }
    }

    fn machine() -> Inventory {
        Inventory {
            firmware: Firmware::Bios,
            cpu: Cpu { model: "test".into(), sockets: 1, cores: 1, threads: 1 },
            memory_bytes: 1 << 30,
            disks: vec![
                disk("vdb", 8_192, "B", false),
                disk("vda", 20_000, "A", false),
                disk("sda", 1, "USB", true),
            ],
            nics: Vec::new(),
            dmi: Dmi::default(),
        }
    }

    fn profile(target: &str) -> Profile {
        Profile {
            image: "debian-12".parse().expect("a name"),
            disk: DiskLayout { target: target.into(), ..DiskLayout::default() },
            users: Vec::new(),
            timezone: "Etc/UTC".into(),
            domain: None,
            network: NetworkChoice::Dhcp,
            packages: Vec::new(),
            package_sources: Vec::new(),
            without_image_sources: false,
            post_install: Vec::new(),
        }
    }

    #[test]
    fn chooses_by_word_name_and_serial() {
        for (target, name) in
            [("first", "vda"), ("smallest", "vdb"), ("largest", "vda"), ("vdb", "vdb"), ("B", "vdb")]
        {
            let machine = machine();
            assert_eq!(
                target_disk(&profile(target), &machine, 0).map(|disk| disk.name.as_str()),
                Ok(name),
                "{target}"
            );
        }
    }

    #[test]
    fn names_every_problem_with_both_sizes() {
        let problems = target_disk(&profile("USB"), &machine(), 4 << 30).expect_err("too small twice");
        assert_eq!(problems.len(), 2, "{problems:?}");
        assert!(problems[1].contains("sda has 1 MiB") && problems[1].contains("needs"), "{problems:?}");
    }

    #[test]
    fn says_which_disks_there_are() {
        let problems = target_disk(&profile("nvme0n1"), &machine(), 0).expect_err("no such disk");
        assert!(problems[0].contains("vda (20000 MiB)"), "{problems:?}");
    }
}
