//! Servers under headings: by rack, site, state or profile.

use rackwright_catalog::actions::server::ServerSummary;
use rackwright_model::ServerState;
use rackwright_panel_kit::messages::{tell, tell_with};
use serde::Serialize;

use super::ServerView;

/// By what servers are put together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Grouping {
    None,
    Rack,
    Site,
    State,
    Profile,
}

/// Servers under one heading; without one when there is no grouping.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct GroupView {
    /// Stands in the id of the heading.
    pub key: String,
    pub title: String,
    /// Where the heading leads.
    pub href: String,
    pub servers: Vec<ServerView>,
}

/// What puts a server under its heading, with its place among the headings; none for those without one.
type Key = Option<(usize, String)>;

impl Grouping {
    pub const ALL: [Self; 5] = [Self::None, Self::Rack, Self::Site, Self::State, Self::Profile];

    pub fn word(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Rack => "rack",
            Self::Site => "site",
            Self::State => "state",
            Self::Profile => "profile",
        }
    }

    /// No grouping when the word is none.
    pub fn from_word(word: &str) -> Self {
        Self::ALL.into_iter().find(|grouping| grouping.word() == word).unwrap_or(Self::None)
    }

    /// The servers under their headings; those without one come last.
    pub fn group(self, servers: Vec<ServerView>) -> Vec<GroupView> {
        let mut groups: Vec<(Key, Vec<ServerView>)> = Vec::new();
        for server in servers {
            let key = self.key(&server.server);
            match groups.iter_mut().find(|(known, _)| *known == key) {
                Some((_, members)) => members.push(server),
                None => groups.push((key, vec![server])),
            }
        }
        groups.sort_by(|(a, _), (b, _)| (a.is_none(), a).cmp(&(b.is_none(), b)));
        for (_, members) in groups.iter_mut().filter(|_| self == Self::Rack) {
            // As one sees them, from the top.
            members.sort_by_key(|one| std::cmp::Reverse(one.server.unit));
        }
        groups.into_iter().map(|(key, servers)| self.view(key, servers)).collect()
    }

    fn key(self, server: &ServerSummary) -> Key {
        let named = |name: &Option<rackwright_model::Name>| name.as_ref().map(|name| (0, name.to_string()));
        match self {
            Self::None => None,
            Self::Rack => named(&server.rack),
            Self::Site => named(&server.site),
            Self::Profile => named(&server.profile),
            Self::State => {
                let place = ServerState::ALL.iter().position(|state| *state == server.state).unwrap_or(0);
                Some((place, server.state.word().to_owned()))
            }
        }
    }

    fn view(self, key: Key, servers: Vec<ServerView>) -> GroupView {
        let site = servers.first().and_then(|one| one.server.site.as_ref()).filter(|_| self == Self::Rack);
        let (title, href) = match (self, &key) {
            (Self::None, _) => (String::new(), String::new()),
            (_, None) => (tell(&format!("group-no-{}", self.word())), String::new()),
            (Self::Rack, Some((_, name))) => {
                let key = if site.is_some() { "group-rack-at" } else { "group-rack" };
                let site = site.map(ToString::to_string).unwrap_or_default();
                let title = tell_with(key, &[("name", name.as_str().into()), ("site", site.into())]);
                (title, format!("/racks/{name}"))
            }
            (Self::Profile, Some((_, name))) => (named("group-profile", name), format!("/profiles/{name}")),
            (Self::Site, Some((_, name))) => (named("group-site", name), "/racks".to_owned()),
            (Self::State, Some((_, name))) => (tell(&format!("state-{name}")), String::new()),
        };
        let key = key.map_or_else(|| "none".to_owned(), |(_, name)| name);
        GroupView { key, title, href, servers }
    }
}

/// What a thing of this name is called above its group.
pub(super) fn named(key: &str, name: &str) -> String {
    tell_with(key, &[("name", name.into())])
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::Action;
    use rackwright_catalog::actions::server::ServerList;

    use super::*;

    fn server(name: &str, rack: Option<(&str, u32)>, state: ServerState) -> ServerView {
        let sample = ServerList::sample_output().items.remove(0);
        ServerView::new(ServerSummary {
            name: name.parse().expect("a name"),
            state,
            rack: rack.map(|(rack, _)| rack.parse().expect("a name")),
            unit: rack.map(|(_, unit)| unit),
            ..sample
        })
    }

    fn told(grouping: Grouping) -> Vec<(String, Vec<String>)> {
        let servers = vec![
            server("a", None, ServerState::Online),
            server("b", Some(("r2", 1)), ServerState::Failed),
            server("c", Some(("r1", 1)), ServerState::Online),
            server("d", Some(("r1", 9)), ServerState::Ready),
        ];
        let name = |one: &ServerView| one.server.name.to_string();
        let groups = grouping.group(servers).into_iter();
        groups.map(|group| (group.title, group.servers.iter().map(name).collect())).collect()
    }

    #[test]
    fn racks_are_shown_from_the_top_and_the_unplaced_last() {
        let titles = ["rack r1 · fra-1", "rack r2 · fra-1", "no rack"];
        let members = [vec!["d", "c"], vec!["b"], vec!["a"]];
        for ((title, names), (told, seen)) in titles.iter().zip(members).zip(told(Grouping::Rack)) {
            assert_eq!((*title, names), (told.as_str(), seen.iter().map(String::as_str).collect()));
        }
    }

    #[test]
    fn states_come_in_the_order_of_the_lifecycle() {
        let titles: Vec<String> = told(Grouping::State).into_iter().map(|(title, _)| title).collect();
        assert_eq!(titles, ["ready", "online", "failed"]);
        assert_eq!(told(Grouping::None).len(), 1);
    }
}
