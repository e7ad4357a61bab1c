//! Physical servers.

mod page;

use std::net::{IpAddr, Ipv4Addr};

use rackwright_model::{AccountId, Inventory, MacAddr, Millis, Name, Scope, ServerId, ServerState};
use rusqlite::{Connection, Row};
use serde::{Deserialize, Serialize};

use crate::account::owned;
use crate::error::StoreError;
use crate::row;

pub use page::{ServerChoice, server_counts, server_page};

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Server {
    pub id: ServerId,
    pub name: Name,
    pub account: AccountId,
    pub account_name: Name,
    pub state: ServerState,
    pub reason: Option<String>,
    /// An operator announced or accepted it.
    pub approved: bool,
    /// In order; the first is the one it netboots from.
    pub macs: Vec<MacAddr>,
    pub bmc: Option<BmcRow>,
    pub inventory: Option<Inventory>,
    pub inventory_at: Option<Millis>,
    pub address: Option<Ipv4Addr>,
    pub profile: Option<Name>,
    pub agent: Option<AgentFacts>,
    /// Nonce of the boot that it was last given a script for.
    pub boot: Option<String>,
    pub seen_at: Option<Millis>,
    pub created_at: Millis,
    pub place: Option<Place>,
}

/// Where a server stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Place {
    pub rack: Name,
    pub site: Option<Name>,
    /// The lowest unit that it fills.
    pub unit: u32,
    pub height: u32,
}

/// How to reach a BMC; the password is encrypted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BmcRow {
    pub address: IpAddr,
    pub user: String,
    pub secret: String,
}

/// What the installed agent said of itself when it last connected.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AgentFacts {
    pub version: String,
    pub boot_id: String,
    pub kernel: String,
    pub os: String,
}

pub(super) fn read(row: &Row<'_>) -> Result<Server, StoreError> {
    let state: String = row.get("state")?;
    let macs: Option<String> = row.get("macs")?;
    let inventory: Option<String> = row.get("inventory")?;
    let agent: Option<String> = row.get("agent")?;
    let bmc_address: Option<IpAddr> = row::parsed_opt("bmc address", row.get("bmc_address")?)?;
    let bmc = match (bmc_address, row.get("bmc_user")?, row.get("bmc_secret")?) {
        (Some(address), Some(user), Some(secret)) => Some(BmcRow { address, user, secret }),
        _ => None,
    };
    Ok(Server {
        id: ServerId(row.get("id")?),
        name: row::parsed("server name", row.get("name")?)?,
        account: AccountId(row.get("account_id")?),
        account_name: row::parsed("account name", row.get("account_name")?)?,
        state: row::word("server state", &state, ServerState::from_word)?,
        reason: row.get("reason")?,
        approved: row.get::<_, i64>("approved")? != 0,
        macs: macs
            .unwrap_or_default()
            .split_ascii_whitespace()
            .map(|mac| row::parsed("server mac", mac.to_owned()))
            .collect::<Result<_, _>>()?,
        bmc,
        inventory: inventory.map(|text| row::json("inventory", &text)).transpose()?,
        inventory_at: row::millis_opt(row, "inventory_at")?,
        address: row::parsed_opt("server address", row.get("address")?)?,
        profile: row::parsed_opt("server profile", row.get("profile")?)?,
        agent: agent.map(|text| row::json("agent", &text)).transpose()?,
        boot: row.get("boot")?,
        seen_at: row::millis_opt(row, "seen_at")?,
        created_at: row::millis(row, "created_at")?,
        place: place(row)?,
    })
}

fn place(row: &Row<'_>) -> Result<Option<Place>, StoreError> {
    let rack = row::parsed_opt("rack name", row.get("rack_name")?)?;
    let (Some(rack), Some(unit), Some(height)) = (rack, row.get("place_unit")?, row.get("place_height")?)
    else {
        return Ok(None);
    };
    Ok(Some(Place { rack, site: row::parsed_opt("rack site", row.get("rack_site")?)?, unit, height }))
}

