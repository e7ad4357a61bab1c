//! Loading the drivers of every device there is. Loading one makes new devices appear, so it is repeated until nothing new does.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use crate::command::{Program, Runner};

/// Rounds of looking for new devices; a chain of bus, controller, disk takes three.
const ROUNDS: usize = 8;
/// Quiet rounds after which nothing new is expected.
const QUIET: usize = 2;
/// How long devices may take to appear.
const SETTLE: Duration = Duration::from_millis(150);
/// Aliases handed to one modprobe.
const BATCH: usize = 64;
/// Directories below /sys/devices.
const DEPTH: usize = 16;

/// Modules that no device asks for: the BMC's interface for the operating system, and the file systems of an install.
const ALWAYS: [&str; 7] = ["ipmi_si", "ipmi_devintf", "ext4", "xfs", "vfat", "nls_cp437", "nls_ascii"];

/// Loads them; the number of kinds of device seen.
pub fn load(sys: &Path, runner: &dyn Runner) -> usize {
    let mut seen = BTreeSet::new();
    let mut quiet = 0;
    for _ in 0..ROUNDS {
        let mut there = BTreeSet::new();
        collect(&sys.join("devices"), DEPTH, &mut there);
        let fresh: Vec<String> = there.difference(&seen).cloned().collect();
        for batch in fresh.chunks(BATCH) {
            modprobe(runner, batch.iter().map(String::as_str));
        }
        quiet = if fresh.is_empty() { quiet + 1 } else { 0 };
        if quiet == QUIET {
            break;
        }
        seen.extend(fresh);
        thread::sleep(SETTLE);
    }
    modprobe(runner, ALWAYS.into_iter());
    seen.len()
}

/// Most devices have no module to load, which modprobe counts as a failure: what matters shows in the inventory.
fn modprobe<'a>(runner: &dyn Runner, names: impl Iterator<Item = &'a str>) {
    drop(runner.run(&Program::new("modprobe", ["-a", "-b", "-q"].into_iter().chain(names)).limit_s(120)));
}

/// The modalias of every device below `directory`. Links are not followed: every device lies in the tree once.
fn collect(directory: &Path, depth: usize, into: &mut BTreeSet<String>) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.filter_map(Result::ok) {
        let Ok(kind) = entry.file_type() else { continue };
        if kind.is_dir() && depth > 0 {
            collect(&entry.path(), depth - 1, into);
        } else if kind.is_file() && entry.file_name() == "modalias" {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            let text = text.trim();
            if !text.is_empty() {
                into.insert(text.to_owned());
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::command::CommandError;

    /// A bus whose controller appears once the bus driver is loaded.
    struct Hardware {
        sys: std::path::PathBuf,
        asked: Mutex<Vec<String>>,
    }

    impl Runner for Hardware {
        fn run_with(&self, program: &Program, _: &mut dyn FnMut(&str)) -> Result<(), CommandError> {
            if program.arguments.iter().any(|word| word == "pci:bus") {
                device(&self.sys, "pci0000:00/0000:00:01.0/virtio0", "virtio:disk\n");
            }
            self.asked.lock().expect("one thread").extend(program.arguments.iter().skip(3).cloned());
            Ok(())
        }
    }

    fn device(sys: &Path, path: &str, alias: &str) {
        let directory = sys.join("devices").join(path);
        fs::create_dir_all(&directory).expect("made");
        fs::write(directory.join("modalias"), alias).expect("written");
    }

    #[test]
    fn a_device_behind_a_device_gets_its_driver_and_none_twice() {
        let dir = tempfile::tempdir().expect("temporary directory");
        device(dir.path(), "pci0000:00/0000:00:01.0", "pci:bus\n");
        device(dir.path(), "platform/empty", "\n");
        let hardware = Hardware { sys: dir.path().to_owned(), asked: Mutex::default() };
        assert_eq!(load(dir.path(), &hardware), 2);
        let asked = hardware.asked.into_inner().expect("one thread");
        assert_eq!(asked[..2], ["pci:bus", "virtio:disk"]);
        assert_eq!(asked[2..], ALWAYS);
    }
}
