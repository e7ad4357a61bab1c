//! Served subnets.

use rackwright_model::network::Subnet;
use rackwright_model::{Name, NetworkId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Network {
    pub id: NetworkId,
    pub name: Name,
    pub subnet: Subnet,
}

fn read(row: &Row<'_>) -> Result<Network, StoreError> {
    let subnet: String = row.get("subnet")?;
    Ok(Network {
        id: NetworkId(row.get("id")?),
        name: row::parsed("network name", row.get("name")?)?,
        subnet: row::json("subnet", &subnet)?,
    })
}

/// # Errors
/// When the database fails.
pub fn network_list(tx: &Connection) -> Result<Vec<Network>, StoreError> {
    row::all(tx, "SELECT id, name, subnet FROM network ORDER BY name", [], read)
}

/// Create the network or change it in place.
///
/// # Errors
/// When the database fails.
pub fn network_put(tx: &Connection, name: &Name, subnet: &Subnet) -> Result<NetworkId, StoreError> {
    let text = serde_json::to_string(subnet)
        .map_err(|_| StoreError::Unreadable { what: "subnet", value: subnet.cidr.to_string() })?;
    let sql = "INSERT INTO network (name, subnet) VALUES ($1, $2) \
               ON CONFLICT (name) DO UPDATE SET subnet = excluded.subnet RETURNING id";
    row::insert(tx, sql, [name.as_str(), &text]).map(NetworkId)
}

/// Whether there was such a network.
///
/// # Errors
/// When the database fails.
pub fn network_delete(tx: &Connection, name: &Name) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM network WHERE name = $1", [name.as_str()])? > 0)
}
