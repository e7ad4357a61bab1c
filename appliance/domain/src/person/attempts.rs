//! How often a password may be tried. A few tries are free; each one after that doubles the wait, up to [`LONGEST_MS`].
//! Tries during a wait cost nothing and do not lengthen it, so nobody is ever shut out for longer than that.
//!
//! Attacker's input: names, any number of them, each already at most 32 characters long.

use std::collections::HashMap;
use std::sync::Mutex;

use rackwright_model::Millis;

/// Wrong passwords in a row that cost no wait.
const FREE: u32 = 5;
/// The longest wait.
const LONGEST_MS: i64 = 60_000;
/// A name that nobody tried for so long begins anew.
const FORGET_MS: i64 = 15 * 60_000;
/// Names that are remembered.
const NAMES: usize = 10_000;

/// Tries that have not been followed by a success.
#[derive(Default)]
pub(crate) struct Attempts {
    names: Mutex<HashMap<String, Tried>>,
}

#[derive(Clone, Copy)]
struct Tried {
    times: u32,
    last: Millis,
}

impl Tried {
    fn wait_ms(self) -> i64 {
        match self.times.checked_sub(FREE) {
            None => 0,
            Some(doublings) => (1_000_i64 << doublings.min(16)).min(LONGEST_MS),
        }
    }

    /// Long ago, or in a future that the clock has since left.
    fn forgotten(self, now: Millis) -> bool {
        !(0..FORGET_MS).contains(&now.since(self.last))
    }
}

impl Attempts {
    /// Begin a try. It counts as a wrong one until [`Self::forgive`]: many at once are no way around the wait.
    ///
    /// # Errors
    /// Seconds to wait, rounded up.
    pub(crate) fn admit(&self, name: &str, now: Millis) -> Result<(), i64> {
        let mut names = self.names.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let before = names.get(name).copied().filter(|tried| !tried.forgotten(now));
        let left = before.map_or(0, |tried| tried.wait_ms() - now.since(tried.last));
        if left > 0 {
            return Err((left + 999) / 1_000);
        }
        if names.len() >= NAMES && !names.contains_key(name) {
            make_room(&mut names, now);
        }
        let times = before.map_or(0, |tried| tried.times).saturating_add(1);
        names.insert(name.to_owned(), Tried { times, last: now });
        Ok(())
    }

    /// The password was right.
    pub(crate) fn forgive(&self, name: &str) {
        self.names.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).remove(name);
    }
}

/// Names tried seldom go first: a flood of made-up names does not wipe out the count of the one under attack.
fn make_room(names: &mut HashMap<String, Tried>, now: Millis) {
    names.retain(|_, tried| !tried.forgotten(now));
    if names.len() < NAMES {
        return;
    }
    let least = names.iter().min_by_key(|(_, tried)| (tried.times, tried.last)).map(|(name, _)| name.clone());
    if let Some(name) = least {
        names.remove(&name);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = Millis(1_764_000_000_000);

    #[test]
    fn the_wait_doubles_up_to_a_minute_and_no_further() {
        let attempts = Attempts::default();
        let mut now = START;
        let mut waits = Vec::new();
        for _ in 0..16 {
            while let Err(wait_s) = attempts.admit("admin", now) {
                waits.push(wait_s);
                now = now.plus(wait_s * 1_000);
            }
        }
        assert_eq!(waits, [1, 2, 4, 8, 16, 32, 60, 60, 60, 60, 60]);
    }

    #[test]
    fn tries_during_the_wait_do_not_lengthen_it() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", START).expect("free");
        }
        for _ in 0..1_000 {
            assert_eq!(attempts.admit("admin", START.plus(10)), Err(1));
        }
        assert_eq!(attempts.admit("admin", START.plus(1_000)), Ok(()));
    }

    #[test]
    fn other_names_go_on_and_a_right_password_forgives() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", START).expect("free");
        }
        assert!(attempts.admit("admin", START).is_err());
        assert!(attempts.admit("robin", START).is_ok());
        attempts.forgive("admin");
        assert!(attempts.admit("admin", START).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", START).expect("free");
        }
        assert_eq!(attempts.admit("admin", START.plus(-3_600_000)), Ok(()));
    }

    #[test]
    fn a_flood_of_names_is_bounded_and_does_not_clear_the_one_under_attack() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", START).expect("free");
        }
        for number in 0..NAMES + 50 {
            attempts.admit(&format!("n{number}"), START).expect("a new name");
        }
        assert_eq!(attempts.names.lock().expect("whole").len(), NAMES);
        assert!(attempts.admit("admin", START).is_err());
    }
}
