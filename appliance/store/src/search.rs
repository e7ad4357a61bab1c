//! Finding rows by part of what a person knows of them: a name, an address, a title. What begins with it comes first.

use rackwright_model::Scope;
use rackwright_model::network::Subnet;
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::row;

/// A row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name, or its number when it has none.
    pub name: String,
    /// What tells it from others.
    pub note: String,
    pub state: Option<String>,
}

fn read(row: &Row<'_>) -> Result<Found, StoreError> {
    Ok(Found { name: row.get(0)?, note: row.get(1)?, state: row.get(2)? })
}

/// The note of a network is its CIDR, which stands inside the subnet.
fn read_network(row: &Row<'_>) -> Result<Found, StoreError> {
    let found = read(row)?;
    let subnet: Subnet = row::json("subnet", &found.note)?;
    Ok(Found { note: subnet.cidr.to_string(), ..found })
}

/// Rows of `sql`, whose $1 is the pattern "contains the text", $2 "begins with it", $3 the limit, and $4 and $5 the scope.
fn search(
    tx: &Connection,
    sql: &str,
    scope: &Scope,
    text: &str,
    limit: i64,
    read: fn(&Row<'_>) -> Result<Found, StoreError>,
) -> Result<Vec<Found>, StoreError> {
    let (containing, beginning) = (row::containing(text), format!("{}%", row::literal(text)));
    row::all(tx, sql, (containing, beginning, limit, scope.low(), scope.high()), read)
}

/// Servers by name, address, address of their BMC or MAC address.
///
/// # Errors
/// When the database fails.
pub fn search_server(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let sql = format!(
        "SELECT name, COALESCE(address, ''), state FROM server WHERE {} AND (name LIKE $1 ESCAPE '\\' \
               OR address LIKE $1 ESCAPE '\\' OR bmc_address LIKE $1 ESCAPE '\\' OR EXISTS (SELECT 1 FROM server_mac \
               WHERE server_mac.server_id = server.id AND mac LIKE $1 ESCAPE '\\') \
              ) ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3",
        owned(scope, "account_id", 4)
    );
    search(tx, &sql, scope, text, limit, read)
}

/// Jobs by title or number, newest first.
///
/// # Errors
/// When the database fails.
pub fn search_job(tx: &Connection, scope: &Scope, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = format!(
        "SELECT CAST(id AS TEXT), title, state FROM job WHERE {} AND (lower(title) LIKE $1 ESCAPE '\\' \
               OR CAST(id AS TEXT) LIKE $2 ESCAPE '\\') ORDER BY id DESC LIMIT $3",
        owned(scope, "account_id", 4)
    );
    search(tx, &sql, scope, text, limit, read)
}

/// Images by name or operating system.
///
/// # Errors
/// When the database fails.
pub fn search_image(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, os, NULL FROM image WHERE $4 < $5 AND (name LIKE $1 ESCAPE '\\' OR lower(os) LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, &Scope::everything(), text, limit, read)
}

/// Install profiles by name or image.
///
/// # Errors
/// When the database fails.
pub fn search_profile(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, image, NULL FROM profile WHERE $4 < $5 AND (name LIKE $1 ESCAPE '\\' OR image LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, &Scope::everything(), text, limit, read)
}

/// Networks by name or the beginning of their CIDR.
///
/// # Errors
/// When the database fails.
pub fn search_network(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, subnet, NULL FROM network WHERE $4 < $5 AND (name LIKE $1 ESCAPE '\\' \
               OR subnet LIKE '%\"cidr\":\"' || $2 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, &Scope::everything(), text, limit, read_network)
}

/// People by name.
///
/// # Errors
/// When the database fails.
pub fn search_person(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let sql = format!(
        "SELECT name, role, NULL FROM person WHERE {} AND (lower(name) LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN lower(name) LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3",
        owned(scope, "account_id", 4)
    );
    search(tx, &sql, scope, text, limit, read)
}

/// Accounts by name or title.
///
/// # Errors
/// When the database fails.
pub fn search_account(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, title, NULL FROM account WHERE path >= $4 AND path < $5 \
               AND (name LIKE $1 ESCAPE '\\' OR lower(title) LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, scope, text, limit, read)
}
