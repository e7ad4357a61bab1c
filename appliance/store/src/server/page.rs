//! Pages of servers, and how many there are.

use rackwright_model::{AccountId, Name, Scope, ServerSort, ServerState};
use rusqlite::{Connection, Row};

use super::{SELECT, Server, read};
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;

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
}

impl ServerChoice {
    fn conditions(&self) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equal("server.state", self.state.map(|state| state.word().to_owned()));
        for (column, name) in [("rack.name", &self.rack), ("rack.site", &self.site)] {
            if let Some(name) = name {
                let name = conditions.bind(name.to_string());
                conditions.and(standing(&format!("{column} = {name}")));
            }
        }
        for word in self.search.iter().flat_map(|search| search.split_whitespace()) {
            let part = conditions.bind(row::containing(word));
            let like = |column: &str| format!("{column} LIKE {part} ESCAPE '\\'");
            let own = ["server.name", "server.address", "server.profile"].map(like).join(" OR ");
            conditions.and(format!(
                "({own} OR server.id IN (SELECT server_id FROM server_mac WHERE {}) OR {})",
                like("mac"),
                standing(&format!("{} OR {}", like("rack.name"), like("rack.site")))
            ));
        }
        conditions
    }
}

/// The server stands in a rack that meets the condition.
fn standing(condition: &str) -> String {
    format!(
        "server.id IN (SELECT placement.server_id FROM rack JOIN placement ON placement.rack_id = rack.id \
         WHERE {condition})"
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
    list.page(tx, &owners, choice.conditions(), ask, read)
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
    let mut conditions = choice.conditions();
    conditions.owned("server.account_id", &Owners::chosen(tx, scope, choice.account)?);
    let sql = format!("SELECT state, count(*) FROM server{} GROUP BY state", conditions.clause());
    let read = |row: &Row<'_>| {
        let state: String = row.get(0)?;
        Ok((row::word("server state", &state, ServerState::from_word)?, row.get(1)?))
    };
    conditions.all(tx, &sql, read)
}
