//! Everything the steps of one install share.

use std::fs;
use std::path::{Path, PathBuf};

use rackwright_model::{BootStage, Firmware, MacAddr};
use rackwright_proto::Order;

use super::fault::Fault;
use crate::command::{Cancel, CommandError, Program, Runner};

/// What goes to the Control Center while an install runs.
pub trait Report: Send + Sync {
    /// A station of the boot timeline was passed.
    fn stage(&self, stage: BootStage, detail: String);
    /// A line for the job's log.
    fn log(&self, line: &str);
    /// Bytes of the compressed image that have arrived.
    fn progress(&self, done: u64, total: u64);
}

/// Where the machine's parts are; other directories in tests.
#[derive(Debug, Clone)]
pub struct Places {
    pub dev: PathBuf,
    pub sys: PathBuf,
    pub proc: PathBuf,
    /// Where the new system is mounted.
    pub target: PathBuf,
    /// This program.
    pub program: PathBuf,
}

impl Default for Places {
    fn default() -> Self {
        Self {
            dev: "/dev".into(),
            sys: "/sys".into(),
            proc: "/proc".into(),
            target: "/run/rackwright/target".into(),
            program: "/proc/self/exe".into(),
        }
    }
}

/// Identifiers of the new system and its file systems, chosen here so that fstab can be written without asking the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Volumes {
    pub root_uuid: String,
    pub data_uuid: String,
    /// FAT volume serial number, eight hexadecimal digits.
    pub esp_serial: String,
    /// 32 hexadecimal digits.
    pub machine_id: String,
}

/// One install on one machine.
pub struct Site<'a> {
    pub order: &'a Order,
    pub firmware: Firmware,
    /// The interface that leads to the Control Center.
    pub mac: MacAddr,
    pub places: &'a Places,
    pub volumes: Volumes,
    pub runner: &'a dyn Runner,
    pub report: &'a dyn Report,
    pub cancel: &'a Cancel,
}

/// Partitions in the order in which they lie on the disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Partition {
    BiosBoot = 1,
    Esp = 2,
    Root = 3,
    Data = 4,
}

impl Site<'_> {
    /// The device of the target disk.
    pub fn disk(&self) -> PathBuf {
        self.places.dev.join(&self.order.disk)
    }

    /// The device of a partition: a `p` stands between a name that ends in a digit and the number.
    pub fn partition(&self, partition: Partition) -> PathBuf {
        let disk = &self.order.disk;
        let between = if disk.ends_with(|last: char| last.is_ascii_digit()) { "p" } else { "" };
        self.places.dev.join(format!("{disk}{between}{}", partition as u8))
    }

    /// A path of the new system, given without its leading `/`.
    pub fn path(&self, path: &str) -> PathBuf {
        self.places.target.join(path)
    }

    /// Writes a file of the new system with exactly this mode, making its directory when needed.
    pub fn write(&self, path: &str, content: impl AsRef<[u8]>, mode: u32) -> Result<(), Fault> {
        use std::io::Write;
        use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
        let full = self.path(path);
        let write = || {
            fs::create_dir_all(full.parent().unwrap_or(Path::new("/")))?;
            // A link of the image (resolv.conf, localtime) is replaced, never written through.
            match fs::remove_file(&full) {
                Err(why) if why.kind() != std::io::ErrorKind::NotFound => return Err(why),
                _ => {}
            }
            let mut file = fs::OpenOptions::new().write(true).create_new(true).mode(mode).open(&full)?;
            file.set_permissions(fs::Permissions::from_mode(mode))?;
            file.write_all(content.as_ref())
        };
        write().map_err(Fault::file(Path::new(path)))
    }

    /// Runs a program inside the new system.
    pub fn run_inside(&self, program: &Program) -> Result<(), CommandError> {
        self.runner.run(&self.inside(program))
    }

    /// Runs a program inside the new system and sends its output to the job's log.
    pub fn run_inside_logged(&self, program: &Program) -> Result<(), CommandError> {
        self.run_inside_with(program, &mut |line| self.report.log(line))
    }

    /// Runs a program inside the new system and hands each line of its output to `line`.
    pub fn run_inside_with(&self, program: &Program, line: &mut dyn FnMut(&str)) -> Result<(), CommandError> {
        self.runner.run_with(&self.inside(program), line)
    }

    fn inside(&self, program: &Program) -> Program {
        let mut inside = program.clone();
        inside.name = "chroot".to_owned();
        inside.arguments.insert(0, self.places.target.display().to_string());
        inside.arguments.insert(1, program.name.clone());
        inside
    }
}
