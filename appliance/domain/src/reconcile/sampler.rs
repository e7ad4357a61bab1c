//! Keeps what servers report: every 15 s one transaction for all of them.
//!
//! Attacker's input: the numbers of a heartbeat come from a machine; they are cut to what sums can hold.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use rackwright_model::sample::{MOST, RUNGS, Sample};
use rackwright_model::{Millis, ServerId};
use rackwright_proto::Heartbeat;
use rackwright_store::sample::{sample_put, sample_roll};
use tokio::time::{MissedTickBehavior, interval};

use crate::refusal::chain;
use crate::{Domain, Refusal};

/// How often it is looked whether a span is over.
const TICK: Duration = Duration::from_secs(1);
/// Counters that are further apart say nothing of the span that just ended.
const APART_MS: i64 = 60_000;

pub(super) async fn run(domain: Arc<Domain>) {
    let mut ticks = interval(TICK);
    ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut sampler = Sampler::new(domain.now());
    loop {
        ticks.tick().await;
        if let Err(error) = sampler.tick(&domain).await {
            tracing::warn!("what servers reported was not kept: {}", chain(&error));
        }
    }
}

/// Remembers the heartbeats that the counters of the next ones are compared with.
pub struct Sampler {
    looked_at: Millis,
    before: HashMap<ServerId, (Millis, Heartbeat)>,
}

impl Sampler {
    #[must_use]
    pub fn new(now: Millis) -> Self {
        Self { looked_at: now, before: HashMap::new() }
    }

    /// Keep the span that is over, if one is.
    ///
    /// # Errors
    /// When the database fails; the span is then lost, and the next one is tried again.
    pub async fn tick(&mut self, domain: &Domain) -> Result<(), Refusal> {
        let (now, span_ms) = (domain.now(), RUNGS[0].span_ms());
        if now.0.div_euclid(span_ms) == self.looked_at.0.div_euclid(span_ms) {
            return Ok(());
        }
        let began = Millis((now.0.div_euclid(span_ms) - 1) * span_ms);
        let heard = domain.presence.heartbeats(self.looked_at);
        self.looked_at = now;
        let samples: Vec<(ServerId, Sample)> =
            heard.iter().map(|(id, at, beat)| (*id, sample(began, self.before.get(id), *at, beat))).collect();
        self.before = heard.into_iter().map(|(id, at, beat)| (id, (at, beat))).collect();
        domain
            .write(move |tx| {
                for (id, sample) in &samples {
                    sample_put(tx, *id, sample)?;
                }
                Ok(sample_roll(tx, now)?)
            })
            .await
    }
}

fn sample(began: Millis, before: Option<&(Millis, Heartbeat)>, at: Millis, beat: &Heartbeat) -> Sample {
    let disks = |read: fn(&rackwright_proto::DiskUse) -> u64| {
        held(beat.disks.iter().map(read).fold(0, u64::saturating_add))
    };
    let memory = held(beat.memory_kb.saturating_mul(1_024));
    let disk = disks(|disk| disk.bytes);
    let before = before.filter(|(then, _)| (1..=APART_MS).contains(&at.since(*then)));
    let (net_in_bytes_per_s, net_out_bytes_per_s) = rates(before, at, beat);
    Sample {
        at: began,
        cpu_permille: before.and_then(|(_, before)| cpu(before, beat)),
        memory_bytes: memory,
        memory_used_bytes: memory.saturating_sub(held(beat.memory_available_kb.saturating_mul(1_024))).max(0),
        disk_bytes: disk,
        disk_used_bytes: disk.saturating_sub(disks(|disk| disk.free_bytes)).max(0),
        net_in_bytes_per_s,
        net_out_bytes_per_s,
    }
}

/// A machine's number, cut to what sums can hold.
fn held(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(MOST).min(MOST)
}

