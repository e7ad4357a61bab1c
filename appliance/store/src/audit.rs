//! The audit trail. Rows are only ever added.

use rackwright_model::{AccountId, Millis, Name, Scope};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
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
    /// None when the account is removed.
    pub account_name: Option<Name>,
    /// Whether there is a way to take it back.
    pub undoable: bool,
    /// The row of the change by which it was taken back.
    pub undone_by: Option<i64>,
}

const SELECT: &str = "SELECT audit.*, account.name AS account_name, undo.audit_id AS undo_id, undo.undone_by AS undone_by \
                      FROM audit LEFT JOIN account ON account.id = audit.account_id \
                      LEFT JOIN undo ON undo.audit_id = audit.id";

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
        account_name: row::parsed_opt("account name", row.get("account_name")?)?,
        undoable: row.get::<_, Option<i64>>("undo_id")?.is_some(),
        undone_by: row.get("undone_by")?,
    })
}

/// The id of the new row.
///
/// # Errors
/// When the database fails.
pub fn audit_insert(tx: &Connection, at: Millis, draft: &AuditDraft) -> Result<i64, StoreError> {
    let sql = "INSERT INTO audit (at, actor, account_id, behind, origin, action, input, result) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let AuditDraft { actor, account, behind, origin, action, input, result } = draft;
    row::insert(tx, sql, (at.0, actor, account.0, behind, origin, action, input, result))
}

/// The row with this id, if the scope covers the account of its actor.
///
/// # Errors
/// When the database fails.
pub fn audit_within(tx: &Connection, scope: &Scope, id: i64) -> Result<Option<AuditEntry>, StoreError> {
    let sql = format!("{SELECT} WHERE audit.id = $1 AND {}", owned(scope, "audit.account_id", 2));
    row::one(tx, &sql, (id, scope.low(), scope.high()), read)
}

/// Which rows to list; none of a choice takes all.
#[derive(Debug, Clone, Default)]
pub struct AuditChoice {
    pub action: Option<String>,
    pub actor: Option<String>,
}

/// A page of rows, in the order in which they were written.
///
/// # Errors
/// When the database fails.
pub fn audit_page(
    tx: &Connection,
    scope: &Scope,
    choice: &AuditChoice,
    ask: &Ask,
) -> Result<Slice<AuditEntry>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.equal("audit.action", choice.action.clone());
    conditions.equal("audit.actor", choice.actor.clone());
    let column = Column { name: "id", sql: "audit.id" };
    let list = List { select: SELECT, table: "audit", owner: "audit.account_id", column };
    list.page(tx, &Owners::of(tx, scope)?, conditions, ask, read)
}
