//! Providers outside by which people sign in.

use rackwright_model::account::way;
use rackwright_model::{AccountId, Millis, Name};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::row;

/// A provider on record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcRow {
    pub id: i64,
    pub account: AccountId,
    pub account_name: Name,
    /// Of the account.
    pub account_path: String,
    pub draft: OidcDraft,
    pub linked: u32,
    pub created_at: Millis,
}

/// What is set of a provider.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OidcDraft {
    pub name: Name,
    pub title: String,
    pub issuer: String,
    pub client_id: String,
    /// Sealed.
    pub client_secret: Option<String>,
    /// A word of the catalogue's claims.
    pub claim: String,
    /// Role and account of the people who are let in.
    pub people: Option<(String, AccountId)>,
}

const SELECT: &str = "SELECT oidc_provider.*, account.name AS account_name, account.path AS account_path, \
                      (SELECT count(*) FROM oidc_identity WHERE provider_id = oidc_provider.id) AS linked \
                      FROM oidc_provider JOIN account ON account.id = oidc_provider.account_id";

fn read(row: &Row<'_>) -> Result<OidcRow, StoreError> {
    let role: Option<String> = row.get("people_role")?;
    let people = row.get::<_, Option<i64>>("people_account_id")?.map(AccountId);
    Ok(OidcRow {
        id: row.get("id")?,
        account: AccountId(row.get("account_id")?),
        account_name: row::parsed("account name", row.get("account_name")?)?,
        account_path: row.get("account_path")?,
        draft: OidcDraft {
            name: row::parsed("name of a provider", row.get("name")?)?,
            title: row.get("title")?,
            issuer: row.get("issuer")?,
            client_id: row.get("client_id")?,
            client_secret: row.get("client_secret")?,
            claim: row.get("claim")?,
            people: role.zip(people),
        },
        linked: row.get("linked")?,
        created_at: row::millis(row, "created_at")?,
    })
}

/// # Errors
/// When the database fails.
pub fn oidc_get(tx: &Connection, id: i64) -> Result<Option<OidcRow>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE oidc_provider.id = $1"), [id], read)
}

/// The provider of an account with this name.
///
/// # Errors
/// When the database fails.
pub fn oidc_named(tx: &Connection, account: AccountId, name: &Name) -> Result<Option<OidcRow>, StoreError> {
    let sql = format!("{SELECT} WHERE oidc_provider.account_id = $1 AND oidc_provider.name = $2");
    row::one(tx, &sql, (account.0, name.as_str()), read)
}

/// The providers of an account, by name.
///
/// # Errors
/// When the database fails.
pub fn oidc_list(tx: &Connection, account: AccountId) -> Result<Vec<OidcRow>, StoreError> {
    let sql = format!("{SELECT} WHERE oidc_provider.account_id = $1 ORDER BY oidc_provider.name LIMIT $2");
    row::all(tx, &sql, (account.0, row::LIST_LIMIT), read)
}

/// The providers by which people of the account with this path may sign in: its own and those of the accounts above.
///
/// # Errors
/// When the database fails.
pub fn oidc_reachable(tx: &Connection, path: &str) -> Result<Vec<OidcRow>, StoreError> {
    let mut found = Vec::new();
    for account in way(path) {
        found.extend(oidc_list(tx, account)?);
    }
    Ok(found)
}

/// Whether an account above or below the one with this path has a provider of this name.
///
/// # Errors
/// When the database fails.
pub fn oidc_on_the_way(tx: &Connection, path: &str, name: &Name) -> Result<bool, StoreError> {
    let sql = format!("{SELECT} WHERE oidc_provider.name = $1 LIMIT $2");
    let rows = row::all(tx, &sql, (name.as_str(), row::LIST_LIMIT), read)?;
    let elsewhere = |row: &OidcRow| row.account_path != path;
    Ok(rows
        .iter()
        .filter(|row| elsewhere(row))
        .any(|row| row.account_path.starts_with(path) || path.starts_with(&row.account_path)))
}

/// # Errors
/// [`StoreError::Taken`] when the account has a provider of this name.
pub fn oidc_insert(
    tx: &Connection,
    account: AccountId,
    draft: &OidcDraft,
    at: Millis,
) -> Result<i64, StoreError> {
    let sql = "INSERT INTO oidc_provider (account_id, name, title, issuer, client_id, client_secret, claim, \
               people_role, people_account_id, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) RETURNING id";
    let OidcDraft { name, title, issuer, client_id, client_secret, claim, people } = draft;
    let (role, people) = people.as_ref().map(|(role, account)| (role, account.0)).unzip();
    let values =
        (account.0, name.as_str(), title, issuer, client_id, client_secret, claim, role, people, at.0);
    row::insert(tx, sql, values)
}

/// All but the name.
///
/// # Errors
/// When the database fails.
pub fn oidc_change(tx: &Connection, id: i64, draft: &OidcDraft) -> Result<(), StoreError> {
    let sql = "UPDATE oidc_provider SET title = $2, issuer = $3, client_id = $4, client_secret = $5, claim = $6, \
               people_role = $7, people_account_id = $8 WHERE id = $1";
    let OidcDraft { title, issuer, client_id, client_secret, claim, people, .. } = draft;
    let (role, people) = people.as_ref().map(|(role, account)| (role, account.0)).unzip();
    row::run(tx, sql, (id, title, issuer, client_id, client_secret, claim, role, people))?;
    Ok(())
}

/// Remove a provider with all links to it.
///
/// # Errors
/// When the database fails.
pub fn oidc_delete(tx: &Connection, id: i64) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM oidc_provider WHERE id = $1", [id])?;
    Ok(())
}
