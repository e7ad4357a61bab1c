//! Which servers are shown, and how: what stands in the address of the page.

use rackwright_catalog::actions::server::{ServerCountInput, ServerListInput};
use rackwright_model::{Name, Order, ServerSort, ServerState};
use serde::{Deserialize, Serialize};

use super::group::Grouping;

/// Servers of a page of the wall.
const TILES: u32 = 500;

/// `?view=wall|table&state=online&search=r1&group=rack&rack=a1&site=fra-1&sort=seen_at&order=descending&after=…`
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    view: String,
    state: String,
    search: String,
    group: String,
    rack: String,
    site: String,
    sort: String,
    order: String,
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
    pub rack: String,
    pub site: String,
    /// Nothing when servers are put in order by name.
    pub sort: &'static str,
    /// Nothing when the order is ascending.
    pub order: &'static str,
    /// Where the page begins.
    pub after: String,
    #[serde(skip)]
    pub grouping: Grouping,
}

impl Choice {
    pub fn checked(&self) -> Chosen {
        let grouping = Grouping::from_word(&self.group);
        Chosen {
            view: if self.view == "table" { "table" } else { "wall" },
            state: ServerState::from_word(&self.state).map(ServerState::word).unwrap_or_default().to_owned(),
            search: self.search.trim().chars().take(63).collect(),
            group: grouping.word(),
            rack: name(&self.rack),
            site: name(&self.site),
            sort: ServerSort::from_word(&self.sort)
                .map_or("", |sort| if sort == ServerSort::Name { "" } else { sort.word() }),
            order: if self.order == Order::Descending.word() { Order::Descending.word() } else { "" },
            after: self.after.clone(),
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
            account: None,
            sort: ServerSort::from_word(self.sort),
            order: (!self.order.is_empty()).then_some(Order::Descending),
            after: (!self.after.is_empty()).then(|| self.after.clone()),
            limit: (self.view == "wall").then_some(TILES),
        }
    }

    /// All states are counted, so that every filter can say how many it holds.
    pub fn count(&self) -> ServerCountInput {
        let ServerListInput { search, rack, site, account, .. } = self.input();
        ServerCountInput { search, rack, site, account }
    }

    /// The address of the page that begins after this place.
    pub fn page(&self, after: &str) -> String {
        let first = self.with("after", "");
        if after.is_empty() { first } else { format!("{first}&after={}", encoded(after)) }
    }

    /// The address of the page in the order of this column: the other way round when it is in that order already.
    pub fn sorted(&self, sort: ServerSort) -> String {
        let turned = self.is_sorted(sort) && self.order.is_empty();
        let order = if turned { Order::Descending.word() } else { "" };
        let sort = if sort == ServerSort::Name { "" } else { sort.word() };
        Self { sort, order, ..self.clone() }.with("after", "")
    }

    pub fn after_encoded(&self) -> String {
        encoded(&self.after)
    }

    pub fn is_sorted(&self, sort: ServerSort) -> bool {
        ServerSort::from_word(self.sort).unwrap_or_default() == sort
    }

    /// The address of the first page with one part of the choice changed.
    pub fn with(&self, key: &str, value: &str) -> String {
        let parts = [
            ("view", self.view),
            ("state", &self.state),
            ("search", &self.search),
            ("group", self.group),
            ("rack", &self.rack),
            ("site", &self.site),
            ("sort", self.sort),
            ("order", self.order),
        ];
        address("/servers", &parts, key, value)
    }
}

/// The address of a page of these choices, with one of them changed. What is empty, and to be grouped by nothing, is left out.
pub fn address(page: &str, parts: &[(&str, &str)], key: &str, value: &str) -> String {
    let pairs: Vec<String> = parts
        .iter()
        .map(|(name, now)| (*name, if *name == key { value } else { *now }))
        .filter(|(name, text)| !text.is_empty() && (*name, *text) != ("group", "none"))
        .map(|(name, text)| format!("{name}={}", encoded(text)))
        .collect();
    format!("{page}?{}", pairs.join("&"))
}

/// A name, or nothing where there is none.
pub fn name(text: &str) -> String {
    text.parse::<Name>().map(|name| name.to_string()).unwrap_or_default()
}

/// A text as it stands in an address.
pub fn encoded(text: &str) -> String {
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
        assert_eq!(chosen.page("a-b"), "/servers?view=table&search=a%20b%26c&after=a-b");
        let turned = chosen.sorted(ServerSort::Name);
        assert_eq!(turned, "/servers?view=table&search=a%20b%26c&order=descending");
        assert_eq!(chosen.sorted(ServerSort::SeenAt), "/servers?view=table&search=a%20b%26c&sort=seen_at");
    }
}
