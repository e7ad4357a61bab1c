//! What private servers used: the ground of bills. A sample is taken once, however often it is told.

use rackwright_model::{AccountId, Millis, PrivateServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// What was used in one span; see [`rackwright_model::private_server::UsageSample`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Usage {
    pub at: Millis,
    pub span_ms: i64,
    pub cpu_us: i64,
    pub memory_bytes: i64,
    pub disk_bytes: i64,
    pub in_bytes: i64,
    pub out_bytes: i64,
}

fn read(row: &Row<'_>) -> Result<Usage, StoreError> {
    Ok(Usage {
        at: row::millis(row, "at")?,
        span_ms: row.get("span_ms")?,
        cpu_us: row.get("cpu_us")?,
        memory_bytes: row.get("memory_bytes")?,
        disk_bytes: row.get("disk_bytes")?,
        in_bytes: row.get("in_bytes")?,
        out_bytes: row.get("out_bytes")?,
    })
}

/// Take a sample; true when it was not taken before.
///
/// # Errors
/// When the database fails.
pub fn private_server_usage_put(
    tx: &Connection,
    id: PrivateServerId,
    account: AccountId,
    usage: &Usage,
) -> Result<bool, StoreError> {
    let sql = "INSERT INTO private_server_usage (private_server_id, at, account_id, span_ms, cpu_us, memory_bytes, \
               disk_bytes, in_bytes, out_bytes) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) \
               ON CONFLICT (private_server_id, at) DO NOTHING";
    let Usage { at, span_ms, cpu_us, memory_bytes, disk_bytes, in_bytes, out_bytes } = usage;
    let params = (id.0, at.0, account.0, span_ms, cpu_us, memory_bytes, disk_bytes, in_bytes, out_bytes);
    Ok(row::run(tx, sql, params)? > 0)
}

/// What was used in spans that began from `from` to before `until`, oldest first.
///
/// # Errors
/// When the database fails.
pub fn private_server_usage_list(
    tx: &Connection,
    id: PrivateServerId,
    from: Millis,
    until: Millis,
) -> Result<Vec<Usage>, StoreError> {
    let sql = "SELECT * FROM private_server_usage WHERE private_server_id = $1 AND at >= $2 AND at < $3 ORDER BY at";
    row::all(tx, sql, (id.0, from.0, until.0), read)
}

/// What was used in the last span on record.
///
/// # Errors
/// When the database fails.
pub fn private_server_usage_last(tx: &Connection, id: PrivateServerId) -> Result<Option<Usage>, StoreError> {
    let sql = "SELECT * FROM private_server_usage WHERE private_server_id = $1 ORDER BY at DESC LIMIT 1";
    row::one(tx, sql, [id.0], read)
}

/// Forget what was used before `oldest`.
///
/// # Errors
/// When the database fails.
pub fn private_server_usage_purge(tx: &Connection, oldest: Millis) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM private_server_usage WHERE at < $1", [oldest.0])?;
    Ok(())
}
