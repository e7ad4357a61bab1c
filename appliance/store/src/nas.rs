//! Exports of network-attached storage, and which private servers use them.

use std::net::Ipv4Addr;

use rackwright_model::nas::{Export, ExportPath, MountPoint, NasDisk, NasPurpose, NfsVersion, Share};
use rackwright_model::{Millis, Name, NasId, PrivateServerId, ServerId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NasDraft {
    pub name: Name,
    pub purpose: NasPurpose,
    pub address: Ipv4Addr,
    pub path: ExportPath,
    pub version: NfsVersion,
    /// What may be promised of it, in MiB; none: nobody counts.
    pub capacity_mib: Option<u64>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Nas {
    pub id: NasId,
    pub draft: NasDraft,
    /// The directory of this Control Center on it.
    pub directory: String,
    /// How many private servers have their disks on it, or read it.
    pub used: u32,
    /// What their disks may hold together, in MiB.
    pub promised_mib: u64,
}

impl Nas {
    /// As a server mounts it.
    #[must_use]
    pub fn export(&self) -> Export {
        let NasDraft { address, version, .. } = self.draft;
        Export { nas: self.id, address, path: self.draft.path.clone(), version }
    }

    /// The disk of a private server on it.
    #[must_use]
    pub fn disk(&self, epoch: u64, server: ServerId) -> NasDisk {
        NasDisk { export: self.export(), directory: self.directory.clone(), epoch, server }
    }
}

/// Files that a private server reads.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareRow {
    pub private_server: PrivateServerId,
    pub nas: NasId,
    pub nas_name: Name,
    pub at: MountPoint,
}

impl ShareRow {
    /// As its server lays it, when `nas` is the one that it names.
    #[must_use]
    pub fn share(&self, nas: &Nas) -> Share {
        Share { export: nas.export(), at: self.at.clone() }
    }
}

const SELECT: &str = "SELECT nas.*, (SELECT COUNT(*) FROM private_server WHERE nas_id = nas.id) + \
                      (SELECT COUNT(*) FROM private_server_share WHERE nas_id = nas.id) AS used FROM nas";

fn read(row: &Row<'_>) -> Result<Nas, StoreError> {
    let (purpose, version): (String, String) = (row.get("purpose")?, row.get("version")?);
    Ok(Nas {
        id: NasId(row.get("id")?),
        draft: NasDraft {
            name: row::parsed("NAS name", row.get("name")?)?,
            purpose: row::word("purpose of a NAS", &purpose, NasPurpose::from_word)?,
            address: row::parsed("NAS address", row.get("address")?)?,
            path: row::parsed("path of an export", row.get("path")?)?,
            version: row::word("version of NFS", &version, NfsVersion::from_word)?,
            capacity_mib: row.get::<_, Option<i64>>("capacity_mib")?.map(i64::unsigned_abs),
        },
        directory: row.get("directory")?,
        used: row.get("used")?,
        promised_mib: 0,
    })
}

/// Sizes are JSON: they are added up here.
fn count(tx: &Connection, mut nas: Nas) -> Result<Nas, StoreError> {
    let sizes = row::all(tx, "SELECT size FROM private_server WHERE nas_id = $1", [nas.id.0], |row| {
        let size: String = row.get(0)?;
        row::json::<rackwright_model::private_server::Size>("size", &size)
    })?;
    nas.promised_mib = sizes.iter().map(|size| u64::from(size.disk_mib)).sum();
    Ok(nas)
}

/// By name.
///
/// # Errors
/// When the database fails.
pub fn nas_list(tx: &Connection) -> Result<Vec<Nas>, StoreError> {
    let all = row::all(tx, &format!("{SELECT} ORDER BY name LIMIT $1"), [row::LIST_LIMIT], read)?;
    all.into_iter().map(|nas| count(tx, nas)).collect()
}

/// # Errors
/// When the database fails.
pub fn nas_named(tx: &Connection, name: &Name) -> Result<Option<Nas>, StoreError> {
    let found = row::one(tx, &format!("{SELECT} WHERE name = $1"), [name.as_str()], read)?;
    found.map(|nas| count(tx, nas)).transpose()
}

/// # Errors
/// When the database fails.
pub fn nas_get(tx: &Connection, id: NasId) -> Result<Option<Nas>, StoreError> {
    let found = row::one(tx, &format!("{SELECT} WHERE id = $1"), [id.0], read)?;
    found.map(|nas| count(tx, nas)).transpose()
}

/// A NAS that is at this address.
///
/// # Errors
/// When the database fails.
pub fn nas_at(tx: &Connection, address: Ipv4Addr) -> Result<Option<Name>, StoreError> {
    let sql = "SELECT name FROM nas WHERE address = $1 ORDER BY name LIMIT 1";
    row::one(tx, sql, [address.to_string()], |row| row::parsed("NAS name", row.get(0)?))
}

/// Where all NAS are.
///
/// # Errors
/// When the database fails.
pub fn nas_addresses(tx: &Connection) -> Result<Vec<Ipv4Addr>, StoreError> {
    row::all(tx, "SELECT DISTINCT address FROM nas", [], |row| row::parsed("NAS address", row.get(0)?))
}

/// # Errors
/// [`StoreError::Taken`] when another has the name.
pub fn nas_insert(
    tx: &Connection,
    draft: &NasDraft,
    directory: &str,
    at: Millis,
) -> Result<NasId, StoreError> {
    let sql = "INSERT INTO nas (name, purpose, address, path, version, capacity_mib, directory, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING id";
    let params = (
        draft.name.as_str(),
        draft.purpose.word(),
        draft.address.to_string(),
        draft.path.as_str(),
        draft.version.word(),
        draft.capacity_mib.map(u64::cast_signed),
        directory,
        at.0,
    );
    row::insert(tx, sql, params).map(NasId)
}

/// Its purpose stays.
///
/// # Errors
/// [`StoreError::Taken`] when another has the name.
pub fn nas_change(tx: &Connection, id: NasId, draft: &NasDraft) -> Result<(), StoreError> {
    let sql =
        "UPDATE nas SET name = $2, address = $3, path = $4, version = $5, capacity_mib = $6 WHERE id = $1";
    let params = (
        id.0,
        draft.name.as_str(),
        draft.address.to_string(),
        draft.path.as_str(),
        draft.version.word(),
        draft.capacity_mib.map(u64::cast_signed),
    );
    row::run(tx, sql, params)?;
    Ok(())
}

/// # Errors
/// When a private server uses it.
pub fn nas_delete(tx: &Connection, id: NasId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM nas WHERE id = $1", [id.0])?;
    Ok(())
}

fn read_share(row: &Row<'_>) -> Result<ShareRow, StoreError> {
    Ok(ShareRow {
        private_server: PrivateServerId(row.get("private_server_id")?),
        nas: NasId(row.get("nas_id")?),
        nas_name: row::parsed("NAS name", row.get("nas_name")?)?,
        at: row::parsed("place of a share", row.get("at")?)?,
    })
}

const SHARES: &str = "SELECT private_server_share.*, nas.name AS nas_name FROM private_server_share \
                      JOIN nas ON nas.id = private_server_share.nas_id";

/// What all private servers read.
///
/// # Errors
/// When the database fails.
pub fn share_list(tx: &Connection) -> Result<Vec<ShareRow>, StoreError> {
    row::all(tx, &format!("{SHARES} ORDER BY private_server_id, at"), [], read_share)
}

/// What this one reads, in order of place.
///
/// # Errors
/// When the database fails.
pub fn share_of(tx: &Connection, id: PrivateServerId) -> Result<Vec<ShareRow>, StoreError> {
    row::all(tx, &format!("{SHARES} WHERE private_server_id = $1 ORDER BY at"), [id.0], read_share)
}

/// # Errors
/// [`StoreError::Taken`] when something is there already.
pub fn share_insert(
    tx: &Connection,
    private_server: PrivateServerId,
    nas: NasId,
    at: &MountPoint,
) -> Result<(), StoreError> {
    let sql = "INSERT INTO private_server_share (private_server_id, nas_id, at) VALUES ($1, $2, $3)";
    row::run(tx, sql, (private_server.0, nas.0, at.as_str()))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn share_delete(
    tx: &Connection,
    private_server: PrivateServerId,
    at: &MountPoint,
) -> Result<(), StoreError> {
    let sql = "DELETE FROM private_server_share WHERE private_server_id = $1 AND at = $2";
    row::run(tx, sql, (private_server.0, at.as_str()))?;
    Ok(())
}
