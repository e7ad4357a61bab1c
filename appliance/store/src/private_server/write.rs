//! Writing down what is wanted of a private server, and what its server saw of it.

use rackwright_model::private_server::{Number, Seen};
use rackwright_model::{Millis, Name, PrivateServerId};
use rusqlite::Connection;

use super::PrivateServerDraft;
use crate::error::StoreError;
use crate::row;

/// The lowest number that no private server has; none when all are given.
///
/// # Errors
/// When the database fails.
pub fn private_server_number(tx: &Connection) -> Result<Option<Number>, StoreError> {
    // Files of one that is gone may still lie on a server that it was moved from.
    let sql = "SELECT MIN(candidate) FROM (SELECT 1 AS candidate UNION ALL SELECT number + 1 FROM private_server \
               UNION ALL SELECT number + 1 FROM private_server_away) AS candidates \
               WHERE candidate NOT IN (SELECT number FROM private_server UNION ALL SELECT number FROM private_server_away)";
    let lowest = row::one(tx, sql, [], |row| Ok(row.get::<_, Option<u32>>(0)?))?.flatten();
    Ok(lowest.and_then(|number| Number::try_from(number).ok()))
}

/// # Errors
/// [`StoreError::Taken`] when the name, the number or an address is another's.
pub fn private_server_insert(
    tx: &Connection,
    draft: &PrivateServerDraft,
    at: Millis,
) -> Result<PrivateServerId, StoreError> {
    let sql = "INSERT INTO private_server (number, server_id, account_id, address, address_v6, mac, name, template, \
               template_sha256, template_bytes, template_unpacked_bytes, size, access, power, created_at, origin_number) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16) RETURNING id";
    let params = (
        u32::from(draft.number),
        draft.server.0,
        draft.account.0,
        draft.address.map(|address| address.to_string()),
        draft.address_v6.map(|address| address.to_string()),
        draft.mac.to_string(),
        draft.name.as_str(),
        draft.template.name.as_str(),
        &draft.template.sha256,
        draft.template.bytes.cast_signed(),
        draft.template.unpacked_bytes.cast_signed(),
        text("size", &draft.size)?,
        text("access to a private server", &draft.access)?,
        draft.power.word(),
        at.0,
        draft.origin.map(u32::from),
    );
    let id = row::insert(tx, sql, params).map(PrivateServerId)?;
    // A tuple of parameters has sixteen at most.
    let sql = "UPDATE private_server SET nas_id = $2, priority = $3 WHERE id = $1";
    row::run(tx, sql, (id.0, draft.nas.map(|nas| nas.0), draft.priority))?;
    Ok(id)
}

/// Write down what is wanted from now on, as the next generation. Number, server, account, addresses, NAS and
/// priority stay.
///
/// # Errors
/// [`StoreError::Taken`] when the name is another's.
pub fn private_server_change(
    tx: &Connection,
    id: PrivateServerId,
    draft: &PrivateServerDraft,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server SET generation = generation + 1, name = $2, template = $3, template_sha256 = $4, \
               template_bytes = $5, template_unpacked_bytes = $6, size = $7, power = $8, suspended = $9, \
               removing = $10, quarantine = $11, quarantine_imposed = $12, edition = $13, boots = $14, suspended_by = $15, \
               quarantine_by = $16 WHERE id = $1";
    let params = (
        id.0,
        draft.name.as_str(),
        draft.template.name.as_str(),
        &draft.template.sha256,
        draft.template.bytes.cast_signed(),
        draft.template.unpacked_bytes.cast_signed(),
        text("size", &draft.size)?,
        draft.power.word(),
        i64::from(draft.suspended),
        i64::from(draft.removing),
        i64::from(draft.quarantine),
        i64::from(draft.quarantine_imposed),
        draft.edition,
        draft.boots,
        &draft.suspended_by,
        &draft.quarantine_by,
    );
    row::run(tx, sql, params)?;
    Ok(())
}

/// As JSON.
pub(super) fn text<T: serde::Serialize>(what: &'static str, value: &T) -> Result<String, StoreError> {
    serde_json::to_string(value).map_err(|_| StoreError::Unreadable { what, value: String::new() })
}

/// Note what its server saw of it.
///
/// # Errors
/// When the database fails.
pub fn private_server_seen(
    tx: &Connection,
    id: PrivateServerId,
    seen: &Seen,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "UPDATE private_server SET phase = $2, phase_generation = $3, reason = $4, progress = $5, seen_at = $6 \
               WHERE id = $1";
    let generation = i64::try_from(seen.generation).unwrap_or(i64::MAX);
    row::run(tx, sql, (id.0, seen.phase.word(), generation, &seen.reason, seen.progress, at.0))?;
    Ok(())
}

/// Its server is to be told anew, though nothing else is wanted of it than before.
///
/// # Errors
/// When the database fails.
pub fn private_server_touch(tx: &Connection, name: &Name) -> Result<(), StoreError> {
    row::run(tx, "UPDATE private_server SET generation = generation + 1 WHERE name = $1", [name.as_str()])?;
    Ok(())
}