/// Busy ticks in all ticks between two heartbeats; none after a restart, which begins the count again.
fn cpu(before: &Heartbeat, now: &Heartbeat) -> Option<i64> {
    let (before, now) = (before.cpu?, now.cpu?);
    let total = now.total.checked_sub(before.total).filter(|total| *total > 0)?;
    let busy = now.busy.checked_sub(before.busy)?.min(total);
    i64::try_from(u128::from(busy) * 1_000 / u128::from(total)).ok()
}

/// Bytes a second, in and out.
fn rates(before: Option<&(Millis, Heartbeat)>, at: Millis, beat: &Heartbeat) -> (Option<i64>, Option<i64>) {
    let Some((then, before)) = before else { return (None, None) };
    let (Some(old), Some(new)) = (before.network, beat.network) else { return (None, None) };
    let ms = u128::from(at.since(*then).unsigned_abs()).max(1);
    let rate = |old: u64, new: u64| {
        let bytes = new.checked_sub(old)?;
        Some(held(u64::try_from(u128::from(bytes) * 1_000 / ms).unwrap_or(u64::MAX)))
    };
    (rate(old.received, new.received), rate(old.sent, new.sent))
}

#[cfg(test)]
mod tests {
    use rackwright_proto::{CpuTicks, DiskUse, NetworkBytes};

    use super::*;

    fn beat(cpu: (u64, u64), network: (u64, u64)) -> Heartbeat {
        Heartbeat {
            uptime_s: 1,
            load_centi: [0; 3],
            memory_kb: 1_000,
            memory_available_kb: 400,
            disks: vec![DiskUse { mount: "/".into(), bytes: 100, free_bytes: 30 }],
            cpu: Some(CpuTicks { busy: cpu.0, total: cpu.1 }),
            network: Some(NetworkBytes { received: network.0, sent: network.1 }),
        }
    }

    #[test]
    fn counters_become_shares_and_rates() {
        let before = (Millis(0), beat((100, 1_000), (0, 500)));
        let sample = sample(Millis(0), Some(&before), Millis(15_000), &beat((250, 1_300), (30_000, 500)));
        assert_eq!(sample.cpu_permille, Some(500));
        assert_eq!((sample.net_in_bytes_per_s, sample.net_out_bytes_per_s), (Some(2_000), Some(0)));
        assert_eq!((sample.memory_bytes, sample.memory_used_bytes), (1_024_000, 614_400));
        assert_eq!((sample.disk_bytes, sample.disk_used_bytes), (100, 70));
    }

    #[test]
    fn counters_that_began_again_or_are_too_old_say_nothing() {
        let now = beat((5, 10), (7, 7));
        for before in
            [(Millis(0), beat((100, 1_000), (9_000, 9_000))), (Millis(-70_000), beat((1, 2), (1, 1)))]
        {
            let sample = sample(Millis(0), Some(&before), Millis(15_000), &now);
            assert_eq!((sample.cpu_permille, sample.net_in_bytes_per_s), (None, None));
        }
        let first = sample(Millis(0), None, Millis(15_000), &now);
        assert_eq!((first.cpu_permille, first.net_out_bytes_per_s, first.disk_used_bytes), (None, None, 70));
    }

    #[test]
    fn absurd_numbers_are_cut() {
        let mut absurd = beat((u64::MAX, u64::MAX), (u64::MAX, u64::MAX));
        absurd.memory_kb = u64::MAX;
        absurd.memory_available_kb = 0;
        absurd.disks = vec![DiskUse { mount: "/".into(), bytes: 5, free_bytes: u64::MAX }; 2];
        let before = (Millis(0), beat((0, 0), (0, 0)));
        let sample = sample(Millis(0), Some(&before), Millis(1), &absurd);
        assert_eq!(sample.cpu_permille, Some(1_000));
        assert_eq!(
            (sample.net_in_bytes_per_s, sample.memory_used_bytes, sample.disk_used_bytes),
            (Some(MOST), MOST, 0)
        );
    }
}
