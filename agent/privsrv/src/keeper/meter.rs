//! What private servers use, in spans of five minutes. Counters of the kernel are compared with those at the beginning of
//! the span, which lie on the disk: a restart of the agent loses nothing and counts nothing twice.

use std::collections::BTreeMap;

use rackwright_model::private_server::{Number, UsageSample};
use serde::{Deserialize, Serialize};

/// Of one span, in milliseconds.
pub const SPAN: i64 = 300_000;

/// What is measured at most by the first look at one, in milliseconds.
const FIRST_MS: u64 = 2_000;

/// Counters of the kernel, of one private server. All begin at zero when it starts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counters {
    pub cpu_us: u64,
    pub in_bytes: u64,
    pub out_bytes: u64,
}

/// One look at one private server. It does not run when there are no counters.
#[derive(Debug, Clone, Copy, Default)]
pub struct Reading {
    pub counters: Option<Counters>,
    pub memory_bytes: u64,
}

/// What is kept of the span that goes on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Meter {
    /// Its beginning in milliseconds since 1970: a multiple of [`SPAN`].
    pub at: i64,
    last: BTreeMap<u32, Counters>,
    /// Not kept: it is found again from the counters.
    #[serde(skip)]
    used: BTreeMap<u32, Used>,
    /// When it was looked last.
    looked: i64,
}

#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Used {
    counters: Counters,
    /// Bytes times milliseconds.
    memory: u128,
    measured_ms: u64,
}

/// The beginning of the span in which `now` is.
#[must_use]
pub fn begin(now: i64) -> i64 {
    now - now.rem_euclid(SPAN)
}

impl Meter {
    /// A meter that begins now.
    #[must_use]
    pub fn new(now: i64) -> Self {
        Self { at: begin(now), looked: now, ..Self::default() }
    }

    /// Whether the span is over. A clock that was set back ends it too.
    #[must_use]
    pub fn is_over(&self, now: i64) -> bool {
        begin(now) != self.at
    }

    /// Takes what was read of all at `now`.
    pub fn look(&mut self, now: i64, readings: &BTreeMap<u32, Reading>) {
        let passed = u64::try_from(now.saturating_sub(self.looked)).unwrap_or(0);
        self.looked = now;
        for (number, reading) in readings {
            // Of one that is seen for the first time nothing was measured since the last look.
            let known = self.used.contains_key(number) || self.last.contains_key(number);
            let passed = if known { passed } else { passed.min(FIRST_MS) };
            let used = self.used.entry(*number).or_default();
            used.measured_ms += passed;
            let Some(counters) = reading.counters else {
                self.last.remove(number);
                continue;
            };
            used.memory += u128::from(reading.memory_bytes) * u128::from(passed);
            let last = self.last.insert(*number, counters).unwrap_or_default();
            // Smaller than before means that it was started anew meanwhile.
            let since = |now: u64, last: u64| now.checked_sub(last).unwrap_or(now);
            used.counters.cpu_us += since(counters.cpu_us, last.cpu_us);
            used.counters.in_bytes += since(counters.in_bytes, last.in_bytes);
            used.counters.out_bytes += since(counters.out_bytes, last.out_bytes);
        }
    }

    /// Ends the span: its samples, and the meter of the next one. `disks` holds the bytes of each.
    pub fn close(&mut self, now: i64, disks: &BTreeMap<u32, u64>) -> Vec<UsageSample> {
        let used = std::mem::take(&mut self.used);
        let samples = used.iter().filter_map(|(number, used)| {
            Some(UsageSample {
                number: Number::try_from(*number).ok()?,
                at: rackwright_model::Millis(self.at),
                span_ms: u32::try_from(used.measured_ms).unwrap_or(u32::MAX),
                cpu_us: used.counters.cpu_us,
                memory_bytes: u64::try_from(used.memory / u128::from(used.measured_ms.max(1)))
                    .unwrap_or(u64::MAX),
                disk_bytes: disks.get(number).copied().unwrap_or(0),
                in_bytes: used.counters.in_bytes,
                out_bytes: used.counters.out_bytes,
            })
        });
        let samples = samples.filter(|sample| sample.span_ms > 0).collect();
        self.last.retain(|number, _| used.contains_key(number));
        self.at = begin(now);
        samples
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reading(cpu_us: u64, in_bytes: u64) -> BTreeMap<u32, Reading> {
        let counters = Some(Counters { cpu_us, in_bytes, out_bytes: 0 });
        BTreeMap::from([(1, Reading { counters, memory_bytes: 1000 })])
    }

    fn one(samples: &[UsageSample]) -> (u64, u64, u32, u64) {
        assert_eq!(samples.len(), 1);
        (samples[0].cpu_us, samples[0].in_bytes, samples[0].span_ms, samples[0].memory_bytes)
    }

    #[test]
    fn spans_hold_what_was_used_in_them() {
        let mut meter = Meter::new(SPAN * 10);
        meter.look(SPAN * 10 + 100_000, &reading(500, 7));
        meter.look(SPAN * 11, &reading(900, 7));
        assert!(meter.is_over(SPAN * 11) && !meter.is_over(SPAN * 11 - 1));
        let samples = meter.close(SPAN * 11, &BTreeMap::from([(1, 4096)]));
        assert_eq!(one(&samples), (900, 7, 202_000, 1000));
        assert_eq!((samples[0].at.0, samples[0].disk_bytes), (SPAN * 10, 4096));
        meter.look(SPAN * 11 + 1000, &reading(1000, 8));
        assert_eq!(one(&meter.close(SPAN * 12, &BTreeMap::new())), (100, 1, 1000, 1000));
    }

    #[test]
    fn a_start_anew_counts_from_zero() {
        let mut meter = Meter::new(0);
        meter.look(1000, &reading(500, 50));
        meter.look(2000, &reading(20, 3));
        assert_eq!(one(&meter.close(SPAN, &BTreeMap::new())), (520, 53, 2000, 1000));
    }

    #[test]
    fn a_restart_of_the_agent_loses_nothing_and_counts_nothing_twice() {
        let mut meter = Meter::new(0);
        meter.look(1000, &reading(500, 50));
        meter.close(SPAN, &BTreeMap::new());
        let kept = serde_json::to_string(&meter).expect("text");
        meter.look(SPAN + 1000, &reading(700, 60));
        let mut after: Meter = serde_json::from_str(&kept).expect("a meter");
        after.look(SPAN + 9000, &reading(800, 70));
        let (cpu, bytes, ..) = one(&after.close(SPAN * 2, &BTreeMap::new()));
        assert_eq!((cpu, bytes), (300, 20));
    }

    #[test]
    fn one_that_does_not_run_is_measured_too() {
        let mut meter = Meter::new(0);
        meter.look(1000, &BTreeMap::from([(1, Reading::default())]));
        assert_eq!(one(&meter.close(SPAN, &BTreeMap::from([(1, 1)]))), (0, 0, 1000, 0));
    }
}