pub(super) const SELECT: &str = "SELECT server.*, (SELECT group_concat(mac, ' ') FROM (SELECT mac FROM server_mac \
                      WHERE server_id = server.id ORDER BY position)) AS macs, account.name AS account_name, \
                      rack.name AS rack_name, rack.site AS rack_site, placement.unit AS place_unit, \
                      placement.height AS place_height FROM server JOIN account ON account.id = server.account_id \
                      LEFT JOIN placement ON placement.server_id = server.id \
                      LEFT JOIN rack ON rack.id = placement.rack_id";

/// All servers in a state, by name: for what looks after each of them. People are shown pages, see `server_page`.
///
/// # Errors
/// When the database fails.
pub fn server_list(tx: &Connection, state: ServerState) -> Result<Vec<Server>, StoreError> {
    let sql = format!("{SELECT} WHERE server.state = $1 ORDER BY server.name LIMIT $2");
    row::all(tx, &sql, (state.word(), row::LIST_LIMIT), read)
}

/// # Errors
/// When the database fails.
pub fn server_get(tx: &Connection, id: ServerId) -> Result<Option<Server>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE server.id = $1"), [id.0], read)
}

/// The server with this name, if the scope covers its account.
///
/// # Errors
/// When the database fails.
pub fn server_named(tx: &Connection, scope: &Scope, name: &Name) -> Result<Option<Server>, StoreError> {
    let sql = format!("{SELECT} WHERE server.name = $1 AND {}", owned(scope, "server.account_id", 2));
    row::one(tx, &sql, (name.as_str(), scope.low(), scope.high()), read)
}

/// Names of the servers of a scope, for filtering what carries only a name.
///
/// # Errors
/// When the database fails.
pub fn server_names(tx: &Connection, scope: &Scope) -> Result<Vec<Name>, StoreError> {
    let sql = format!("SELECT name FROM server WHERE {}", owned(scope, "account_id", 1));
    row::all(tx, &sql, (scope.low(), scope.high()), |row| row::parsed("server name", row.get(0)?))
}

/// Give a server to another account.
///
/// # Errors
/// When the database fails.
pub fn server_set_account(tx: &Connection, id: ServerId, account: AccountId) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET account_id = $2 WHERE id = $1", (id.0, account.0))?;
    Ok(())
}

/// The server with this interface.
///
/// # Errors
/// When the database fails.
pub fn server_of_mac(tx: &Connection, mac: MacAddr) -> Result<Option<Server>, StoreError> {
    let sql = format!("{SELECT} WHERE server.id = (SELECT server_id FROM server_mac WHERE mac = $1)");
    row::one(tx, &sql, [mac.to_string()], read)
}

/// The server that has this address, or whose BMC has it.
///
/// # Errors
/// When the database fails.
pub fn server_at(tx: &Connection, address: IpAddr) -> Result<Option<Server>, StoreError> {
    let sql =
        format!("{SELECT} WHERE server.address = $1 OR server.bmc_address = $1 ORDER BY server.id LIMIT 1");
    row::one(tx, &sql, [address.to_string()], read)
}

/// The addresses of all servers and of their BMCs.
///
/// # Errors
/// When the database fails.
pub fn server_addresses(tx: &Connection) -> Result<Vec<IpAddr>, StoreError> {
    let sql = "SELECT address FROM server WHERE address IS NOT NULL \
               UNION SELECT bmc_address FROM server WHERE bmc_address IS NOT NULL";
    row::all(tx, sql, [], |row| row::parsed("server address", row.get(0)?))
}

/// # Errors
/// [`StoreError::Taken`] when the name or an address belongs to another server.
pub fn server_insert(
    tx: &Connection,
    name: &Name,
    approved: bool,
    macs: &[MacAddr],
    at: Millis,
) -> Result<ServerId, StoreError> {
    let sql = "INSERT INTO server (name, state, approved, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    let params = (name.as_str(), ServerState::Discovered.word(), i64::from(approved), at.0);
    let id = ServerId(row::insert(tx, sql, params)?);
    for mac in macs {
        server_mac_put(tx, id, *mac)?;
    }
    Ok(id)
}

