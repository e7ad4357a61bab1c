//! Links by which a new password is set. Only the SHA-256 of what a link carries is kept.

use rackwright_model::{Millis, UserId};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::row;

/// Keep a link until `expires_at`; those that have expired by `at` go.
///
/// # Errors
/// When the database fails.
pub fn reset_link_insert(
    tx: &Connection,
    hash: &str,
    person: UserId,
    at: Millis,
    expires_at: Millis,
) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM reset_link WHERE expires_at <= $1", [at.0])?;
    let sql = "INSERT INTO reset_link (hash, person_id, expires_at) VALUES ($1, $2, $3)";
    row::run(tx, sql, (hash, person.0, expires_at.0))?;
    Ok(())
}

/// Whose password the link sets, while it lasts.
///
/// # Errors
/// When the database fails.
pub fn reset_link_live(tx: &Connection, hash: &str, now: Millis) -> Result<Option<UserId>, StoreError> {
    let sql = "SELECT person_id FROM reset_link WHERE hash = $1 AND expires_at > $2";
    row::one(tx, sql, (hash, now.0), |row| Ok(UserId(row.get(0)?)))
}

/// End all links of a person.
///
/// # Errors
/// When the database fails.
pub fn reset_link_delete(tx: &Connection, person: UserId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM reset_link WHERE person_id = $1", [person.0])?;
    Ok(())
}
