use std::time::Duration;

use rackwright_rack::hardware::{BootDevice, DiskKind, Firmware, MachineSpec, NicKind, PowerOrder, Rack};

use crate::disks::make_bootable;

const LIMIT: Duration = Duration::from_secs(90);

/// A flag counts for the next start and no longer, whether that start is a power on or a warm reset.
fn flag_counts_once(spec: &MachineSpec, network: &str) {
    let rack = Rack::create(std::slice::from_ref(spec)).unwrap();
    let machine = rack.machine(&spec.name).unwrap();
    let disk = make_bootable(machine);
    let bmc = machine.ipmi();

    bmc.set_boot_device(BootDevice::Disk).unwrap();
    assert!(bmc.boot_flags().unwrap().contains("Hard-Drive"), "{}", bmc.boot_flags().unwrap());
    bmc.power(PowerOrder::On).unwrap();
    machine.wait_for_console(disk, 1, LIMIT).unwrap();
    assert!(!machine.console().contains(network), "the flag names the disk:\n{}", machine.console());
    assert!(bmc.boot_flags().unwrap().contains("No override"), "{}", bmc.boot_flags().unwrap());

    bmc.power(PowerOrder::Reset).unwrap();
    machine.wait_for_console(network, 1, LIMIT).unwrap();
    assert_eq!(machine.console().matches(disk).count(), 1, "used-up flag:\n{}", machine.console());

    bmc.set_boot_device(BootDevice::Disk).unwrap();
    bmc.power(PowerOrder::Reset).unwrap();
    machine.wait_for_console(disk, 2, LIMIT).unwrap();
    let attempts = machine.console().matches(network).count();

    bmc.set_boot_device(BootDevice::Pxe).unwrap();
    bmc.power(PowerOrder::Cycle).unwrap();
    machine.wait_for_console(network, attempts + 1, LIMIT).unwrap();
    assert_eq!(machine.console().matches(disk).count(), 2, "pxe flag:\n{}", machine.console());
}

#[test]
fn boot_flags_work_with_bios() {
    flag_counts_once(&MachineSpec::new("alpha", Firmware::Bios), "Configuring (net0");
}

#[test]
fn boot_flags_work_with_uefi() {
    flag_counts_once(&MachineSpec::new("alpha", Firmware::Uefi), ">>Start PXE over IPv4");
}

#[test]
fn boot_flags_work_with_bios_and_the_devices_of_physical_servers() {
    let spec = MachineSpec::new("alpha", Firmware::Bios).with_devices(NicKind::E1000, DiskKind::Ahci);
    flag_counts_once(&spec, "Configuring (net0");
}

#[test]
fn boot_flags_work_with_uefi_and_nvme() {
    let spec = MachineSpec::new("alpha", Firmware::Uefi).with_devices(NicKind::Virtio, DiskKind::Nvme);
    flag_counts_once(&spec, ">>Start PXE over IPv4");
}
