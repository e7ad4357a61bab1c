//! Images on record; the files are the repository's.

use rackwright_model::profile::{ImageFormat, ImagePurpose};
use rackwright_model::{ImageId, Millis, Name};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImageRow {
    pub id: ImageId,
    pub name: Name,
    pub os: String,
    pub arch: String,
    pub format: ImageFormat,
    pub purpose: ImagePurpose,
    pub sha256: String,
    pub bytes: u64,
    pub unpacked_bytes: u64,
    pub added_at: Millis,
    pub verified_at: Option<Millis>,
    pub broken: Option<String>,
}

fn read(row: &Row<'_>) -> Result<ImageRow, StoreError> {
    let (format, purpose): (String, String) = (row.get("format")?, row.get("purpose")?);
    Ok(ImageRow {
        id: ImageId(row.get("id")?),
        name: row::parsed("image name", row.get("name")?)?,
        os: row.get("os")?,
        arch: row.get("arch")?,
        format: row::json("image format", &format)?,
        purpose: row::word("image purpose", &purpose, ImagePurpose::from_word)?,
        sha256: row.get("sha256")?,
        bytes: row.get::<_, i64>("bytes")?.unsigned_abs(),
        unpacked_bytes: row.get::<_, i64>("unpacked_bytes")?.unsigned_abs(),
        added_at: row::millis(row, "added_at")?,
        verified_at: row::millis_opt(row, "verified_at")?,
        broken: row.get("broken")?,
    })
}

/// # Errors
/// When the database fails.
pub fn image_list(tx: &Connection) -> Result<Vec<ImageRow>, StoreError> {
    row::all(tx, "SELECT * FROM image ORDER BY name", [], read)
}

/// # Errors
/// When the database fails.
pub fn image_named(tx: &Connection, name: &Name) -> Result<Option<ImageRow>, StoreError> {
    row::one(tx, "SELECT * FROM image WHERE name = $1", [name.as_str()], read)
}

/// Put an image on record; one of the same name is replaced. `image.id` is not used.
///
/// # Errors
/// When the database fails.
pub fn image_put(tx: &Connection, image: &ImageRow) -> Result<ImageId, StoreError> {
    let format = serde_json::to_string(&image.format)
        .map_err(|_| StoreError::Unreadable { what: "image format", value: image.name.to_string() })?;
    let sql = "INSERT INTO image (name, os, arch, format, sha256, bytes, unpacked_bytes, added_at, verified_at, broken, \
               purpose) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) ON CONFLICT (name) DO UPDATE SET os = excluded.os, \
               arch = excluded.arch, format = excluded.format, sha256 = excluded.sha256, bytes = excluded.bytes, \
               unpacked_bytes = excluded.unpacked_bytes, added_at = excluded.added_at, \
               verified_at = excluded.verified_at, broken = excluded.broken, purpose = excluded.purpose RETURNING id";
    let params = (
        image.name.as_str(),
        &image.os,
        &image.arch,
        &format,
        &image.sha256,
        image.bytes.cast_signed(),
        image.unpacked_bytes.cast_signed(),
        image.added_at.0,
        image.verified_at.map(|at| at.0),
        &image.broken,
        image.purpose.word(),
    );
    row::insert(tx, sql, params).map(ImageId)
}

/// Note what a verification found: `broken` none means that the hash agreed.
///
/// # Errors
/// When the database fails.
pub fn image_mark(tx: &Connection, name: &Name, at: Millis, broken: Option<&str>) -> Result<(), StoreError> {
    row::run(
        tx,
        "UPDATE image SET verified_at = $2, broken = $3 WHERE name = $1",
        (name.as_str(), at.0, broken),
    )?;
    Ok(())
}

/// Whether there was such an image.
///
/// # Errors
/// When the database fails.
pub fn image_delete(tx: &Connection, name: &Name) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM image WHERE name = $1", [name.as_str()])? > 0)
}
