//! DHCP leases. A lease is durable before the client hears of it.

use std::net::Ipv4Addr;

use rackwright_model::{MacAddr, Millis, NetworkId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct LeaseRow {
    pub mac: MacAddr,
    pub address: Ipv4Addr,
    pub network: NetworkId,
    pub until: Millis,
}

const COLUMNS: &str = "mac, address, network_id, until";

fn read(row: &Row<'_>) -> Result<LeaseRow, StoreError> {
    Ok(LeaseRow {
        mac: row::parsed("lease mac", row.get("mac")?)?,
        address: row::parsed("lease address", row.get("address")?)?,
        network: NetworkId(row.get("network_id")?),
        until: row::millis(row, "until")?,
    })
}

/// # Errors
/// When the database fails.
pub fn lease_of_mac(tx: &Connection, mac: MacAddr) -> Result<Option<LeaseRow>, StoreError> {
    row::one(tx, &format!("SELECT {COLUMNS} FROM lease WHERE mac = $1"), [mac.to_string()], read)
}

/// # Errors
/// When the database fails.
pub fn lease_of_address(tx: &Connection, address: Ipv4Addr) -> Result<Option<LeaseRow>, StoreError> {
    row::one(tx, &format!("SELECT {COLUMNS} FROM lease WHERE address = $1"), [address.to_string()], read)
}

/// # Errors
/// When the database fails.
pub fn lease_list(tx: &Connection) -> Result<Vec<LeaseRow>, StoreError> {
    row::all(tx, &format!("SELECT {COLUMNS} FROM lease"), [], read)
}

/// Give the address to the machine, taking it from whoever held it before.
///
/// # Errors
/// When the database fails.
pub fn lease_put(tx: &Connection, lease: &LeaseRow) -> Result<(), StoreError> {
    row::run(
        tx,
        "DELETE FROM lease WHERE address = $1 AND mac <> $2",
        [lease.address.to_string(), lease.mac.to_string()],
    )?;
    let sql = "INSERT INTO lease (mac, address, network_id, until) VALUES ($1, $2, $3, $4) ON CONFLICT (mac) DO UPDATE \
               SET address = excluded.address, network_id = excluded.network_id, until = excluded.until";
    row::run(tx, sql, (lease.mac.to_string(), lease.address.to_string(), lease.network.0, lease.until.0))?;
    Ok(())
}

/// End the lease of this machine on this address at `at`; the machine keeps its claim until the address is needed.
///
/// # Errors
/// When the database fails.
pub fn lease_end(tx: &Connection, mac: MacAddr, address: Ipv4Addr, at: Millis) -> Result<(), StoreError> {
    let sql = "UPDATE lease SET until = $3 WHERE mac = $1 AND address = $2";
    row::run(tx, sql, (mac.to_string(), address.to_string(), at.0))?;
    Ok(())
}

/// Forget the lease of this machine.
///
/// # Errors
/// When the database fails.
pub fn lease_delete(tx: &Connection, mac: MacAddr) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM lease WHERE mac = $1", [mac.to_string()])?;
    Ok(())
}

/// Rest an address that a client found in use.
///
/// # Errors
/// When the database fails.
pub fn declined_put(tx: &Connection, address: Ipv4Addr, until: Millis) -> Result<(), StoreError> {
    let sql = "INSERT INTO declined (address, until) VALUES ($1, $2) ON CONFLICT (address) DO UPDATE SET until = excluded.until";
    row::run(tx, sql, (address.to_string(), until.0))?;
    Ok(())
}

/// Addresses that rest now.
///
/// # Errors
/// When the database fails.
pub fn declined_list(tx: &Connection, now: Millis) -> Result<Vec<Ipv4Addr>, StoreError> {
    row::all(tx, "SELECT address FROM declined WHERE until > $1", [now.0], |row| {
        row::parsed("address", row.get(0)?)
    })
}
