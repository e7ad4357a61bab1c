//! Who people are to the providers outside: one person each, and one identity of a person at each.

use rackwright_model::{Millis, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct IdentityRow {
    pub provider: i64,
    /// The claim `sub`.
    pub subject: String,
    pub person: UserId,
    /// What the provider called the person when the link was made.
    pub known_as: Option<String>,
    pub created_at: Millis,
    pub used_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<IdentityRow, StoreError> {
    Ok(IdentityRow {
        provider: row.get("provider_id")?,
        subject: row.get("subject")?,
        person: UserId(row.get("person_id")?),
        known_as: row.get("known_as")?,
        created_at: row::millis(row, "created_at")?,
        used_at: row::millis_opt(row, "used_at")?,
    })
}

/// Whose this subject is.
///
/// # Errors
/// When the database fails.
pub fn identity_get(
    tx: &Connection,
    provider: i64,
    subject: &str,
) -> Result<Option<IdentityRow>, StoreError> {
    let sql = "SELECT * FROM oidc_identity WHERE provider_id = $1 AND subject = $2";
    row::one(tx, sql, (provider, subject), read)
}

/// Who the person is to this provider.
///
/// # Errors
/// When the database fails.
pub fn identity_of(
    tx: &Connection,
    provider: i64,
    person: UserId,
) -> Result<Option<IdentityRow>, StoreError> {
    let sql = "SELECT * FROM oidc_identity WHERE provider_id = $1 AND person_id = $2";
    row::one(tx, sql, (provider, person.0), read)
}

/// # Errors
/// [`StoreError::Taken`] when the subject is somebody's, or the person is somebody else there.
pub fn identity_insert(tx: &Connection, identity: &IdentityRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO oidc_identity (provider_id, subject, person_id, known_as, created_at, used_at) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let IdentityRow { provider, subject, person, known_as, created_at, used_at } = identity;
    let used_at = used_at.map(|at| at.0);
    row::run(tx, sql, (provider, subject, person.0, known_as, created_at.0, used_at))?;
    Ok(())
}

/// Note that somebody signed in by it.
///
/// # Errors
/// When the database fails.
pub fn identity_used(tx: &Connection, provider: i64, subject: &str, at: Millis) -> Result<(), StoreError> {
    let sql = "UPDATE oidc_identity SET used_at = $3 WHERE provider_id = $1 AND subject = $2";
    row::run(tx, sql, (provider, subject, at.0))?;
    Ok(())
}

/// Whether there was a link to end.
///
/// # Errors
/// When the database fails.
pub fn identity_delete(tx: &Connection, provider: i64, person: UserId) -> Result<bool, StoreError> {
    let sql = "DELETE FROM oidc_identity WHERE provider_id = $1 AND person_id = $2";
    Ok(row::run(tx, sql, (provider, person.0))? > 0)
}

/// End every link to a provider.
///
/// # Errors
/// When the database fails.
pub fn identity_delete_all(tx: &Connection, provider: i64) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM oidc_identity WHERE provider_id = $1", [provider])?;
    Ok(())
}
