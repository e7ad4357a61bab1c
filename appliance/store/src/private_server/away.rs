//! Files of private servers on servers that they do not belong to: on their way there, or left behind.

use rackwright_model::ServerId;
use rackwright_model::private_server::{Number, Seen, Wanted};
use rusqlite::{Connection, Row};

use super::write::text;
use crate::error::StoreError;
use crate::row;

/// What is wanted there, and what the server said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Away {
    pub server: ServerId,
    pub wanted: Wanted,
    pub seen: Option<Seen>,
}

impl Away {
    /// What was said of what is wanted now.
    #[must_use]
    pub fn seen_now(&self) -> Option<&Seen> {
        self.seen.as_ref().filter(|seen| seen.generation == self.wanted.generation)
    }
}

fn read(row: &Row<'_>) -> Result<Away, StoreError> {
    let wanted: String = row.get("wanted")?;
    let seen: Option<String> = row.get("seen")?;
    Ok(Away {
        server: ServerId(row.get("server_id")?),
        // The value may hold a hash of a password.
        wanted: serde_json::from_str(&wanted).map_err(|_| StoreError::Unreadable {
            what: "what is wanted of a private server elsewhere",
            value: String::new(),
        })?,
        seen: seen.map(|seen| row::json("what was seen of a private server elsewhere", &seen)).transpose()?,
    })
}

/// Want this there from now on.
///
/// # Errors
/// When the database fails.
pub fn private_server_away_put(tx: &Connection, server: ServerId, wanted: &Wanted) -> Result<(), StoreError> {
    let sql = "INSERT INTO private_server_away (server_id, number, wanted) VALUES ($1, $2, $3) \
               ON CONFLICT (server_id, number) DO UPDATE SET wanted = excluded.wanted";
    let what = text("what is wanted of a private server elsewhere", wanted)?;
    row::run(tx, sql, (server.0, u32::from(wanted.number), what))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn private_server_away_get(
    tx: &Connection,
    server: ServerId,
    number: Number,
) -> Result<Option<Away>, StoreError> {
    let sql = "SELECT * FROM private_server_away WHERE server_id = $1 AND number = $2";
    row::one(tx, sql, (server.0, u32::from(number)), read)
}

/// All on one server.
///
/// # Errors
/// When the database fails.
pub fn private_server_away_on(tx: &Connection, server: ServerId) -> Result<Vec<Away>, StoreError> {
    row::all(tx, "SELECT * FROM private_server_away WHERE server_id = $1 ORDER BY number", [server.0], read)
}

/// Everywhere.
///
/// # Errors
/// When the database fails.
pub fn private_server_away_list(tx: &Connection) -> Result<Vec<Away>, StoreError> {
    let sql = "SELECT * FROM private_server_away ORDER BY server_id, number LIMIT $1";
    row::all(tx, sql, [row::LIST_LIMIT], read)
}

/// Note what the server said of it.
///
/// # Errors
/// When the database fails.
pub fn private_server_away_seen(tx: &Connection, server: ServerId, seen: &Seen) -> Result<(), StoreError> {
    let sql = "UPDATE private_server_away SET seen = $3 WHERE server_id = $1 AND number = $2";
    let what = text("what was seen of a private server elsewhere", seen)?;
    row::run(tx, sql, (server.0, u32::from(seen.number), what))?;
    Ok(())
}

/// Nothing is wanted there any more.
///
/// # Errors
/// When the database fails.
pub fn private_server_away_delete(
    tx: &Connection,
    server: ServerId,
    number: Number,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM private_server_away WHERE server_id = $1 AND number = $2";
    row::run(tx, sql, (server.0, u32::from(number)))?;
    Ok(())
}
