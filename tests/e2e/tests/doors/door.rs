//! One call through each door, and what it came to.

use std::sync::Arc;

use rackwright_catalog::{Entry, Fault, FaultCode};
use rackwright_client::{Caller, Client, Credential, Origin, UnixTransport, cli_line};
use rackwright_panel_kit::form::{fields, fill};
use rackwright_panel_kit::session::token_of;
use serde_json::Value;

use crate::center::Center;
use crate::line::{parse, piped};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Door {
    Api,
    Command,
    Panel,
}

/// What a call came to, as far as permissions go.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Outcome {
    /// It was carried out, or refused for what it said.
    Heard,
    NotSignedIn,
    Forbidden,
    NotFound,
}

/// The outcome and what was said to the person.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    pub outcome: Outcome,
    pub said: String,
}

impl Door {
    /// Carries out an action with a session of somebody.
    pub async fn call(self, center: &Center, session: &str, entry: &'static Entry, input: &Value) -> Answer {
        match self {
            Self::Api => api(center, session, entry, input).await,
            Self::Command => command(center, session, entry, input).await,
            Self::Panel => panel(center, session, entry, input).await,
        }
    }
}

async fn api(center: &Center, session: &str, entry: &Entry, input: &Value) -> Answer {
    let reply = center.front.call(session, entry.spec.name, input).await;
    Answer { outcome: outcome_of(reply.status), said: reply.text }
}

/// The line that is shown for the input, read by the command and sent over the socket.
async fn command(center: &Center, session: &str, entry: &'static Entry, input: &Value) -> Answer {
    let (chosen, input) = parse(&cli_line(entry, input), &mut piped(entry, input));
    assert_eq!(chosen.spec.name, entry.spec.name);
    let caller = Caller::new(Credential::Bearer(session.to_owned()), Origin::Cli);
    let client = Client::new(Arc::new(UnixTransport::new(&center.socket)), caller);
    match client.call_named(entry.spec.name, input).await {
        Ok(output) => Answer { outcome: Outcome::Heard, said: output.to_string() },
        Err(fault) => Answer { outcome: of_fault(&fault), said: fault.to_string() },
    }
}

/// The form as a script sends it; what only looks is asked for by its address.
async fn panel(center: &Center, session: &str, entry: &Entry, input: &Value) -> Answer {
    let typed = fill(&fields(&(entry.input_schema)()), input);
    let pairs = typed.pairs().filter(|(_, text)| !text.is_empty());
    let reply = if entry.spec.only_looks() {
        let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        center.front.open(session, &format!("{}?{query}", act_path(entry)), true).await
    } else {
        let token = token_of(session);
        let pairs = pairs.chain([("_token", token.as_str())]);
        center.front.post(session, &act_path(entry), pairs, true).await
    };
    let said = if reply.status < 400 { "done".to_owned() } else { problem(&reply.text) };
    Answer { outcome: outcome_of(reply.status), said }
}

/// Where the form of an action is, and where it is sent. Signing out is no form.
pub fn act_path(entry: &Entry) -> String {
    if entry.spec.name == "session.close" {
        return "/sign-out".to_owned();
    }
    format!("/act/{}/{}", entry.spec.noun(), entry.spec.verb())
}

/// The words that tell of the problem.
fn problem(page: &str) -> String {
    let from = page.find("<div class=\"card problem-card\"").or_else(|| page.find("<main")).unwrap_or(0);
    let rest = &page[from..];
    let rest = &rest[..rest.find("</div>").unwrap_or(rest.len())];
    let texts = rest.split('<').map(|tag| tag.split_once('>').map_or(tag, |(_, text)| text).trim());
    texts.filter(|text| !text.is_empty()).collect::<Vec<_>>().join(" ")
}

fn outcome_of(status: u16) -> Outcome {
    match status {
        401 => Outcome::NotSignedIn,
        403 => Outcome::Forbidden,
        404 => Outcome::NotFound,
        _ => Outcome::Heard,
    }
}

fn of_fault(fault: &Fault) -> Outcome {
    match fault.code {
        FaultCode::NotSignedIn => Outcome::NotSignedIn,
        FaultCode::Forbidden => Outcome::Forbidden,
        FaultCode::NotFound => Outcome::NotFound,
        _ => Outcome::Heard,
    }
}
