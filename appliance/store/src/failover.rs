//! Servers that do not answer, and whose private servers on a NAS are to run elsewhere.

use rackwright_model::private_server::FailoverStage;
use rackwright_model::{Millis, Name, ServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failover {
    pub server: ServerId,
    pub server_name: Name,
    pub stage: FailoverStage,
    pub since: Millis,
    /// What keeps it from going on, in a sentence.
    pub reason: Option<String>,
    pub fenced_at: Option<Millis>,
    /// Who said that it is off; none: its BMC.
    pub fenced_by: Option<String>,
}

const SELECT: &str = "SELECT failover.*, server.name AS server_name FROM failover \
                      JOIN server ON server.id = failover.server_id";

fn read(row: &Row<'_>) -> Result<Failover, StoreError> {
    let stage: String = row.get("stage")?;
    Ok(Failover {
        server: ServerId(row.get("server_id")?),
        server_name: row::parsed("server name", row.get("server_name")?)?,
        stage: row::word("stage of a failover", &stage, FailoverStage::from_word)?,
        since: row::millis(row, "since")?,
        reason: row.get("reason")?,
        fenced_at: row::millis_opt(row, "fenced_at")?,
        fenced_by: row.get("fenced_by")?,
    })
}

/// All that are under way, oldest first.
///
/// # Errors
/// When the database fails.
pub fn failover_list(tx: &Connection) -> Result<Vec<Failover>, StoreError> {
    row::all(tx, &format!("{SELECT} ORDER BY since, server_id"), [], read)
}

/// That of this server.
///
/// # Errors
/// When the database fails.
pub fn failover_get(tx: &Connection, server: ServerId) -> Result<Option<Failover>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE server_id = $1"), [server.0], read)
}

/// Begin one, by powering the server off.
///
/// # Errors
/// [`StoreError::Taken`] when it has begun.
pub fn failover_begin(tx: &Connection, server: ServerId, at: Millis) -> Result<(), StoreError> {
    let sql = "INSERT INTO failover (server_id, stage, since) VALUES ($1, $2, $3)";
    row::run(tx, sql, (server.0, FailoverStage::Fencing.word(), at.0))?;
    Ok(())
}

/// What keeps it from going on now.
///
/// # Errors
/// When the database fails.
pub fn failover_reason(tx: &Connection, server: ServerId, reason: Option<&str>) -> Result<(), StoreError> {
    row::run(tx, "UPDATE failover SET reason = $2 WHERE server_id = $1", (server.0, reason))?;
    Ok(())
}

/// The server is off, as its BMC says, or this person.
///
/// # Errors
/// When the database fails.
pub fn failover_fenced(
    tx: &Connection,
    server: ServerId,
    by: Option<&str>,
    at: Millis,
) -> Result<(), StoreError> {
    let sql =
        "UPDATE failover SET stage = $2, reason = NULL, fenced_at = $3, fenced_by = $4 WHERE server_id = $1";
    row::run(tx, sql, (server.0, FailoverStage::Restarting.word(), at.0, by))?;
    Ok(())
}

/// It is over.
///
/// # Errors
/// When the database fails.
pub fn failover_end(tx: &Connection, server: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM failover WHERE server_id = $1", [server.0])?;
    Ok(())
}
