//! Finding rows by part of what a person knows of them: a name, an address, a title. What begins with it comes first.

pub(crate) mod trigram;

use rackwright_model::Scope;
use rackwright_model::network::Subnet;
use rusqlite::{Connection, Row};

use crate::error::StoreError;
use crate::page::{Conditions, Owners};
use crate::row;

/// A row that was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Its name, or its number when it has none.
    pub name: String,
    /// What tells it from others.
    pub note: String,
    pub state: Option<String>,
}

fn read(row: &Row<'_>) -> Result<Found, StoreError> {
    Ok(Found { name: row.get(0)?, note: row.get(1)?, state: row.get(2)? })
}

/// The note of a network is its CIDR, which stands inside the subnet.
fn read_network(row: &Row<'_>) -> Result<Found, StoreError> {
    let found = read(row)?;
    let subnet: Subnet = row::json("subnet", &found.note)?;
    Ok(Found { note: subnet.cidr.to_string(), ..found })
}

/// Rows of `sql`, whose $1 is the pattern "contains the text", $2 "begins with it" and $3 the limit. There are few of them.
fn search(
    tx: &Connection,
    sql: &str,
    text: &str,
    limit: i64,
    read: fn(&Row<'_>) -> Result<Found, StoreError>,
) -> Result<Vec<Found>, StoreError> {
    let (containing, beginning) = (row::containing(text), format!("{}%", row::literal(text)));
    row::all(tx, sql, (containing, beginning, limit), read)
}

/// A kind of rows that belong to accounts.
struct Kind {
    table: &'static str,
    /// Name, note and state.
    columns: &'static str,
    owner: &'static str,
    /// What is looked at for the beginning; rows without a name are in order of their age.
    name: Option<&'static str>,
    /// The condition that a row contains the text in the pattern `{}`.
    contains: &'static str,
    /// Whether the index knows more words than may be found: what it finds is looked at again.
    index_knows_more: bool,
}

const SERVER: Kind = Kind {
    table: "server",
    columns: "server.name, COALESCE(server.address, ''), server.state",
    owner: "server.account_id",
    name: Some("server.name"),
    contains: "server.name LIKE {} OR server.address LIKE {} OR server.bmc_address LIKE {} OR EXISTS (SELECT 1 FROM \
               server_mac WHERE server_mac.server_id = server.id AND mac LIKE {})",
    index_knows_more: false,
};

/// For those who are not told where the BMC of a server is.
const SERVER_WITHOUT_BMC: Kind = Kind {
    contains: "server.name LIKE {} OR server.address LIKE {} OR EXISTS (SELECT 1 FROM server_mac \
               WHERE server_mac.server_id = server.id AND mac LIKE {})",
    index_knows_more: true,
    ..SERVER
};

const PRIVATE_SERVER: Kind = Kind {
    table: "private_server",
    columns: "private_server.name, COALESCE(private_server.address, private_server.address_v6, ''), NULL",
    owner: "private_server.account_id",
    name: Some("private_server.name"),
    contains: "private_server.name LIKE {} OR private_server.address LIKE {} OR private_server.address_v6 LIKE {}",
    index_knows_more: false,
};

const JOB: Kind = Kind {
    table: "job",
    columns: "CAST(job.id AS TEXT), job.title, job.state",
    owner: "job.account_id",
    name: None,
    contains: "lower(job.title) LIKE {}",
    index_knows_more: false,
};

const PERSON: Kind = Kind {
    table: "person",
    columns: "person.name, person.role, NULL",
    owner: "person.account_id",
    name: Some("person.name"),
    contains: "person.name LIKE {}",
    index_knows_more: false,
};

const ACCOUNT: Kind = Kind {
    table: "account",
    columns: "account.name, account.title, NULL",
    owner: "account.id",
    name: Some("account.name"),
    contains: "account.name LIKE {} OR lower(account.title) LIKE {}",
    index_knows_more: false,
};

/// Rows that are looked through for a text that is too short for the index.
const LOOKED_THROUGH: i64 = 2_000;

impl Kind {
    /// Rows whose name begins with the text, then those that contain it elsewhere. Of a few accounts all rows are looked
    /// through; of many, the index of names and the one of all parts are asked.
    fn find(&self, tx: &Connection, scope: &Scope, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
        let text = text.trim().to_lowercase();
        let owners = Owners::of(tx, scope)?;
        let mut found = self.begun(tx, &owners, scope, &text, limit)?;
        let mut rest = self.containing(tx, &owners, scope, &text, limit)?;
        if self.name.is_some() {
            rest.sort_by(|a, b| a.name.cmp(&b.name));
        }
        rest.retain(|one| !found.iter().any(|known| known.name == one.name));
        found.extend(rest);
        found.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
        Ok(found)
    }

    /// Of private servers, only the one that is inside.
    fn only(&self, conditions: &mut Conditions, scope: &Scope) {
        if self.table == PRIVATE_SERVER.table {
            conditions.equal("private_server.id", scope.only_private_server().map(|only| only.0));
        }
    }

    /// Rows whose name begins with the text, or whose number it is.
    fn begun(
        &self,
        tx: &Connection,
        owners: &Owners,
        scope: &Scope,
        text: &str,
        limit: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let mut conditions = Conditions::default();
        let order = match self.name {
            Some(name) => {
                let low = conditions.bind(text.to_owned());
                let high = conditions.bind(row::after_prefix(text));
                conditions.and(format!("{name} >= {low} AND {name} < {high}"));
                name
            }
            None => {
                let Ok(number) = text.parse::<i64>() else { return Ok(Vec::new()) };
                conditions.equal("job.id", Some(number));
                "job.id"
            }
        };
        conditions.owned(self.owner, owners);
        self.only(&mut conditions, scope);
        let (columns, table) = (self.columns, self.table);
        let limit = conditions.bind(limit);
        let sql =
            format!("SELECT {columns} FROM {table}{} ORDER BY {order} LIMIT {limit}", conditions.clause());
        conditions.all(tx, &sql, read)
    }

    fn containing(
        &self,
        tx: &Connection,
        owners: &Owners,
        scope: &Scope,
        text: &str,
        limit: i64,
    ) -> Result<Vec<Found>, StoreError> {
        let mut conditions = Conditions::default();
        let (columns, table) = (self.columns, self.table);
        let age = if self.name.is_none() { format!(" ORDER BY {table}.id DESC") } else { String::new() };
        let (from, order) = match owners {
            Owners::Few(_) => (table.to_owned(), age),
            _ if trigram::finds(text) => {
                let from = trigram::from(table, text, &mut conditions);
                let order =
                    if age.is_empty() { age } else { format!(" ORDER BY {}", trigram::newest_first(table)) };
                (from, order)
            }
            _ => (format!("(SELECT * FROM {table} ORDER BY id DESC LIMIT {LOOKED_THROUGH}) AS {table}"), age),
        };
        if self.index_knows_more || !from.contains(" JOIN ") {
            let part = conditions.bind(row::containing(text));
            conditions.and(format!("({})", self.contains.replace("{}", &format!("{part} ESCAPE '\\'"))));
        }
        conditions.owned(self.owner, owners);
        self.only(&mut conditions, scope);
        // As many begin with it as fit, and those come before.
        let limit = conditions.bind(limit * 2);
        let sql = format!("SELECT {columns} FROM {from}{}{order} LIMIT {limit}", conditions.clause());
        conditions.all(tx, &sql, read)
    }
}

/// Servers by name, address or MAC address, and `by_bmc` by the address of their BMC.
///
/// # Errors
/// When the database fails.
pub fn search_server(
    tx: &Connection,
    scope: &Scope,
    by_bmc: bool,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    let kind = if by_bmc { SERVER } else { SERVER_WITHOUT_BMC };
    kind.find(tx, scope, text, limit)
}

/// Private servers by name or address.
///
/// # Errors
/// When the database fails.
pub fn search_private_server(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    PRIVATE_SERVER.find(tx, scope, text, limit)
}

/// Jobs by title or number, newest first.
///
/// # Errors
/// When the database fails.
pub fn search_job(tx: &Connection, scope: &Scope, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    JOB.find(tx, scope, text, limit)
}

/// People by name.
///
/// # Errors
/// When the database fails.
pub fn search_person(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    PERSON.find(tx, scope, text, limit)
}

/// Accounts by name or title.
///
/// # Errors
/// When the database fails.
pub fn search_account(
    tx: &Connection,
    scope: &Scope,
    text: &str,
    limit: i64,
) -> Result<Vec<Found>, StoreError> {
    ACCOUNT.find(tx, scope, text, limit)
}

/// Images by name or operating system.
///
/// # Errors
/// When the database fails.
pub fn search_image(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, os, NULL FROM image WHERE (name LIKE $1 ESCAPE '\\' OR lower(os) LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, text, limit, read)
}

/// Install profiles by name or image.
///
/// # Errors
/// When the database fails.
pub fn search_profile(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, image, NULL FROM profile WHERE (name LIKE $1 ESCAPE '\\' OR image LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, text, limit, read)
}

/// Networks by name or the beginning of their CIDR.
///
/// # Errors
/// When the database fails.
pub fn search_network(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, subnet, NULL FROM network WHERE (name LIKE $1 ESCAPE '\\' \
               OR subnet LIKE '%\"cidr\":\"' || $2 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, text, limit, read_network)
}

/// Racks by name or site.
///
/// # Errors
/// When the database fails.
pub fn search_rack(tx: &Connection, text: &str, limit: i64) -> Result<Vec<Found>, StoreError> {
    let sql = "SELECT name, COALESCE(site, ''), NULL FROM rack WHERE (name LIKE $1 ESCAPE '\\' OR site LIKE $1 ESCAPE '\\') \
               ORDER BY CASE WHEN name LIKE $2 ESCAPE '\\' THEN 0 ELSE 1 END, name LIMIT $3";
    search(tx, sql, text, limit, read)
}
