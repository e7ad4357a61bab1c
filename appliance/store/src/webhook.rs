//! Webhooks: addresses that are told what happens in an account and below it.

use rackwright_model::account::way;
use rackwright_model::{AccountId, Millis, Name, Scope, WebhookId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;

/// What is asked of a new webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WebhookDraft {
    pub account: AccountId,
    pub url: String,
    /// Names of events, or patterns of them.
    pub events: Vec<String>,
    /// Sealed.
    pub secret: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Webhook {
    pub id: WebhookId,
    pub draft: WebhookDraft,
    pub account_name: Name,
    pub account_path: String,
    pub created_at: Millis,
    /// Events in a row that were given up.
    pub given_up: u32,
    pub paused_at: Option<Millis>,
    pub paused_reason: Option<String>,
    /// Events that wait; 0 where they are not counted.
    pub waiting: u32,
    /// When the receiver last accepted one.
    pub delivered_at: Option<Millis>,
}

const SELECT: &str = "SELECT webhook.*, account.name AS account_name, account.path AS account_path, \
    (SELECT COUNT(*) FROM delivery WHERE delivery.webhook_id = webhook.id AND delivery.state = 'waiting') AS waiting \
    FROM webhook JOIN account ON account.id = webhook.account_id";

/// The same for the way of every event, on which nobody counts what waits.
const SELECT_UNCOUNTED: &str = "SELECT webhook.*, account.name AS account_name, account.path AS account_path, \
    0 AS waiting FROM webhook JOIN account ON account.id = webhook.account_id";

fn read(row: &Row<'_>) -> Result<Webhook, StoreError> {
    let events: String = row.get("events")?;
    Ok(Webhook {
        id: WebhookId(row.get("id")?),
        draft: WebhookDraft {
            account: AccountId(row.get("account_id")?),
            url: row.get("url")?,
            events: row::json("webhook events", &events)?,
            secret: row.get("secret")?,
        },
        account_name: row::parsed("account name", row.get("account_name")?)?,
        account_path: row.get("account_path")?,
        created_at: row::millis(row, "created_at")?,
        given_up: row.get("given_up")?,
        paused_at: row::millis_opt(row, "paused_at")?,
        paused_reason: row.get("paused_reason")?,
        waiting: row.get("waiting")?,
        delivered_at: row::millis_opt(row, "delivered_at")?,
    })
}

/// A page of webhooks, in the order in which they were made.
///
/// # Errors
/// When the database fails.
pub fn webhook_page(
    tx: &Connection,
    scope: &Scope,
    account: Option<AccountId>,
    ask: &Ask,
) -> Result<Slice<Webhook>, StoreError> {
    let column = Column { name: "id", sql: "webhook.id" };
    let list = List { select: SELECT, table: "webhook", owner: "webhook.account_id", column };
    list.page(tx, &Owners::chosen(tx, scope, account)?, Conditions::default(), ask, read)
}

/// The webhook with this id, if the scope covers its account.
///
/// # Errors
/// When the database fails.
pub fn webhook_within(tx: &Connection, scope: &Scope, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    let sql = format!("{SELECT} WHERE webhook.id = $1 AND {}", owned(scope, "webhook.account_id", 2));
    row::one(tx, &sql, (id.0, scope.low(), scope.high()), read)
}

/// The webhook with this id. What waits for it is not counted.
///
/// # Errors
/// When the database fails.
pub fn webhook_get(tx: &Connection, id: WebhookId) -> Result<Option<Webhook>, StoreError> {
    row::one(tx, &format!("{SELECT_UNCOUNTED} WHERE webhook.id = $1"), [id.0], read)
}

/// How many an account has.
///
/// # Errors
/// When the database fails.
pub fn webhook_count(tx: &Connection, account: AccountId) -> Result<u32, StoreError> {
    let sql = "SELECT COUNT(*) FROM webhook WHERE account_id = $1";
    Ok(row::one(tx, sql, [account.0], |row| Ok(row.get(0)?))?.unwrap_or(0))
}

/// Whether there is any.
///
/// # Errors
/// When the database fails.
pub fn webhook_any(tx: &Connection) -> Result<bool, StoreError> {
    Ok(row::one(tx, "SELECT id FROM webhook LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// The webhooks of the account with this path and of those above it: whoever hears what happens there.
/// What waits for them is not counted.
///
/// # Errors
/// When the database fails.
pub fn webhook_hearing(tx: &Connection, path: &str) -> Result<Vec<Webhook>, StoreError> {
    let mut hearing = Vec::new();
    for account in way(path) {
        hearing.extend(row::all(
            tx,
            &format!("{SELECT_UNCOUNTED} WHERE webhook.account_id = $1 ORDER BY webhook.id"),
            [account.0],
            read,
        )?);
    }
    Ok(hearing)
}

/// # Errors
/// When the database fails.
pub fn webhook_insert(tx: &Connection, draft: &WebhookDraft, at: Millis) -> Result<WebhookId, StoreError> {
    let sql = "INSERT INTO webhook (account_id, url, events, secret, created_at, given_up) \
               VALUES ($1, $2, $3, $4, $5, 0) RETURNING id";
    let WebhookDraft { account, url, events, secret } = draft;
    row::insert(tx, sql, (account.0, url, list(events)?, secret, at.0)).map(WebhookId)
}

/// Another address, other events, another secret.
///
/// # Errors
/// When the database fails.
pub fn webhook_change(tx: &Connection, id: WebhookId, draft: &WebhookDraft) -> Result<(), StoreError> {
    let sql = "UPDATE webhook SET url = $2, events = $3, secret = $4 WHERE id = $1";
    row::run(tx, sql, (id.0, &draft.url, list(&draft.events)?, &draft.secret))?;
    Ok(())
}

fn list(events: &[String]) -> Result<String, StoreError> {
    serde_json::to_string(events)
        .map_err(|_| StoreError::Unreadable { what: "webhook events", value: events.join(" ") })
}

/// The receiver accepted an event.
///
/// # Errors
/// When the database fails.
pub fn webhook_set_delivered(tx: &Connection, id: WebhookId, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE webhook SET delivered_at = $2, given_up = 0 WHERE id = $1", (id.0, at.0))?;
    Ok(())
}

/// How many events in a row were given up.
///
/// # Errors
/// When the database fails.
pub fn webhook_set_given_up(tx: &Connection, id: WebhookId, given_up: u32) -> Result<(), StoreError> {
    row::run(tx, "UPDATE webhook SET given_up = $2 WHERE id = $1", (id.0, given_up))?;
    Ok(())
}

/// Tell it nothing until somebody resumes it.
///
/// # Errors
/// When the database fails.
pub fn webhook_pause(tx: &Connection, id: WebhookId, at: Millis, reason: &str) -> Result<(), StoreError> {
    let sql = "UPDATE webhook SET paused_at = $2, paused_reason = $3 WHERE id = $1";
    row::run(tx, sql, (id.0, at.0, reason))?;
    Ok(())
}

/// Tell it again; what waits is tried from `at` on.
///
/// # Errors
/// When the database fails.
pub fn webhook_resume(tx: &Connection, id: WebhookId, at: Millis) -> Result<(), StoreError> {
    let sql = "UPDATE webhook SET paused_at = NULL, paused_reason = NULL, given_up = 0 WHERE id = $1";
    row::run(tx, sql, [id.0])?;
    let sql = "UPDATE delivery SET next_at = $2, attempts = 0, queued_at = $2 WHERE webhook_id = $1 AND state = 'waiting'";
    row::run(tx, sql, (id.0, at.0))?;
    Ok(())
}

/// Remove it with everything that it was told.
///
/// # Errors
/// When the database fails.
pub fn webhook_delete(tx: &Connection, id: WebhookId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM webhook WHERE id = $1", [id.0])?;
    Ok(())
}
