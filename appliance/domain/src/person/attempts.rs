//! How often a password may be tried. A few tries are free; each one after that doubles the wait, up to [`LONGEST_MS`].
//! Tries during a wait cost nothing and do not lengthen it, so nobody is ever shut out for longer than that.
//!
//! Tries are counted by name and address, so that a stranger elsewhere does not hold up the one who owns the name; and by
//! name alone with a far larger allowance, so that many addresses together get no further. Where somebody signed in
//! before, tries from elsewhere do not count: else strangers who never stop trying would shut the owner out for good. A
//! restart forgets these places.
//!
//! Attacker's input: names, any number of them, each already at most 32 characters long; addresses.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::Mutex;

use rackwright_model::Millis;

/// Wrong passwords in a row from one address that cost no wait.
const FREE: u32 = 5;
/// Wrong passwords in a row from everywhere that cost no wait.
const FREE_EVERYWHERE: u32 = 100;
/// Letters with links that cost no wait: for one name from one address, and from everywhere.
const FREE_LETTERS: [u32; 2] = [3, 20];
/// Letters that cost one address no wait, whatever the names; all addresses together have no such limit, so that nobody keeps
/// everybody else from theirs.
const FREE_LETTERS_ANY_NAME: [u32; 2] = [20, u32::MAX];
/// The longest wait for a letter.
const LONGEST_LETTER_MS: i64 = 10 * 60_000;
/// The longest wait.
const LONGEST_MS: i64 = 60_000;
/// A name that nobody tried for so long begins anew.
const FORGET_MS: i64 = 15 * 60_000;
/// Counts that are kept, and places.
const KEPT: usize = 20_000;
/// A place from which nobody signed in for so long is like any other.
const KNOWN_MS: i64 = 30 * 86_400_000;

/// Tries that have not been followed by a success.
pub(crate) struct Attempts {
    counts: Mutex<HashMap<Key, Tried>>,
    /// Where names signed in from, and when last.
    known: Mutex<HashMap<Key, Millis>>,
    /// Tries that cost no wait: from one address, and from everywhere.
    free: [u32; 2],
    longest_ms: i64,
}

impl Default for Attempts {
    fn default() -> Self {
        Self {
            counts: Mutex::default(),
            known: Mutex::default(),
            free: [FREE, FREE_EVERYWHERE],
            longest_ms: LONGEST_MS,
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    name: String,
    place: Place,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
enum Place {
    Everywhere,
    /// This machine.
    Here,
    /// An IPv4 address, or the /64 of an IPv6 address, which one customer of a network owns whole.
    From(IpAddr),
}

impl Place {
    fn of(address: Option<IpAddr>) -> Self {
        match address {
            None => Self::Here,
            Some(IpAddr::V6(address)) if address.to_ipv4_mapped().is_none() => {
                Self::From(Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into())
            }
            Some(address) => Self::From(address.to_canonical()),
        }
    }
}

#[derive(Clone, Copy)]
struct Tried {
    times: u32,
    last: Millis,
}

impl Tried {
    fn wait_ms(self, free: u32, longest_ms: i64) -> i64 {
        match self.times.checked_sub(free) {
            None => 0,
            Some(doublings) => (1_000_i64 << doublings.min(16)).min(longest_ms),
        }
    }

    /// Long ago, or in a future that the clock has since left.
    fn forgotten(self, now: Millis) -> bool {
        !(0..FORGET_MS).contains(&now.since(self.last))
    }
}

impl Attempts {
    /// For letters, which nothing forgives.
    pub(crate) fn of_letters() -> Self {
        Self { free: FREE_LETTERS, longest_ms: LONGEST_LETTER_MS, ..Self::default() }
    }

    /// For letters by address alone: tried with no name.
    pub(crate) fn of_letters_of_any_name() -> Self {
        Self { free: FREE_LETTERS_ANY_NAME, longest_ms: LONGEST_LETTER_MS, ..Self::default() }
    }

    /// Begin a try. It counts as a wrong one until [`Self::forgive`]: many at once are no way around the wait.
    ///
    /// # Errors
    /// Seconds to wait, rounded up.
    pub(crate) fn admit(&self, name: &str, address: Option<IpAddr>, now: Millis) -> Result<(), i64> {
        let mut counts = self.counts.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let keys = keys(name, address);
        let before =
            keys.each_ref().map(|key| counts.get(key).copied().filter(|tried| !tried.forgotten(now)));
        let left = |(key, tried): (&Key, Option<Tried>)| {
            tried.map_or(0, |tried| {
                let free = self.free[usize::from(key.place == Place::Everywhere)];
                tried.wait_ms(free, self.longest_ms) - now.since(tried.last)
            })
        };
        let judged = if self.knows(&keys[0], now) { 1 } else { keys.len() };
        let longest = keys.iter().zip(before).take(judged).map(left).max().unwrap_or(0);
        if longest > 0 {
            return Err((longest + 999) / 1_000);
        }
        for (key, tried) in keys.into_iter().zip(before) {
            if counts.len() >= KEPT && !counts.contains_key(&key) {
                make_room(&mut counts, now);
            }
            let times = tried.map_or(0, |tried| tried.times).saturating_add(1);
            counts.insert(key, Tried { times, last: now });
        }
        Ok(())
    }

    /// The password was right.
    pub(crate) fn forgive(&self, name: &str, address: Option<IpAddr>, now: Millis) {
        let keys = keys(name, address);
        let mut counts = self.counts.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        for key in &keys {
            counts.remove(key);
        }
        drop(counts);
        let [place, _] = keys;
        let mut known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if known.len() >= KEPT && !known.contains_key(&place) {
            let oldest = known.iter().min_by_key(|(_, at)| **at).map(|(key, _)| key.clone());
            oldest.and_then(|key| known.remove(&key));
        }
        known.insert(place, now);
    }

    fn knows(&self, place: &Key, now: Millis) -> bool {
        let known = self.known.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        known.get(place).is_some_and(|at| now.since(*at) < KNOWN_MS)
    }
}

fn keys(name: &str, address: Option<IpAddr>) -> [Key; 2] {
    [Place::of(address), Place::Everywhere].map(|place| Key { name: name.to_owned(), place })
}

/// Names tried seldom go first: a flood of made-up names does not wipe out the count of the one under attack.
fn make_room(counts: &mut HashMap<Key, Tried>, now: Millis) {
    counts.retain(|_, tried| !tried.forgotten(now));
    if counts.len() < KEPT {
        return;
    }
    // Many at once, so that the work is done once in many tries.
    let mut ranks: Vec<_> = counts.values().map(|tried| (tried.times, tried.last)).collect();
    let (_, cut, _) = ranks.select_nth_unstable(KEPT / 4);
    let cut = *cut;
    counts.retain(|_, tried| (tried.times, tried.last) > cut);
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Millis = Millis(1_764_000_000_000);
    const HERE: Option<IpAddr> = None;

    #[test]
    fn the_wait_doubles_up_to_a_minute_and_no_further() {
        let attempts = Attempts::default();
        let mut now = START;
        let mut waits = Vec::new();
        for _ in 0..16 {
            while let Err(wait_s) = attempts.admit("admin", HERE, now) {
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
            attempts.admit("admin", HERE, START).expect("free");
        }
        for _ in 0..1_000 {
            assert_eq!(attempts.admit("admin", HERE, START.plus(10)), Err(1));
        }
        assert_eq!(attempts.admit("admin", HERE, START.plus(1_000)), Ok(()));
    }

    #[test]
    fn other_names_go_on_and_a_right_password_forgives() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", HERE, START).expect("free");
        }
        assert!(attempts.admit("admin", HERE, START).is_err());
        assert!(attempts.admit("robin", HERE, START).is_ok());
        attempts.forgive("admin", HERE, START);
        assert!(attempts.admit("admin", HERE, START).is_ok());
    }

    #[test]
    fn a_clock_that_is_set_back_locks_nobody_out() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", HERE, START).expect("free");
        }
        assert_eq!(attempts.admit("admin", HERE, START.plus(-3_600_000)), Ok(()));
    }

