//! Between the password and the code: names and passwords that were right, kept in memory for the minutes in which somebody
//! looks for a phone, under a random key in a cookie. A page never holds the password.
//!
//! Only a right password gets in here, so a stranger cannot fill it.

use std::collections::HashMap;
use std::sync::{Mutex, MutexGuard};

use rackwright_model::Millis;
use ring::rand::{SecureRandom, SystemRandom};

/// The cookie that holds the key.
pub const COOKIE_NAME: &str = "__Host-rackwright-step";
/// How long a right password waits for its code.
pub const LASTS_S: i64 = 300;
/// People who wait at the same time; the oldest goes first.
const MOST: usize = 1_000;

/// A name and a password that was right.
#[derive(Clone)]
pub struct Known {
    pub user: String,
    pub password: String,
    /// Whether a passkey would do in place of a code.
    pub passkey: bool,
    until: Millis,
}

/// Everybody who is asked for a code.
#[derive(Default)]
pub struct Waiting(Mutex<HashMap<String, Known>>);

impl Waiting {
    /// Keep a name and its right password; the key for the cookie. None when the machine has no randomness to give.
    pub fn keep(&self, user: String, password: String, passkey: bool, now: Millis) -> Option<String> {
        let mut bytes = [0; 32];
        SystemRandom::new().fill(&mut bytes).ok()?;
        let key = hex::encode(bytes);
        let mut waiting = self.live(now);
        if waiting.len() >= MOST {
            let oldest = waiting.iter().min_by_key(|(_, known)| known.until.0).map(|(key, _)| key.clone());
            oldest.and_then(|key| waiting.remove(&key));
        }
        waiting.insert(key.clone(), Known { user, password, passkey, until: now.plus(LASTS_S * 1_000) });
        Some(key)
    }

    /// Who waits under this key.
    pub fn find(&self, key: &str, now: Millis) -> Option<Known> {
        self.live(now).get(key).cloned()
    }

    pub fn forget(&self, key: &str, now: Millis) {
        self.live(now).remove(key);
    }

    /// Without those who waited too long.
    fn live(&self, now: Millis) -> MutexGuard<'_, HashMap<String, Known>> {
        let mut waiting = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        waiting.retain(|_, known| known.until.0 > now.0);
        waiting
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: Millis = Millis(1_764_000_000_000);

    #[test]
    fn a_password_waits_five_minutes_and_no_longer() {
        let waiting = Waiting::default();
        let key = waiting.keep("robin".into(), "hush".into(), true, NOW).expect("randomness");
        let known = waiting.find(&key, NOW.plus(LASTS_S * 1_000 - 1)).expect("waits");
        assert_eq!((known.user.as_str(), known.password.as_str(), known.passkey), ("robin", "hush", true));
        assert!(waiting.find("another key", NOW).is_none());
        assert!(waiting.find(&key, NOW.plus(LASTS_S * 1_000)).is_none());
        assert!(waiting.find(&key, NOW).is_none(), "it is gone, not hidden");
    }

    #[test]
    fn those_who_wait_are_bounded() {
        let waiting = Waiting::default();
        let keys: Vec<String> = (0..1_100)
            .map(|at| waiting.keep(format!("n{at}"), "hush".into(), false, NOW.plus(at)).expect("randomness"))
            .collect();
        assert_eq!(waiting.live(NOW).len(), MOST);
        assert!(waiting.find(&keys[99], NOW).is_none() && waiting.find(&keys[100], NOW).is_some());
    }
}
