//! `/bulk/{noun}/{verb}`: one action of the catalogue on several servers. A page names the servers and asks; then the
//! action is carried out once per server, and each has its own result.

mod confirm;
mod submit;

use futures_util::stream::{self, StreamExt, TryStreamExt};
use rackwright_catalog::actions::server::ServerSummary;
use rackwright_catalog::{Effect, Entry, Fault, FaultCode};
use rackwright_model::Name;
use rackwright_panel_kit::Session;
use rackwright_panel_kit::form::{Field, Kind, Typed, fields};
use rackwright_panel_kit::messages::{of_catalogue, tell, tell_with};

pub use confirm::{line, show};
pub use submit::submit;

/// Actions that make sense on several servers at once.
const ACTIONS: [&str; 3] = ["server.power", "server.install", "server.retire"];
/// More are not asked for in one go: each is carried out by a call of its own.
const MOST: usize = 500;
/// Servers that are worked on at once: a BMC takes seconds, and a hundred of them should not take minutes.
const AT_ONCE: usize = 16;
/// The field in which the person repeats how many servers are meant.
const CONFIRM: &str = "_confirm";

/// An action and the servers that it is meant for.
struct Bulk {
    entry: &'static Entry,
    servers: Vec<Name>,
    typed: Typed,
}

impl Bulk {
    fn of(noun: &str, verb: &str, typed: Typed) -> Result<Self, Fault> {
        let name = format!("{noun}.{verb}");
        let entry = rackwright_catalog::entry(&name)
            .filter(|_| ACTIONS.contains(&name.as_str()))
            .ok_or_else(|| refused(tell("fault-bulk-action")))?;
        let mut servers: Vec<Name> = Vec::new();
        for (_, text) in typed.pairs().filter(|(key, _)| *key == "server") {
            if servers.len() > MOST {
                break;
            }
            let server: Name = text.parse().map_err(|_| refused(tell("fault-bulk-name")))?;
            if !servers.contains(&server) {
                servers.push(server);
            }
        }
        match servers.len() {
            0 => Err(refused(tell("fault-bulk-none"))),
            1..=MOST => Ok(Self { entry, servers, typed }),
            _ => Err(refused(tell_with("fault-bulk-many", &[("n", MOST.into())]))),
        }
    }

    /// What is asked once for all: the inputs of the action without those that name a server.
    fn fields(&self) -> Vec<Field> {
        let mut asked = fields(&(self.entry.input_schema)());
        asked.retain(|field| !is_of_a_server(&field.path));
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
        for field in known.iter().filter(|field| is_of_a_server(&field.path)) {
            let repeats = field.path != "server";
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
        tell_with("bulk-count", &[("n", self.servers.len().into())])
    }

    /// What is known of the servers, in the order in which they were named.
    async fn known(&self, session: &Session) -> Result<Vec<(Name, Option<ServerSummary>)>, Fault> {
        let one = async |name: &Name| match crate::server::detail(session, name.as_str()).await {
            Ok(detail) => Ok((name.clone(), Some(detail.summary))),
            Err(fault) if fault.code == FaultCode::NotFound => Ok((name.clone(), None)),
            Err(fault) => Err(fault),
        };
        stream::iter(&self.servers).map(one).buffered(AT_ONCE).try_collect().await
    }
}

/// Fields that name the server, or repeat its name to confirm.
fn is_of_a_server(path: &str) -> bool {
    matches!(path, "server" | "confirm" | "confirm_wipe")
}

fn refused(reason: String) -> Fault {
    Fault::new(FaultCode::InvalidInput, tell("fault-bulk"), reason, tell("fault-bulk-advice"))
}
