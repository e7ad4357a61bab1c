//! The tree of accounts.

use rackwright_model::account::way;
use rackwright_model::{AccountId, Millis, Name, NameSort, Scope, Tier};
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;
use crate::search::trigram;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Account {
    pub id: AccountId,
    pub parent: Option<Name>,
    pub name: Name,
    /// What people call it.
    pub title: String,
    pub tier: Tier,
    /// The way from the root by ids, such as `/1/4/`.
    pub path: String,
    pub suspended_at: Option<Millis>,
    pub created_at: Millis,
}

/// What an account owns.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Holdings {
    /// Accounts directly below.
    pub accounts: u32,
    pub people: u32,
    pub servers: u32,
    pub private_servers: u32,
    /// Removed private servers whose backups are still kept.
    pub kept_backups: u32,
}

const SELECT: &str = "SELECT account.*, parent.name AS parent FROM account LEFT JOIN account AS parent ON parent.id = account.parent_id";

fn read(row: &Row<'_>) -> Result<Account, StoreError> {
    let tier: String = row.get("tier")?;
    Ok(Account {
        id: AccountId(row.get("id")?),
        parent: row::parsed_opt("account name", row.get("parent")?)?,
        name: row::parsed("account name", row.get("name")?)?,
        title: row.get("title")?,
        tier: row::word("tier", &tier, Tier::from_word)?,
        path: row.get("path")?,
        suspended_at: row::millis_opt(row, "suspended_at")?,
        created_at: row::millis(row, "created_at")?,
    })
}

/// A page of accounts; `search` is part of a name or a title.
///
/// # Errors
/// When the database fails.
pub fn account_page(
    tx: &Connection,
    scope: &Scope,
    search: Option<&str>,
    sort: NameSort,
    ask: &Ask,
) -> Result<Slice<Account>, StoreError> {
    let column = match sort {
        NameSort::Name => Column { name: "name", sql: "account.name" },
        NameSort::CreatedAt => Column { name: "created_at", sql: "account.created_at" },
    };
    let owners = Owners::of(tx, scope)?;
    let mut conditions = Conditions::default();
    if let Some(search) = search {
        if owners.have_many() && trigram::finds(search.trim()) {
            let known = trigram::ids("account", search.trim(), &mut conditions);
            conditions.and(format!("account.id IN ({known})"));
        }
        let part = conditions.bind(row::containing(search));
        conditions.and(format!(
            "(account.name LIKE {part} ESCAPE '\\' OR lower(account.title) LIKE {part} ESCAPE '\\')"
        ));
    }
    let list = List { select: SELECT, table: "account", owner: "account.id", column };
    list.page(tx, &owners, conditions, ask, read)
}

/// # Errors
/// When the database fails.
pub fn account_get(tx: &Connection, id: AccountId) -> Result<Option<Account>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE account.id = $1"), [id.0], read)
}

/// The account with this name, if the scope covers it.
///
/// # Errors
/// When the database fails.
pub fn account_named(tx: &Connection, scope: &Scope, name: &Name) -> Result<Option<Account>, StoreError> {
    let sql = format!("{SELECT} WHERE account.name = $1 AND account.path >= $2 AND account.path < $3");
    row::one(tx, &sql, (name.as_str(), scope.low(), scope.high()), read)
}

/// # Errors
/// [`StoreError::Taken`] when the name is in use.
pub fn account_insert(
    tx: &Connection,
    parent: &Account,
    name: &Name,
    title: &str,
    tier: Tier,
    at: Millis,
) -> Result<AccountId, StoreError> {
    // The path holds the id, which is known only afterwards; the name is as unique.
    let sql = "INSERT INTO account (parent_id, name, title, tier, path, created_at) VALUES ($1, $2, $3, $4, $2, $5) RETURNING id";
    let id = row::insert(tx, sql, (parent.id.0, name.as_str(), title, tier.word(), at.0)).map(AccountId)?;
    row::run(tx, "UPDATE account SET path = $2 WHERE id = $1", (id.0, format!("{}{id}/", parent.path)))?;
    Ok(id)
}

