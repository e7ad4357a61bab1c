//! Private servers whose disks are on a NAS.

use rackwright_model::private_server::Power;
use rackwright_model::{NasId, PrivateServerId, ServerId};
use rusqlite::Connection;

use super::{PrivateServer, SELECT, read};
use crate::error::StoreError;
use crate::row;

/// Those of a server whose disks are on a NAS: the most urgent first, then by name.
///
/// # Errors
/// When the database fails.
pub fn private_server_on_nas_of(tx: &Connection, server: ServerId) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.server_id = $1 AND private_server.nas_id IS NOT NULL \
         ORDER BY private_server.priority, private_server.name"
    );
    row::all(tx, &sql, [server.0], read)
}

/// Those that use an export, for their disks or to read it, by name.
///
/// # Errors
/// When the database fails.
pub fn private_server_using(tx: &Connection, nas: NasId) -> Result<Vec<PrivateServer>, StoreError> {
    let sql = format!(
        "{SELECT} WHERE private_server.nas_id = $1 OR private_server.id IN \
         (SELECT private_server_id FROM private_server_share WHERE private_server_share.nas_id = $1) \
         ORDER BY private_server.name"
    );
    row::all(tx, &sql, [nas.0], read)
}

/// Servers on which private servers with disks on a NAS are to run.
///
/// # Errors
/// When the database fails.
pub fn private_server_nas_servers(tx: &Connection) -> Result<Vec<ServerId>, StoreError> {
    let sql = "SELECT DISTINCT server_id FROM private_server WHERE nas_id IS NOT NULL AND power = $1 \
               AND suspended = 0 AND removing = 0 ORDER BY server_id";
    row::all(tx, sql, [Power::On.word()], |row| Ok(ServerId(row.get(0)?)))
}

/// A lower one is restarted sooner. Its server need not know.
///
/// # Errors
/// When the database fails.
pub fn private_server_prioritise(
    tx: &Connection,
    id: PrivateServerId,
    priority: u32,
) -> Result<(), StoreError> {
    row::run(tx, "UPDATE private_server SET priority = $2 WHERE id = $1", (id.0, priority))?;
    Ok(())
}
