//! Which private servers are shown, and how: what stands in the address of the page.

use rackwright_catalog::actions::private_server::{PrivateServerListInput, PrivateServerView};
use rackwright_model::private_server::PrivateServerState;
use rackwright_panel_kit::messages::tell;
use serde::{Deserialize, Serialize};

use crate::fleet::{address, encoded, name};

/// Private servers of a page.
const ROWS: u32 = 500;

/// `?view=wall|table&state=running&search=web&group=server&server=r1-u07&account=acme&after=…`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    view: String,
    state: String,
    search: String,
    group: String,
    server: String,
    account: String,
    after: String,
}

/// The same, checked: what makes no sense is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// `wall` or `table`.
    pub view: &'static str,
    pub state: String,
    pub search: String,
    pub group: &'static str,
    pub server: String,
    pub account: String,
    /// Where the page begins.
    pub after: String,
    #[serde(skip)]
    pub grouping: Grouping,
}

/// By what private servers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    None,
    Server,
    Account,
    State,
}

impl Grouping {
    pub const ALL: [Self; 4] = [Self::None, Self::Server, Self::Account, Self::State];

    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Server => "server",
            Self::Account => "account",
            Self::State => "state",
        }
    }

    /// The heading under which a private server stands; empty without one.
    pub fn heading(self, one: &PrivateServerView) -> String {
        match self {
            Self::None => String::new(),
            Self::Server => one.server.as_ref().map_or_else(|| tell("group-no-server"), ToString::to_string),
            Self::Account => one.account.to_string(),
            Self::State => tell(&format!("state-private-{}", one.state.word())),
        }
    }
}

impl Choice {
    pub fn checked(&self) -> Chosen {
        let grouping =
            Grouping::ALL.into_iter().find(|one| one.word() == self.group).unwrap_or(Grouping::None);
        Chosen {
            view: if self.view == "table" { "table" } else { "wall" },
            state: PrivateServerState::from_word(&self.state)
                .map(PrivateServerState::word)
                .unwrap_or_default()
                .to_owned(),
            search: self.search.trim().chars().take(63).collect(),
            group: grouping.word(),
            server: name(&self.server),
            account: name(&self.account),
            after: self.after.clone(),
            grouping,
        }
    }
}

impl Chosen {
    /// What is asked for, in every state: so that each can say how many are in it.
    pub fn in_every_state(&self) -> PrivateServerListInput {
        PrivateServerListInput { state: None, after: None, ..self.input() }
    }

    pub fn input(&self) -> PrivateServerListInput {
        PrivateServerListInput {
            state: PrivateServerState::from_word(&self.state),
            search: (!self.search.is_empty()).then(|| self.search.clone()),
            server: self.server.parse().ok(),
            account: self.account.parse().ok(),
            order: None,
            after: (!self.after.is_empty()).then(|| self.after.clone()),
            limit: Some(ROWS),
        }
    }

    /// The address of the page that begins after this place.
    pub fn page(&self, after: &str) -> String {
        let first = self.with("", "");
        if after.is_empty() { first } else { format!("{first}&after={}", encoded(after)) }
    }

    /// The address of the first page with one part of the choice changed.
    pub fn with(&self, key: &str, value: &str) -> String {
        let parts = [
            ("view", self.view),
            ("state", &self.state),
            ("search", &self.search),
            ("group", self.group),
            ("server", &self.server),
            ("account", &self.account),
        ];
        address("/private-servers", &parts, key, value)
    }

    /// Whether nothing narrows the choice.
    pub fn is_whole(&self) -> bool {
        [&self.state, &self.search, &self.server, &self.account, &self.after]
            .iter()
            .all(|text| text.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_is_not_changed() {
        let choice = Choice {
            view: "table".into(),
            search: "a b&c".into(),
            server: "No Name".into(),
            state: "flying".into(),
            ..Choice::default()
        };
        let chosen = choice.checked();
        assert_eq!(
            chosen.with("state", "running"),
            "/private-servers?view=table&state=running&search=a%20b%26c"
        );
        assert_eq!(chosen.page("a-b"), "/private-servers?view=table&search=a%20b%26c&after=a-b");
        let input = chosen.input();
        assert_eq!((input.server, input.state), (None, None));
    }
}
