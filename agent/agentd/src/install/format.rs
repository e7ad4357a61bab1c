//! File systems, with the identifiers that were chosen beforehand.

use rackwright_model::profile::DataPartition;

use super::fault::Fault;
use super::site::{Partition, Site};
use crate::command::Program;

const ADVICE: &str = "Check the disk's health (SMART, cables), then order the install again.";

/// Makes every file system of the layout.
pub fn format(site: &Site<'_>) -> Result<(), Fault> {
    let run = |program: Program| {
        let what = format!(
            "the file system on {} could not be made",
            program.arguments.last().map_or("", String::as_str)
        );
        site.runner.run(&program.limit_s(600)).map_err(Fault::command(&what, ADVICE))
    };
    run(esp(site))?;
    run(root(site))?;
    data(site).map_or(Ok(()), run)
}

fn device(site: &Site<'_>, partition: Partition) -> String {
    site.partition(partition).display().to_string()
}

fn esp(site: &Site<'_>) -> Program {
    let device = device(site, Partition::Esp);
    Program::new("mkfs.vfat", ["-F", "32", "-n", "ESP", "-i", &site.volumes.esp_serial, &device])
}

/// Without discarding, which takes minutes on some disks. Inode tables and journal are zeroed by the kernel of the installed system, in the background.
fn root(site: &Site<'_>) -> Program {
    let lazy = "lazy_itable_init=1,lazy_journal_init=1,nodiscard";
    let device = device(site, Partition::Root);
    Program::new("mkfs.ext4", ["-q", "-F", "-L", "root", "-E", lazy, "-U", &site.volumes.root_uuid, &device])
}

/// Project quotas are what limits the disk of a private server.
fn data(site: &Site<'_>) -> Option<Program> {
    let device = device(site, Partition::Data);
    let uuid = &site.volumes.data_uuid;
    match site.order.profile.disk.data {
        DataPartition::Xfs => {
            let with_uuid = format!("uuid={uuid}");
            Some(Program::new("mkfs.xfs", ["-q", "-f", "-K", "-L", "data", "-m", &with_uuid, &device]))
        }
        DataPartition::Ext4 => {
            let options = "lazy_itable_init=1,lazy_journal_init=1,nodiscard,quotatype=prjquota";
            let arguments =
                ["-q", "-F", "-L", "data", "-O", "project,quota", "-E", options, "-U", uuid, &device];
            Some(Program::new("mkfs.ext4", arguments))
        }
        DataPartition::None => None,
    }
}
