//! Snapshots of private servers.

use rackwright_model::{Millis, PrivateServerId, ServerId, SnapshotId};
use rusqlite::{Connection, Row};

use super::TemplateFacts;
use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Snapshot {
    pub id: SnapshotId,
    pub private_server: PrivateServerId,
    pub stage: SnapshotStage,
    pub note: String,
    pub at: Millis,
    pub mib: u64,
    pub template: TemplateFacts,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SnapshotStage {
    Making,
    Kept,
    Removing,
}

impl SnapshotStage {
    fn word(self) -> &'static str {
        match self {
            Self::Making => "making",
            Self::Kept => "kept",
            Self::Removing => "removing",
        }
    }

    fn from_word(word: &str) -> Option<Self> {
        [Self::Making, Self::Kept, Self::Removing].into_iter().find(|stage| stage.word() == word)
    }
}

fn read(row: &Row<'_>) -> Result<Snapshot, StoreError> {
    let (state, template): (String, String) = (row.get("state")?, row.get("template")?);
    Ok(Snapshot {
        id: SnapshotId(row.get("id")?),
        private_server: PrivateServerId(row.get("private_server_id")?),
        stage: row::word("state of a snapshot", &state, SnapshotStage::from_word)?,
        note: row.get("note")?,
        at: row::millis(row, "at")?,
        mib: row.get::<_, i64>("mib")?.unsigned_abs(),
        template: row::json("template", &template)?,
    })
}

/// One that is about to be made.
///
/// # Errors
/// When the database fails.
pub fn snapshot_insert(
    tx: &Connection,
    of: PrivateServerId,
    note: &str,
    mib: u64,
    template: &TemplateFacts,
    at: Millis,
) -> Result<SnapshotId, StoreError> {
    let sql = "INSERT INTO private_server_snapshot (private_server_id, state, note, at, mib, template) \
               VALUES ($1, 'making', $2, $3, $4, $5) RETURNING id";
    let template = super::write::text("template", template)?;
    row::insert(tx, sql, (of.0, note, at.0, mib.cast_signed(), template)).map(SnapshotId)
}

/// # Errors
/// When the database fails.
pub fn snapshot_stage(tx: &Connection, id: SnapshotId, stage: SnapshotStage) -> Result<(), StoreError> {
    row::run(tx, "UPDATE private_server_snapshot SET state = $2 WHERE id = $1", (id.0, stage.word()))?;
    Ok(())
}

/// It is made, and takes so much.
///
/// # Errors
/// When the database fails.
pub fn snapshot_made(tx: &Connection, id: SnapshotId, mib: u64) -> Result<(), StoreError> {
    let sql =
        "UPDATE private_server_snapshot SET state = 'kept', mib = $2 WHERE id = $1 AND state = 'making'";
    row::run(tx, sql, (id.0, mib.cast_signed()))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn snapshot_delete(tx: &Connection, id: SnapshotId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM private_server_snapshot WHERE id = $1", [id.0])?;
    Ok(())
}

/// The snapshot with this number, if it is one of this private server.
///
/// # Errors
/// When the database fails.
pub fn snapshot_get(
    tx: &Connection,
    of: PrivateServerId,
    id: SnapshotId,
) -> Result<Option<Snapshot>, StoreError> {
    let sql = "SELECT * FROM private_server_snapshot WHERE id = $1 AND private_server_id = $2";
    row::one(tx, sql, (id.0, of.0), read)
}

/// Those of a private server, newest first.
///
/// # Errors
/// When the database fails.
pub fn snapshot_list(tx: &Connection, of: PrivateServerId) -> Result<Vec<Snapshot>, StoreError> {
    let sql = "SELECT * FROM private_server_snapshot WHERE private_server_id = $1 ORDER BY id DESC LIMIT $2";
    row::all(tx, sql, (of.0, row::LIST_LIMIT), read)
}

/// Those on their way out, oldest first.
///
/// # Errors
/// When the database fails.
pub fn snapshot_removing(tx: &Connection) -> Result<Vec<Snapshot>, StoreError> {
    let sql = "SELECT * FROM private_server_snapshot WHERE state = 'removing' ORDER BY id LIMIT $1";
    row::all(tx, sql, [row::LIST_LIMIT], read)
}

/// What all snapshots on a server take of its disk, in MiB.
///
/// # Errors
/// When the database fails.
pub fn snapshot_mib_on(tx: &Connection, server: ServerId) -> Result<u64, StoreError> {
    let sql = "SELECT COALESCE(SUM(mib), 0) FROM private_server_snapshot JOIN private_server \
               ON private_server.id = private_server_snapshot.private_server_id WHERE private_server.server_id = $1";
    let sum = row::one(tx, sql, [server.0], |row| Ok(row.get::<_, i64>(0)?))?;
    Ok(sum.unwrap_or(0).unsigned_abs())
}
