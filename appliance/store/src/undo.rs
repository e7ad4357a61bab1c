//! How changes are taken back: for each the action that does it, and how the change left what it changed.

use rackwright_model::Millis;
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// How one change is taken back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoDraft {
    pub at: Millis,
    pub actor: String,
    pub action: String,
    /// The input of the action, as JSON; it holds no secret.
    pub input: String,
    /// What was changed, as JSON.
    pub thing: String,
    /// How it was left, as JSON.
    pub state: String,
    /// The audit row of the change that this one took back.
    pub undoes: Option<i64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UndoRow {
    /// The audit row of the change.
    pub audit: i64,
    pub draft: UndoDraft,
    /// The audit row of the change by which it was taken back.
    pub undone_by: Option<i64>,
}

fn read(row: &Row<'_>) -> Result<UndoRow, StoreError> {
    Ok(UndoRow {
        audit: row.get("audit_id")?,
        draft: UndoDraft {
            at: row::millis(row, "at")?,
            actor: row.get("actor")?,
            action: row.get("action")?,
            input: row.get("input")?,
            thing: row.get("thing")?,
            state: row.get("state")?,
            undoes: row.get("undoes")?,
        },
        undone_by: row.get("undone_by")?,
    })
}

/// # Errors
/// When the database fails.
pub fn undo_insert(tx: &Connection, audit: i64, draft: &UndoDraft) -> Result<(), StoreError> {
    let sql = "INSERT INTO undo (audit_id, at, actor, action, input, thing, state, undoes) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let UndoDraft { at, actor, action, input, thing, state, undoes } = draft;
    row::run(tx, sql, (audit, at.0, actor, action, input, thing, state, undoes))?;
    Ok(())
}

/// How the change with this audit row is taken back.
///
/// # Errors
/// When the database fails.
pub fn undo_get(tx: &Connection, audit: i64) -> Result<Option<UndoRow>, StoreError> {
    row::one(tx, "SELECT * FROM undo WHERE audit_id = $1", [audit], read)
}

/// The newest change of somebody since `oldest` that was not taken back and took none back.
///
/// # Errors
/// When the database fails.
pub fn undo_newest(tx: &Connection, actor: &str, oldest: Millis) -> Result<Option<UndoRow>, StoreError> {
    let sql = "SELECT * FROM undo WHERE actor = $1 AND at >= $2 AND undoes IS NULL AND undone_by IS NULL \
               ORDER BY audit_id DESC LIMIT 1";
    row::one(tx, sql, (actor, oldest.0), read)
}

/// Note that the change `audit` was taken back by the change `by`.
///
/// # Errors
/// When the database fails.
pub fn undo_set_undone(tx: &Connection, audit: i64, by: i64) -> Result<(), StoreError> {
    row::run(tx, "UPDATE undo SET undone_by = $2 WHERE audit_id = $1", (audit, by))?;
    Ok(())
}

/// Forget how changes before `oldest` are taken back: nobody can any more, and inputs may be large.
///
/// # Errors
/// When the database fails.
pub fn undo_purge(tx: &Connection, oldest: Millis) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM undo WHERE at < $1", [oldest.0])?;
    Ok(())
}
