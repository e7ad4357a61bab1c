//! Events on their way to webhooks: written in the transaction of the change, kept until the receiver has accepted them.

use rackwright_model::{AccountId, DeliveryId, DeliveryState, Millis, Scope, WebhookId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;

/// An event for a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DeliveryDraft {
    pub webhook: WebhookId,
    /// The account of the webhook.
    pub account: AccountId,
    pub event: String,
    /// When it happened.
    pub at: Millis,
    /// What the receiver is told, as a JSON object.
    pub told: String,
}

/// The last attempt.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Attempt {
    pub at: Millis,
    /// The HTTP status of the answer, if there was one.
    pub code: Option<u16>,
    pub duration_ms: i64,
    /// Why it does not count; none when the event was accepted.
    pub problem: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Delivery {
    pub id: DeliveryId,
    pub draft: DeliveryDraft,
    pub state: DeliveryState,
    pub queued_at: Millis,
    pub next_at: Millis,
    pub attempts: u32,
    /// Why it was not accepted.
    pub problem: Option<String>,
    pub last: Option<Attempt>,
}

fn read(row: &Row<'_>) -> Result<Delivery, StoreError> {
    let state: String = row.get("state")?;
    let last = match row::millis_opt(row, "tried_at")? {
        Some(at) => Some(Attempt {
            at,
            code: row.get("code")?,
            duration_ms: row.get::<_, Option<i64>>("duration_ms")?.unwrap_or(0),
            problem: row.get("problem")?,
        }),
        None => None,
    };
    Ok(Delivery {
        id: DeliveryId(row.get("id")?),
        draft: DeliveryDraft {
            webhook: WebhookId(row.get("webhook_id")?),
            account: AccountId(row.get("account_id")?),
            event: row.get("event")?,
            at: row::millis(row, "at")?,
            told: row.get("told")?,
        },
        state: row::word("delivery state", &state, DeliveryState::from_word)?,
        queued_at: row::millis(row, "queued_at")?,
        next_at: row::millis(row, "next_at")?,
        attempts: row.get("attempts")?,
        problem: row.get("problem")?,
        last,
    })
}

/// # Errors
/// When the database fails.
pub fn delivery_insert(tx: &Connection, draft: &DeliveryDraft) -> Result<DeliveryId, StoreError> {
    let sql = "INSERT INTO delivery (webhook_id, account_id, event, at, told, state, queued_at, next_at, attempts) \
               VALUES ($1, $2, $3, $4, $5, 'waiting', $4, $4, 0) RETURNING id";
    let DeliveryDraft { webhook, account, event, at, told } = draft;
    row::insert(tx, sql, (webhook.0, account.0, event, at.0, told)).map(DeliveryId)
}

/// Which deliveries to list; none of a choice takes all.
#[derive(Debug, Clone, Default)]
pub struct DeliveryChoice {
    pub webhook: Option<WebhookId>,
    pub state: Option<DeliveryState>,
}

/// A page of deliveries, in the order in which their events happened.
///
/// # Errors
/// When the database fails.
pub fn delivery_page(
    tx: &Connection,
    scope: &Scope,
    choice: &DeliveryChoice,
    ask: &Ask,
) -> Result<Slice<Delivery>, StoreError> {
    let mut conditions = Conditions::default();
    conditions.equal("delivery.webhook_id", choice.webhook.map(|id| id.0));
    conditions.equal("delivery.state", choice.state.map(|state| state.word().to_owned()));
    let column = Column { name: "id", sql: "delivery.id" };
    let list = List {
        select: "SELECT delivery.* FROM delivery",
        table: "delivery",
        owner: "delivery.account_id",
        column,
    };
    list.page(tx, &Owners::of(tx, scope)?, conditions, ask, read)
}

/// The delivery with this id, if the scope covers the account of its webhook.
///
/// # Errors
/// When the database fails.
pub fn delivery_within(
    tx: &Connection,
    scope: &Scope,
    id: DeliveryId,
) -> Result<Option<Delivery>, StoreError> {
    let sql = format!(
        "SELECT * FROM delivery WHERE delivery.id = $1 AND {}",
        owned(scope, "delivery.account_id", 2)
    );
    row::one(tx, &sql, (id.0, scope.low(), scope.high()), read)
}

/// Of every webhook that is not paused the oldest event that waits, when its time has come.
///
/// # Errors
/// When the database fails.
pub fn delivery_due(tx: &Connection, now: Millis, most: u32) -> Result<Vec<Delivery>, StoreError> {
    let sql = "SELECT delivery.* FROM webhook JOIN delivery ON delivery.id = (SELECT MIN(oldest.id) FROM delivery AS oldest \
               WHERE oldest.webhook_id = webhook.id AND oldest.state = 'waiting') \
               WHERE webhook.paused_at IS NULL AND delivery.next_at <= $1 ORDER BY delivery.next_at, delivery.id LIMIT $2";
    row::all(tx, sql, (now.0, most), read)
}

/// Note an attempt, and what is to become of the event.
///
/// # Errors
/// When the database fails.
pub fn delivery_note(
    tx: &Connection,
    id: DeliveryId,
    attempt: &Attempt,
    state: DeliveryState,
    next_at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE delivery SET state = $2, next_at = $3, attempts = attempts + 1, tried_at = $4, code = $5, \
               duration_ms = $6, problem = $7 WHERE id = $1";
    let Attempt { at, code, duration_ms, problem } = attempt;
    row::run(tx, sql, (id.0, state.word(), next_at.0, at.0, code, duration_ms, problem))?;
    Ok(())
}

/// Give an event up that was not tried.
///
/// # Errors
/// When the database fails.
pub fn delivery_give_up(tx: &Connection, id: DeliveryId, problem: &str) -> Result<(), StoreError> {
    let sql = "UPDATE delivery SET state = 'given-up', problem = $2 WHERE id = $1";
    row::run(tx, sql, (id.0, problem))?;
    Ok(())
}

/// Let an event wait again, as if it had happened at `at`.
///
/// # Errors
/// When the database fails.
pub fn delivery_requeue(tx: &Connection, id: DeliveryId, at: Millis) -> Result<(), StoreError> {
    let sql =
        "UPDATE delivery SET state = 'waiting', queued_at = $2, next_at = $2, attempts = 0 WHERE id = $1";
    row::run(tx, sql, (id.0, at.0))?;
    Ok(())
}

/// Give up what waits since before `oldest` for a webhook that is paused.
///
/// # Errors
/// When the database fails.
pub fn delivery_expire(tx: &Connection, oldest: Millis, problem: &str) -> Result<(), StoreError> {
    let sql = "UPDATE delivery SET state = 'given-up', problem = $2 WHERE state = 'waiting' AND queued_at < $1 \
               AND webhook_id IN (SELECT id FROM webhook WHERE paused_at IS NOT NULL)";
    row::run(tx, sql, (oldest.0, problem))?;
    Ok(())
}

/// Forget what no longer waits and is older than `oldest`.
///
/// # Errors
/// When the database fails.
pub fn delivery_purge(tx: &Connection, oldest: Millis) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM delivery WHERE queued_at < $1 AND state <> 'waiting'", [oldest.0])?;
    Ok(())
}
