//! People who sign in. Names are unique over all accounts, because a name is all that is typed to sign in.

use rackwright_model::private_server::inside::LoginName;
use rackwright_model::{AccountId, Millis, Name, NameSort, PrivateServerId, Scope, UserId};
use rusqlite::{Connection, Row};

use crate::account::owned;
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;
use crate::search::trigram;

#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Person {
    pub id: UserId,
    pub name: String,
    /// A word of the catalogue's roles.
    pub role: String,
    pub account: AccountId,
    pub account_name: Name,
    pub account_path: String,
    pub email: Option<String>,
    /// argon2id in PHC form.
    pub password_hash: String,
    pub created_at: Millis,
    pub signed_in_at: Option<Millis>,
    /// The only private server that the person works on, for roles of one.
    pub private_server: Option<PrivateServerId>,
    pub private_server_name: Option<Name>,
    /// The user inside whose files they are.
    pub login: Option<LoginName>,
}

/// A person to let in.
#[derive(Debug, Clone)]
pub struct PersonDraft {
    pub name: String,
    pub role: String,
    pub account: AccountId,
    pub email: Option<String>,
    pub password_hash: String,
}

const SELECT: &str = "SELECT person.*, account.name AS account_name, account.path AS account_path, \
                      (SELECT private_server.name FROM private_server \
                      WHERE private_server.id = person.private_server_id) AS private_server_name \
                      FROM person JOIN account ON account.id = person.account_id";

fn read(row: &Row<'_>) -> Result<Person, StoreError> {
    Ok(Person {
        id: UserId(row.get("id")?),
        name: row.get("name")?,
        role: row.get("role")?,
        account: AccountId(row.get("account_id")?),
        account_name: row::parsed("account name", row.get("account_name")?)?,
        account_path: row.get("account_path")?,
        email: row.get("email")?,
        password_hash: row.get("password_hash")?,
        created_at: row::millis(row, "created_at")?,
        signed_in_at: row::millis_opt(row, "signed_in_at")?,
        private_server: row.get::<_, Option<i64>>("private_server_id")?.map(PrivateServerId),
        private_server_name: row::parsed_opt("private server name", row.get("private_server_name")?)?,
        login: row::parsed_opt("login", row.get("login")?)?,
    })
}

/// A page of people; `account` takes only its own, `search` is part of a name.
///
/// # Errors
/// When the database fails.
pub fn person_page(
    tx: &Connection,
    scope: &Scope,
    account: Option<AccountId>,
    search: Option<&str>,
    sort: NameSort,
    ask: &Ask,
) -> Result<Slice<Person>, StoreError> {
    let column = match sort {
        NameSort::Name => Column { name: "name", sql: "person.name" },
        NameSort::CreatedAt => Column { name: "created_at", sql: "person.created_at" },
    };
    let owners = Owners::chosen(tx, scope, account)?;
    let mut conditions = Conditions::default();
    if let Some(search) = search {
        if owners.have_many() && trigram::finds(search.trim()) {
            let known = trigram::ids("person", search.trim(), &mut conditions);
            conditions.and(format!("person.id IN ({known})"));
        }
        let part = conditions.bind(row::containing(search));
        conditions.and(format!("person.name LIKE {part} ESCAPE '\\'"));
    }
    let list = List { select: SELECT, table: "person", owner: "person.account_id", column };
    list.page(tx, &owners, conditions, ask, read)
}

/// Whether anybody can sign in at all.
///
/// # Errors
/// When the database fails.
pub fn person_any(tx: &Connection) -> Result<bool, StoreError> {
    Ok(row::one(tx, "SELECT id FROM person LIMIT 1", [], |_| Ok(()))?.is_some())
}

/// How many people of an account have this role.
///
/// # Errors
/// When the database fails.
pub fn person_count(tx: &Connection, account: AccountId, role: &str) -> Result<i64, StoreError> {
    let sql = "SELECT count(*) FROM person WHERE account_id = $1 AND role = $2";
    Ok(row::one(tx, sql, (account.0, role), |row| Ok(row.get(0)?))?.unwrap_or(0))
}

/// The person with this name, if the scope covers the account.
///
/// # Errors
/// When the database fails.
pub fn person_named(tx: &Connection, scope: &Scope, name: &str) -> Result<Option<Person>, StoreError> {
    let sql = format!("{SELECT} WHERE person.name = $1 AND {}", owned(scope, "person.account_id", 2));
    row::one(tx, &sql, (name, scope.low(), scope.high()), read)
}

/// # Errors
/// When the database fails.
pub fn person_get(tx: &Connection, id: UserId) -> Result<Option<Person>, StoreError> {
    row::one(tx, &format!("{SELECT} WHERE person.id = $1"), [id.0], read)
}

/// # Errors
/// [`StoreError::Taken`] when the name is in use.
pub fn person_insert(tx: &Connection, draft: &PersonDraft, at: Millis) -> Result<UserId, StoreError> {
    let sql = "INSERT INTO person (name, role, account_id, email, password_hash, created_at) \
               VALUES ($1, $2, $3, $4, $5, $6) RETURNING id";
    let PersonDraft { name, role, account, email, password_hash } = draft;
    row::insert(tx, sql, (name, role, account.0, email, password_hash, at.0)).map(UserId)
}

/// # Errors
/// When the database fails.
pub fn person_change(tx: &Connection, id: UserId, role: &str, email: Option<&str>) -> Result<(), StoreError> {
    row::run(tx, "UPDATE person SET role = $2, email = $3 WHERE id = $1", (id.0, role, email))?;
    Ok(())
}

/// The one private server of a person, and the user inside; none for whoever sees all of the account.
///
/// # Errors
/// When the database fails.
pub fn person_set_inside(
    tx: &Connection,
    id: UserId,
    private_server: Option<PrivateServerId>,
    login: Option<&LoginName>,
) -> Result<(), StoreError> {
    let sql = "UPDATE person SET private_server_id = $2, login = $3 WHERE id = $1";
    row::run(tx, sql, (id.0, private_server.map(|one| one.0), login.map(LoginName::as_str)))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn person_set_password(tx: &Connection, id: UserId, hash: &str) -> Result<(), StoreError> {
    row::run(tx, "UPDATE person SET password_hash = $2 WHERE id = $1", (id.0, hash))?;
    Ok(())
}

/// # Errors
/// When the database fails.
pub fn person_signed_in(tx: &Connection, id: UserId, at: Millis) -> Result<(), StoreError> {
    row::run(tx, "UPDATE person SET signed_in_at = $2 WHERE id = $1", (id.0, at.0))?;
    Ok(())
}

/// Remove a person with all sessions and tokens.
///
/// # Errors
/// When the database fails.
pub fn person_delete(tx: &Connection, id: UserId) -> Result<(), StoreError> {
    row::run(tx, "DELETE FROM person WHERE id = $1", [id.0])?;
    Ok(())
}

/// Paths of the accounts of people whose names begin so.
///
/// # Errors
/// When the database fails.
pub fn person_paths_beginning(tx: &Connection, begins: &str) -> Result<Vec<String>, StoreError> {
    let sql = "SELECT account.path FROM person JOIN account ON account.id = person.account_id \
               WHERE person.name >= $1 AND person.name < $2 LIMIT $3";
    row::all(tx, sql, (begins, row::after_prefix(begins), row::LIST_LIMIT), |row| Ok(row.get(0)?))
}
