//! The audit trail. Rows are only ever added.

use rackwright_model::{AccountId, Millis, Scope};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::row;

/// A row to add. `input` is already redacted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AuditDraft {
    pub actor: String,
    /// The account of the actor.
    pub account: AccountId,
    /// Who acted, when somebody acted as somebody else.
    pub behind: Option<String>,
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
            account: AccountId(row.get("account_id")?),
            behind: row.get("behind")?,
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
    let sql = "INSERT INTO audit (at, actor, account_id, behind, origin, action, input, result) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
    let AuditDraft { actor, account, behind, origin, action, input, result } = draft;
    row::run(tx, sql, (at.0, actor, account.0, behind, origin, action, input, result))?;
    Ok(())
}

/// Which rows to list; none of a choice takes all.
#[derive(Debug, Clone, Default)]
pub struct AuditChoice {
    pub action: Option<String>,
    pub actor: Option<String>,
}

/// Rows older than `before` (an id), newest first, at most `limit`.
///
/// # Errors
/// When the database fails.
pub fn audit_page(
    tx: &Connection,
    scope: &Scope,
    choice: &AuditChoice,
    before: Option<i64>,
    limit: i64,
) -> Result<Vec<AuditEntry>, StoreError> {
    let sql = format!(
        "SELECT * FROM audit WHERE {} AND ($3 IS NULL OR action = $3) AND ($4 IS NULL OR actor = $4) \
         AND ($5 IS NULL OR id < $5) ORDER BY id DESC LIMIT $6",
        owned(scope, "account_id", 1)
    );
    let params = (scope.low(), scope.high(), &choice.action, &choice.actor, before, limit);
    row::all(tx, &sql, params, read)
}
