//! Moves of private servers between servers.

use rackwright_model::private_server::MoveStage;
use rackwright_model::{JobId, Millis, PrivateServerId, ServerId};
use rusqlite::{Connection, Row};

use super::{PrivateServer, SELECT};
use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MoveRow {
    pub job: JobId,
    pub private_server: PrivateServerId,
    pub from: ServerId,
    pub to: ServerId,
    pub stage: MoveStage,
    pub stage_since: Millis,
    /// When it was told to stop.
    pub stopped_at: Option<Millis>,
}

const UNDER_WAY: &str = "stage NOT IN ('done', 'aborted')";

fn read(row: &Row<'_>) -> Result<MoveRow, StoreError> {
    let stage: String = row.get("stage")?;
    Ok(MoveRow {
        job: JobId(row.get("job_id")?),
        private_server: PrivateServerId(row.get("private_server_id")?),
        from: ServerId(row.get("from_id")?),
        to: ServerId(row.get("to_id")?),
        stage: row::word("stage of a move", &stage, MoveStage::from_word)?,
        stage_since: row::millis(row, "stage_since")?,
        stopped_at: row::millis_opt(row, "stopped_at")?,
    })
}

/// Begin a move.
///
/// # Errors
/// [`StoreError::Taken`] when the private server is on its way already.
pub fn private_server_move_insert(tx: &Connection, row: &MoveRow) -> Result<(), StoreError> {
    let sql = "INSERT INTO private_server_move (job_id, private_server_id, from_id, to_id, stage, stage_since) \
               VALUES ($1, $2, $3, $4, $5, $6)";
    let (from, to) = (row.from.0, row.to.0);
    row::run(tx, sql, (row.job.0, row.private_server.0, from, to, row.stage.word(), row.stage_since.0))?;
    Ok(())
}

/// The move of this job.
///
/// # Errors
/// When the database fails.
pub fn private_server_move_get(tx: &Connection, job: JobId) -> Result<Option<MoveRow>, StoreError> {
    row::one(tx, "SELECT * FROM private_server_move WHERE job_id = $1", [job.0], read)
}

/// The move of this private server that is under way.
///
/// # Errors
/// When the database fails.
pub fn private_server_move_of(
    tx: &Connection,
    private_server: PrivateServerId,
) -> Result<Option<MoveRow>, StoreError> {
    let sql = format!("SELECT * FROM private_server_move WHERE private_server_id = $1 AND {UNDER_WAY}");
    row::one(tx, &sql, [private_server.0], read)
}

/// All that are under way, oldest first.
///
/// # Errors
/// When the database fails.
pub fn private_server_move_list(tx: &Connection) -> Result<Vec<MoveRow>, StoreError> {
    let sql = format!("SELECT * FROM private_server_move WHERE {UNDER_WAY} ORDER BY job_id LIMIT $1");
    row::all(tx, &sql, [row::LIST_LIMIT], read)
}

/// A move has come to its next stage.
///
/// # Errors
/// When the database fails.
pub fn private_server_move_step(
    tx: &Connection,
    job: JobId,
    stage: MoveStage,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server_move SET stage = $2, stage_since = $3, \
               stopped_at = CASE WHEN $2 = 'stopping' THEN $3 ELSE stopped_at END WHERE job_id = $1";
    row::run(tx, sql, (job.0, stage.word(), at.0))?;
    Ok(())
}

/// Private servers that are on their way to this server, and for which room is kept there.
///
/// # Errors
/// When the database fails.
pub fn private_server_coming(tx: &Connection, server: ServerId) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.server_id <> $1 AND private_server.id IN \
         (SELECT private_server_id FROM private_server_move WHERE to_id = $1 AND {UNDER_WAY}) \
         ORDER BY private_server.name"
    );
    row::all(tx, &sql, [server.0], super::read)
}

/// From now on it belongs to this server; told as the next generation, in the next epoch of its disk.
///
/// # Errors
/// When the database fails.
pub fn private_server_place(
    tx: &Connection,
    id: PrivateServerId,
    server: ServerId,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server SET server_id = $2, generation = generation + 1, epoch = epoch + 1, phase = NULL, \
               phase_generation = NULL, reason = NULL, progress = NULL WHERE id = $1";
    row::run(tx, sql, (id.0, server.0))?;
    Ok(())
}
