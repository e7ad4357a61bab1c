//! Clones, and those whose files they begin with. A clone knows the other only by its number, and that is given again to
//! somebody else when the other is gone: so the files of the other stay until the clone has them, and a clone that came too
//! late never looks for them again.

use std::collections::BTreeMap;

use rackwright_model::private_server::{Intent, Number, Wanted};

use super::record::Record;

/// Whose files it begins with. One that was rebuilt begins with its template's.
#[must_use]
pub fn of(wanted: &Wanted) -> Option<Number> {
    wanted.origin.filter(|_| wanted.edition == 0).map(|origin| origin.number)
}

/// Whether one that is first heard of came too late for the files that it is to begin with.
#[must_use]
pub fn is_lost(records: &BTreeMap<u32, Record>, wanted: &Wanted) -> bool {
    let stands = |origin: Number| {
        let record = records.get(&origin.into());
        record.is_some_and(|record| record.done.made.is_some() && !goes(record))
    };
    of(wanted).is_some_and(|origin| !stands(origin))
}

/// Why the files of a private server stay for now: a clone of them is not made yet.
#[must_use]
pub fn needed(records: &BTreeMap<u32, Record>, number: Number) -> Option<String> {
    let waits = |record: &&Record| {
        let done = &record.done;
        of(&record.wanted) == Some(number) && done.made.is_none() && !done.origin_lost && !goes(record)
    };
    let clone = &records.values().find(waits)?.wanted.name;
    Some(format!("{clone} begins with its files and is not made yet; they stay until it is made or removed"))
}

fn goes(record: &Record) -> bool {
    matches!(record.wanted.intent, Intent::Gone | Intent::Left)
}