    #[test]
    fn a_flood_of_names_is_bounded_and_does_not_clear_the_one_under_attack() {
        let attempts = Attempts::default();
        for _ in 0..FREE {
            attempts.admit("admin", HERE, START).expect("free");
        }
        for number in 0..KEPT + 50 {
            attempts.admit(&format!("n{number}"), HERE, START).expect("a new name");
        }
        assert!(attempts.counts.lock().expect("whole").len() <= KEPT);
        assert!(attempts.admit("admin", HERE, START).is_err());
    }

    #[test]
    fn a_stranger_elsewhere_does_not_hold_up_the_owner_of_the_name() {
        let attempts = Attempts::default();
        let at = |last: u8| Some(IpAddr::from([192, 0, 2, last]));
        let mut now = START;
        for _ in 0..40 {
            while let Err(wait_s) = attempts.admit("admin", at(66), now) {
                now = now.plus(wait_s * 1_000);
            }
        }
        assert!(attempts.admit("admin", at(66), now).is_err());
        assert!(attempts.admit("admin", at(7), now).is_ok());
    }

    #[test]
    fn many_addresses_together_get_no_further() {
        let attempts = Attempts::default();
        let admitted = |number: u32| {
            let address = IpAddr::from(std::net::Ipv4Addr::from_bits(0x0a00_0000 + number));
            attempts.admit("admin", Some(address), START).is_ok()
        };
        assert_eq!((0..1_000).filter(|number| admitted(*number)).count(), 100);
    }

    #[test]
    fn many_strangers_do_not_hold_up_whoever_signed_in_from_there_before() {
        let attempts = Attempts::default();
        let home = Some(IpAddr::from([192, 0, 2, 7]));
        attempts.admit("admin", home, START).expect("free");
        attempts.forgive("admin", home, START);
        let admitted = |address| attempts.admit("admin", address, START).is_ok();
        let stranger = |number: u32| Some(IpAddr::from(std::net::Ipv4Addr::from_bits(0x0a00_0000 + number)));
        assert_eq!((0..500).filter(|number| admitted(stranger(*number))).count(), 100);
        assert_eq!(
            (0..50).filter(|_| admitted(home)).count(),
            5,
            "guesses from there are slowed down as ever"
        );
        let later = START.plus(KNOWN_MS);
        for number in 0..100 {
            attempts.admit("admin", stranger(number), later).expect("forgotten by then");
        }
        assert!(attempts.admit("admin", home, later).is_err(), "a place does not stay known for ever");
    }

    #[test]
    fn the_addresses_of_one_network_of_ipv6_count_as_one() {
        let attempts = Attempts::default();
        let admitted = |host: u16| {
            let address = Ipv6Addr::new(0x2001, 0xdb8, 0, 7, 0, 0, 0, host);
            attempts.admit("admin", Some(address.into()), START).is_ok()
        };
        assert_eq!((0..50).filter(|host| admitted(*host)).count(), 5);
    }
}
