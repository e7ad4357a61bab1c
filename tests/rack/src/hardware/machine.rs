//! A machine standing in a rack, as seen from outside.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::thread::sleep;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use serde_json::json;

use super::address;
use super::bmc::Bmc;
use super::board::{Board, BoardDir};
use super::ipmi::{BmcAccess, Ipmi};
use super::namespace::Namespace;
use super::qemu;
use super::qmp::Qmp;
use super::serial;
use super::spec::{Firmware, MachineSpec};
use super::tool::rack_program;

/// Environment variable that replaces software emulation, for example by `kvm`.
const ACCELERATION_VARIABLE: &str = "RACKWRIGHT_ACCEL";

/// One machine with its BMC. Off until somebody orders "power on" over IPMI.
#[derive(Debug)]
pub struct Machine {
    namespace: Namespace,
    dir: BoardDir,
    board: Board,
    access: BmcAccess,
    _bmc: Bmc,
}

/// Where a machine goes in its rack.
pub(super) struct Place<'a> {
    pub namespace: &'a Namespace,
    /// For sockets and logs.
    pub run_dir: PathBuf,
    /// For the disk.
    pub store_dir: PathBuf,
    pub index: u8,
    /// Letters and digits that set this rack's serial numbers apart from other racks'.
    pub rack_id: &'a str,
    pub bmc_password: String,
}

impl Machine {
    /// Builds the machine and starts its BMC; the machine itself stays off.
    pub(super) fn build(spec: &MachineSpec, place: Place<'_>) -> Result<Self> {
        spec.check()?;
        std::fs::create_dir_all(&place.run_dir)
            .with_context(|| format!("making {}", place.run_dir.display()))?;
        let dir = BoardDir::at(place.run_dir);
        let board = Board {
            spec: spec.clone(),
            mac: address::mac(place.index),
            serial: format!("RW{}{:03}", place.rack_id.to_uppercase(), place.index + 1),
            uuid: uuid(place.rack_id, place.index),
            tap: address::tap(place.index),
            serial_port: address::serial_port(place.index),
            disk: place.store_dir.join(format!("{}.raw", spec.name)),
            accel: acceleration(),
        };
        blank_disk(&board.disk, spec.disk_mib)?;
        if spec.firmware == Firmware::Uefi {
            std::fs::copy(qemu::OVMF_VARIABLES, dir.variables())
                .with_context(|| format!("copying {} (Debian package ovmf)", qemu::OVMF_VARIABLES))?;
        }
        dir.save(&board)?;
        let access = BmcAccess {
            address: address::bmc(place.index),
            user: "admin".to_owned(),
            password: place.bmc_password,
        };
        let bmc = Bmc::start(place.namespace, &dir, &board, &access, &rack_program()?)?;
        Ok(Self { namespace: place.namespace.clone(), dir, board, access, _bmc: bmc })
    }

    pub fn name(&self) -> &str {
        &self.board.spec.name
    }

    pub fn spec(&self) -> &MachineSpec {
        &self.board.spec
    }

    /// Lower case, colons.
    pub fn mac(&self) -> &str {
        &self.board.mac
    }

    /// The SMBIOS system serial number.
    pub fn serial_number(&self) -> &str {
        &self.board.serial
    }

    /// The raw file behind the disk. Do not write while the machine is on.
    pub fn disk_path(&self) -> &Path {
        &self.board.disk
    }

    pub fn bmc(&self) -> &BmcAccess {
        &self.access
    }

    /// The machine's BMC, asked over the network.
    pub fn ipmi(&self) -> Ipmi<'_> {
        Ipmi::new(&self.namespace, &self.access)
    }

    /// Everything printed on the serial line since the machine was built, without control sequences.
    pub fn console(&self) -> String {
        // A machine that was never on has no log yet.
        serial::plain_text(&std::fs::read(self.dir.serial_log()).unwrap_or_default())
    }

    /// Lets the disk carry out so many requests in a second; 0 for any.
    ///
    /// # Errors
    /// The machine is off.
    pub fn slow_disk(&self, requests: u32) -> Result<()> {
        let limits = json!({
            "device": "store0", "bps": 0, "bps_rd": 0, "bps_wr": 0, "iops": requests, "iops_rd": 0, "iops_wr": 0,
        });
        Qmp::connect(&self.dir.qmp_orders())?.execute("block_set_io_throttle", limits)?;
        Ok(())
    }

    /// The last lines of [`Machine::console`].
    pub fn console_tail(&self, lines: usize) -> String {
        serial::tail(&self.console(), lines)
    }

    /// Waits until the console holds `words` at least `times` times.
    ///
    /// # Errors
    /// It does not within `limit`; the message carries the console's last lines.
    pub fn wait_for_console(&self, words: &str, times: usize, limit: Duration) -> Result<()> {
        let started = Instant::now();
        while self.console().matches(words).count() < times {
            if started.elapsed() > limit {
                bail!(
                    "{} did not print {words:?} {times} times in {} s; its console ends:\n{}",
                    self.name(),
                    limit.as_secs(),
                    self.console_tail(15)
                );
            }
            sleep(Duration::from_millis(200));
        }
        Ok(())
    }

    /// What QEMU and the BMC complained about, for a failure report.
    pub fn complaints(&self) -> String {
        let logs = [self.dir.mainboard_log(), self.dir.file("bmc.log")];
        logs.iter().filter_map(|path| std::fs::read_to_string(path).ok()).collect()
    }
}

fn acceleration() -> String {
    match std::env::var(ACCELERATION_VARIABLE) {
        Ok(value) if !value.is_empty() => value,
        Ok(_) | Err(_) => "tcg,thread=multi".to_owned(),
    }
}

fn blank_disk(path: &Path, mib: u64) -> Result<()> {
    let file = File::create(path).with_context(|| format!("making the disk {}", path.display()))?;
    file.set_len(mib << 20).with_context(|| format!("making the disk {} {mib} MiB long", path.display()))
}

/// A version-4-shaped UUID (RFC 9562 section 5.4) that two machines of one day do not share.
fn uuid(rack_id: &str, index: u8) -> String {
    format!("{rack_id:0>8}-7277-4000-8000-{:012x}", u64::from(index) + 1)
}
