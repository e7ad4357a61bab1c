//! Answers to calls with an idempotency key, kept so that the same call is not carried out twice.

use rackwright_model::Millis;
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// Whose call it is, and by which key.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct KeptCall {
    pub who: String,
    pub key: String,
}

/// What is on record of a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptAnswer {
    pub input_mac: String,
    /// Sealed; none while the call is under way, or when it was cut off.
    pub answer: Option<String>,
}

fn read(row: &Row<'_>) -> Result<KeptAnswer, StoreError> {
    Ok(KeptAnswer { input_mac: row.get("input_mac")?, answer: row.get("answer")? })
}

/// # Errors
/// When the database fails.
pub fn kept_answer_get(tx: &Connection, call: &KeptCall) -> Result<Option<KeptAnswer>, StoreError> {
    let sql = "SELECT input_mac, answer FROM kept_answer WHERE who = $1 AND key = $2";
    row::one(tx, sql, (&call.who, &call.key), read)
}

/// Note that a call begins. The key must not be on record.
///
/// # Errors
/// When the database fails.
pub fn kept_answer_begin(
    tx: &Connection,
    call: &KeptCall,
    input_mac: &str,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO kept_answer (who, key, input_mac, at) VALUES ($1, $2, $3, $4)";
    row::run(tx, sql, (&call.who, &call.key, input_mac, at.0))?;
    Ok(())
}

/// Keep the answer of a call that has begun.
///
/// # Errors
/// When the database fails.
pub fn kept_answer_put(tx: &Connection, call: &KeptCall, answer: &str) -> Result<(), StoreError> {
    let sql = "UPDATE kept_answer SET answer = $3 WHERE who = $1 AND key = $2";
    row::run(tx, sql, (&call.who, &call.key, answer))?;
    Ok(())
}

/// Forget a call: its key may be used again.
///
/// # Errors
/// When the database fails.
pub fn kept_answer_delete(tx: &Connection, call: &KeptCall) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM kept_answer WHERE who = $1 AND key = $2", (&call.who, &call.key))?;
    Ok(())
}

/// Forget what is older than `oldest`, and of this person all but the newest `most`.
///
/// # Errors
/// When the database fails.
pub fn kept_answer_purge(tx: &Connection, who: &str, oldest: Millis, most: u32) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM kept_answer WHERE at < $1", [oldest.0])?;
    let sql = "DELETE FROM kept_answer WHERE who = $1 AND at <= \
        (SELECT at FROM kept_answer WHERE who = $1 ORDER BY at DESC LIMIT 1 OFFSET $2)";
    row::run(tx, sql, (who, most))?;
    Ok(())
}
