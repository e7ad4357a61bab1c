//! Install profiles.

use rackwright_model::profile::Profile;
use rackwright_model::{Millis, Name, ProfileId};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ProfileRow {
    pub id: ProfileId,
    pub name: Name,
    pub profile: Profile,
    pub created_at: Millis,
    /// Servers last installed with it.
    pub servers: u32,
}

const SELECT: &str = "SELECT id, name, spec, created_at, \
                      (SELECT COUNT(*) FROM server WHERE server.profile = profile.name) AS servers FROM profile";

fn read(row: &Row<'_>) -> Result<ProfileRow, StoreError> {
    let spec: String = row.get("spec")?;
    Ok(ProfileRow {
        id: ProfileId(row.get("id")?),
        name: row::parsed("profile name", row.get("name")?)?,
        profile: row::json("profile", &spec)?,
        created_at: row::millis(row, "created_at")?,
        servers: row.get("servers")?,
    })
}

/// # Errors
/// When the database fails.
pub fn profile_list(tx: &Connection) -> Result<Vec<ProfileRow>, StoreError> {
    row::all(tx, &format!("{SELECT} ORDER BY name"), [], read)
}

/// # Errors
/// When the database fails.
pub fn profile_named(tx: &Connection, name: &Name) -> Result<Option<ProfileRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE name = $1"), [name.as_str()], read)
}

/// Names of the profiles that install this image.
///
/// # Errors
/// When the database fails.
pub fn profile_of_image(tx: &Connection, image: &Name) -> Result<Vec<Name>, StoreError> {
    let sql = "SELECT name FROM profile WHERE image = $1 ORDER BY name";
    row::all(tx, sql, [image.as_str()], |row| row::parsed("profile name", row.get(0)?))
}

/// # Errors
/// [`StoreError::Taken`] when the name is in use.
pub fn profile_insert(
    tx: &Connection,
    name: &Name,
    profile: &Profile,
    at: Millis,
) -> Result<ProfileId, StoreError> {
    let spec = serde_json::to_string(profile)
        .map_err(|_| StoreError::Unreadable { what: "profile", value: name.to_string() })?;
    let sql = "INSERT INTO profile (name, image, spec, created_at) VALUES ($1, $2, $3, $4) RETURNING id";
    row::insert(tx, sql, (name.as_str(), profile.image.as_str(), &spec, at.0)).map(ProfileId)
}

/// Whether there was such a profile.
///
/// # Errors
/// When the database fails.
pub fn profile_delete(tx: &Connection, name: &Name) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM profile WHERE name = $1", [name.as_str()])? > 0)
}
