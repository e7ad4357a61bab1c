//! How long an install takes, and what of it is the image's own weight.
//!
//! The floor is measured in the same guest, just after our own installer has written the image: the same file over
//! the same wire onto the same file system, by the shortest line of standard tools. It runs as a post-install
//! command, so its time is taken out of the install's.

use std::time::Duration;

use anyhow::Result;

use super::{between, printed_number};
use crate::follow::{self, Journey};
use crate::hardware::{Firmware, Hardware, Machine, MachineSpec, address};
use crate::live::LiveRack;
use crate::prepare::{Prepared, prepare};
use crate::progress::step;
use crate::setup;

const LIMIT: Duration = Duration::from_secs(900);
/// Printed by the guest, in milliseconds.
const FLOOR: &str = "rack-floor-ms";
/// Room for the image twice, MiB.
const ROOT_MIB: &str = "6144";

/// The phases of the table: words, first station, last station.
const PHASES: [(&str, &str, &str); 7] = [
    ("firmware, to DHCP", "power", "dhcp_offer"),
    ("netboot, to environment", "dhcp_offer", "environment"),
    ("inventory and order", "environment", "inventory"),
    ("disks", "inventory", "disk"),
    ("image", "disk", "image"),
    ("configuration, boot loader", "image", "bootloader"),
    ("first boot, to agent", "bootloader", "agent"),
];

struct Measured {
    journey: Journey,
    floor_ms: u64,
}

/// Measures one BIOS and one UEFI machine, one after the other.
pub fn run() -> Result<()> {
    let programs = setup::all()?;
    let prepared =
        step("Image and provisioning environment", |step| prepare(&programs, Hardware::Virtio, step))?;
    let specs = [("bios", Firmware::Bios), ("uefi", Firmware::Uefi)]
        .map(|(name, firmware)| MachineSpec::new(name, firmware));
    let live = LiveRack::start(&specs, &programs, &prepared)?;
    step("Image and profile", |step| {
        let floor = floor_command(&prepared);
        live.offer_image(&prepared, &["--disk-root-mib", ROOT_MIB, "--post-install", &floor], step)
    })?;
    live.install_on_discovery()?;
    let bios = measure(&live, live.rack.machine("bios")?)?;
    let uefi = measure(&live, live.rack.machine("uefi")?)?;
    print(&bios, &uefi)
}

fn floor_command(prepared: &Prepared) -> String {
    let url = format!("http://{}/images/{}.tar.zst", address::CENTER, prepared.sha256);
    format!(
        "bash -ec 'set -o pipefail; mkdir /floor; begin=$(date +%s%3N); \
         curl -sf {url} | zstd -dc | tar -x -C /floor; end=$(date +%s%3N); rm -rf /floor; \
         echo {FLOOR}=$((end - begin)) > /dev/ttyS0'"
    )
}

fn measure(live: &LiveRack, machine: &Machine) -> Result<Measured> {
    let name = machine.name();
    live.announce(machine)?;
    live.power_on(machine)?;
    step(&format!("Install of {name}"), |step| follow::until_online(live, &[name], LIMIT, step))?;
    let measured = Measured {
        journey: follow::journey(live.rackwright(), name)?,
        floor_ms: printed_number(machine, FLOOR, Duration::ZERO)?,
    };
    // The next one gets the processors for itself.
    live.rackwright().act(&["server", "power", name, "--order", "off"])?;
    Ok(measured)
}

impl Measured {
    /// Power on to agent without the floor's own time, in milliseconds.
    fn whole_ms(&self) -> Result<i64> {
        Ok(between(&self.journey, "power", "agent")? - i64::try_from(self.floor_ms)?)
    }

    /// Milliseconds of a phase, without the floor's own time.
    fn phase_ms(&self, from: &str, to: &str) -> Result<i64> {
        let floor = if from == "image" { i64::try_from(self.floor_ms)? } else { 0 };
        Ok(between(&self.journey, from, to)? - floor)
    }

    /// How many times longer than the floor our image phase took.
    fn ratio(&self) -> Result<f64> {
        let image = u32::try_from(self.phase_ms("disk", "image")?)?;
        Ok(f64::from(image) / f64::from(u32::try_from(self.floor_ms.max(1))?))
    }
}

fn print(bios: &Measured, uefi: &Measured) -> Result<()> {
    println!("{:<28} {:>9} {:>9}", "phase", "BIOS", "UEFI");
    for (words, from, to) in PHASES {
        println!("{words:<28} {} {}", seconds(bios.phase_ms(from, to)?), seconds(uefi.phase_ms(from, to)?));
    }
    println!("{:<28} {} {}", "power on to agent", seconds(bios.whole_ms()?), seconds(uefi.whole_ms()?));
    let floors = (i64::try_from(bios.floor_ms)?, i64::try_from(uefi.floor_ms)?);
    println!("{:<28} {} {}", "floor: curl | zstd | tar", seconds(floors.0), seconds(floors.1));
    println!("{:<28} {:>9.2} {:>9.2}", "image phase / floor", bios.ratio()?, uefi.ratio()?);
    println!(
        "bench install: floor_ratio={:.2} bios_s={} uefi_s={}",
        bios.ratio()?.max(uefi.ratio()?),
        bios.whole_ms()? / 1000,
        uefi.whole_ms()? / 1000
    );
    Ok(())
}

/// `12.3 s`, right-aligned.
fn seconds(ms: i64) -> String {
    format!("{:>5}.{} s", ms / 1000, ms.rem_euclid(1000) / 100)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "a test ends where it fails")]
mod tests {
    use super::*;
    use crate::follow::Station;

    fn measured(floor_ms: u64, stations: &[(&str, i64)]) -> Measured {
        let station = |(stage, at): &(&str, i64)| Station {
            stage: (*stage).to_owned(),
            at: *at,
            detail: String::new(),
        };
        let journey = Journey {
            name: "bios".to_owned(),
            state: "online".to_owned(),
            reason: None,
            stopped: None,
            timeline: stations.iter().map(station).collect(),
        };
        Measured { journey, floor_ms }
    }

    #[test]
    fn the_floor_is_not_part_of_the_install() {
        let stations =
            [("power", 0), ("disk", 30_000), ("image", 52_000), ("bootloader", 80_000), ("agent", 120_000)];
        let one = measured(20_000, &stations);
        assert_eq!(one.whole_ms().unwrap(), 100_000);
        assert_eq!(one.phase_ms("image", "bootloader").unwrap(), 8_000);
        assert_eq!(one.phase_ms("disk", "image").unwrap(), 22_000);
        assert!((one.ratio().unwrap() - 1.1).abs() < 1e-9);
        assert_eq!(seconds(22_340), "   22.3 s");
    }

    #[test]
    fn a_missing_station_is_named() {
        let error = measured(1, &[("power", 0)]).whole_ms().unwrap_err();
        assert_eq!(error.to_string(), "bios has no station agent");
    }
}
