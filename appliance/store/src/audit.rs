//! The audit trail. Rows are only ever added.

use rackwright_model::Millis;
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// A row to add. `input` is already redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    pub actor: String,
    pub origin: String,
    pub action: String,
    pub input: String,
    pub result: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditEntry {
    pub id: i64,
    pub at: Millis,
    pub draft: AuditDraft,
}

fn read(row: &Row<'_>) -> Result<AuditEntry, StoreError> {
    Ok(AuditEntry {
        id: row.get("id")?,
        at: row::millis(row, "at")?,
        draft: AuditDraft {
            actor: row.get("actor")?,
            origin: row.get("origin")?,
            action: row.get("action")?,
            input: row.get("input")?,
            result: row.get("result")?,
        },
    })
}

/// # Errors
/// When the database fails.
pub fn audit_insert(tx: &Connection, at: Millis, draft: &AuditDraft) -> Result<(), StoreError> {
    let sql = "INSERT INTO audit (at, actor, origin, action, input, result) VALUES ($1, $2, $3, $4, $5, $6)";
    row::run(tx, sql, (at.0, &draft.actor, &draft.origin, &draft.action, &draft.input, &draft.result))?;
    Ok(())
}

/// Rows older than `before` (an id), newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn audit_page(
    tx: &Connection,
    action: Option<&str>,
    actor: Option<&str>,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = "SELECT * FROM audit WHERE ($1 IS NULL OR action = $1) AND ($2 IS NULL OR actor = $2) \
               AND ($3 IS NULL OR id < $3) ORDER BY id DESC LIMIT $4";
    row::all(tx, sql, (action, actor, before, limit), read)
}
