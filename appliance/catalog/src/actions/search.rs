//! Finding things of any kind by what is known of them.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Page, action};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SearchFindInput {
    /// Part of a name, a title, an address or a MAC address, or the number of a job.
    #[schemars(length(min = 1, max = 64))]
    pub query: String,
    /// How many hits of each kind are wanted; 6 when it is left out.
    #[schemars(range(min = 1, max = 50))]
    pub limit: Option<u32>,
}

/// What can be found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum HitKind {
    Server,
    #[serde(rename = "private-server")]
    PrivateServer,
    Job,
    Rack,
    Image,
    Profile,
    Network,
    Account,
    User,
}

impl HitKind {
    /// In the order in which they are shown.
    pub const ALL: [Self; 9] = [
        Self::Server,
        Self::PrivateServer,
        Self::Job,
        Self::Rack,
        Self::Image,
        Self::Profile,
        Self::Network,
        Self::Account,
        Self::User,
    ];

    /// The action that lists things of this kind: whoever may call it may find them.
    #[must_use]
    pub fn list_action(self) -> &'static str {
        match self {
            Self::Server => "server.list",
            Self::PrivateServer => "private-server.list",
            Self::Job => "job.list",
            Self::Rack => "rack.list",
            Self::Image => "image.list",
            Self::Profile => "profile.list",
            Self::Network => "network.list",
            Self::Account => "account.list",
            Self::User => "user.list",
        }
    }

    /// The noun of its actions.
    #[must_use]
    pub fn noun(self) -> &'static str {
        self.list_action().split_once('.').map_or("", |(noun, _)| noun)
    }
}

/// Something that was found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Hit {
    pub kind: HitKind,
    /// What actions call it by: its name, or the number of a job.
    pub name: String,
    /// What tells it from others: an address, an operating system, the title of a job.
    pub note: String,
    pub state: Option<String>,
}

action! {
    SearchFind, "search.find", "Find", "Find servers, jobs, racks, images, profiles, networks, accounts and users by what is known of them.",
    SignedIn, Read,
    SearchFindInput => Page<Hit>, main "query", columns ["kind", "name", "note", "state"], check check_find;
    SearchFindInput { query: "r1-u07".into(), limit: None };
    Page::whole(vec![
        Hit { kind: HitKind::Server, name: "r1-u07".into(), note: "10.77.0.50".into(), state: Some("online".into()) },
        Hit { kind: HitKind::Job, name: "7".into(), note: "install r1-u07 with debian-12".into(), state: Some("succeeded".into()) },
    ])
}

fn check_find(input: &SearchFindInput) -> Vec<FieldProblem> {
    let blank = input.query.trim().is_empty();
    blank
        .then(|| FieldProblem::new("query", "is blank: type part of a name or an address"))
        .into_iter()
        .collect()
}
