//! `cargo rack up`: blank machines become managed servers.

use std::time::{Duration, Instant};

use anyhow::Result;
use clap::{Args, ValueEnum};
use serde_json::json;

use crate::follow::{self, Journey};
use crate::hardware::{Firmware, Hardware, MachineSpec};
use crate::interrupt;
use crate::live::LiveRack;
use crate::prepare::{IMAGE, Prepared, TEMPLATE, prepare, prepare_template};
use crate::private_servers::{self, PrivateServers};
use crate::progress::step;
use crate::setup::{self, Programs};

#[derive(Debug, Args)]
pub struct Up {
    /// How many machines
    #[arg(long, default_value_t = 2, value_parser = clap::value_parser!(u8).range(1..=20))]
    servers: u8,
    /// What they boot with
    #[arg(long, value_enum, default_value_t = Mix::Mixed)]
    firmware: Mix,
    /// What they are made of
    #[arg(long, value_enum, default_value_t = Hardware::Virtio)]
    hardware: Hardware,
    /// How many private servers to make on them
    #[arg(long, default_value_t = 0, value_parser = clap::value_parser!(u8).range(0..=20))]
    private_servers: u8,
    /// Take everything down once the servers are online
    #[arg(long)]
    exit: bool,
    /// Print the boot timelines as JSON
    #[arg(long)]
    json: bool,
    /// How long the servers may take, in seconds
    #[arg(long, default_value_t = 900)]
    limit: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Mix {
    Bios,
    Uefi,
    /// One BIOS, one UEFI, and so on
    Mixed,
}

/// Runs the command.
///
/// # Errors
/// Anything is missing, or not every server came online.
pub fn run(up: &Up) -> Result<()> {
    let programs = setup::all()?;
    let prepared = step("Image and provisioning environment", |step| prepare(&programs, up.hardware, step))?;
    bring_up(up, &programs, &prepared)
}

/// Builds the rack, installs its machines, reports, and stays or goes.
pub fn bring_up(up: &Up, programs: &Programs, prepared: &Prepared) -> Result<()> {
    let specs = specs(up.servers, up.firmware, up.hardware);
    let template = (up.private_servers > 0)
        .then(|| step("Template of private servers", |step| prepare_template(programs, TEMPLATE, &[], step)));
    let template = template.transpose()?;
    let live = start(&specs, programs, prepared, template.is_some())?;
    let password = live.admin_password()?;
    let began = Instant::now();
    let names: Vec<&str> = specs.iter().map(|spec| spec.name.as_str()).collect();
    let brought = bring_online(&live, &names, Duration::from_secs(up.limit));
    let seconds = began.elapsed().as_secs();
    report(&live, &names, seconds, up)?;
    brought?;
    let private = template.map(|template| private_servers::bring_up(&live, &template, up.private_servers));
    let private = private.transpose()?;
    if up.exit { Ok(()) } else { stay(&live, &password, private.as_ref()) }
}

fn specs(servers: u8, mix: Mix, hardware: Hardware) -> Vec<MachineSpec> {
    let firmware = |number: u8| match mix {
        Mix::Bios => Firmware::Bios,
        Mix::Uefi => Firmware::Uefi,
        Mix::Mixed if number % 2 == 1 => Firmware::Bios,
        Mix::Mixed => Firmware::Uefi,
    };
    let spec =
        |number| MachineSpec::new(format!("server-{number}"), firmware(number)).with_hardware(hardware);
    (1..=servers).map(spec).collect()
}

/// A rack whose Control Center will install every machine that is switched on.
fn start(
    specs: &[MachineSpec],
    programs: &Programs,
    prepared: &Prepared,
    with_key: bool,
) -> Result<LiveRack> {
    let live = step("Rack and Control Center", |step| {
        let live = LiveRack::start(specs, programs, prepared)?;
        step.result(format!(
            "rack {}, {} machines, panel at {}",
            live.rack.id(),
            specs.len(),
            live.proxy.url()
        ));
        Ok(live)
    })?;
    step("Network, image and profile", |step| {
        if with_key {
            let public = private_servers::make_key(&live)?;
            live.offer_image(prepared, &["--root-keys", &public], step)?;
        } else {
            live.offer_image(prepared, &[], step)?;
        }
        live.install_on_discovery()?;
        step.result(format!("{IMAGE} goes on every machine that netboots"));
        Ok(())
    })?;
    Ok(live)
}

/// Switches these machines on and waits until they are servers.
///
/// # Errors
/// One is refused, or does not come online within the limit.
pub fn bring_online(live: &LiveRack, names: &[&str], limit: Duration) -> Result<()> {
    step("Power on over IPMI", |_| {
        for name in names {
            let machine = live.rack.machine(name)?;
            live.announce(machine)?;
            live.power_on(machine)?;
        }
        Ok(())
    })?;
    step("Servers", |step| follow::until_online(live, names, limit, step))
}

fn report(live: &LiveRack, names: &[&str], seconds: u64, up: &Up) -> Result<()> {
    let online = follow::servers(live.rackwright())?
        .iter()
        .filter(|server| names.contains(&server.name.as_str()) && server.is_done())
        .count();
    if up.json {
        let journeys = names
            .iter()
            .map(|name| follow::journey(live.rackwright(), name))
            .collect::<Result<Vec<Journey>>>()?;
        let all = json!({ "online": online, "servers": journeys, "seconds": seconds });
        println!("{}", serde_json::to_string_pretty(&all)?);
    }
    let summary = format!("rack: {online}/{} servers online in {seconds} s", names.len());
    // With --json, standard output is one JSON document.
    if up.json {
        eprintln!("{summary}")
    } else {
        println!("{summary}")
    }
    Ok(())
}

fn stay(live: &LiveRack, password: &str, private: Option<&PrivateServers>) -> Result<()> {
    println!("\n  panel     {}", live.proxy.url());
    println!("  sign in   admin / {password}");
    // In another shell, where every command of the README works then.
    println!("  commands  {}", live.rackwright().exports());
    println!("  try       rackwright server list");
    if let Some(private) = private {
        println!("  console   rackwright private-server console {}", private.first());
        private.ssh_lines(live).for_each(|line| println!("  inside    {line}"));
    }
    println!("\nCtrl-C takes everything down.");
    while !interrupt::is_interrupted() {
        std::thread::sleep(Duration::from_millis(200));
    }
    eprintln!("taking the rack down");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixed_racks_begin_with_bios() {
        let built = specs(3, Mix::Mixed, Hardware::Virtio);
        assert_eq!(
            built.iter().map(|spec| spec.firmware).collect::<Vec<_>>(),
            [Firmware::Bios, Firmware::Uefi, Firmware::Bios]
        );
        assert!(specs(2, Mix::Uefi, Hardware::Generic).iter().all(|spec| spec.firmware == Firmware::Uefi));
    }
}
