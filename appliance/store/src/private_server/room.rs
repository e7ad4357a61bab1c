//! What servers last said that they can give to private servers.

use rackwright_model::private_server::Room;
use rackwright_model::{Millis, Scope, ServerId, ServerState};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::account::owned;
use crate::error::StoreError;
use crate::row;

/// What a server can promise, and what keeps it from that.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServerRoom {
    /// Each is a sentence on what is missing; empty when private servers can stand there.
    pub missing: Vec<String>,
    pub whole: Room,
    /// Whether it can mount NFS exports.
    #[serde(default)]
    pub nfs: bool,
}

fn read(row: &Row<'_>) -> Result<(ServerId, Option<ServerRoom>), StoreError> {
    let room: Option<String> = row.get("room")?;
    let room = room.map(|room| row::json("room of a server", &room)).transpose()?;
    Ok((ServerId(row.get("server_id")?), room))
}

/// Note what a server said. One that is gone by now is passed over.
///
/// # Errors
/// When the database fails.
pub fn server_room_put(
    tx: &Connection,
    server: ServerId,
    room: &ServerRoom,
    at: Millis,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO server_room (server_id, room, at) SELECT $1, $2, $3 \
               WHERE EXISTS (SELECT 1 FROM server WHERE id = $1) \
               ON CONFLICT (server_id) DO UPDATE SET room = excluded.room, at = excluded.at";
    row::run(tx, sql, (server.0, super::write::text("room of a server", room)?, at.0))?;
    Ok(())
}

/// What this server said.
///
/// # Errors
/// When the database fails.
pub fn server_room_get(tx: &Connection, server: ServerId) -> Result<Option<ServerRoom>, StoreError> {
    let found = row::one(tx, "SELECT * FROM server_room WHERE server_id = $1", [server.0], read)?;
    Ok(found.and_then(|(_, room)| room))
}

/// The servers of a scope that are online or said something of their room, by name, with what they said.
///
/// # Errors
/// When the database fails.
pub fn server_room_list(
    tx: &Connection,
    scope: &Scope,
) -> Result<Vec<(ServerId, Option<ServerRoom>)>, StoreError> {
    let sql = format!(
        "SELECT server.id AS server_id, room FROM server LEFT JOIN server_room ON server_room.server_id = server.id \
         WHERE (server.state = $3 OR room IS NOT NULL) AND {} ORDER BY server.name",
        owned(scope, "server.account_id", 1)
    );
    row::all(tx, &sql, (scope.low(), scope.high(), ServerState::Online.word()), read)
}

/// Forget what this server said: another system comes onto it.
///
/// # Errors
/// When the database fails.
pub fn server_room_delete(tx: &Connection, server: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM server_room WHERE server_id = $1", [server.0])?;
    Ok(())
}
