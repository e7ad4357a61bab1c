//! Pages of servers, and how many there are.

use rackwright_model::{AccountId, Name, Scope, ServerSort, ServerState};
use rusqlite::{Connection, Row};

use super::{SELECT, Server, read};
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;
use crate::search::trigram;

/// Which servers are meant; none of a choice takes all.
#[derive(Debug, Clone, Default)]
pub struct ServerChoice {
    pub state: Option<ServerState>,
    pub rack: Option<Name>,
    pub site: Option<Name>,
    /// Only servers of this account, not of those below it.
    pub account: Option<AccountId>,
    /// Words that each stand in the name, the address, a MAC address, the profile, the rack or the site.
    pub search: Option<String>,
    /// Racks and sites are hidden: no server stands in one.
    pub no_racks: bool,
}

impl ServerChoice {
    fn conditions(&self, owners: &Owners) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equal("server.state", self.state.map(|state| state.word().to_owned()));
        for (column, name) in [("rack.name", &self.rack), ("rack.site", &self.site)] {
            if name.is_some() && self.no_racks {
                conditions.and(NEVER);
            } else if let Some(name) = name {
                let name = conditions.bind(name.to_string());
                conditions.and(format!(
                    "server.id IN (SELECT placement.server_id {STANDING} WHERE {column} = {name})"
                ));
            }
        }
        for word in self.search.iter().flat_map(|search| search.split_whitespace()) {
            let condition = if owners.have_many() && trigram::finds(word) {
                found_by_index(word, self.no_racks, &mut conditions)
            } else {
                looked_through(word, self.no_racks, &mut conditions)
            };
            conditions.and(condition);
        }
        conditions
    }
}

const NEVER: &str = "1 = 0";
const STANDING: &str = "FROM rack JOIN placement ON placement.rack_id = rack.id";

/// The word stands in one of the columns.
fn stands_in(columns: &[&str], part: &str) -> String {
    columns.iter().map(|column| format!("{column} LIKE {part} ESCAPE '\\'")).collect::<Vec<_>>().join(" OR ")
}

/// The word stands in the name or the site of the rack; never, where racks are hidden.
fn stands_in_rack(no_racks: bool, part: &str) -> String {
    if no_racks { NEVER.to_owned() } else { stands_in(&["rack.name", "rack.site"], part) }
}

/// The index knows names, addresses and MAC addresses, but also addresses of BMCs, which not everybody may see: what it
/// finds is looked at again.
fn found_by_index(word: &str, no_racks: bool, conditions: &mut Conditions) -> String {
    let part = conditions.bind(row::containing(word));
    let known = trigram::ids("server", word, conditions);
    let racks = stands_in_rack(no_racks, &part);
    format!(
        "server.id IN (SELECT known.id FROM server AS known WHERE known.id IN ({known}) AND ({} OR EXISTS (SELECT 1 \
         FROM server_mac WHERE server_id = known.id AND {})) UNION ALL SELECT id FROM server WHERE {} \
         UNION ALL SELECT placement.server_id {STANDING} WHERE {racks})",
        stands_in(&["known.name", "known.address"], &part),
        stands_in(&["mac"], &part),
        stands_in(&["profile"], &part),
    )
}

/// Each server is looked at.
fn looked_through(word: &str, no_racks: bool, conditions: &mut Conditions) -> String {
    let part = conditions.bind(row::containing(word));
    let racks = stands_in_rack(no_racks, &part);
    format!(
        "({} OR EXISTS (SELECT 1 FROM server_mac WHERE server_id = server.id AND {}) \
         OR EXISTS (SELECT 1 {STANDING} WHERE placement.server_id = server.id AND ({racks})))",
        stands_in(&["server.name", "server.address", "server.profile"], &part),
        stands_in(&["mac"], &part),
    )
}

/// A page of the servers of a scope.
///
/// # Errors
/// When the database fails.
pub fn server_page(
    tx: &Connection,
    scope: &Scope,
    choice: &ServerChoice,
    sort: ServerSort,
    ask: &Ask,
) -> Result<Slice<Server>, StoreError> {
    let column = match sort {
        ServerSort::Name => Column { name: "name", sql: "server.name" },
        ServerSort::State => Column { name: "state", sql: "server.state" },
        ServerSort::SeenAt => Column { name: "seen_at", sql: "COALESCE(server.seen_at, 0)" },
        ServerSort::CreatedAt => Column { name: "created_at", sql: "server.created_at" },
    };
    let list = List { select: SELECT, table: "server", owner: "server.account_id", column };
    let owners = Owners::chosen(tx, scope, choice.account)?;
    list.page(tx, &owners, choice.conditions(&owners), ask, read)
}

/// How many servers of a scope are in each state.
///
/// # Errors
/// When the database fails.
pub fn server_counts(
    tx: &Connection,
    scope: &Scope,
    choice: &ServerChoice,
) -> Result<Vec<(ServerState, u32)>, StoreError> {
    let owners = Owners::chosen(tx, scope, choice.account)?;
    let mut conditions = choice.conditions(&owners);
    conditions.owned("server.account_id", &owners);
    let sql = format!("SELECT state, count(*) FROM server{} GROUP BY state", conditions.clause());
    let read = |row: &Row<'_>| {
        let state: String = row.get(0)?;
        Ok((row::word("server state", &state, ServerState::from_word)?, row.get(1)?))
    };
    conditions.all(tx, &sql, read)
}
