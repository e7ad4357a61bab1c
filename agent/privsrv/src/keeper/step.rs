//! What is to be done next for a private server: a decision of what is kept and of whether it runs, and of nothing else.

use rackwright_model::private_server::Intent;

use super::record::Record;

/// One step of the work. After each it is decided anew.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// All is as wanted.
    Rest,
    /// Its files are made from the template, without any that were there.
    Make,
    Start,
    Stop,
    /// Size, address and network are changed where it stands.
    Adapt,
    Remove,
    /// Its template is fetched; its files are elsewhere.
    Fetch,
    /// It is forgotten here; its disk stays on the NAS.
    Leave,
}

impl Step {
    /// Whether the files that this one has are gone afterwards.
    #[must_use]
    pub fn ends_files(self, record: &Record) -> bool {
        match self {
            Self::Remove | Self::Leave => true,
            Self::Make => record.done.made.is_some(),
            Self::Rest | Self::Start | Self::Stop | Self::Adapt | Self::Fetch => false,
        }
    }
}

/// The next step.
#[must_use]
pub fn next(record: &Record, runs: bool) -> Step {
    let Record { wanted, done } = record;
    let made = done.made.as_ref().is_some_and(|made| made.edition >= wanted.edition);
    let current = done.generation >= wanted.generation;
    match wanted.intent {
        Intent::Gone => Step::Remove,
        Intent::Left => Step::Leave,
        Intent::Near if runs || !done.addresses.is_empty() => Step::Stop,
        Intent::Near if !current => Step::Fetch,
        Intent::Near => Step::Rest,
        Intent::On | Intent::Off if !made && runs => Step::Stop,
        Intent::On | Intent::Off if !made => Step::Make,
        Intent::Off if runs || !done.addresses.is_empty() => Step::Stop,
        Intent::On if !runs => Step::Start,
        Intent::On if done.boots < wanted.boots => Step::Stop,
        Intent::On | Intent::Off if !current => Step::Adapt,
        // Its start was cut off before its address was there.
        Intent::On if done.laid.is_none() => Step::Adapt,
        Intent::On | Intent::Off => Step::Rest,
    }
}
