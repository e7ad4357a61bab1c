//! Second factors of people: the sealed secret of an authenticator app, and hashes of recovery codes.

use rackwright_model::{Millis, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// The authenticator app of a person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TotpRow {
    /// Sealed; never the same twice.
    pub secret: String,
    pub created_at: Millis,
    /// None while no code was shown yet.
    pub confirmed_at: Option<Millis>,
    /// The newest time step of which a code was taken.
    pub last_step: i64,
    pub used_at: Option<Millis>,
}

/// The recovery codes of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RecoveryRow {
    pub left: u32,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<TotpRow, StoreError> {
    Ok(TotpRow {
        secret: row.get("secret")?,
        created_at: row::millis(row, "created_at")?,
        confirmed_at: row::millis_opt(row, "confirmed_at")?,
        last_step: row.get("last_step")?,
        used_at: row::millis_opt(row, "used_at")?,
    })
}

/// # Errors
/// When the database fails.
pub fn totp_get(tx: &Connection, person: UserId) -> Result<Option<TotpRow>, StoreError> {
    row::one(tx, "SELECT * FROM totp WHERE person_id = $1", [person.0], read)
}

/// Keep a sealed secret that waits for its first code, in place of one that waited before. False when one is confirmed.
///
/// # Errors
/// When the database fails.
pub fn totp_begin(tx: &Connection, person: UserId, secret: &str, at: Millis) -> Result<bool, StoreError> {
    let sql = "INSERT INTO totp (person_id, secret, created_at, last_step) VALUES ($1, $2, $3, 0) \
               ON CONFLICT (person_id) DO UPDATE SET secret = $2, created_at = $3 WHERE totp.confirmed_at IS NULL";
    Ok(row::run(tx, sql, (person.0, secret, at.0))? > 0)
}

/// Take the first code of the app with this sealed secret. False when the secret is another or is confirmed already.
///
/// # Errors
/// When the database fails.
pub fn totp_confirm(
    tx: &Connection,
    person: UserId,
    secret: &str,
    step: i64,
    at: Millis,
) -> Result<bool, StoreError> {
    let sql = "UPDATE totp SET confirmed_at = $4, last_step = $3 \
               WHERE person_id = $1 AND secret = $2 AND confirmed_at IS NULL";
    Ok(row::run(tx, sql, (person.0, secret, step, at.0))? > 0)
}

/// Take the code of a time step. False when that or a newer one was taken before, or the secret is another by now.
///
/// # Errors
/// When the database fails.
pub fn totp_take(
    tx: &Connection,
    person: UserId,
    secret: &str,
    step: i64,
    at: Millis,
) -> Result<bool, StoreError> {
    let sql = "UPDATE totp SET last_step = $3, used_at = $4 \
               WHERE person_id = $1 AND secret = $2 AND last_step < $3 AND confirmed_at IS NOT NULL";
    Ok(row::run(tx, sql, (person.0, secret, step, at.0))? > 0)
}

/// Remove the app and all recovery codes. Whether there were any.
///
/// # Errors
/// When the database fails.
pub fn factor_delete(tx: &Connection, person: UserId) -> Result<bool, StoreError> {
    let apps = row::run(tx, "DELETE FROM totp WHERE person_id = $1", [person.0])?;
    let passkeys = row::run(tx, "DELETE FROM passkey WHERE person_id = $1", [person.0])?;
    let codes = row::run(tx, "DELETE FROM recovery_code WHERE person_id = $1", [person.0])?;
    Ok(apps + passkeys + codes > 0)
}

/// Put these codes, by their SHA-256, in place of all that there were.
///
/// # Errors
/// When the database fails.
pub fn recovery_put(
    tx: &Connection,
    person: UserId,
    hashes: &[String],
    at: Millis,
) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM recovery_code WHERE person_id = $1", [person.0])?;
    let sql = "INSERT INTO recovery_code (person_id, hash, created_at) VALUES ($1, $2, $3)";
    for hash in hashes {
        row::run(tx, sql, (person.0, hash, at.0))?;
    }
    Ok(())
}

/// Use a recovery code up. False when there is none with this SHA-256, or it was used.
///
/// # Errors
/// When the database fails.
pub fn recovery_take(tx: &Connection, person: UserId, hash: &str, at: Millis) -> Result<bool, StoreError> {
    let sql = "UPDATE recovery_code SET used_at = $3 WHERE person_id = $1 AND hash = $2 AND used_at IS NULL";
    Ok(row::run(tx, sql, (person.0, hash, at.0))? > 0)
}

/// How many codes are left; none when the person never had any.
///
/// # Errors
/// When the database fails.
pub fn recovery_left(tx: &Connection, person: UserId) -> Result<Option<RecoveryRow>, StoreError> {
    let sql = "SELECT count(*) - count(used_at) AS left_over, min(created_at) AS created_at, max(used_at) AS used_at \
               FROM recovery_code WHERE person_id = $1 HAVING count(*) > 0";
    row::one(tx, sql, [person.0], |row| {
        Ok(RecoveryRow {
            left: row.get("left_over")?,
            created_at: row::millis(row, "created_at")?,
            used_at: row::millis_opt(row, "used_at")?,
        })
    })
}
