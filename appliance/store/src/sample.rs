//! What servers reported of themselves over time, in spans that grow longer with age.
//!
//! Spans of one rung are the means of those of the rung below, so a rung can be made again from what is stored, and a
//! restart loses nothing.

use rackwright_model::sample::{RUNGS, Rung, Sample};
use rackwright_model::{Millis, ServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// The means of a group of rows, each counting for as many of the shortest spans as it holds.
const MEANS: &str = "SUM(spans), \
    SUM(cpu_permille * spans) / SUM(CASE WHEN cpu_permille IS NULL THEN NULL ELSE spans END), \
    SUM(memory_bytes * spans) / SUM(spans), SUM(memory_used_bytes * spans) / SUM(spans), \
    SUM(disk_bytes * spans) / SUM(spans), SUM(disk_used_bytes * spans) / SUM(spans), \
    SUM(net_in_bytes_per_s * spans) / SUM(CASE WHEN net_in_bytes_per_s IS NULL THEN NULL ELSE spans END), \
    SUM(net_out_bytes_per_s * spans) / SUM(CASE WHEN net_out_bytes_per_s IS NULL THEN NULL ELSE spans END)";

const COLUMNS: &str = "server_id, span_s, at, spans, cpu_permille, memory_bytes, memory_used_bytes, disk_bytes, \
                       disk_used_bytes, net_in_bytes_per_s, net_out_bytes_per_s";

fn read(row: &Row<'_>) -> Result<Sample, StoreError> {
    Ok(Sample {
        at: Millis(row.get(0)?),
        cpu_permille: row.get(1)?,
        memory_bytes: row.get(2)?,
        memory_used_bytes: row.get(3)?,
        disk_bytes: row.get(4)?,
        disk_used_bytes: row.get(5)?,
        net_in_bytes_per_s: row.get(6)?,
        net_out_bytes_per_s: row.get(7)?,
    })
}

/// Note one of the shortest spans of a server. A server that is gone by now is passed over.
///
/// # Errors
/// When the database fails.
pub fn sample_put(tx: &Connection, server: ServerId, sample: &Sample) -> Result<(), StoreError> {
    let sql = format!(
        "INSERT INTO sample ({COLUMNS}) SELECT $1, $2, $3, 1, $4, $5, $6, $7, $8, $9, $10 \
         WHERE EXISTS (SELECT 1 FROM server WHERE id = $1) ON CONFLICT (server_id, span_s, at) DO NOTHING"
    );
    let params = (
        server.0,
        RUNGS[0].span_s,
        sample.at.0,
        sample.cpu_permille,
        sample.memory_bytes,
        sample.memory_used_bytes,
        sample.disk_bytes,
        sample.disk_used_bytes,
        sample.net_in_bytes_per_s,
        sample.net_out_bytes_per_s,
    );
    row::run(tx, &sql, params)?;
    Ok(())
}

/// Make every span that is over by `now` and not made yet, rung by rung, and forget what is too old, or younger than now
/// because the clock was set back.
///
/// # Errors
/// When the database fails.
pub fn sample_roll(tx: &Connection, now: Millis) -> Result<(), StoreError> {
    for pair in RUNGS.windows(2) {
        roll(tx, pair[0], pair[1], now)?;
    }
    for rung in RUNGS {
        let sql = "DELETE FROM sample WHERE span_s = $1 AND (at < $2 OR at > $3)";
        row::run(tx, sql, (rung.span_s, now.plus(-rung.kept_ms()).0, now.0))?;
    }
    Ok(())
}

/// Spans of `upper` from those of `lower`, from the last that was made to the last that is over.
fn roll(tx: &Connection, lower: Rung, upper: Rung, now: Millis) -> Result<(), StoreError> {
    let span_ms = upper.span_ms();
    let until = now.0.div_euclid(span_ms) * span_ms;
    let last: Option<i64> = edge(tx, "SELECT MAX(at) FROM sample WHERE span_s = $1", upper)?;
    let from = match last {
        Some(last) => last.saturating_add(span_ms),
        None => match edge(tx, "SELECT MIN(at) FROM sample WHERE span_s = $1", lower)? {
            Some(first) => first.div_euclid(span_ms) * span_ms,
            None => return Ok(()),
        },
    };
    if from >= until {
        return Ok(());
    }
    let sql = format!(
        "INSERT INTO sample ({COLUMNS}) SELECT server_id, $1, at / $2 * $2, {MEANS} FROM sample \
         WHERE span_s = $3 AND at >= $4 AND at < $5 GROUP BY server_id, at / $2 * $2 \
         ON CONFLICT (server_id, span_s, at) DO NOTHING"
    );
    row::run(tx, &sql, (upper.span_s, span_ms, lower.span_s, from, until))?;
    Ok(())
}

fn edge(tx: &Connection, sql: &str, rung: Rung) -> Result<Option<i64>, StoreError> {
    row::one(tx, sql, [rung.span_s], |row| Ok(row.get::<_, Option<i64>>(0)?)).map(Option::flatten)
}

/// Samples of a server in spans of `rung` since `from`, oldest first. What is too young for its own rung is made from
/// the shortest spans.
///
/// # Errors
/// When the database fails.
pub fn sample_list(
    tx: &Connection,
    server: ServerId,
    rung: Rung,
    from: Millis,
) -> Result<Vec<Sample>, StoreError> {
    let span_ms = rung.span_ms();
    let sql = "SELECT at, cpu_permille, memory_bytes, memory_used_bytes, disk_bytes, disk_used_bytes, net_in_bytes_per_s, \
               net_out_bytes_per_s FROM sample WHERE server_id = $1 AND span_s = $2 AND at >= $3 ORDER BY at";
    let mut samples = row::all(tx, sql, (server.0, rung.span_s, from.0), read)?;
    if rung.span_s == RUNGS[0].span_s {
        return Ok(samples);
    }
    let young = samples.last().map_or(from.0, |last| last.at.plus(span_ms).0);
    let sql = format!(
        "SELECT at / $1 * $1, {} FROM sample WHERE server_id = $2 AND span_s = $3 AND at >= $4 \
         GROUP BY at / $1 * $1 ORDER BY at / $1 * $1",
        MEANS.trim_start_matches("SUM(spans), ")
    );
    samples.extend(row::all(tx, &sql, (span_ms, server.0, RUNGS[0].span_s, young), read)?);
    Ok(samples)
}
