//! How many failed attempts of one person go on record. Audit rows are kept for ever: somebody who fails on purpose, again
//! and again, would fill the disk with them. What succeeds is always on record.

use std::collections::HashMap;
use std::sync::Mutex;

use rackwright_model::Millis;

/// Failed attempts of a person that go on record within [`WINDOW_MS`].
pub(crate) const HEARD: u32 = 120;
/// Ten minutes: a script that fails in a loop writes some 17,000 rows in a day.
const WINDOW_MS: i64 = 600_000;
/// People whose failures are counted at one time.
const KEPT: usize = 10_000;

/// Failed attempts within the last minutes, by who made them.
#[derive(Debug, Default)]
pub(crate) struct Failures(Mutex<HashMap<String, Count>>);

#[derive(Debug, Clone, Copy)]
struct Count {
    since: Millis,
    times: u32,
}

/// Whether a failed attempt goes on record.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Heard {
    Yes,
    /// It does, and those that follow do not.
    Last,
    No,
}

impl Failures {
    /// One more failed attempt.
    pub(crate) fn hear(&self, who: &str, now: Millis) -> Heard {
        let mut counts = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let over = |count: &Count| !(0..WINDOW_MS).contains(&now.since(count.since));
        if counts.len() >= KEPT && !counts.contains_key(who) {
            counts.retain(|_, count| !over(count));
            if counts.len() >= KEPT {
                return Heard::No;
            }
        }
        let count = counts.entry(who.to_owned()).or_insert(Count { since: now, times: 0 });
        if over(count) {
            *count = Count { since: now, times: 0 };
        }
        count.times = count.times.saturating_add(1);
        match count.times {
            ..HEARD => Heard::Yes,
            HEARD => Heard::Last,
            _ => Heard::No,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_person_is_counted_alone_and_begins_anew_after_a_while() {
        let failures = Failures::default();
        let at = |ms| Millis(1_000_000 + ms);
        for _ in 1..HEARD {
            assert_eq!(failures.hear("kim", at(0)), Heard::Yes);
        }
        assert_eq!(failures.hear("kim", at(1)), Heard::Last);
        assert_eq!(failures.hear("kim", at(WINDOW_MS - 1)), Heard::No);
        assert_eq!(failures.hear("ann", at(1)), Heard::Yes);
        assert_eq!(failures.hear("kim", at(WINDOW_MS)), Heard::Yes);
        // The clock was set back.
        assert_eq!(failures.hear("ann", at(-5)), Heard::Yes);
    }
}
