//! /etc/fstab, by UUID (fstab(5)).

use rackwright_model::profile::DataPartition;

use crate::install::fault::Fault;
use crate::install::site::{Site, Volumes};

/// Writes the table. The EFI system partition is mounted when somebody looks, not at every boot.
pub fn write(site: &Site<'_>) -> Result<(), Fault> {
    site.write("etc/fstab", table(&site.volumes, site.order.profile.disk.data), 0o644)
}

fn table(volumes: &Volumes, data: DataPartition) -> String {
    let (high, low) = volumes.esp_serial.split_at(volumes.esp_serial.len().min(4));
    let mut text = format!(
        "# file system, mount point, type, options, dump, pass\n\
         UUID={} / ext4 defaults,errors=remount-ro 0 1\n\
         UUID={}-{} /boot/efi vfat umask=0077,nofail,x-systemd.automount 0 0\n",
        volumes.root_uuid,
        high.to_uppercase(),
        low.to_uppercase()
    );
    // Project quotas limit the disks of private servers. A damaged data partition must not keep a distant server from booting.
    let line =
        |kind, pass| format!("UUID={} /srv {kind} defaults,prjquota,nofail 0 {pass}\n", volumes.data_uuid);
    match data {
        // XFS has nothing to check at boot (fsck.xfs(8)).
        DataPartition::Xfs => text += &line("xfs", 0),
        DataPartition::Ext4 => text += &line("ext4", 2),
        DataPartition::None => {}
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_every_file_system_by_its_uuid() {
        let volumes = Volumes {
            root_uuid: "r-1".into(),
            data_uuid: "d-1".into(),
            esp_serial: "1a2b3c4d".into(),
            machine_id: String::new(),
        };
        assert_eq!(
            table(&volumes, DataPartition::Xfs),
            "# file system, mount point, type, options, dump, pass\n\
             UUID=r-1 / ext4 defaults,errors=remount-ro 0 1\n\
             UUID=1A2B-3C4D /boot/efi vfat umask=0077,nofail,x-systemd.automount 0 0\n\
             UUID=d-1 /srv xfs defaults,prjquota,nofail 0 0\n"
        );
        assert!(!table(&volumes, DataPartition::None).contains("/srv"));
    }
}
