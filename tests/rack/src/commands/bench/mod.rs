//! `cargo rack bench`: measures, prints a table, and closes with one line for programs.

mod agent;
mod console;
mod install;
mod private_server;

use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use clap::Args;

use crate::hardware::Machine;
use crate::interrupt;

#[derive(Debug, Args)]
pub struct Bench {
    /// What to measure; without it, what there is
    name: Option<String>,
}

/// A benchmark: its name, what it measures, and how.
type Entry = (&'static str, &'static str, fn() -> Result<()>);

const ENTRIES: [Entry; 4] = [
    (
        "install",
        "power on to live agent, by phase, and the image against plain curl | zstd | tar",
        install::run,
    ),
    ("agent", "memory, processor time and size of an idle agent", agent::run),
    (
        "console",
        "lists, search and pages of the panel at 10,000 servers and 1,000,000 audit rows",
        console::run,
    ),
    (
        "private-server",
        "overhead, shares, starts, density and moves of private servers, beside crun, systemd-nspawn and lxc",
        private_server::run,
    ),
];

/// Runs the command.
///
/// # Errors
/// No such benchmark, or it cannot be carried out.
pub fn run(bench: &Bench) -> Result<()> {
    let Some(wanted) = &bench.name else {
        for (name, what, _) in ENTRIES {
            println!("{name:<16} {what}");
        }
        return Ok(());
    };
    match ENTRIES.iter().find(|(name, ..)| name == wanted) {
        Some((_, _, measure)) => measure(),
        None => bail!("there is no benchmark {wanted:?}: `cargo rack bench` lists them"),
    }
}

/// Waits for a number that the machine prints on its console as `name=number`.
fn printed_number(machine: &Machine, name: &str, limit: Duration) -> Result<u64> {
    let started = Instant::now();
    loop {
        if let Some(number) = number_after(&machine.console(), name) {
            return Ok(number);
        }
        if started.elapsed() > limit {
            bail!(
                "{} did not print {name} within {} s; its console ends:\n{}",
                machine.name(),
                limit.as_secs(),
                machine.console_tail(15)
            );
        }
        interrupt::pause(Duration::from_millis(500))?;
    }
}

/// The number in `name=number`, once something that is no digit ends it.
fn number_after(console: &str, name: &str) -> Option<u64> {
    let rest = console.rsplit_once(&format!("{name}="))?.1;
    let end = rest.find(|c: char| !c.is_ascii_digit())?;
    rest[..end].parse().ok()
}

/// The milliseconds between two stations of a timeline.
fn between(journey: &crate::follow::Journey, from: &str, to: &str) -> Result<i64> {
    let at = |stage: &str| {
        let found = journey.timeline.iter().find(|station| station.stage == stage);
        found.map(|station| station.at).with_context(|| format!("{} has no station {stage}", journey.name))
    };
    Ok(at(to)? - at(from)?)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_counts_once_it_is_complete() {
        assert_eq!(number_after("boot\nrack-x=120", "rack-x"), None, "more digits may come");
        assert_eq!(number_after("boot\nrack-x=120\n", "rack-x"), Some(120));
        assert_eq!(number_after("rack-x=1\nrack-x=2 \n", "rack-x"), Some(2));
        assert_eq!(number_after("rack-x=\n", "rack-x"), None);
    }
}
