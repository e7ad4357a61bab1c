//! Tiny things to boot from a disk, which say on the console that they run.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;
use std::process::Command;

use rackwright_rack::hardware::{Firmware, Machine};

/// Puts something bootable for the machine's firmware on its disk and gives back the words it prints.
pub fn make_bootable(machine: &Machine) -> &'static str {
    match machine.spec().firmware {
        Firmware::Bios => write_boot_sector(machine.disk_path()),
        Firmware::Uefi => write_efi_system(machine.disk_path()),
    }
}

/// A master boot record that prints by BIOS teletype and halts.
fn write_boot_sector(disk: &Path) -> &'static str {
    const WORDS: &str = "booted from disk";
    // xor ax,ax; mov ds,ax; cld; mov si,7C1Ah; next: lodsb; test al,al; jz halt; mov ah,0Eh; xor bx,bx; int 10h;
    // jmp next; nop; nop; halt: hlt; jmp halt
    const CODE: [u8; 26] = [
        0x31, 0xC0, 0x8E, 0xD8, 0xFC, 0xBE, 0x1A, 0x7C, 0xAC, 0x84, 0xC0, 0x74, 0x0A, 0xB4, 0x0E, 0x31, 0xDB,
        0xCD, 0x10, 0xEB, 0xF3, 0x90, 0x90, 0xF4, 0xEB, 0xFD,
    ];
    let mut sector = CODE.to_vec();
    sector.extend_from_slice(WORDS.as_bytes());
    sector.extend_from_slice(b"\r\n\0");
    sector.resize(510, 0);
    sector.extend_from_slice(&[0x55, 0xAA]);
    OpenOptions::new().write(true).open(disk).unwrap().write_all(&sector).unwrap();
    WORDS
}

/// A FAT file system whose default boot loader is iPXE; nothing else on these UEFI machines is iPXE.
fn write_efi_system(disk: &Path) -> &'static str {
    let run = |program: &str, args: &[&str]| {
        let done = Command::new(program).args(args).env("MTOOLS_SKIP_CHECK", "1").output().unwrap();
        assert!(done.status.success(), "{program} {args:?}: {}", String::from_utf8_lossy(&done.stderr));
    };
    let disk = disk.to_str().unwrap();
    run("mformat", &["-i", disk, "-F", "-T", "262144", "-h", "16", "-s", "63", "::"]);
    run("mmd", &["-i", disk, "::EFI", "::EFI/BOOT"]);
    run("mcopy", &["-i", disk, "/usr/lib/ipxe/ipxe.efi", "::EFI/BOOT/BOOTX64.EFI"]);
    "iPXE initialising devices"
}
