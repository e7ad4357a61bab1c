//! Which servers are shown, and how: what stands in the address of the page.

use rackwright_catalog::actions::server::ServerListInput;
use rackwright_model::{Name, ServerState};
use serde::{Deserialize, Serialize};

use super::group::Grouping;

/// `?view=wall|table&state=online&search=r1&group=rack&rack=a1&site=fra-1`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    view: String,
    state: String,
    search: String,
    group: String,
    rack: String,
    site: String,
}

/// The same, checked: what makes no sense is left out.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Chosen {
    /// `wall` or `table`.
    pub view: &'static str,
    pub state: String,
    pub search: String,
    pub group: &'static str,
    pub rack: String,
    pub site: String,
    #[serde(skip)]
    pub grouping: Grouping,
}

impl Choice {
    pub fn checked(&self) -> Chosen {
        let name = |text: &str| text.parse::<Name>().map(|name| name.to_string()).unwrap_or_default();
        let grouping = Grouping::from_word(&self.group);
        Chosen {
            view: if self.view == "table" { "table" } else { "wall" },
            state: ServerState::from_word(&self.state).map(ServerState::word).unwrap_or_default().to_owned(),
            search: self.search.trim().chars().take(63).collect(),
            group: grouping.word(),
            rack: name(&self.rack),
            site: name(&self.site),
            grouping,
        }
    }
}

impl Chosen {
    pub fn input(&self) -> ServerListInput {
        ServerListInput {
            state: ServerState::from_word(&self.state),
            search: (!self.search.is_empty()).then(|| self.search.clone()),
            rack: self.rack.parse().ok(),
            site: self.site.parse().ok(),
        }
    }

    /// The address of the page with one part of the choice changed.
    pub fn with(&self, key: &str, value: &str) -> String {
        let parts = [
            ("view", self.view),
            ("state", &self.state),
            ("search", &self.search),
            ("group", self.group),
            ("rack", &self.rack),
            ("site", &self.site),
        ];
        let pairs: Vec<String> = parts
            .into_iter()
            .map(|(name, now)| (name, if name == key { value } else { now }))
            .filter(|(name, text)| !text.is_empty() && (*name, *text) != ("group", "none"))
            .map(|(name, text)| format!("{name}={}", encoded(text)))
            .collect();
        format!("/servers?{}", pairs.join("&"))
    }
}

fn encoded(text: &str) -> String {
    text.bytes().fold(String::new(), |mut out, byte| {
        match byte {
            b'a'..=b'z' | b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'.' | b'_' => out.push(char::from(byte)),
            other => out.push_str(&format!("%{other:02X}")),
        }
        out
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_keeps_what_is_not_changed() {
        let choice = Choice {
            view: "table".into(),
            search: "a b&c".into(),
            rack: "No Name".into(),
            ..Choice::default()
        };
        let chosen = choice.checked();
        assert_eq!(chosen.with("state", "online"), "/servers?view=table&state=online&search=a%20b%26c");
        assert_eq!(chosen.with("search", ""), "/servers?view=table");
        assert_eq!(chosen.input().rack, None);
    }
}
