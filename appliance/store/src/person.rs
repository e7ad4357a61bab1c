//! People who sign in.

use rackwright_model::{Millis, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    /// A word of the catalogue's roles.
    pub role: String,
    /// argon2id in PHC form.
    pub password_hash: String,
    pub created_at: Millis,
    pub signed_in_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<Person, StoreError> {
    Ok(Person {
        id: UserId(row.get("id")?),
        name: row.get("name")?,
        role: row.get("role")?,
        password_hash: row.get("password_hash")?,
        created_at: row::millis(row, "created_at")?,
        signed_in_at: row::millis_opt(row, "signed_in_at")?,
    })
}

/// # Errors
/// When the database fails.
pub fn person_list(tx: &Connection) -> Result<Vec<Person>, StoreError> {
    row::all(tx, "SELECT * FROM person ORDER BY name LIMIT $1", [row::LIST_LIMIT], read)
}

/// # Errors
/// When the database fails.
pub fn person_named(tx: &Connection, name: &str) -> Result<Option<Person>, StoreError> {
    row::one(tx, "SELECT * FROM person WHERE name = $1", [name], read)
}

/// # Errors
/// When the database fails.
pub fn person_get(tx: &Connection, id: UserId) -> Result<Option<Person>, StoreError> {
    row::one(tx, "SELECT * FROM person WHERE id = $1", [id.0], read)
}

/// # Errors
/// [`StoreError::Taken`] when the name is in use.
pub fn person_insert(
    tx: &Connection,
    name: &str,
    role: &str,
    hash: &str,
    at: Millis,
) -> Result<UserId, StoreError> {
    let sql =
        "INSERT INTO person (name, role, password_hash, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    row::insert(tx, sql, (name, role, hash, at.0)).map(UserId)
}

/// # Errors
/// When the database fails.
pub fn person_set_password(tx: &Connection, id: UserId, hash: &str) -> Result<(), StoreError> {
    row::run(tx, "UPDATE person SET password_hash = $2 WHERE id = $1", (id.0, hash))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn person_signed_in(tx: &Connection, id: UserId, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE person SET signed_in_at = $2 WHERE id = $1", (id.0, at.0))?;
    Ok(())
}
