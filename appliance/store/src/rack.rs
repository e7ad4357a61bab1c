//! Racks, and which servers stand in them.

use rackwright_model::{Millis, Name, RackId, ServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rack {
    pub id: RackId,
    pub name: Name,
    pub site: Option<Name>,
    /// In units.
    pub height: u32,
    /// How many servers stand in it, and the units that they fill.
    pub servers: u32,
    pub used: u32,
}

/// A server in a rack.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Placement {
    pub server: ServerId,
    pub server_name: Name,
    /// The lowest unit that it fills.
    pub unit: u32,
    pub height: u32,
}

const SELECT: &str = "SELECT id, name, site, height, \
                      (SELECT COUNT(*) FROM placement WHERE rack_id = rack.id) AS servers, \
                      (SELECT COALESCE(SUM(height), 0) FROM placement WHERE rack_id = rack.id) AS used FROM rack";

fn read(row: &Row<'_>) -> Result<Rack, StoreError> {
    Ok(Rack {
        id: RackId(row.get("id")?),
        name: row::parsed("rack name", row.get("name")?)?,
        site: row::parsed_opt("rack site", row.get("site")?)?,
        height: row.get("height")?,
        servers: row.get("servers")?,
        used: row.get("used")?,
    })
}

/// # Errors
/// When the database fails.
pub fn rack_list(tx: &Connection) -> Result<Vec<Rack>, StoreError> {
    row::all(tx, &format!("{SELECT} ORDER BY site, name LIMIT $1"), [row::LIST_LIMIT], read)
}

/// # Errors
/// When the database fails.
pub fn rack_named(tx: &Connection, name: &Name) -> Result<Option<Rack>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE name = $1"), [name.as_str()], read)
}

/// # Errors
/// [`StoreError::Taken`] when another rack has the name.
pub fn rack_insert(
    tx: &Connection,
    name: &Name,
    site: Option<&Name>,
    height: u32,
    at: Millis,
) -> Result<RackId, StoreError> {
    let sql = "INSERT INTO rack (name, site, height, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    row::insert(tx, sql, (name.as_str(), site.map(Name::as_str), height, at.0)).map(RackId)
}

/// # Errors
/// [`StoreError::Taken`] when another rack has the name.
pub fn rack_rename(tx: &Connection, id: RackId, name: &Name) -> Result<(), StoreError> {
    row::run(tx, "UPDATE rack SET name = $2 WHERE id = $1", (id.0, name.as_str()))?;
    Ok(())
}

/// # Errors
/// [`StoreError::Taken`] when a server stands in it.
pub fn rack_delete(tx: &Connection, id: RackId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM rack WHERE id = $1", [id.0])?;
    Ok(())
}

/// The servers of a rack, from the bottom.
///
/// # Errors
/// When the database fails.
pub fn placement_list(tx: &Connection, rack: RackId) -> Result<Vec<Placement>, StoreError> {
    let sql = "SELECT server_id, server.name AS server_name, unit, height FROM placement \
               JOIN server ON server.id = server_id WHERE rack_id = $1 ORDER BY unit";
    row::all(tx, sql, [rack.0], |row| {
        Ok(Placement {
            server: ServerId(row.get("server_id")?),
            server_name: row::parsed("server name", row.get("server_name")?)?,
            unit: row.get("unit")?,
            height: row.get("height")?,
        })
    })
}

/// Put a server into a rack, out of the one that it stands in.
///
/// # Errors
/// [`StoreError::Taken`] when another server begins at this unit.
pub fn placement_put(
    tx: &Connection,
    server: ServerId,
    rack: RackId,
    unit: u32,
    height: u32,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO placement (server_id, rack_id, unit, height) VALUES ($1, $2, $3, $4) \
               ON CONFLICT (server_id) DO UPDATE SET rack_id = excluded.rack_id, unit = excluded.unit, \
               height = excluded.height";
    row::run(tx, sql, (server.0, rack.0, unit, height))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn placement_delete(tx: &Connection, server: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM placement WHERE server_id = $1", [server.0])?;
    Ok(())
}
