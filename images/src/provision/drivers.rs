//! Which kernel modules go into the environment: what a server can have its disks, network, keyboard and management
//! controller on, and whatever these modules need.

use std::collections::{BTreeMap, BTreeSet};

/// Everything below these is taken.
const DIRECTORIES: [&str; 20] = [
    "kernel/drivers/net/ethernet/",
    "kernel/drivers/net/phy/",
    "kernel/drivers/net/mdio/",
    "kernel/drivers/net/virtio_net",
    "kernel/drivers/net/net_failover",
    "kernel/drivers/net/vmxnet3/",
    "kernel/drivers/net/hyperv/",
    "kernel/drivers/net/xen-netfront",
    "kernel/drivers/virtio/",
    "kernel/drivers/nvme/host/",
    "kernel/drivers/ata/",
    "kernel/drivers/scsi/",
    "kernel/drivers/message/fusion/",
    "kernel/drivers/mmc/",
    "kernel/drivers/char/ipmi/",
    "kernel/drivers/usb/host/",
    "kernel/drivers/usb/storage/",
    "kernel/drivers/hid/usbhid/",
    "kernel/drivers/hv/",
    "kernel/drivers/md/raid",
];

/// Not these: disks at the far end of a network, adapters that no 64-bit server has, and test drivers.
const EXCLUDED: [&str; 28] = [
    "/chelsio/",
    "/cxgb",
    "/csiostor/",
    "/bnx2i/",
    "/bnx2fc/",
    "/qedi/",
    "/qedf/",
    "/qla2xxx/",
    "/qla4xxx/",
    "/lpfc/",
    "/bfa/",
    "/fcoe/",
    "/libfc/",
    "/fnic/",
    "/snic/",
    "/elx/",
    "/be2iscsi/",
    "/iscsi",
    "/libiscsi",
    "/scsi_debug",
    "/pcmcia/",
    "/aic7xxx/",
    "/aic94xx/",
    "/sym53c8xx",
    "/ata/pata_",
    "/ethernet/dec/",
    "/ethernet/sun/",
    "/ethernet/sis/",
];

/// Single modules. One that is built into a kernel, or that it lacks, is no error.
const SINGLE: [&str; 36] = [
    "virtio_blk",
    "virtio_rng",
    "virtio_console",
    "virtio_scsi",
    "xen_blkfront",
    "vmw_pvscsi",
    "pata_acpi",
    "ata_piix",
    "ata_generic",
    "sd_mod",
    "sr_mod",
    "sg",
    "vmd",
    "loop",
    "dm_mod",
    "hid_generic",
    "ipmi_si",
    "ipmi_devintf",
    "ext4",
    "xfs",
    "vfat",
    "nls_cp437",
    "nls_ascii",
    "nls_iso8859_1",
    "nls_utf8",
    "overlay",
    "squashfs",
    "isofs",
    "efivarfs",
    "crc32c_generic",
    "crc32c_intel",
    "libcrc32c",
    "af_packet",
    "bonding",
    "8021q",
    "qemu_fw_cfg",
];

/// The kernel has none of the drivers: it is not the kernel it is thought to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the kernel package holds no driver for a network card or no driver for a disk")]
pub struct NoDrivers;

/// Paths of the modules to take, below `/lib/modules/VERSION`, from the text of its `modules.dep` and `modules.softdep`
/// (depmod(8)).
///
/// # Errors
/// [`NoDrivers`]
pub(super) fn chosen(dep: &str, softdep: &str) -> Result<BTreeSet<String>, NoDrivers> {
    let needs: BTreeMap<&str, Vec<&str>> = dep
        .lines()
        .filter_map(|line| line.split_once(':'))
        .map(|(path, needs)| (path, needs.split_whitespace().collect()))
        .collect();
    let paths: BTreeMap<String, &str> = needs.keys().map(|path| (name(path), *path)).collect();
    let soft = soft_needs(softdep);
    let excluded = |path: &str| EXCLUDED.iter().any(|part| path.contains(part));
    let below = |path: &&&str| DIRECTORIES.iter().any(|start| path.starts_with(start)) && !excluded(path);
    let mut waiting: Vec<&str> = needs.keys().filter(below).copied().collect();
    waiting.extend(SINGLE.iter().filter_map(|single| paths.get(*single).copied()));
    let mut taken = BTreeSet::new();
    while let Some(path) = waiting.pop() {
        if !taken.insert(path.to_owned()) {
            continue;
        }
        waiting.extend(needs.get(path).into_iter().flatten());
        let wishes = soft.get(&name(path)).into_iter().flatten();
        waiting.extend(wishes.filter_map(|wish| paths.get(wish).copied()));
    }
    let any = |start: &str| taken.iter().any(|path| path.starts_with(start));
    let network = any("kernel/drivers/net/");
    let disk = any("kernel/drivers/block/") || any("kernel/drivers/scsi/") || any("kernel/drivers/nvme/");
    if network && disk { Ok(taken) } else { Err(NoDrivers) }
}

