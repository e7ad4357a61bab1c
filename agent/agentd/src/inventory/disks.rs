//! Disks, from /sys/block.

use std::fs;
use std::path::Path;

use rackwright_model::inventory::Disk;

use super::{attribute, names};

/// Block devices that are no disks of the machine.
const NOT_DISKS: [&str; 9] = ["loop", "ram", "zram", "sr", "fd", "dm-", "md", "nbd", "mtdblock"];

/// All disks with a medium, by name.
pub fn list(sys: &Path) -> Vec<Disk> {
    let block = sys.join("block");
    names(&block)
        .into_iter()
        .filter(|name| !NOT_DISKS.iter().any(|prefix| name.starts_with(prefix)))
        .filter_map(|name| read(&block.join(&name), &name))
        .collect()
}

/// The disk shown in `directory`; none when it has no medium.
fn read(directory: &Path, name: &str) -> Option<Disk> {
    // Always in units of 512 bytes, whatever the disk's own sectors are (sysfs-block ABI).
    let sectors: u64 = attribute(&directory.join("size"))?.parse().ok()?;
    if sectors == 0 {
        return None;
    }
    let flag = |file: &str| attribute(&directory.join(file)).as_deref() == Some("1");
    Some(Disk {
        name: name.to_owned(),
        bytes: sectors.saturating_mul(512),
        serial: serial(directory),
        model: attribute(&directory.join("device/model")),
        rotational: flag("queue/rotational"),
        removable: flag("removable"),
    })
}

/// virtio shows it on the disk, NVMe on the controller, SCSI and ATA as vital product data page 0x80 (SPC-4 7.8.15).
fn serial(directory: &Path) -> Option<String> {
    attribute(&directory.join("serial"))
        .or_else(|| attribute(&directory.join("device/serial")))
        .or_else(|| unit_serial(&fs::read(directory.join("device/vpd_pg80")).ok()?))
}

fn unit_serial(page: &[u8]) -> Option<String> {
    let text = String::from_utf8_lossy(page.get(4..)?);
    let text = text.trim_matches(|c: char| c.is_whitespace() || c.is_control());
    (!text.is_empty()).then(|| text.chars().take(256).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(files: &[(&str, &[u8])]) -> tempfile::TempDir {
        let dir = tempfile::tempdir().expect("temporary directory");
        for (path, content) in files {
            let path = dir.path().join(path);
            fs::create_dir_all(path.parent().expect("has a parent")).expect("made");
            fs::write(path, content).expect("written");
        }
        dir
    }

    #[test]
    fn finds_disks_of_every_kind_and_nothing_else() {
        let sys = tree(&[
            ("block/vda/size", b"8388608\n"),
            ("block/vda/serial", b"RACK-1\n"),
            ("block/vda/removable", b"0\n"),
            ("block/vda/queue/rotational", b"1\n"),
            ("block/nvme0n1/size", b"2048\n"),
            ("block/nvme0n1/device/serial", b"  S3X \n"),
            ("block/nvme0n1/device/model", b"Fast 1T   \n"),
            ("block/sda/size", b"4096\n"),
            ("block/sda/device/vpd_pg80", b"\0\x80\0\x06  WD42"),
            ("block/sr0/size", b"2048\n"),
            ("block/loop0/size", b"2048\n"),
            ("block/sdb/size", b"0\n"),
        ]);
        let disks = list(sys.path());
        let seen: Vec<_> =
            disks.iter().map(|disk| (disk.name.as_str(), disk.bytes, disk.serial.as_deref())).collect();
        assert_eq!(
            seen,
            [
                ("nvme0n1", 1 << 20, Some("S3X")),
                ("sda", 2 << 20, Some("WD42")),
                ("vda", 4 << 30, Some("RACK-1"))
            ]
        );
        assert!(disks[2].rotational && !disks[2].removable);
        assert_eq!(disks[0].model.as_deref(), Some("Fast 1T"));
    }

    #[test]
    fn a_short_serial_page_is_no_serial() {
        for page in [&b""[..], b"\0\x80\0", b"\0\x80\0\0", b"\0\x80\0\x02  "] {
            assert_eq!(unit_serial(page), None);
        }
    }
}
