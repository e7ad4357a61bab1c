//! Samples of usage on their way: kept on the disk until the Control Center has them.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use rackwright_model::private_server::{Number, UsageBatch, UsageSample};

use super::meter::{Counters, Meter, Reading, SPAN};
use crate::durable;
use crate::namespace;
use crate::places::Places;
use crate::quota;
use crate::runtime;

/// Batches that are kept: those of 31 days.
const MOST: i64 = 31 * 24 * 12;
/// Samples of one batch.
const SAMPLES: usize = 500;
/// Parts of the batches of one span.
const PARTS: u64 = 1000;

/// The directory of the batches that wait.
#[derive(Debug, Clone)]
pub struct Spool(pub PathBuf);

impl Spool {
    fn path(&self, batch: u64) -> PathBuf {
        self.0.join(format!("{batch}.json"))
    }

    fn meter(&self) -> PathBuf {
        self.0.join("meter")
    }

    /// The meter as it was at the beginning of its span; a new one when there is none that can be read.
    #[must_use]
    pub fn load(&self) -> Meter {
        let text = durable::read_if_there(&self.meter()).ok().flatten().unwrap_or_default();
        serde_json::from_str(&text).unwrap_or_else(|_| Meter::new(now()))
    }

    /// Keeps the samples of a span, then the meter of the next one.
    ///
    /// # Errors
    /// A sentence.
    pub fn keep(&self, at: i64, samples: &[UsageSample], meter: &Meter) -> Result<(), String> {
        fs::create_dir_all(&self.0).map_err(|why| format!("cannot make {}: {why}", self.0.display()))?;
        let span = u64::try_from(at / SPAN).unwrap_or(0);
        for (part, samples) in (0..).zip(samples.chunks(SAMPLES)) {
            let batch = UsageBatch { batch: span * PARTS + part, samples: samples.to_vec() };
            let text = serde_json::to_vec(&batch).map_err(|why| why.to_string())?;
            durable::replace(&self.path(batch.batch), &text, 0o600).map_err(|why| crate::explain(&why))?;
        }
        let oldest = span.saturating_sub(u64::try_from(MOST).unwrap_or(0)) * PARTS;
        for batch in self.waiting().into_iter().filter(|batch| *batch < oldest) {
            self.forget(batch)?;
        }
        let text = serde_json::to_vec(meter).map_err(|why| why.to_string())?;
        durable::replace(&self.meter(), &text, 0o600).map_err(|why| crate::explain(&why))
    }

    /// Numbers of the batches that wait.
    #[must_use]
    pub fn waiting(&self) -> Vec<u64> {
        let entries = fs::read_dir(&self.0).into_iter().flatten().flatten();
        let names = entries.filter_map(|entry| entry.file_name().into_string().ok());
        names.filter_map(|name| name.strip_suffix(".json")?.parse().ok()).collect()
    }

    /// The oldest batch. One that cannot be read is thrown away.
    #[must_use]
    pub fn oldest(&self) -> Option<UsageBatch> {
        let mut waiting = self.waiting();
        waiting.sort_unstable();
        waiting.into_iter().find_map(|batch| {
            let text = durable::read_if_there(&self.path(batch)).ok().flatten()?;
            match serde_json::from_str::<UsageBatch>(&text) {
                Ok(read) if read.batch == batch => Some(read),
                _ => {
                    eprintln!("{} holds no usage; it is thrown away", self.path(batch).display());
                    self.forget(batch).ok();
                    None
                }
            }
        })
    }

    /// Forgets one that is in the books.
    ///
    /// # Errors
    /// A sentence.
    pub fn forget(&self, batch: u64) -> Result<(), String> {
        durable::remove(&self.path(batch)).map_err(|why| crate::explain(&why))
    }
}

/// Milliseconds since 1970.
#[must_use]
pub fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
}

/// Reads the counters of all. One is left out while it begins or ends: half of a reading would be counted twice.
#[must_use]
pub fn read(places: &Places, numbers: &[Number]) -> BTreeMap<u32, Reading> {
    let held: Vec<PathBuf> = numbers.iter().map(|number| places.network(*number)).collect();
    let carried = namespace::carried(&held);
    let readings = numbers.iter().zip(carried);
    readings.filter_map(|(number, carried)| Some((u32::from(*number), reading(*number, carried)?))).collect()
}

fn reading(number: Number, carried: Option<(u64, u64)>) -> Option<Reading> {
    let cgroup = runtime::cgroup(number);
    let text = |path: &Path| fs::read_to_string(path).unwrap_or_default();
    let stat = text(&cgroup.join("cpu.stat"));
    let Some(cpu) = stat.lines().find_map(|line| line.strip_prefix("usage_usec ")) else {
        return Some(Reading::default());
    };
    let (in_bytes, out_bytes) = carried?;
    let number = |text: &str| text.trim().parse().unwrap_or(0);
    let counters = Counters { cpu_us: number(cpu), in_bytes, out_bytes };
    Some(Reading { counters: Some(counters), memory_bytes: number(&text(&cgroup.join("memory.current"))) })
}

/// Bytes on the disk of each project, which are numbered as private servers are.
#[must_use]
pub fn disks(places: &Places) -> BTreeMap<u32, u64> {
    quota::used(places).unwrap_or_else(|why| {
        eprintln!("the use of disks is not known: {}", crate::explain(&why));
        BTreeMap::new()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_wait_in_order_until_they_are_forgotten() {
        let dir = tempfile::tempdir().expect("temporary directory");
        let spool = Spool(dir.path().join("usage"));
        let mut meter = spool.load();
        let number = 1;
        for span in [9, 10] {
            meter = Meter::new(span * SPAN);
            meter.look(span * SPAN + 5, &BTreeMap::from([(number, Reading::default())]));
            let samples = meter.close((span + 1) * SPAN, &BTreeMap::new());
            spool.keep(span * SPAN, &samples, &meter).expect("kept");
        }
        assert_eq!(spool.load(), meter);
        assert_eq!(spool.oldest().map(|batch| batch.batch), Some(9000));
        spool.forget(9000).expect("forgotten");
        fs::write(dir.path().join("usage/9500.json"), "half").expect("written");
        assert_eq!(spool.oldest().map(|batch| batch.batch), Some(10_000));
        assert_eq!(spool.waiting(), [10_000]);
    }
}