/// Modules that should be loaded before or after another, by its name.
fn soft_needs(softdep: &str) -> BTreeMap<String, Vec<String>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for line in softdep.lines() {
        let mut words = line.split_whitespace();
        if words.next() != Some("softdep") {
            continue;
        }
        let Some(of) = words.next() else { continue };
        let wishes = words.filter(|word| !word.ends_with(':')).map(plain);
        all.entry(plain(of)).or_default().extend(wishes);
    }
    all
}

/// `kernel/drivers/net/virtio-net.ko.xz` is the module virtio_net.
fn name(path: &str) -> String {
    let file = path.rsplit('/').next().unwrap_or(path);
    plain(file.split(".ko").next().unwrap_or(file))
}

/// To the kernel `-` and `_` are the same in a module's name.
fn plain(name: &str) -> String {
    name.replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DEP: &str = "\
kernel/drivers/net/virtio_net.ko: kernel/drivers/net/net_failover.ko kernel/drivers/virtio/virtio.ko
kernel/drivers/net/net_failover.ko:
kernel/drivers/virtio/virtio.ko:
kernel/drivers/block/virtio_blk.ko: kernel/drivers/virtio/virtio.ko
kernel/drivers/block/floppy.ko:
kernel/fs/ext4/ext4.ko.xz: kernel/lib/libcrc16.ko
kernel/lib/libcrc16.ko:
kernel/crypto/crc32c-generic.ko:
kernel/crypto/crc-odd.ko:
kernel/drivers/scsi/lpfc/lpfc.ko:
kernel/drivers/net/wireless/wifi.ko:
";

    #[test]
    fn takes_drivers_with_all_they_need() {
        let taken = chosen(DEP, "# comment\nsoftdep ext4 pre: crc-odd\n").expect("some");
        for path in
            ["kernel/drivers/net/net_failover.ko", "kernel/fs/ext4/ext4.ko.xz", "kernel/lib/libcrc16.ko"]
        {
            assert!(taken.contains(path), "{path}");
        }
        assert!(
            taken.contains("kernel/crypto/crc32c-generic.ko") && taken.contains("kernel/crypto/crc-odd.ko")
        );
        for path in ["floppy", "lpfc", "wifi"] {
            assert!(!taken.iter().any(|taken| taken.contains(path)), "{path}");
        }
    }

    #[test]
    fn a_kernel_without_drivers_is_refused() {
        assert_eq!(chosen("kernel/fs/ext4/ext4.ko:\n", ""), Err(NoDrivers));
    }

    proptest! {
        #[test]
        fn whatever_is_needed_is_there(edges in proptest::collection::vec((0_u8..20, 0_u8..20), 0..60)) {
            let mut dep = String::from(DEP);
            for module in 0..20_u8 {
                let needs = edges.iter().filter(|(from, _)| *from == module);
                let needs: String = needs.map(|(_, to)| format!(" kernel/drivers/ata/m{to}.ko")).collect();
                dep.push_str(&format!("kernel/drivers/ata/m{module}.ko:{needs}\n"));
            }
            let taken = chosen(&dep, "").expect("some");
            for (path, needs) in dep.lines().filter_map(|line| line.split_once(':')) {
                if taken.contains(path) {
                    prop_assert!(needs.split_whitespace().all(|need| taken.contains(need)));
                }
            }
        }
    }
}
