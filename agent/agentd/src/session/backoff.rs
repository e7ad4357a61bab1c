//! How long to wait before dialling again: 1, 2, 4 … 30 seconds, each moved by up to a quarter so that a rack of machines
//! does not return in step.

use std::time::Duration;

use ring::rand::{SecureRandom, SystemRandom};

/// The longest wait between two attempts.
const LONGEST: Duration = Duration::from_secs(30);

/// Counts the attempts that failed in a row.
#[derive(Debug, Default)]
pub struct Backoff {
    failures: u32,
}

impl Backoff {
    /// The wait before the next attempt; each call doubles the following one.
    pub fn next_wait(&mut self) -> Duration {
        let wait = nth(self.failures, chance());
        self.failures = self.failures.saturating_add(1);
        wait
    }

    /// The peer was there: start again from the shortest wait.
    pub fn reset(&mut self) {
        self.failures = 0;
    }
}

/// The wait after `failures` earlier ones; `chance` moves it by -25 % to +25 %.
fn nth(failures: u32, chance: u8) -> Duration {
    let base = Duration::from_secs(1_u64 << failures.min(5)).min(LONGEST);
    base * (192 + u32::from(chance) / 2) / 256
}

/// A byte of chance; without a source of it the middle, because waiting does not depend on it.
fn chance() -> u8 {
    let mut byte = [128];
    match SystemRandom::new().fill(&mut byte) {
        Ok(()) => byte[0],
        Err(_) => 128,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn doubles_up_to_thirty_seconds_within_a_quarter() {
        let bases = [1, 2, 4, 8, 16, 30, 30, 30];
        for (failures, base) in (0..).zip(bases) {
            let base = Duration::from_secs(base);
            for chance in [0, 128, 255] {
                let wait = nth(failures, chance);
                assert!(wait >= base * 3 / 4 && wait <= base * 5 / 4, "{failures} {chance} {wait:?}");
            }
        }
    }

    #[test]
    fn starts_again_after_a_reset() {
        let mut backoff = Backoff::default();
        for _ in 0..5 {
            backoff.next_wait();
        }
        backoff.reset();
        assert!(backoff.next_wait() < Duration::from_secs(2));
    }
}
