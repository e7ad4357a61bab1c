//! What a person at the server is told: what is kept, what runs, and what nobody claims.

use std::fmt;

use rackwright_model::private_server::{Intent, Number};
use serde::Serialize;

use super::record::Records;
use super::sweep::{self, Stray};
use super::{Site, host};
use crate::explain;
use crate::runtime;

/// Everything of private servers on this server.
#[derive(Debug, Serialize)]
pub struct Report {
    pub kept: Vec<Kept>,
    /// Records that cannot be read, and why.
    pub damaged: Vec<String>,
    /// What carries our names and belongs to none that is kept.
    pub strays: Vec<Stray>,
    /// Sentences on what keeps private servers from standing here.
    pub missing: Vec<String>,
}

/// One that is kept.
#[derive(Debug, Serialize)]
pub struct Kept {
    pub number: Number,
    pub name: String,
    pub intent: Intent,
    /// The generation that is wanted, and the one that was carried out.
    pub generation: u64,
    pub carried_out: u64,
    pub runs: bool,
}

/// Looks at the records and at the kernel.
///
/// # Errors
/// A sentence when one of them cannot be asked.
pub fn report(site: &Site) -> Result<Report, String> {
    let (records, damaged) = Records(site.records.clone()).load().map_err(|why| explain(&why))?;
    let missing = host::missing(site);
    let claimed = sweep::claimed(&site.records);
    let card = host::card(site.center).ok();
    let link = card.as_deref().map(|card| host::link(card, host::speed(card)));
    // A server where private servers cannot stand has none of the programs to ask.
    let strays = if missing.is_empty() { sweep::strays(&site.places, link, &claimed) } else { Vec::new() };
    let kept = records.into_values().map(|record| Kept {
        number: record.wanted.number,
        name: record.wanted.name.to_string(),
        intent: record.wanted.intent,
        generation: record.wanted.generation,
        carried_out: record.done.generation,
        runs: runtime::is_populated(record.wanted.number),
    });
    let damaged = damaged.iter().map(|why| explain(why)).collect();
    Ok(Report { kept: kept.collect(), damaged, strays, missing })
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for kept in &self.kept {
            let Kept { number, name, intent, generation, carried_out, runs } = kept;
            let wanted = match intent {
                Intent::On => "on",
                Intent::Off => "off",
                Intent::Gone => "gone",
                Intent::Near => "near",
                Intent::Left => "left",
            };
            let state = if *runs { "runs" } else { "does not run" };
            let tag = number.tag();
            writeln!(
                f,
                "{tag} {name}: wanted {wanted} (generation {generation}, carried out {carried_out}), {state}"
            )?;
        }
        for Stray { number, what } in &self.strays {
            writeln!(f, "{}: {what} without a private server", number.tag())?;
        }
        self.damaged.iter().chain(&self.missing).try_for_each(|line| writeln!(f, "{line}"))
    }
}
