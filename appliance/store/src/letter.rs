//! Mails that wait for the mail server to take them. What they say is sealed.

use rackwright_model::Millis;
use rusqlite::Connection;

use crate::error::StoreError;
use crate::row;

/// A mail that waits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LetterRow {
    pub id: i64,
    pub sealed: String,
    pub expires_at: Millis,
    /// How often the mail server was asked in vain.
    pub tries: u32,
}

/// Keep a letter that is to be sent at once, and no later than `expires_at`.
///
/// # Errors
/// When the database fails.
pub fn letter_insert(
    tx: &Connection,
    sealed: &str,
    at: Millis,
    expires_at: Millis,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO letter (sealed, expires_at, due_at, tries) VALUES ($1, $2, $3, 0) RETURNING id";
    row::insert(tx, sql, (sealed, expires_at.0, at.0))
}

/// The letter that is due the longest.
///
/// # Errors
/// When the database fails.
pub fn letter_due(tx: &Connection, now: Millis) -> Result<Option<LetterRow>, StoreError> {
    let sql = "SELECT * FROM letter WHERE due_at <= $1 ORDER BY due_at, id LIMIT 1";
    row::one(tx, sql, [now.0], |row| {
        Ok(LetterRow {
            id: row.get("id")?,
            sealed: row.get("sealed")?,
            expires_at: row::millis(row, "expires_at")?,
            tries: row.get("tries")?,
        })
    })
}

/// The mail server did not take it; it is tried again at `due_at`.
///
/// # Errors
/// When the database fails.
pub fn letter_postpone(tx: &Connection, id: i64, due_at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE letter SET tries = tries + 1, due_at = $2 WHERE id = $1", (id, due_at.0))?;
    Ok(())
}

/// It was sent, or is given up.
///
/// # Errors
/// When the database fails.
pub fn letter_delete(tx: &Connection, id: i64) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM letter WHERE id = $1", [id])?;
    Ok(())
}

/// How many wait.
///
/// # Errors
/// When the database fails.
pub fn letter_count(tx: &Connection) -> Result<u32, StoreError> {
    let count = row::one(tx, "SELECT count(*) FROM letter", [], |row| Ok(row.get(0)?))?;
    Ok(count.unwrap_or_default())
}
