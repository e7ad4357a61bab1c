//! Settings of the Control Center that people change: one JSON value per key.

use rusqlite::Connection;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::error::StoreError;
use crate::row;

/// # Errors
/// When the database fails or the value is not a `T`.
pub fn setting_get<T: DeserializeOwned>(tx: &Connection, key: &'static str) -> Result<Option<T>, StoreError> {
    let text: Option<String> =
        row::one(tx, "SELECT value FROM setting WHERE key = $1", [key], |row| Ok(row.get(0)?))?;
    text.map(|text| row::json(key, &text)).transpose()
}

/// # Errors
/// When the database fails.
pub fn setting_put<T: Serialize>(tx: &Connection, key: &'static str, value: &T) -> Result<(), StoreError> {
    let text = serde_json::to_string(value)
        .map_err(|_| StoreError::Unreadable { what: key, value: String::new() })?;
    row::run(
        tx,
        "INSERT INTO setting (key, value) VALUES ($1, $2) ON CONFLICT (key) DO UPDATE SET value = excluded.value",
        [key, &text],
    )?;
    Ok(())
}
