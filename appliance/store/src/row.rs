//! From columns to values of the model.

use rackwright_model::Millis;
use rusqlite::{CachedStatement, Connection, OptionalExtension, Params, Row};
use serde::de::DeserializeOwned;

use crate::error::StoreError;

/// The value that a column spells as text.
pub(crate) fn parsed<T: std::str::FromStr>(what: &'static str, text: String) -> Result<T, StoreError> {
    text.parse().map_err(|_| StoreError::Unreadable { what, value: text })
}

/// The value of an optional text column.
pub(crate) fn parsed_opt<T: std::str::FromStr>(
    what: &'static str,
    text: Option<String>,
) -> Result<Option<T>, StoreError> {
    text.map(|text| parsed(what, text)).transpose()
}

/// The value that a column holds as JSON.
pub(crate) fn json<T: DeserializeOwned>(what: &'static str, text: &str) -> Result<T, StoreError> {
    serde_json::from_str(text)
        .map_err(|_| StoreError::Unreadable { what, value: text.chars().take(200).collect() })
}

/// The value that a stored word stands for.
pub(crate) fn word<T>(what: &'static str, text: &str, from: fn(&str) -> Option<T>) -> Result<T, StoreError> {
    from(text).ok_or_else(|| StoreError::Unreadable { what, value: text.to_owned() })
}

/// A column of time.
pub(crate) fn millis(row: &Row<'_>, column: &str) -> rusqlite::Result<Millis> {
    row.get(column).map(Millis)
}

/// A column of time that may be empty.
pub(crate) fn millis_opt(row: &Row<'_>, column: &str) -> rusqlite::Result<Option<Millis>> {
    row.get::<_, Option<i64>>(column).map(|at| at.map(Millis))
}

/// SQLite takes `$2` for a name and numbers it by its first appearance; `?2` is the second parameter wherever it stands,
/// which is what `$2` means to PostgreSQL.
pub(crate) fn prepare<'a>(tx: &'a Connection, sql: &str) -> rusqlite::Result<CachedStatement<'a>> {
    tx.prepare_cached(&sql.replace('$', "?"))
}

/// All rows of a query.
pub(crate) fn all<T, P: Params>(
    tx: &Connection,
    sql: &str,
    params: P,
    read: fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Vec<T>, StoreError> {
    let mut statement = prepare(tx, sql)?;
    let mut rows = statement.query(params)?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        found.push(read(row)?);
    }
    Ok(found)
}

/// The first row of a query.
pub(crate) fn one<T, P: Params>(
    tx: &Connection,
    sql: &str,
    params: P,
    read: fn(&Row<'_>) -> Result<T, StoreError>,
) -> Result<Option<T>, StoreError> {
    let mut statement = prepare(tx, sql)?;
    statement.query_row(params, |row| Ok(read(row))).optional()?.transpose()
}

/// Run a statement; the number of rows it changed.
pub(crate) fn run<P: Params>(tx: &Connection, sql: &str, params: P) -> Result<usize, StoreError> {
    Ok(prepare(tx, sql)?.execute(params)?)
}

/// Run an INSERT … RETURNING id.
pub(crate) fn insert<P: Params>(tx: &Connection, sql: &str, params: P) -> Result<i64, StoreError> {
    Ok(prepare(tx, sql)?.query_row(params, |row| row.get(0))?)
}

/// What a list says when it is unbounded by nature but must not be in memory.
pub(crate) const LIST_LIMIT: i64 = 10_000;

/// The end of the range of texts that begin with `prefix`: greater than all that a name can hold.
pub(crate) fn after_prefix(prefix: &str) -> String {
    format!("{prefix}\u{7f}")
}

/// The pattern of texts that contain `part`, in small letters, for `LIKE … ESCAPE '\\'`.
pub(crate) fn containing(part: &str) -> String {
    format!("%{}%", literal(part))
}

/// `part` in small letters, with the signs of patterns taken as they are.
pub(crate) fn literal(part: &str) -> String {
    part.trim().to_lowercase().replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
