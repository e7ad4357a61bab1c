//! The disks below the files of private servers share out their time by weight (`io.bfq.weight`, Linux,
//! Documentation/block/bfq-iosched.rst). The weights of `io.cost` need a model of each disk: on one that is slower than its model,
//! they gave one to one where three to one was promised.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};

const DEVICES: &str = "/sys/dev/block";
const SCHEDULER: &str = "bfq";

/// Has every disk below the file system of `place` share its time out.
///
/// # Errors
/// The kernel's, with what was to be written.
pub fn share_out(place: &Path) -> Result<(), String> {
    let named = |why: io::Error| format!("cannot find the disks of {}: {why}", place.display());
    let device = fs::metadata(place).map_err(named)?.dev();
    let device = format!("{}:{}", libc::major(device), libc::minor(device));
    let mut disks = Vec::new();
    below(&Path::new(DEVICES).join(device), &mut disks).map_err(named)?;
    for disk in disks {
        let write = |file: &str, text: &str| {
            let path = disk.join("queue").join(file);
            fs::write(&path, text).map_err(|why| format!("cannot write {text} to {}: {why}", path.display()))
        };
        let chosen = fs::read_to_string(disk.join("queue/scheduler")).unwrap_or_default();
        if !chosen.contains(&format!("[{SCHEDULER}]")) {
            write("scheduler", SCHEDULER)?;
        }
        // It would give those that seem to be waited for more than their share.
        write("iosched/low_latency", "0")?;
    }
    Ok(())
}

/// The disks that a device lies on: that of a partition, and what a mapped one or a RAID is made of.
fn below(device: &Path, disks: &mut Vec<PathBuf>) -> io::Result<()> {
    let mut device = fs::canonicalize(device)?;
    if device.join("partition").exists() {
        device.pop();
    }
    let slaves: Vec<PathBuf> = match fs::read_dir(device.join("slaves")) {
        Ok(entries) => entries.flatten().map(|entry| entry.path()).collect(),
        Err(_) => Vec::new(),
    };
    if slaves.is_empty() {
        disks.push(device);
        return Ok(());
    }
    slaves.iter().try_for_each(|slave| below(slave, disks))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mapped_disk_is_made_of_others() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let at = |name: &str| dir.path().join(name);
        for disk in ["sda", "sdb/sdb1", "md0/slaves"] {
            fs::create_dir_all(at(disk)).expect("made");
        }
        fs::write(at("sdb/sdb1/partition"), "1\n").expect("written");
        for (name, of) in [("sda", "sda"), ("sdb1", "sdb/sdb1")] {
            std::os::unix::fs::symlink(at(of), at("md0/slaves").join(name)).expect("linked");
        }
        let disks = |device: &str| {
            let mut disks = Vec::new();
            below(&at(device), &mut disks).expect("found");
            disks.sort();
            disks
        };
        assert_eq!(disks("md0"), [at("sda"), at("sdb")]);
        assert_eq!(disks("sdb/sdb1"), [at("sdb")]);
    }
}
