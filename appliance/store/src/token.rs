//! API tokens. Only the SHA-256 of a token is kept.

use rackwright_model::{Millis, Name, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenRow {
    pub name: Name,
    pub person: UserId,
    /// Words of the permissions that it is limited to; none leaves it all that its owner may do.
    pub permissions: Option<Vec<String>>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub used_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<TokenRow, StoreError> {
    Ok(TokenRow {
        name: row::parsed("token name", row.get("name")?)?,
        person: UserId(row.get("person_id")?),
        permissions: row
            .get::<_, Option<String>>("permissions")?
            .map(|words| words.split_ascii_whitespace().map(str::to_owned).collect()),
        created_at: row::millis(row, "created_at")?,
        expires_at: row::millis(row, "expires_at")?,
        used_at: row::millis_opt(row, "used_at")?,
    })
}

/// # Errors
/// [`StoreError::Taken`] when the person has a token of this name.
pub fn token_insert(tx: &Connection, hash: &str, token: &TokenRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO token (hash, person_id, name, permissions, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)";
    let permissions = token.permissions.as_ref().map(|words| words.join(" "));
    let TokenRow { name, person, created_at, expires_at, .. } = token;
    row::run(tx, sql, (hash, person.0, name.as_str(), permissions, created_at.0, expires_at.0))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn token_list(tx: &Connection, person: UserId) -> Result<Vec<TokenRow>, StoreError> {
    row::all(tx, "SELECT * FROM token WHERE person_id = $1 ORDER BY name", [person.0], read)
}

/// The token with this hash, while it lasts.
///
/// # Errors
/// When the database fails.
pub fn token_live(tx: &Connection, hash: &str, now: Millis) -> Result<Option<TokenRow>, StoreError> {
    row::one(tx, "SELECT * FROM token WHERE hash = $1 AND expires_at > $2", (hash, now.0), read)
}

/// Note that a token was used.
///
/// # Errors
/// When the database fails.
pub fn token_used(tx: &Connection, hash: &str, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE token SET used_at = $2 WHERE hash = $1", (hash, at.0))?;
    Ok(())
}

/// Whether there was such a token.
///
/// # Errors
/// When the database fails.
pub fn token_delete(tx: &Connection, person: UserId, name: &Name) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM token WHERE person_id = $1 AND name = $2", (person.0, name.as_str()))? > 0)
}