/// # Errors
/// [`StoreError::Taken`] when the name is in use.
pub fn account_rename(tx: &Connection, id: AccountId, name: &Name, title: &str) -> Result<(), StoreError> {
    row::run(tx, "UPDATE account SET name = $2, title = $3 WHERE id = $1", (id.0, name.as_str(), title))?;
    Ok(())
}

/// Since when the account is suspended; none lifts the suspension.
///
/// # Errors
/// When the database fails.
pub fn account_suspend(tx: &Connection, id: AccountId, since: Option<Millis>) -> Result<(), StoreError> {
    row::run(tx, "UPDATE account SET suspended_at = $2 WHERE id = $1", (id.0, since.map(|at| at.0)))?;
    Ok(())
}

/// Whether the account with this path, or one above it, is suspended.
///
/// # Errors
/// When the database fails.
pub fn account_is_suspended(tx: &Connection, path: &str) -> Result<bool, StoreError> {
    let sql = "SELECT suspended_at FROM account WHERE id = $1";
    for id in way(path) {
        if row::one(tx, sql, [id.0], |row| Ok(row.get::<_, Option<i64>>(0)?))?.flatten().is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// # Errors
/// When the database fails.
pub fn account_holdings(tx: &Connection, id: AccountId) -> Result<Holdings, StoreError> {
    let sql = "SELECT (SELECT count(*) FROM account WHERE parent_id = $1), \
               (SELECT count(*) FROM person WHERE account_id = $1), (SELECT count(*) FROM server WHERE account_id = $1), \
               (SELECT count(*) FROM private_server WHERE account_id = $1), \
               (SELECT count(*) FROM vault WHERE account_id = $1 AND NOT EXISTS \
               (SELECT 1 FROM private_server WHERE private_server.id = vault.private_server_id))";
    let read = |row: &Row<'_>| {
        Ok(Holdings {
            accounts: row.get(0)?,
            people: row.get(1)?,
            servers: row.get(2)?,
            private_servers: row.get(3)?,
            kept_backups: row.get(4)?,
        })
    };
    let nothing = Holdings { accounts: 0, people: 0, servers: 0, private_servers: 0, kept_backups: 0 };
    Ok(row::one(tx, sql, [id.0], read)?.unwrap_or(nothing))
}

/// Remove an account that holds no accounts and no servers, with its people. What it did stays on record, and its jobs
/// fall to the account above.
///
/// # Errors
/// When the database fails.
pub fn account_delete(tx: &Connection, id: AccountId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM person WHERE account_id = $1", [id.0])?;
    let heir =
        "UPDATE job SET account_id = (SELECT parent_id FROM account WHERE id = $1) WHERE account_id = $1";
    row::run(tx, heir, [id.0])?;
    row::run(tx, "DELETE FROM account WHERE id = $1", [id.0])?;
    Ok(())
}

/// The condition that an object belongs to an account of the scope. `column` holds the account of the object; `first` and
/// the number after it are the parameters [`Scope::low`] and [`Scope::high`].
pub(crate) fn owned(scope: &Scope, column: &str, first: u8) -> String {
    let second = first + 1;
    if scope.is_everything() {
        // True, and it names both parameters: no object is looked at for its owner.
        return format!("${first} < ${second}");
    }
    format!("{column} IN (SELECT id FROM account WHERE path >= ${first} AND path < ${second})")
}

/// Paths of the accounts whose names begin so.
///
/// # Errors
/// When the database fails.
pub fn account_paths_beginning(tx: &Connection, begins: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT path FROM account WHERE name >= $1 AND name < $2 LIMIT $3";
    row::all(tx, sql, (begins, row::after_prefix(begins), row::LIST_LIMIT), |row| Ok(row.get(0)?))
}
