//! How soon something that failed is tried again: after 1, 2, 4 … 60 seconds.

use std::time::{Duration, Instant};

/// The longest pause.
const LONGEST: Duration = Duration::from_secs(60);
/// What ran for so long ran well: the next pause is the shortest again.
const WELL: Duration = Duration::from_secs(120);

/// The pace of one private server.
#[derive(Debug, Default, Clone, Copy)]
pub struct Pace {
    failures: u32,
    not_before: Option<Instant>,
}

impl Pace {
    /// Notes a failure.
    pub fn failed(&mut self, now: Instant) {
        self.not_before = Some(now + pause(self.failures));
        self.failures = self.failures.saturating_add(1);
    }

    /// Notes that it ended by itself after it ran since `started`.
    pub fn ended(&mut self, started: Instant, now: Instant) {
        if now.saturating_duration_since(started) >= WELL {
            *self = Self::default();
        }
        self.failed(now);
    }

    /// Forgets what was: something else is wanted now.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Whether it is to be tried now.
    #[must_use]
    pub fn is_due(&self, now: Instant) -> bool {
        self.not_before.is_none_or(|at| now >= at)
    }
}

/// After so many failures before this one.
fn pause(failures: u32) -> Duration {
    Duration::from_secs(1_u64 << failures.min(6)).min(LONGEST)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pauses_grow_to_a_minute() {
        let seconds: Vec<u64> = [0, 1, 2, 3, 4, 5, 6, 7, u32::MAX].map(|n| pause(n).as_secs()).to_vec();
        assert_eq!(seconds, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    }

    #[test]
    fn one_that_ran_well_begins_anew() {
        let born = Instant::now();
        let mut pace = Pace::default();
        (0..5).for_each(|_| pace.failed(born));
        pace.ended(born, born + WELL);
        assert!(!pace.is_due(born + WELL) && pace.is_due(born + WELL + Duration::from_secs(1)));
        pace.ended(born, born + Duration::from_secs(1));
        assert!(!pace.is_due(born + Duration::from_secs(2)));
    }
}