/// Note one more interface of a server; one that it has already stays where it is in the order.
///
/// # Errors
/// When the database fails.
pub fn server_mac_put(tx: &Connection, id: ServerId, mac: MacAddr) -> Result<(), StoreError> {
    let sql = "INSERT INTO server_mac (mac, server_id, position) \
               VALUES ($1, $2, (SELECT COALESCE(MAX(position), 0) + 1 FROM server_mac WHERE server_id = $2)) \
               ON CONFLICT (mac) DO UPDATE SET mac = excluded.mac WHERE server_mac.server_id = excluded.server_id";
    if row::run(tx, sql, (mac.to_string(), id.0))? == 0 {
        return Err(StoreError::Taken { what: format!("a server with the address {mac}") });
    }
    Ok(())
}

/// Delete a server with its interfaces, boot timeline, jobs, installs and certificates.
///
/// # Errors
/// When the database fails.
pub fn server_delete(tx: &Connection, id: ServerId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM server WHERE id = $1", [id.0])?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_state(
    tx: &Connection,
    id: ServerId,
    state: ServerState,
    reason: Option<&str>,
) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET state = $2, reason = $3 WHERE id = $1", (id.0, state.word(), reason))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_approved(tx: &Connection, id: ServerId, approved: bool) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET approved = $2 WHERE id = $1", (id.0, i64::from(approved)))?;
    Ok(())
}

/// # Errors
/// [`StoreError::Taken`] when another server has the name.
pub fn server_rename(tx: &Connection, id: ServerId, name: &Name) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET name = $2 WHERE id = $1", (id.0, name.as_str()))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_bmc(tx: &Connection, id: ServerId, bmc: &BmcRow) -> Result<(), StoreError> {
    let sql = "UPDATE server SET bmc_address = $2, bmc_user = $3, bmc_secret = $4 WHERE id = $1";
    row::run(tx, sql, (id.0, bmc.address.to_string(), &bmc.user, &bmc.secret))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_inventory(
    tx: &Connection,
    id: ServerId,
    inventory: &Inventory,
    at: Millis,
) -> Result<(), StoreError> {
    let text = serde_json::to_string(inventory)
        .map_err(|_| StoreError::Unreadable { what: "inventory", value: id.to_string() })?;
    row::run(tx, "UPDATE server SET inventory = $2, inventory_at = $3 WHERE id = $1", (id.0, text, at.0))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_address(tx: &Connection, id: ServerId, address: Ipv4Addr) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET address = $2 WHERE id = $1", (id.0, address.to_string()))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_profile(tx: &Connection, id: ServerId, profile: &Name) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET profile = $2 WHERE id = $1", (id.0, profile.as_str()))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_agent(tx: &Connection, id: ServerId, agent: &AgentFacts) -> Result<(), StoreError> {
    let text = serde_json::to_string(agent)
        .map_err(|_| StoreError::Unreadable { what: "agent", value: id.to_string() })?;
    row::run(tx, "UPDATE server SET agent = $2 WHERE id = $1", (id.0, text))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_set_boot(tx: &Connection, id: ServerId, boot: &str) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET boot = $2 WHERE id = $1", (id.0, boot))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn server_seen(tx: &Connection, id: ServerId, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE server SET seen_at = $2 WHERE id = $1", (id.0, at.0))?;
    Ok(())
}

impl Server {
    /// Whether its last inventory says that it boots by UEFI.
    #[must_use]
    pub fn is_uefi(&self) -> bool {
        self.inventory
            .as_ref()
            .is_some_and(|inventory| inventory.firmware == rackwright_model::Firmware::Uefi)
    }
}
