//! Certificates of agents.

use rackwright_model::{Millis, ServerId};
use rusqlite::Connection;

use crate::error::StoreError;
use crate::row;

/// # Errors
/// When the database fails.
pub fn certificate_insert(
    tx: &Connection,
    fingerprint: &str,
    server: ServerId,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO certificate (fingerprint, server_id, issued_at) VALUES ($1, $2, $3) ON CONFLICT (fingerprint) DO NOTHING";
    row::run(tx, sql, (fingerprint, server.0, at.0))?;
    Ok(())
}

/// The server that this certificate speaks for, unless it is revoked.
///
/// # Errors
/// When the database fails.
pub fn certificate_server(tx: &Connection, fingerprint: &str) -> Result<Option<ServerId>, StoreError> {
    let sql = "SELECT server_id FROM certificate WHERE fingerprint = $1 AND revoked_at IS NULL";
    row::one(tx, sql, [fingerprint], |row| Ok(ServerId(row.get(0)?)))
}

/// Revoke all certificates of a server.
///
/// # Errors
/// When the database fails.
pub fn certificate_revoke(tx: &Connection, server: ServerId, at: Millis) -> Result<(), StoreError> {
    row::run(
        tx,
        "UPDATE certificate SET revoked_at = $2 WHERE server_id = $1 AND revoked_at IS NULL",
        (server.0, at.0),
    )?;
    Ok(())
}
