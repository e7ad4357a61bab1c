//! GRUB for BIOS, as grub-bios-setup(8) writes it: `core.img` into the BIOS boot partition, `boot.img` into the first sector.
//! The offsets are those of GRUB's `grub-core/boot/i386/pc/{boot,diskboot}.S`.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::os::unix::fs::FileExt;
use std::path::Path;

use crate::install::fault::Fault;
use crate::install::site::{Partition, Site};

const BOOT: &str = "boot/grub/i386-pc/boot.img";
const CORE: &str = "boot/grub/i386-pc/core.img";

const SECTOR: usize = 512;
/// First sector of the BIOS boot partition: 1 MiB, as the partition table was written.
const CORE_SECTOR: u64 = 2_048;
/// Size of the BIOS boot partition.
const CORE_MAX: usize = 1 << 20;

/// boot.img: boot code ends here; behind it lie the disk's signature and the protective MBR.
const CODE_END: usize = 440;
/// boot.img: first sector of core.img (u64).
const KERNEL_SECTOR: usize = 0x5c;
/// boot.img: drive to read from; 0xff means the one the BIOS booted from.
const BOOT_DRIVE: usize = 0x64;
/// boot.img: a jump that is taken on floppies only; two NOPs here for disks.
const DRIVE_CHECK: usize = 0x66;
/// core.img: the block list in its first sector: first sector (u64) and number of sectors (u16) of the rest.
const LIST_START: usize = 0x1f4;
const LIST_LENGTH: usize = 0x1fc;

/// Whether the image carries both parts.
pub fn is_prepared(site: &Site<'_>) -> bool {
    [BOOT, CORE].iter().all(|part| site.path(part).exists())
}

/// Writes both parts.
pub fn install(site: &Site<'_>) -> Result<(), Fault> {
    let read = |part: &str| fs::read(site.path(part)).map_err(Fault::file(Path::new(part)));
    let (boot, core) = (read(BOOT)?, read(CORE)?);
    let core = linked(core).ok_or_else(|| {
        Fault::new(format!("/{CORE} of the image does not fit the BIOS boot partition"), super::ADVICE)
    })?;
    let device_fault = |path: &Path| {
        let path = path.display().to_string();
        move |why: io::Error| {
            Fault::new(format!("the boot loader could not be written to {path}: {why}"), super::ADVICE)
        }
    };
    let partition = site.partition(Partition::BiosBoot);
    write_core(&partition, &core).map_err(device_fault(&partition))?;
    write_boot(&site.disk(), &boot).map_err(device_fault(&site.disk()))
}

/// `core` with its block list set to where it will lie; none when it is too small or too large.
fn linked(mut core: Vec<u8>) -> Option<Vec<u8>> {
    if core.len() <= SECTOR || core.len() > CORE_MAX {
        return None;
    }
    let rest = u16::try_from(core.len().div_ceil(SECTOR) - 1).ok()?;
    core[LIST_START..LIST_START + 8].copy_from_slice(&(CORE_SECTOR + 1).to_le_bytes());
    core[LIST_LENGTH..LIST_LENGTH + 2].copy_from_slice(&rest.to_le_bytes());
    Some(core)
}

fn write_core(partition: &Path, core: &[u8]) -> io::Result<()> {
    let mut device = OpenOptions::new().write(true).open(partition)?;
    device.seek(SeekFrom::Start(0))?;
    device.write_all(core)?;
    device.sync_all()
}

fn write_boot(disk: &Path, boot: &[u8]) -> io::Result<()> {
    let device: File = OpenOptions::new().read(true).write(true).open(disk)?;
    let mut sector = [0; SECTOR];
    device.read_exact_at(&mut sector, 0)?;
    let code = boot
        .get(..CODE_END)
        .ok_or_else(|| io::Error::new(io::ErrorKind::InvalidData, "boot.img is too short"))?;
    sector[..CODE_END].copy_from_slice(code);
    sector[KERNEL_SECTOR..KERNEL_SECTOR + 8].copy_from_slice(&CORE_SECTOR.to_le_bytes());
    sector[BOOT_DRIVE] = 0xff;
    sector[DRIVE_CHECK..DRIVE_CHECK + 2].copy_from_slice(&[0x90, 0x90]);
    device.write_all_at(&sector, 0)?;
    device.sync_all()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_sector_keeps_the_partition_table() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let disk = dir.path().join("vda");
        fs::write(&disk, [0xee; 1024]).expect("written");
        write_boot(&disk, &[0x11; 512]).expect("written");
        let sector = fs::read(&disk).expect("there");
        assert_eq!((sector[0], sector[439], sector[440], sector[1023]), (0x11, 0x11, 0xee, 0xee));
        assert_eq!(sector[0x5c..0x64], 2_048_u64.to_le_bytes());
        assert_eq!(sector[0x64..0x68], [0xff, 0x11, 0x90, 0x90]);
    }

    #[test]
    fn the_core_knows_where_its_rest_lies() {
        let core = linked(vec![0; 512 * 60 + 1]).expect("fits");
        assert_eq!(core[0x1f4..0x1fc], 2_049_u64.to_le_bytes());
        assert_eq!(core[0x1fc..0x1fe], 60_u16.to_le_bytes());
        assert!(linked(vec![0; 512]).is_none() && linked(vec![0; CORE_MAX + 1]).is_none());
    }
}
