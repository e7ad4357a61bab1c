//! What servers reported: the rungs of the ladder, and what is forgotten.

use rackwright_model::sample::{MOST, RUNGS, Range, Sample};
use rackwright_model::{Millis, ServerId};
use rackwright_store::sample::*;
use rackwright_store::server::server_insert;
use rackwright_store::{Connection, StoreError};

use crate::{Database, name};

/// A moment at which a span of every rung begins.
const DAWN: Millis = Millis(1_764_000_000_000 / 7_200_000 * 7_200_000);

/// Two hours later.
const LATE: Millis = Millis(DAWN.0 + 7_200_000);

fn sample(at: Millis, cpu: Option<i64>, used: i64) -> Sample {
    Sample {
        at,
        cpu_permille: cpu,
        memory_bytes: 1_000,
        memory_used_bytes: used,
        disk_bytes: 500,
        disk_used_bytes: 100,
        net_in_bytes_per_s: cpu.map(|cpu| cpu * 2),
        net_out_bytes_per_s: None,
    }
}

fn server(tx: &Connection, called: &str) -> Result<ServerId, StoreError> {
    server_insert(tx, &name(called), true, &[], DAWN)
}

fn count(tx: &Connection) -> Result<i64, StoreError> {
    Ok(tx.query_row("SELECT COUNT(*) FROM sample", [], |row| row.get(0))?)
}

#[tokio::test]
async fn a_longer_span_is_the_mean_of_its_shorter_ones() {
    Database::new()
        .write(|tx| {
            let (one, other) = (server(tx, "r1")?, server(tx, "r2")?);
            for span in 0..20 {
                let at = DAWN.plus(span * 15_000);
                // A machine that was restarted tells no share for a while.
                sample_put(tx, one, &sample(at, (span >= 10).then_some(span * 10), span))?;
                sample_put(tx, other, &sample(at, None, 7))?;
            }
            sample_roll(tx, DAWN.plus(300_000))?;
            let spans = sample_list(tx, one, RUNGS[1], DAWN, LATE)?;
            assert_eq!(spans, [sample(DAWN, Some(145), 9)]);
            assert_eq!(sample_list(tx, other, RUNGS[1], DAWN, LATE)?, [sample(DAWN, None, 7)]);
            assert_eq!(sample_list(tx, one, RUNGS[0], DAWN, LATE)?.len(), 20);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn what_is_too_young_for_its_rung_is_made_from_the_shortest_spans() {
    Database::new()
        .write(|tx| {
            let one = server(tx, "r1")?;
            for span in 0..30 {
                sample_put(tx, one, &sample(DAWN.plus(span * 15_000), Some(span), span))?;
            }
            sample_roll(tx, DAWN.plus(450_000))?;
            let ats: Vec<_> =
                sample_list(tx, one, RUNGS[1], DAWN, LATE)?.iter().map(|s| (s.at, s.cpu_permille)).collect();
            assert_eq!(ats, [(DAWN, Some(9)), (DAWN.plus(300_000), Some(24))]);
            assert_eq!(sample_list(tx, one, RUNGS[3], DAWN, LATE)?.len(), 1);
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn rolling_again_or_late_changes_nothing() {
    Database::new()
        .write(|tx| {
            let one = server(tx, "r1")?;
            for span in 0..480 {
                sample_put(tx, one, &sample(DAWN.plus(span * 15_000), Some(100), 5))?;
            }
            // The Control Center was down while all the spans ended.
            sample_roll(tx, DAWN.plus(7_200_000))?;
            let held = [(1, 24), (2, 4), (3, 1)];
            for (rung, spans) in held {
                assert_eq!(sample_list(tx, one, RUNGS[rung], DAWN, LATE)?.len(), spans);
            }
            let before = count(tx)?;
            sample_roll(tx, DAWN.plus(7_200_000))?;
            assert_eq!((count(tx)?, before), (509, 509));
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_month_of_one_server_stays_within_the_ladder() {
    let most: i64 = RUNGS.iter().map(|rung| rung.kept_s / rung.span_s + 1).sum();
    Database::new()
        .write(move |tx| {
            let one = server(tx, "r1")?;
            // Every tenth span, so that the test is short; the rungs fill all the same.
            for span in (0..40 * 5_760).step_by(10) {
                let at = DAWN.plus(span * 15_000);
                sample_put(tx, one, &sample(at, Some(MOST), MOST))?;
                sample_roll(tx, at.plus(15_000))?;
                assert!(count(tx)? <= most);
            }
            let now = DAWN.plus(40 * 86_400_000);
            for range in Range::ALL {
                let from = now.plus(-range.length_s() * 1_000);
                let spans = sample_list(tx, one, range.rung(), from, now)?;
                assert!(
                    spans.len() > 20
                        && spans.iter().all(|span| span.at >= from && span.memory_used_bytes == MOST)
                );
            }
            Ok(())
        })
        .await;
}

#[tokio::test]
async fn a_clock_set_back_and_a_server_that_is_gone_do_no_harm() {
    Database::new()
        .write(|tx| {
            let one = server(tx, "r1")?;
            sample_put(tx, one, &sample(DAWN.plus(86_400_000), Some(1), 1))?;
            sample_put(tx, ServerId(99), &sample(DAWN, Some(1), 1))?;
            sample_roll(tx, DAWN.plus(15_000))?;
            assert_eq!(count(tx)?, 0);
            Ok(())
        })
        .await;
}
