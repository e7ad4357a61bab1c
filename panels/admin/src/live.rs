//! `GET /live`: what happens, as server-sent events. An event says only what changed; the page fetches it.
//!
//! Names: `sync` (everything may have changed), `roster` (a server came, went or changed its state), `server-NAME`
//! (anything but load), `private-servers` (something happened to a private server), `state-NAME`, `boot-NAME`, `job-NAME`, `load-NAME`, `agent-NAME`, `jobs`, `system`, `signed-out`.

use std::collections::BTreeSet;
use std::convert::Infallible;
use std::time::Duration;

use axum::response::sse::{Event, KeepAlive, Sse};
use futures_util::stream::{self, Stream, StreamExt};
use rackwright_catalog::FaultCode;
use rackwright_catalog::actions::server::{ServerEventView, ServerWatch, ServerWatchInput};
use rackwright_client::Client;
use rackwright_panel_kit::{Refusal, Session};

/// How long one look may wait for something to happen, in seconds.
const WAIT_S: u32 = 20;
/// Pause between two looks, so that a busy fleet does not make a page fetch more often than it can draw.
const BREATH: Duration = Duration::from_millis(300);
/// Pause after the Control Center could not answer.
const AFTER_FAULT: Duration = Duration::from_secs(2);
/// Failures in a row after which the stream ends; the browser then opens another.
const MOST_FAILURES: u32 = 5;

/// Where a stream stands.
enum Place {
    /// Nothing is sent yet.
    Start(Client),
    /// Everything up to the event `next` is told; so many looks in a row have failed.
    After {
        client: Client,
        next: i64,
        failures: u32,
    },
    /// The browser is to be told that nobody is signed in.
    SignedOut,
    /// Nothing to tell: whoever listens may not look at servers. The stream stays, so that the browser does not ask again.
    Quiet,
    End,
}

/// What happens to servers, for as long as the browser listens.
pub async fn stream(session: Result<Session, Refusal>) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let start = session.map_or(Place::SignedOut, |session| Place::Start(session.client));
    let batches = stream::unfold(start, step);
    let events =
        batches.flat_map(|names| stream::iter(names).map(|name| Ok(Event::default().event(name).data("1"))));
    Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15)))
}

/// The next events to send, and where the stream stands then; none when it ends.
async fn step(place: Place) -> Option<(Vec<String>, Place)> {
    match place {
        Place::Start(client) => Some(begin(client).await),
        Place::After { client, next, failures } => Some(follow(client, next, failures).await),
        Place::SignedOut => Some((vec!["signed-out".to_owned()], Place::End)),
        Place::Quiet => std::future::pending().await,
        Place::End => None,
    }
}

/// Take the cursor first, then have the page fetch everything: what happens in between is told twice, never lost.
async fn begin(client: Client) -> (Vec<String>, Place) {
    let input = ServerWatchInput { server: None, after: None, wait_s: Some(0) };
    match client.call::<ServerWatch>(input).await {
        Ok(watched) => (vec!["sync".to_owned()], Place::After { client, next: watched.next, failures: 0 }),
        Err(fault) if fault.code == FaultCode::NotSignedIn => (Vec::new(), Place::SignedOut),
        Err(fault) if fault.code == FaultCode::Forbidden => (vec!["sync".to_owned()], Place::Quiet),
        Err(_) => {
            tokio::time::sleep(AFTER_FAULT).await;
            (Vec::new(), Place::End)
        }
    }
}

async fn follow(client: Client, next: i64, failures: u32) -> (Vec<String>, Place) {
    tokio::time::sleep(BREATH).await;
    let input = ServerWatchInput { server: None, after: Some(next), wait_s: Some(WAIT_S) };
    match client.call::<ServerWatch>(input).await {
        Ok(watched) => (names(&watched.items), Place::After { client, next: watched.next, failures: 0 }),
        Err(fault) if fault.code == FaultCode::NotSignedIn => (Vec::new(), Place::SignedOut),
        Err(_) if failures >= MOST_FAILURES => (Vec::new(), Place::End),
        Err(_) => {
            tokio::time::sleep(AFTER_FAULT).await;
            (Vec::new(), Place::After { client, next, failures: failures + 1 })
        }
    }
}

/// What the events of one look are called on the stream, each once.
fn names(items: &[ServerEventView]) -> Vec<String> {
    let mut names = BTreeSet::new();
    for item in items {
        match item.kind.as_str() {
            "state" => names.insert("roster".to_owned()),
            "job" => names.insert("jobs".to_owned()),
            "system" => names.insert("system".to_owned()),
            "private-server" => names.insert("private-servers".to_owned()),
            _ => false,
        };
        if let Some(server) = &item.server {
            names.insert(format!("{}-{server}", item.kind));
            if item.kind != "load" {
                names.insert(format!("server-{server}"));
            }
        }
    }
    names.into_iter().collect()
}

#[cfg(test)]
mod tests {
    use rackwright_model::Millis;

    use super::*;

    fn event(kind: &str, server: Option<&str>) -> ServerEventView {
        let server = server.map(|name| name.parse().expect("a name"));
        ServerEventView {
            id: 1,
            at: Millis(0),
            server,
            private_server: None,
            kind: kind.into(),
            text: String::new(),
        }
    }

    #[test]
    fn each_name_is_sent_once_and_load_stirs_no_tile() {
        let items = [
            event("state", Some("a")),
            event("state", Some("a")),
            event("load", Some("b")),
            event("job", None),
            event("private-server", None),
        ];
        assert_eq!(names(&items), ["jobs", "load-b", "private-servers", "roster", "server-a", "state-a"]);
    }
}
