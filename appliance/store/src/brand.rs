//! White label of accounts.

use rackwright_model::account::way;
use rackwright_model::{AccountId, Colour};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// What an account has of its own.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Brand {
    pub title: Option<String>,
    pub accent: Option<Colour>,
    pub host: Option<String>,
    /// SHA-256 of the logo.
    pub logo: Option<String>,
    /// The logo: a PNG file in base64. Lists and faces leave it out.
    pub png: Option<String>,
}

const SELECT: &str = "SELECT title, accent, host, logo, NULL AS png FROM brand";

fn read(row: &Row<'_>) -> Result<Brand, StoreError> {
    Ok(Brand {
        title: row.get("title")?,
        accent: row::parsed_opt("colour", row.get("accent")?)?,
        host: row.get("host")?,
        logo: row.get("logo")?,
        png: row.get("png")?,
    })
}

/// What the account has of its own, without the file of the logo.
///
/// # Errors
/// When the database fails.
pub fn brand_get(tx: &Connection, account: AccountId) -> Result<Option<Brand>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE account_id = $1"), [account.0], read)
}

/// What the account has of its own, with the file of the logo.
///
/// # Errors
/// When the database fails.
pub fn brand_whole(tx: &Connection, account: AccountId) -> Result<Option<Brand>, StoreError> {
    let sql = "SELECT title, accent, host, logo, png FROM brand WHERE account_id = $1";
    row::one(tx, sql, [account.0], read)
}

/// What people of the account with this path see: each part from the nearest account upward that has it.
///
/// # Errors
/// When the database fails.
pub fn brand_seen(tx: &Connection, path: &str) -> Result<Brand, StoreError> {
    let mut seen = Brand::default();
    // From the root down, so that what is nearer wins.
    for id in way(path) {
        let Some(own) = brand_get(tx, id)? else { continue };
        seen.title = own.title.or(seen.title);
        seen.accent = own.accent.or(seen.accent);
        seen.logo = own.logo.or(seen.logo);
    }
    Ok(seen)
}

/// The account whose panels have this host name.
///
/// # Errors
/// When the database fails.
pub fn brand_account(tx: &Connection, host: &str) -> Result<Option<AccountId>, StoreError> {
    row::one(tx, "SELECT account_id FROM brand WHERE host = $1", [host], |row| Ok(AccountId(row.get(0)?)))
}

/// The logo with this SHA-256: a PNG file in base64.
///
/// # Errors
/// When the database fails.
pub fn brand_png(tx: &Connection, logo: &str) -> Result<Option<String>, StoreError> {
    row::one(tx, "SELECT png FROM brand WHERE logo = $1 LIMIT 1", [logo], |row| Ok(row.get(0)?))
}

/// Have this and nothing else.
///
/// # Errors
/// [`StoreError::Taken`] when another account has the host name.
pub fn brand_put(tx: &Connection, account: AccountId, brand: &Brand) -> Result<(), StoreError> {
    let sql = "INSERT INTO brand (account_id, title, accent, host, logo, png) VALUES ($1, $2, $3, $4, $5, $6) \
               ON CONFLICT (account_id) DO UPDATE SET title = excluded.title, accent = excluded.accent, \
               host = excluded.host, logo = excluded.logo, png = excluded.png";
    let Brand { title, accent, host, logo, png } = brand;
    row::run(tx, sql, (account.0, title, accent.map(|colour| colour.to_string()), host, logo, png))?;
    Ok(())
}

/// Whether there was anything to remove.
///
/// # Errors
/// When the database fails.
pub fn brand_delete(tx: &Connection, account: AccountId) -> Result<bool, StoreError> {
    Ok(row::run(tx, "DELETE FROM brand WHERE account_id = $1", [account.0])? > 0)
}
