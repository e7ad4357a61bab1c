//! What an idle, connected agent costs.
//!
//! The installed system measures itself: a unit written by a post-install command waits for the agent, lets it
//! settle, and prints what the kernel says about it (proc(5): status, stat) on the console.

use std::time::Duration;

use anyhow::{Context, Result};

use super::printed_number;
use crate::follow;
use crate::hardware::{Firmware, Hardware, MachineSpec};
use crate::live::LiveRack;
use crate::prepare::prepare;
use crate::progress::step;
use crate::setup;

const LIMIT: Duration = Duration::from_secs(900);
/// Settling and measuring, with room for a slow machine.
const MEASURE_LIMIT: Duration = Duration::from_secs(300);
/// The time over which processor time is counted, in seconds.
const WINDOW_S: u32 = 60;
/// Clock ticks per second in proc(5) on Linux for x86-64.
const TICKS_PER_S: u32 = 100;

const METER: &str = r#"cat > /usr/local/sbin/rack-meter <<'END'
#!/bin/sh
ticks() { set -- $(sed 's/.*) //' /proc/$agent/stat); echo $(($12 + $13)); }
field() { sed -n "s/^$1:[^0-9]*\([0-9]*\).*/\1/p" /proc/$agent/status; }
until agent=$(pidof -s rackwright-agent); do sleep 1; done
sleep 60
before=$(ticks)
sleep 60
after=$(ticks)
echo "rack-rss-anon=$(field RssAnon) rack-rss=$(field VmRSS) rack-ticks=$((after - before)) end" > /dev/ttyS0
END
chmod 755 /usr/local/sbin/rack-meter
printf '[Service]\nExecStart=/usr/local/sbin/rack-meter\n' > /etc/systemd/system/rack-meter.service
mkdir -p /etc/systemd/system/multi-user.target.wants
ln -s ../rack-meter.service /etc/systemd/system/multi-user.target.wants/rack-meter.service"#;

/// Measures the agent of one installed machine.
pub fn run() -> Result<()> {
    let programs = setup::all()?;
    let prepared =
        step("Image and provisioning environment", |step| prepare(&programs, Hardware::Virtio, step))?;
    let live = LiveRack::start(&[MachineSpec::new("bios", Firmware::Bios)], &programs, &prepared)?;
    step("Image and profile", |step| live.offer_image(&prepared, &["--post-install", METER], step))?;
    live.install_on_discovery()?;
    let machine = live.rack.machine("bios")?;
    live.announce(machine)?;
    live.power_on(machine)?;
    step("Install", |step| follow::until_online(&live, &["bios"], LIMIT, step))?;
    let ticks = step("Two minutes of idling", |_| printed_number(machine, "rack-ticks", MEASURE_LIMIT))?;
    let anonymous = printed_number(machine, "rack-rss-anon", Duration::ZERO)?;
    let resident = printed_number(machine, "rack-rss", Duration::ZERO)?;
    let size = std::fs::metadata(&programs.agent)
        .with_context(|| format!("looking at {}", programs.agent.display()))?;
    print(anonymous, resident, u32::try_from(ticks)?, size.len() / 1024);
    Ok(())
}

fn print(anonymous_kb: u64, resident_kb: u64, ticks: u32, binary_kb: u64) {
    let percent = 100.0 * f64::from(ticks) / f64::from(TICKS_PER_S * WINDOW_S);
    println!("{:<36} {anonymous_kb:>8} kB", "anonymous memory (RssAnon)");
    println!("{:<36} {resident_kb:>8} kB", "resident memory (VmRSS)");
    println!("{:<36} {percent:>8.3} %", format!("processor over {WINDOW_S} s, of one core"));
    println!("{:<36} {binary_kb:>8} kB", "static binary");
    println!(
        "bench agent: rss_anon_kb={anonymous_kb} rss_kb={resident_kb} cpu_pct={percent:.3} binary_kb={binary_kb}"
    );
}
