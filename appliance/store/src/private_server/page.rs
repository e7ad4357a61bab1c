//! Pages of private servers.

use rackwright_model::private_server::PrivateServerState;
use rackwright_model::{AccountId, Scope, ServerId};
use rusqlite::Connection;

use super::{PrivateServer, SELECT, read};
use crate::error::StoreError;
use crate::page::{Ask, Column, Conditions, List, Owners, Slice};
use crate::row;

/// Which private servers are meant; none of a choice takes all.
#[derive(Debug, Clone, Default)]
pub struct PrivateServerChoice {
    pub state: Option<PrivateServerState>,
    /// Servers whose agents are connected: states follow from it.
    pub reachable: Vec<ServerId>,
    /// Words that each stand in the name, an address, the account, or the name of a server of the scope.
    pub search: Option<String>,
    pub server: Option<ServerId>,
    /// Only private servers of this account, not of those below it.
    pub account: Option<AccountId>,
}

impl PrivateServerChoice {
    fn conditions(&self, scope: &Scope) -> Conditions {
        let mut conditions = Conditions::default();
        conditions.equal("private_server.id", scope.only_private_server().map(|only| only.0));
        conditions.equal("private_server.server_id", self.server.map(|server| server.0));
        if let Some(state) = self.state {
            let sql = self.state_sql(&mut conditions);
            let state = conditions.bind(state.word().to_owned());
            conditions.and(format!("{sql} = {state}"));
        }
        for word in self.search.iter().flat_map(|search| search.split_whitespace()) {
            let part = conditions.bind(row::containing(word));
            // Whoever works on one private server only sees no server.
            let (low, high) = match scope.only_private_server() {
                Some(_) => (String::new(), String::new()),
                None => (scope.low().to_owned(), scope.high()),
            };
            let (low, high) = (conditions.bind(low), conditions.bind(high));
            conditions.and(format!(
                "(private_server.name LIKE {part} ESCAPE '\\' OR private_server.address LIKE {part} ESCAPE '\\' \
                 OR private_server.address_v6 LIKE {part} ESCAPE '\\' \
                 OR EXISTS (SELECT 1 FROM account AS whose WHERE whose.id = private_server.account_id \
                 AND whose.name LIKE {part} ESCAPE '\\') \
                 OR EXISTS (SELECT 1 FROM server AS under JOIN account AS whose ON whose.id = under.account_id \
                 WHERE under.id = private_server.server_id AND under.name LIKE {part} ESCAPE '\\' \
                 AND whose.path >= {low} AND whose.path < {high}))"
            ));
        }
        conditions
    }

    /// [`PrivateServerState::of`] in SQL.
    fn state_sql(&self, conditions: &mut Conditions) -> String {
        let ids: Vec<String> = self.reachable.iter().map(|id| conditions.bind(id.0)).collect();
        let reachable = if ids.is_empty() {
            "1 = 0".to_owned()
        } else {
            format!("private_server.server_id IN ({})", ids.join(", "))
        };
        format!(
            "CASE WHEN removing <> 0 THEN 'removing' \
             WHEN moving IN ('stopping', 'finishing', 'arriving') THEN 'moving' WHEN NOT ({reachable}) THEN 'unreachable' \
             WHEN phase = 'failed' AND phase_generation = generation THEN 'failed' WHEN phase = 'frozen' THEN 'frozen' \
             WHEN power = 'on' AND suspended = 0 THEN CASE \
             WHEN phase = 'running' THEN CASE WHEN phase_generation = generation THEN 'running' ELSE 'changing' END \
             WHEN phase IS NULL OR phase IN ('fetching', 'making', 'gone') THEN 'creating' ELSE 'starting' END \
             WHEN phase IN ('running', 'stopping', 'starting') THEN 'stopping' \
             WHEN suspended <> 0 THEN 'suspended' \
             WHEN phase IS NULL OR phase IN ('fetching', 'making') THEN 'creating' ELSE 'stopped' END"
        )
    }
}

/// A page of the private servers of a scope, by name.
///
/// # Errors
/// When the database fails.
pub fn private_server_page(
    tx: &Connection,
    scope: &Scope,
    choice: &PrivateServerChoice,
    ask: &Ask,
) -> Result<Slice<PrivateServer>, StoreError> {
    let list = List {
        select: SELECT,
        table: "private_server",
        owner: "private_server.account_id",
        column: Column { name: "name", sql: "private_server.name" },
    };
    let owners = Owners::chosen(tx, scope, choice.account)?;
    list.page(tx, &owners, choice.conditions(scope), ask, read)
}
