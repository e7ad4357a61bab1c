//! A machine's QEMU command line.

use std::path::Path;

use super::board::{Board, BoardDir};
use super::boot_flag::BootOrder;
use super::spec::{DiskKind, Firmware, NicKind};

/// The names under which QMP finds the two bootable devices.
pub const NIC_PATH: &str = "/machine/peripheral/nic0";
pub const DISK_PATH: &str = "/machine/peripheral/disk0";

/// OVMF's code, shared and read-only. Its variables are one writable copy per machine.
pub const OVMF_CODE: &str = "/usr/share/OVMF/OVMF_CODE_4M.fd";
pub const OVMF_VARIABLES: &str = "/usr/share/OVMF/OVMF_VARS_4M.fd";

/// All that can be emulated, but for ERMS: a kernel that finds it copies and clears memory byte by byte, five times as slowly
/// as by words where each step is emulated.
const PROCESSOR: &str = "max,-erms";

/// What every kernel on an emulated processor is told: QEMU 7 keeps translated code by its virtual address, so that a program
/// that begins somewhere else each time is translated anew at each start (55 ms instead of 20 for `true`).
pub const KERNEL_WORDS: &str = "norandmaps";

/// The arguments of `qemu-system-x86_64` for this machine.
pub fn arguments(board: &Board, dir: &BoardDir, order: BootOrder) -> Vec<String> {
    let spec = &board.spec;
    let (nic_index, disk_index) = order.indices();
    let mut args = Args::default();
    args.flag("-nodefaults").flag("-no-user-config");
    args.pair("-name", &spec.name).pair("-accel", &board.accel).pair("-cpu", PROCESSOR);
    args.pair("-smp", spec.cpus).pair("-m", spec.memory_mib);
    // Without graphics SeaBIOS and iPXE write to the serial line, as a server's redirected console does.
    args.pair("-machine", "q35,graphics=off").pair("-display", "none").pair("-vga", "none");
    // An empty disk and no answer from the network: try again, as servers do.
    args.pair("-boot", "reboot-timeout=3000");
    args.pair("-uuid", &board.uuid);
    args.pair(
        "-smbios",
        format!("type=1,manufacturer=Rackwright,product=Virtual Rack Server,serial={}", board.serial),
    );
    args.pair(
        "-chardev",
        format!(
            "socket,id=console,host=127.0.0.1,port={},server=on,wait=off,logfile={},logappend=on",
            board.serial_port,
            shown(&dir.serial_log())
        ),
    );
    args.pair("-serial", "chardev:console").pair("-device", "virtio-rng-pci");
    for socket in [dir.qmp_events(), dir.qmp_orders()] {
        args.pair("-qmp", format!("unix:{},server=on,wait=off", shown(&socket)));
    }
    args.pair("-netdev", format!("tap,id=wire0,ifname={},script=no,downscript=no", board.tap));
    args.pair("-device", nic(board, nic_index));
    args.pair(
        "-drive",
        format!("if=none,id=store0,file={},format=raw,cache=unsafe,discard=unmap", shown(&board.disk)),
    );
    args.pair("-device", disk(board, disk_index));
    if spec.firmware == Firmware::Uefi {
        args.pair("-drive", format!("if=pflash,format=raw,readonly=on,file={OVMF_CODE}"));
        args.pair("-drive", format!("if=pflash,format=raw,file={}", shown(&dir.variables())));
    }
    args.0
}

fn nic(board: &Board, bootindex: i32) -> String {
    let device = match (board.spec.nic, board.spec.firmware) {
        (NicKind::Virtio, Firmware::Bios) => "virtio-net-pci",
        // Without the card's iPXE ROM the firmware's own driver and PXE client do the work.
        (NicKind::Virtio, Firmware::Uefi) => "virtio-net-pci,romfile=",
        (NicKind::E1000, Firmware::Bios | Firmware::Uefi) => "e1000",
        (NicKind::E1000e, Firmware::Bios | Firmware::Uefi) => "e1000e",
    };
    format!("{device},id=nic0,netdev=wire0,mac={},bootindex={bootindex}", board.mac)
}

fn disk(board: &Board, bootindex: i32) -> String {
    let device = match board.spec.disk {
        DiskKind::Virtio => "virtio-blk-pci",
        DiskKind::Ahci => "ide-hd,bus=ide.0",
        DiskKind::Nvme => "nvme",
    };
    format!("{device},id=disk0,drive=store0,serial={}-d0,bootindex={bootindex}", board.serial)
}

/// QEMU's option syntax doubles commas.
fn shown(path: &Path) -> String {
    path.display().to_string().replace(',', ",,")
}

#[derive(Default)]
struct Args(Vec<String>);

impl Args {
    fn flag(&mut self, flag: &str) -> &mut Self {
        self.0.push(flag.to_owned());
        self
    }

    fn pair(&mut self, flag: &str, value: impl ToString) -> &mut Self {
        self.flag(flag);
        self.0.push(value.to_string());
        self
    }
}
