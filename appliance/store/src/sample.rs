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
         WHERE EXISTS (SELECT 1 FROM server WHERE id = $1) ON CONFLICT (span_s, at, server_id) DO NOTHING"
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
        // Two statements, because an index serves no alternative.
        row::run(
            tx,
            "DELETE FROM sample WHERE span_s = $1 AND at < $2",
            (rung.span_s, now.plus(-rung.kept_ms()).0),
        )?;
        row::run(tx, "DELETE FROM sample WHERE span_s = $1 AND at > $2", (rung.span_s, now.0))?;
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
         ON CONFLICT (span_s, at, server_id) DO NOTHING"
    );
    row::run(tx, &sql, (upper.span_s, span_ms, lower.span_s, from, until))?;
    Ok(())
}

fn edge(tx: &Connection, sql: &str, rung: Rung) -> Result<Option<i64>, StoreError> {
    row::one(tx, sql, [rung.span_s], |row| Ok(row.get::<_, Option<i64>>(0)?)).map(Option::flatten)
}

/// Forget what a server reported.
///
/// # Errors
/// When the database fails.
pub fn sample_delete(tx: &Connection, server: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM sample WHERE server_id = $1", [server.0])?;
    Ok(())
}

/// The moments at which spans begin, from $1 in steps of $2 to $3. Samples are looked up moment by moment, because those
/// of all servers at one moment stand together.
const MOMENTS: &str = "WITH RECURSIVE grid (moment) AS \
    (SELECT $1 UNION ALL SELECT moment + $2 FROM grid WHERE moment + $2 <= $3)";
const LOOKED_UP: &str = "FROM grid CROSS JOIN sample WHERE sample.span_s = $4 AND sample.at = grid.moment \
    AND sample.server_id = $5";

/// Samples of a server in spans of `rung` from `from` to `until`, oldest first. What is too young for its own rung is made
/// from the shortest spans.
///
/// # Errors
/// When the database fails.
pub fn sample_list(
    tx: &Connection,
    server: ServerId,
    rung: Rung,
    from: Millis,
    until: Millis,
) -> Result<Vec<Sample>, StoreError> {
    let span_ms = rung.span_ms();
    let first = from.0.saturating_add(span_ms - 1).div_euclid(span_ms) * span_ms;
    let sql = format!(
        "{MOMENTS} SELECT at, cpu_permille, memory_bytes, memory_used_bytes, disk_bytes, disk_used_bytes, \
         net_in_bytes_per_s, net_out_bytes_per_s {LOOKED_UP} ORDER BY at"
    );
    let mut samples = row::all(tx, &sql, (first, span_ms, until.0, rung.span_s, server.0), read)?;
    let shortest = RUNGS[0];
    if rung == shortest {
        return Ok(samples);
    }
    // Older spans of the shortest rung are in the rung already, or forgotten.
    let kept = until.0.saturating_sub(shortest.kept_ms()).div_euclid(span_ms) * span_ms;
    let young = samples.last().map_or(first, |last| last.at.plus(span_ms).0).max(kept);
    let sql = format!(
        "{MOMENTS} SELECT at / $6 * $6, {} {LOOKED_UP} GROUP BY at / $6 * $6 ORDER BY at / $6 * $6",
        MEANS.trim_start_matches("SUM(spans), ")
    );
    let params = (young, shortest.span_ms(), until.0, shortest.span_s, server.0, span_ms);
    samples.extend(row::all(tx, &sql, params, read)?);
    Ok(samples)
}
