//! Sessions of people. Only the SHA-256 of a session's credential is kept.

use rackwright_model::{Millis, UserId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SessionRow {
    /// SHA-256 of the credential.
    pub hash: String,
    /// Names the session to people; it proves nothing.
    pub id: String,
    pub person: UserId,
    /// `panel`, `api` or `cli`.
    pub origin: String,
    /// Where the sign-in came from.
    pub address: Option<String>,
    /// The person whose panel was entered.
    pub acting_as: Option<UserId>,
    pub created_at: Millis,
    pub expires_at: Millis,
    pub seen_at: Option<Millis>,
}

fn read(row: &Row<'_>) -> Result<SessionRow, StoreError> {
    Ok(SessionRow {
        hash: row.get("hash")?,
        id: row.get("id")?,
        person: UserId(row.get("person_id")?),
        origin: row.get("origin")?,
        address: row.get("address")?,
        acting_as: row.get::<_, Option<i64>>("acting_as")?.map(UserId),
        created_at: row::millis(row, "created_at")?,
        expires_at: row::millis(row, "expires_at")?,
        seen_at: row::millis_opt(row, "seen_at")?,
    })
}

/// # Errors
/// When the database fails.
pub fn session_insert(tx: &Connection, session: &SessionRow) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE expires_at <= $1", [session.created_at.0])?;
    let sql = "INSERT INTO session (hash, id, person_id, origin, address, created_at, expires_at, seen_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $6)";
    let SessionRow { hash, id, person, origin, address, created_at, expires_at, .. } = session;
    row::run(tx, sql, (hash, id, person.0, origin, address, created_at.0, expires_at.0))?;
    Ok(())
}

/// The session with this hash, while it lasts.
///
/// # Errors
/// When the database fails.
pub fn session_live(tx: &Connection, hash: &str, now: Millis) -> Result<Option<SessionRow>, StoreError> {
    row::one(tx, "SELECT * FROM session WHERE hash = $1 AND expires_at > $2", (hash, now.0), read)
}

/// Sessions of a person that last, newest first.
///
/// # Errors
/// When the database fails.
pub fn session_list(tx: &Connection, person: UserId, now: Millis) -> Result<Vec<SessionRow>, StoreError> {
    let sql = "SELECT * FROM session WHERE person_id = $1 AND expires_at > $2 ORDER BY created_at DESC, id LIMIT $3";
    row::all(tx, sql, (person.0, now.0, row::LIST_LIMIT), read)
}

/// Note that a session was used.
///
/// # Errors
/// When the database fails.
pub fn session_seen(tx: &Connection, hash: &str, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE session SET seen_at = $2 WHERE hash = $1", (hash, at.0))?;
    Ok(())
}

/// Whose panel the session is in, under a new hash of its credential; none brings it back to its own. When it expires, or
/// none when there is no such session.
///
/// # Errors
/// When the database fails.
pub fn session_move(
    tx: &Connection,
    hash: &str,
    new_hash: &str,
    person: Option<UserId>,
) -> Result<Option<Millis>, StoreError> {
    let sql = "UPDATE session SET acting_as = $3, hash = $2 WHERE hash = $1 RETURNING expires_at";
    row::one(tx, sql, (hash, new_hash, person.map(|id| id.0)), |row| Ok(row::millis(row, "expires_at")?))
}

/// # Errors
/// When the database fails.
pub fn session_delete(tx: &Connection, hash: &str) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE hash = $1", [hash])?;
    Ok(())
}

/// End a person's session by its id. Whether there was one.
///
/// # Errors
/// When the database fails.
pub fn session_delete_one(tx: &Connection, person: UserId, id: &str) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM session WHERE person_id = $1 AND id = $2", (person.0, id))? > 0)
}

/// End every session of a person, and every one that is in the person's panel.
///
/// # Errors
/// When the database fails.
pub fn session_delete_person(tx: &Connection, person: UserId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM session WHERE person_id = $1 OR acting_as = $1", [person.0])?;
    Ok(())
}
