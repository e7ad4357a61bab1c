//! `/bulk/{noun}/{verb}`: one action of the catalogue on several servers. A page names the servers and asks; then the
//! action is carried out once per server, and each has its own result.

mod confirm;
mod submit;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rackwright_catalog::actions::private_server::PrivateServerView;
use rackwright_catalog::actions::server::ServerSummary;
use rackwright_catalog::{Effect, Entry, Fault, FaultCode};
use rackwright_model::Name;
use rackwright_panel_kit::form::{Field, Kind, Typed, fields};
use rackwright_panel_kit::messages::{of_catalogue, tell, tell_with};
use rackwright_panel_kit::{Crumb, Session};

pub use confirm::{line, show};
pub use submit::submit;

/// Actions that make sense on several servers at once, and on several private servers.
const ACTIONS: [(&str, Kinds); 6] = [
    ("server.power", Kinds::Servers),
    ("server.install", Kinds::Servers),
    ("server.retire", Kinds::Servers),
    ("private-server.start", Kinds::PrivateServers),
    ("private-server.stop", Kinds::PrivateServers),
    ("private-server.reboot", Kinds::PrivateServers),
];
/// More are not asked for in one go: each is carried out by a call of its own.
const MOST: usize = 500;
/// Servers that are worked on at once: a BMC takes seconds, and a hundred of them should not take minutes.
const AT_ONCE: usize = 16;
/// The field in which the person repeats how many servers are meant.
const CONFIRM: &str = "_confirm";

/// What is acted on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kinds {
    Servers,
    PrivateServers,
}

/// What is known of one of them.
struct Known {
    /// The state, as it is drawn.
    mark: String,
    /// What tells it from others beside its name.
    note: String,
    holds_a_system: bool,
}

impl Kinds {
    /// The field that names one.
    fn key(self) -> &'static str {
        match self {
            Self::Servers => "server",
            Self::PrivateServers => "private_server",
        }
    }

    /// Where they are listed.
    fn list(self) -> &'static str {
        match self {
            Self::Servers => "/servers",
            Self::PrivateServers => "/private-servers",
        }
    }

    /// The crumb of their list.
    fn crumb(self) -> Crumb {
        let label = match self {
            Self::Servers => tell("menu-servers"),
            Self::PrivateServers => tell("menu-private-servers"),
        };
        Crumb::new(label, self.list())
    }

    /// "1 server", "3 private servers".
    fn count(self, n: usize) -> String {
        let key = match self {
            Self::Servers => "bulk-count",
            Self::PrivateServers => "bulk-count-private",
        };
        tell_with(key, &[("n", n.into())])
    }

    /// "no server is selected"
    fn none(self) -> String {
        match self {
            Self::Servers => tell("fault-bulk-none"),
            Self::PrivateServers => tell("fault-bulk-none-private"),
        }
    }

    async fn one(self, session: &Session, name: &Name) -> Result<Known, Fault> {
        match self {
            Self::Servers => crate::server::detail(session, name.as_str())
                .await
                .map(|detail| Known::server(&detail.summary)),
            Self::PrivateServers => crate::private::one::detail(session, name.as_str())
                .await
                .map(|detail| Known::private_server(&detail.summary)),
        }
    }
}

impl Known {
    fn server(server: &ServerSummary) -> Self {
        let address = server.address.map(|address| address.to_string());
        let rack = server.rack.as_ref().zip(server.unit).map(|(rack, unit)| format!("{rack} · U{unit}"));
        Self {
            mark: server.state.word().to_owned(),
            note: [rack, address].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            holds_a_system: server.state.holds_a_system(),
        }
    }

    fn private_server(one: &PrivateServerView) -> Self {
        let address = one.address.map(|address| address.to_string());
        let server = one.server.as_ref().map(ToString::to_string);
        Self {
            mark: crate::private::mark(one.state),
            note: [address, server].into_iter().flatten().collect::<Vec<_>>().join(" · "),
            holds_a_system: true,
        }
    }
}

