//! Boot timelines: at most one record per server and stage.

use rackwright_model::boot::{BootRecord, BootStage};
use rackwright_model::{Millis, ServerId};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::row;

fn stage_word(stage: BootStage) -> Result<String, StoreError> {
    serde_json::to_string(&stage)
        .map_err(|_| StoreError::Unreadable { what: "boot stage", value: format!("{stage:?}") })
}

/// Note a station; a station that was passed already in this boot keeps its first record, one that is passed in parts its
/// latest.
///
/// # Errors
/// When the database fails.
pub fn boot_record_put(tx: &Connection, server: ServerId, record: &BootRecord) -> Result<(), StoreError> {
    const FIRST: &str = "INSERT INTO boot_record (server_id, stage, at, detail) VALUES ($1, $2, $3, $4) \
                         ON CONFLICT (server_id, stage) DO NOTHING";
    // What is written down late must not undo what came after it.
    const LATEST: &str = "INSERT INTO boot_record (server_id, stage, at, detail) VALUES ($1, $2, $3, $4) \
                          ON CONFLICT (server_id, stage) DO UPDATE SET at = excluded.at, detail = excluded.detail \
                          WHERE excluded.at >= boot_record.at";
    let sql = if record.stage.has_parts() { LATEST } else { FIRST };
    row::run(tx, sql, (server.0, stage_word(record.stage)?, record.at.0, &record.detail))?;
    Ok(())
}

/// A new boot begins: forget the last one.
///
/// # Errors
/// When the database fails.
pub fn boot_record_clear(tx: &Connection, server: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM boot_record WHERE server_id = $1", [server.0])?;
    Ok(())
}

/// The timeline, in the order of the stages.
///
/// # Errors
/// When the database fails.
pub fn boot_record_list(tx: &Connection, server: ServerId) -> Result<Vec<BootRecord>, StoreError> {
    let sql = "SELECT stage, at, detail FROM boot_record WHERE server_id = $1";
    let mut records = row::all(tx, sql, [server.0], |row| {
        let stage: String = row.get(0)?;
        Ok(BootRecord {
            stage: row::json("boot stage", &stage)?,
            at: Millis(row.get(1)?),
            detail: row.get(2)?,
        })
    })?;
    records.sort_by_key(|record| record.stage);
    Ok(records)
}
