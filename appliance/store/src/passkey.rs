//! Passkeys of people, and the challenges that they have answered.

use rackwright_model::{Millis, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// A passkey.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PasskeyRow {
    /// For people to point at.
    pub id: String,
    pub person: UserId,
    pub label: String,
    /// The host name that it was made for.
    pub host: String,
    /// base64url.
    pub credential: String,
    /// A COSE_Key, in base64url.
    pub public_key: String,
    pub counter: u32,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<PasskeyRow, StoreError> {
    Ok(PasskeyRow {
        id: row.get("id")?,
        person: UserId(row.get("person_id")?),
        label: row.get("label")?,
        host: row.get("host")?,
        credential: row.get("credential")?,
        public_key: row.get("public_key")?,
        counter: row.get("counter")?,
        created_at: row::millis(row, "created_at")?,
        used_at: row::millis_opt(row, "used_at")?,
    })
}

/// Keep a new passkey. False when there is one with this credential.
///
/// # Errors
/// When the database fails.
pub fn passkey_insert(tx: &Connection, passkey: &PasskeyRow) -> Result<bool, StoreError> {
    let sql = "INSERT INTO passkey (id, person_id, label, host, credential, public_key, counter, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (credential) DO NOTHING";
    let values = (
        &passkey.id,
        passkey.person.0,
        &passkey.label,
        &passkey.host,
        &passkey.credential,
        &passkey.public_key,
        passkey.counter,
        passkey.created_at.0,
    );
    Ok(row::run(tx, sql, values)? > 0)
}

/// The passkeys of a person, oldest first.
///
/// # Errors
/// When the database fails.
pub fn passkey_list(tx: &Connection, person: UserId) -> Result<Vec<PasskeyRow>, StoreError> {
    row::all(tx, "SELECT * FROM passkey WHERE person_id = $1 ORDER BY created_at, id", [person.0], read)
}

/// The passkey with this credential.
///
/// # Errors
/// When the database fails.
pub fn passkey_of(tx: &Connection, credential: &str) -> Result<Option<PasskeyRow>, StoreError> {
    row::one(tx, "SELECT * FROM passkey WHERE credential = $1", [credential], read)
}

/// It signed somebody in, and has counted so far.
///
/// # Errors
/// When the database fails.
pub fn passkey_use(tx: &Connection, id: &str, counter: u32, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE passkey SET counter = $2, used_at = $3 WHERE id = $1", (id, counter, at.0))?;
    Ok(())
}

/// Remove one passkey of a person. False when there is none such.
///
/// # Errors
/// When the database fails.
pub fn passkey_delete(tx: &Connection, person: UserId, id: &str) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM passkey WHERE person_id = $1 AND id = $2", (person.0, id))? > 0)
}

/// Take a challenge, by its SHA-256; those that expired by `at` are forgotten. False when it was taken before.
///
/// # Errors
/// When the database fails.
pub fn passkey_challenge_take(
    tx: &Connection,
    hash: &str,
    at: Millis,
    expires_at: Millis,
) -> Result<bool, StoreError> {
    row::run(tx, "DELETE FROM passkey_challenge WHERE expires_at <= $1", [at.0])?;
    let sql =
        "INSERT INTO passkey_challenge (hash, expires_at) VALUES ($1, $2) ON CONFLICT (hash) DO NOTHING";
    Ok(row::run(tx, sql, (hash, expires_at.0))? > 0)
}
