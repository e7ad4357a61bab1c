//! Sessions of people. Only the SHA-256 of a session's credential is kept.

use rackwright_model::{Millis, UserId};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::row;

/// # Errors
/// When the database fails.
pub fn session_insert(
    tx: &Connection,
    hash: &str,
    person: UserId,
    at: Millis,
    until: Millis,
) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE expires_at <= $1", [at.0])?;
    let sql = "INSERT INTO session (hash, person_id, created_at, expires_at) VALUES ($1, $2, $3, $4)";
    row::run(tx, sql, (hash, person.0, at.0, until.0))?;
    Ok(())
}

/// Whose session this is, while it lasts.
///
/// # Errors
/// When the database fails.
pub fn session_person(tx: &Connection, hash: &str, now: Millis) -> Result<Option<UserId>, StoreError> {
    let sql = "SELECT person_id FROM session WHERE hash = $1 AND expires_at > $2";
    row::one(tx, sql, (hash, now.0), |row| Ok(UserId(row.get(0)?)))
}

/// # Errors
/// When the database fails.
pub fn session_delete(tx: &Connection, hash: &str) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE hash = $1", [hash])?;
    Ok(())
}

/// End every session of a person.
///
/// # Errors
/// When the database fails.
pub fn session_delete_person(tx: &Connection, person: UserId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE person_id = $1", [person.0])?;
    Ok(())
}
