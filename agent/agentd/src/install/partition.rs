//! The partition table: GPT with a BIOS boot partition, an EFI system partition, root and data (UEFI 2.10 section 5.3; type
//! GUIDs of the Discoverable Partitions Specification). Root is the third: a boot loader that comes with an image looks there.

use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::profile::{DataPartition, DiskLayout};

use super::fault::Fault;
use super::site::{Partition, Site};
use crate::command::Program;

/// How long the kernel may take to show the new partitions.
const APPEAR: Duration = Duration::from_secs(15);

const ADVICE: &str = "Check the disk's health (SMART, cables), then order the install again.";

/// Cuts the disk anew.
pub fn partition(site: &Site<'_>) -> Result<(), Fault> {
    let disk = site.disk();
    let layout = &site.order.profile.disk;
    let sfdisk = Program::new(
        "sfdisk",
        ["--quiet", "--no-reread", "--wipe=always", "--wipe-partitions=always", &disk.display().to_string()],
    );
    site.runner
        .run(&sfdisk.stdin(script(layout)))
        .map_err(Fault::command(&format!("{} could not be partitioned", disk.display()), ADVICE))?;
    let last = if layout.data == DataPartition::None { Partition::Root } else { Partition::Data };
    appear(&site.partition(last))
}

/// Input of sfdisk(8). The data partition takes what is left.
fn script(layout: &DiskLayout) -> String {
    let mut text = format!(
        "label: gpt\n\
         start=1MiB, size=1MiB, type=21686148-6449-6E6F-744E-656564454649, name=\"bios\"\n\
         size=128MiB, type=C12A7328-F81F-11D2-BA4B-00A0C93EC93B, name=\"esp\"\n\
         size={}MiB, type=4F68BCE3-E8CD-4DB1-96E7-FBCAF984B709, name=\"root\"\n",
        layout.root_mib
    );
    match layout.data {
        DataPartition::Xfs | DataPartition::Ext4 => {
            // Plain Linux data: the type of /srv would make systemd mount it by itself, without quotas.
            text += "type=0FC63DAF-8483-4772-8E79-3D69D8477DE4, name=\"data\"\n";
        }
        DataPartition::None => {}
    }
    text
}

fn appear(device: &Path) -> Result<(), Fault> {
    let deadline = Instant::now() + APPEAR;
    while !device.exists() {
        if Instant::now() >= deadline {
            return Err(Fault::new(
                format!(
                    "the kernel did not show {} within {} s after partitioning",
                    device.display(),
                    APPEAR.as_secs()
                ),
                ADVICE,
            ));
        }
        thread::sleep(Duration::from_millis(20));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_data_partition_takes_the_rest_or_is_left_out() {
        let mut layout = DiskLayout::default();
        assert!(script(&layout).ends_with("name=\"data\"\n"));
        layout.data = DataPartition::None;
        assert!(script(&layout).contains("size=3072MiB") && !script(&layout).contains("data"));
    }

    #[test]
    fn the_head_is_as_large_as_the_layout_says() {
        // 1 MiB alignment, 1 MiB BIOS boot, 128 MiB EFI system partition: the sum that the size check uses.
        assert_eq!(DiskLayout::HEAD_MIB, 1 + 1 + 128);
    }
}
