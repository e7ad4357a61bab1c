//! Which private servers there are.

use std::net::{Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::Number;
use rackwright_model::{Name, PrivateServerId, Scope, ServerId};
use rusqlite::Connection;

use super::{PrivateServer, SELECT, read};
use crate::account::owned;
use crate::error::StoreError;
use crate::row;

/// # Errors
/// When the database fails.
pub fn private_server_get(tx: &Connection, id: PrivateServerId) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.id = $1"), [id.0], read)
}

/// The private server with this name, if the scope covers its account.
///
/// # Errors
/// When the database fails.
pub fn private_server_named(
    tx: &Connection,
    scope: &Scope,
    name: &Name,
) -> Result<Option<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.name = $1 AND {} AND private_server.id = COALESCE($4, private_server.id)",
        owned(scope, "private_server.account_id", 2)
    );
    let only = scope.only_private_server().map(|only| only.0);
    row::one(tx, &sql, (name.as_str(), scope.low(), scope.high(), only), read)
}

/// The private servers on a server, by name.
///
/// # Errors
/// When the database fails.
pub fn private_server_on(tx: &Connection, server: ServerId) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!("{SELECT} WHERE private_server.server_id = $1 ORDER BY private_server.name");
    row::all(tx, &sql, [server.0], read)
}

/// The private server with this number, if it stands on this server.
///
/// # Errors
/// When the database fails.
pub fn private_server_numbered(
    tx: &Connection,
    server: ServerId,
    number: Number,
) -> Result<Option<PrivateServer>, StoreError> {
    let sql = format!("{SELECT} WHERE private_server.number = $1 AND private_server.server_id = $2");
    row::one(tx, &sql, (u32::from(number), server.0), read)
}

/// One that begins with the files of this one and may not have them yet. One that is older had another's files, who had the
/// same number.
///
/// # Errors
/// When the database fails.
pub fn private_server_cloning(tx: &Connection, of: &PrivateServer) -> Result<Option<Name>, StoreError> {
    let sql = "SELECT name FROM private_server WHERE origin_number = $1 AND server_id = $2 AND removing = 0 \
               AND edition = 0 AND created_at >= $3 AND (phase IS NULL OR phase IN ('fetching', 'making', 'gone', 'failed')) \
               ORDER BY name LIMIT 1";
    row::one(tx, sql, (u32::from(of.wanted.number), of.wanted.server.0, of.created_at.0), |row| {
        row::parsed("private server name", row.get("name")?)
    })
}

/// Private servers of which not all that is wanted was carried out.
///
/// # Errors
/// When the database fails.
pub fn private_server_behind(tx: &Connection) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.phase_generation IS NULL \
         OR private_server.phase_generation < private_server.generation LIMIT $1"
    );
    row::all(tx, &sql, [row::LIST_LIMIT], read)
}

/// Whose address this is.
///
/// # Errors
/// When the database fails.
pub fn private_server_at(tx: &Connection, address: Ipv4Addr) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.address = $1"), [address.to_string()], read)
}

/// Whose address this is.
///
/// # Errors
/// When the database fails.
pub fn private_server_at_v6(tx: &Connection, address: Ipv6Addr) -> Result<Option<PrivateServer>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE private_server.address_v6 = $1"), [address.to_string()], read)
}

/// The IPv4 addresses of all private servers, with their names.
///
/// # Errors
/// When the database fails.
pub fn private_server_addresses(tx: &Connection) -> Result<Vec<(Ipv4Addr, Name)>, StoreError> {
    let sql = "SELECT address, name FROM private_server WHERE address IS NOT NULL ORDER BY name";
    row::all(tx, sql, [], |row| {
        Ok((
            row::parsed("private server address", row.get(0)?)?,
            row::parsed("private server name", row.get(1)?)?,
        ))
    })
}

/// The versions of templates that private servers of a scope began with, by SHA-256, with how many did.
///
/// # Errors
/// When the database fails.
pub fn private_server_templates(tx: &Connection, scope: &Scope) -> Result<Vec<(String, u32)>, StoreError> {
    let sql = format!(
        "SELECT template_sha256, count(*) FROM private_server WHERE {} GROUP BY template_sha256",
        owned(scope, "account_id", 1)
    );
    row::all(tx, &sql, (scope.low(), scope.high()), |row| Ok((row.get(0)?, row.get(1)?)))
}

/// Names of private servers that began with this template.
///
/// # Errors
/// When the database fails.
pub fn private_server_begun_with(tx: &Connection, template: &Name) -> Result<Vec<Name>, StoreError> {
    of_template(tx, template, "1 = 1")
}

/// Names of private servers that wait for the files of this template: they are not made yet.
///
/// # Errors
/// When the database fails.
pub fn private_server_awaiting(tx: &Connection, template: &Name) -> Result<Vec<Name>, StoreError> {
    let unmade =
        "phase IS NULL OR phase IN ('fetching', 'making', 'gone', 'failed') OR phase_generation < generation";
    of_template(tx, template, unmade)
}

/// Names of private servers of this template that stay and of which this condition holds.
fn of_template(tx: &Connection, template: &Name, condition: &str) -> Result<Vec<Name>, StoreError> {
    let sql = format!(
        "SELECT name FROM private_server WHERE template = $1 AND removing = 0 AND ({condition}) ORDER BY name LIMIT $2"
    );
    row::all(tx, &sql, (template.as_str(), row::LIST_LIMIT), |row| {
        row::parsed("private server name", row.get(0)?)
    })
}

/// Paths of the accounts whose private servers have names that begin so.
///
/// # Errors
/// When the database fails.
pub fn private_server_paths_beginning(tx: &Connection, begins: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT account.path FROM private_server JOIN account ON account.id = private_server.account_id \
               WHERE private_server.name >= $1 AND private_server.name < $2 LIMIT $3";
    row::all(tx, sql, (begins, row::after_prefix(begins), row::LIST_LIMIT), |row| Ok(row.get(0)?))
}