/// An action and the servers that it is meant for.
struct Bulk {
    entry: &'static Entry,
    kinds: Kinds,
    servers: Vec<Name>,
    typed: Typed,
}

impl Bulk {
    fn of(noun: &str, verb: &str, typed: Typed) -> Result<Self, Fault> {
        let name = format!("{noun}.{verb}");
        let known = ACTIONS.into_iter().find(|(action, _)| *action == name);
        let (entry, kinds) = known
            .and_then(|(_, kinds)| Some((rackwright_catalog::entry(&name)?, kinds)))
            .ok_or_else(|| refused(tell("fault-bulk-action")))?;
        let mut servers: Vec<Name> = Vec::new();
        for (_, text) in typed.pairs().filter(|(key, _)| *key == kinds.key()) {
            if servers.len() > MOST {
                break;
            }
            let server: Name = text.parse().map_err(|_| refused(tell("fault-bulk-name")))?;
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        match servers.len() {
            0 => Err(refused(kinds.none())),
            1..=MOST => Ok(Self { entry, kinds, servers, typed }),
            _ => Err(refused(tell_with("fault-bulk-many", &[("n", MOST.into())]))),
        }
    }

    /// What is asked once for all: the inputs of the action without those that name a server.
    fn fields(&self) -> Vec<Field> {
        let mut asked = fields(&(self.entry.input_schema)());
        asked.retain(|field| !self.is_about_one(&field.path));
        for field in &mut asked {
            // Asking several machines for their power state is what the wall is for.
            if let Kind::OneOf(words) = &mut field.kind {
                words.retain(|(word, _)| word != "status");
            }
        }
        asked
    }

    /// The input for one server, from what was asked for all.
    fn input(&self, shared: &serde_json::Value, server: &Name) -> serde_json::Value {
        let mut input = shared.clone();
        let known = fields(&(self.entry.input_schema)());
        for field in known.iter().filter(|field| self.is_about_one(&field.path)) {
            let repeats = field.path != self.kinds.key();
            if !repeats || self.destroys() {
                input[field.path.as_str()] = serde_json::json!(server);
            }
        }
        input
    }

    fn destroys(&self) -> bool {
        self.entry.spec.effect == Effect::Destroy
    }

    /// "Install 3 servers", "Power cycle 1 server".
    fn title(&self) -> String {
        let order = self.typed.get("order").filter(|order| matches!(*order, "on" | "off" | "cycle"));
        let verb = match order {
            Some(order) => tell(&format!("button-power-{order}")),
            None => of_catalogue(self.entry.spec.title).into_owned(),
        };
        self.doing(verb)
    }

    /// What is done to how many.
    fn doing(&self, verb: String) -> String {
        tell_with("bulk-title", &[("verb", verb.into()), ("count", self.count().into())])
    }

    /// "1 server", "3 servers": what is typed to confirm, too.
    fn count(&self) -> String {
        self.kinds.count(self.servers.len())
    }

    /// What is known of the servers, in the order in which they were named.
    async fn known(&self, session: &Session) -> Result<Vec<(Name, Option<Known>)>, Fault> {
        let one = async |name: &Name| match self.kinds.one(session, name).await {
            Ok(known) => Ok((name.clone(), Some(known))),
            Err(fault) if fault.code == FaultCode::NotFound => Ok((name.clone(), None)),
            Err(fault) => Err(fault),
        };
        stream::iter(&self.servers).map(one).buffered(AT_ONCE).try_collect().await
    }

    /// Fields that name the one, or repeat its name to confirm.
    fn is_about_one(&self, path: &str) -> bool {
        path == self.kinds.key() || matches!(path, "confirm" | "confirm_wipe")
    }
}

fn refused(reason: String) -> Fault {
    Fault::new(FaultCode::InvalidInput, tell("fault-bulk"), reason, tell("fault-bulk-advice"))
}
