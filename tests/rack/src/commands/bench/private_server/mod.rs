//! What a private server costs and keeps of its promises, beside what others run containers with: systemd-nspawn, lxc and
//! plain crun, on the same server, from the same template, with the same init (white paper, sections 5.3 to 5.7).

mod density;
mod guest;
mod moving;
mod overhead;
mod peers;
mod pressure;
mod share;
mod starting;

use std::time::Duration;

use anyhow::Result;

use crate::commands::up::bring_online;
use crate::hardware::{Firmware, Hardware, MachineSpec};
use crate::live::LiveRack;
use crate::prepare::{TEMPLATE, WEB_TEMPLATE, prepare_template, prepare_with};
use crate::private_servers;
use crate::progress::step;
use crate::setup;
use guest::Guest;

/// Carries the private servers that are measured.
const HOST: &str = "left";
/// Carries none: the bare server to compare with, and where one moves to.
const OTHER: &str = "right";
const INSTALL_LIMIT: Duration = Duration::from_secs(900);
/// Room for the peers' files and for a hundred private servers, MiB.
const DISK_MIB: u64 = 24_576;
/// White paper, section 5: a hundred private servers in 4 GB.
const HOST_MEMORY_MIB: u32 = 4_096;
/// In the servers' image beyond its recipe: the peers, a web server for the bare one, and what measures.
const PACKAGES: [&str; 5] = ["systemd-container", "lxc", "nginx-light", "ethtool", "curl"];

/// Measures everything and prints tables, and the line for programs.
///
/// # Errors
/// Something cannot be prepared, refuses, or does not happen in time.
pub fn run() -> Result<()> {
    let programs = setup::all()?;
    let prepared =
        step("Image with the peers", |step| prepare_with(&programs, Hardware::Virtio, &PACKAGES, step))?;
    let plain = step("Plain template", |step| prepare_template(&programs, TEMPLATE, &[], step))?;
    let web = step("Template with nginx", |step| prepare_template(&programs, WEB_TEMPLATE, &[], step))?;
    let machine = |name| MachineSpec::new(name, Firmware::Bios).with_disk_mib(DISK_MIB);
    let live = LiveRack::start(
        &[machine(HOST).with_memory_mib(HOST_MEMORY_MIB), machine(OTHER)],
        &programs,
        &prepared,
    )?;
    let public = private_servers::make_key(&live)?;
    step("Image, templates and profile", |step| {
        live.offer_image(&prepared, &["--root-keys", &public], step)?;
        live.offer_template(&plain, step)?;
        live.offer_template(&web, step)
    })?;
    live.install_on_discovery()?;
    bring_online(&live, &[HOST, OTHER], INSTALL_LIMIT)?;
    let (host, other) = (Guest::of(&live, HOST)?, Guest::of(&live, OTHER)?);

    let overhead = step("Overhead", |step| overhead::measure(&live, &host, &other, &web, step))?;
    overhead.print();
    let share = step("Shares", |step| share::measure(&live, &host, step))?;
    share.print();
    let moving = step("Move", |step| moving::measure(&live, &host, &other, step))?;
    moving.print();
    let starting = step("Starts", |step| starting::measure(&live, &host, &plain, step))?;
    starting.print();
    let density = step("Density", |step| density::measure(&live, &host, step))?;
    density.print();
    println!(
        "bench private-server: throughput={:.3} latency={:.3} qos_cpu={:.3} qos_net={:.3} alone_pct={:.1} \
         start_vs_crun={:.2} disk_mb={:.2} mem_kb={} leanest_peer_kb={} move_downtime={:.2} agent_anon_kb={}",
        overhead.throughput(),
        overhead.latency(),
        share.cpu(),
        share.net(),
        share.alone_pct(),
        starting.against_crun(),
        density.disk_mb(),
        density.memory_kb(),
        density.leanest_peer_kb(),
        moving.ratio(),
        density.agent_anon_kb,
    );
    Ok(())
}

/// The middle one; of an even number the upper of the two.
fn median(numbers: &[f64]) -> f64 {
    let mut sorted = numbers.to_vec();
    sorted.sort_by(f64::total_cmp);
    sorted.get(sorted.len() / 2).copied().unwrap_or(f64::NAN)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_no_outlier() {
        assert!((median(&[9.0, 1.0, 2.0]) - 2.0).abs() < f64::EPSILON);
        assert!(median(&[]).is_nan());
    }
}
