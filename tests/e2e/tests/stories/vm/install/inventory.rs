//! What the provisioning environment found in the machine, against what was put in.

use rackwright_rack::hardware::{DiskKind, Firmware};

use crate::story::Story;

pub fn is_what_the_machine_is_made_of(story: &Story, name: &str) {
    let machine = story.machine(name);
    let spec = machine.spec();
    let inventory = &story.act.server(name)["inventory"];
    let firmware = match spec.firmware {
        Firmware::Bios => "bios",
        Firmware::Uefi => "uefi",
    };
    assert_eq!(inventory["firmware"], firmware, "{inventory:#}");
    assert_eq!(inventory["cpu"]["threads"], spec.cpus, "{inventory:#}");
    let memory = inventory["memory_bytes"].as_u64().unwrap_or_default() >> 20;
    let installed = u64::from(spec.memory_mib);
    assert!(memory <= installed && memory > installed * 8 / 10, "{memory} of {installed} MiB: {inventory:#}");
    let disks = inventory["disks"].as_array().cloned().unwrap_or_default();
    assert_eq!(disks.len(), 1, "{inventory:#}");
    let disk = match spec.disk {
        DiskKind::Virtio => "vda",
        DiskKind::Ahci => "sda",
        DiskKind::Nvme => "nvme0n1",
    };
    assert_eq!(disks[0]["name"], disk, "{inventory:#}");
    assert_eq!(disks[0]["bytes"], spec.disk_mib << 20, "{inventory:#}");
    assert!(disks[0]["serial"].as_str().is_some_and(|serial| !serial.is_empty()), "{inventory:#}");
    assert_eq!(inventory["nics"][0]["mac"], machine.mac(), "{inventory:#}");
    assert_eq!(inventory["nics"][0]["link"], true, "{inventory:#}");
    assert_eq!(inventory["dmi"]["serial"], machine.serial_number(), "{inventory:#}");
}
