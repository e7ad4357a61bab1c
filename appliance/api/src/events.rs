//! Server-sent events (WHATWG HTML section 9.2): what happens to servers, as it happens, made of `server.watch`. The
//! `id` of an event is the cursor after it, so that a client which comes back with `Last-Event-ID` misses nothing.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::{FromRequestParts, Query, Request};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use futures_util::{StreamExt, stream};
use rackwright_catalog::actions::server::{ServerEventView, ServerWatch, ServerWatchInput, Watched};
use rackwright_catalog::{Fault, FieldProblem};
use rackwright_client::Client;
use rackwright_model::Name;
use serde::Deserialize;

use crate::call::Door;
use crate::caller::caller;

/// Seconds that one look waits for news. Also how long a withdrawn credential holds the connection; it
/// hears nothing more.
const LOOK_S: u32 = 20;
/// Between comments that keep proxies from closing a quiet connection.
const KEEP_ALIVE: Duration = Duration::from_secs(15);
/// Until a client that lost its connection comes back.
const RETRY: Duration = Duration::from_secs(3);

const ATTEMPTED: &str = "follow events";

#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Question {
    server: Option<Name>,
}

/// Where a listener is.
struct Listener {
    client: Client,
    server: Option<Name>,
    cursor: Option<i64>,
}

/// The response to `GET /api/v1/events`.
pub(crate) async fn events(door: Door, request: Request) -> Response {
    match open(door, request).await {
        Ok(response) => response,
        Err(fault) => crate::refusal::respond(&fault),
    }
}

async fn open(door: Door, request: Request) -> Result<Response, Fault> {
    let (mut parts, _) = request.into_parts();
    let client = Client::new(door, caller(&parts, ATTEMPTED)?);
    let cursor = cursor(parts.headers.get("last-event-id").map(|value| value.as_bytes()))?;
    let Query(Question { server }) = Query::from_request_parts(&mut parts, &())
        .await
        .map_err(|error| Fault::invalid(ATTEMPTED, vec![FieldProblem::new("server", error.body_text())]))?;
    let mut listener = Listener { client, server, cursor };
    // A credential that is not good becomes a status, which can only stand before the first event.
    let first = listener.look(0).await?;
    let start = Event::default().retry(RETRY).comment("events of this Control Center");
    let first = stream::iter(std::iter::once(start).chain(first));
    let rest = stream::unfold(Some(listener), next).flat_map(stream::iter);
    let all = first.chain(rest).map(Ok::<Event, Infallible>);
    Ok(Sse::new(all).keep_alive(KeepAlive::new().interval(KEEP_ALIVE).text("keep-alive")).into_response())
}

fn cursor(header: Option<&[u8]>) -> Result<Option<i64>, Fault> {
    let Some(bytes) = header.filter(|bytes| !bytes.is_empty()) else { return Ok(None) };
    let number = std::str::from_utf8(bytes).ok().and_then(|text| text.parse().ok());
    number.map(Some).ok_or_else(|| {
        Fault::invalid(
            ATTEMPTED,
            vec![FieldProblem::new("Last-Event-ID", "is not the id of an event; leave it out")],
        )
    })
}

/// The next batch of events; none once the listener is gone. A fault is the last event.
async fn next(listener: Option<Listener>) -> Option<(Vec<Event>, Option<Listener>)> {
    let mut listener = listener?;
    match listener.look(LOOK_S).await {
        Ok(events) => Some((events, Some(listener))),
        Err(fault) => Some((vec![farewell(&fault)], None)),
    }
}

impl Listener {
    async fn look(&mut self, wait_s: u32) -> Result<Vec<Event>, Fault> {
        let input =
            ServerWatchInput { server: self.server.clone(), after: self.cursor, wait_s: Some(wait_s) };
        let Watched { items, next } = self.client.call::<ServerWatch>(input).await?;
        let moved = self.cursor != Some(next);
        self.cursor = Some(next);
        let mut events: Vec<Event> = items.iter().map(event).collect();
        if moved {
            // An id without data is remembered by the client and wakes nobody.
            events.push(Event::default().id(next.to_string()));
        }
        Ok(events)
    }
}

fn event(view: &ServerEventView) -> Event {
    let data = serde_json::to_string(view).unwrap_or_default();
    Event::default().id(view.id.to_string()).data(data)
}

fn farewell(fault: &Fault) -> Event {
    Event::default().event("fault").data(serde_json::to_string(fault).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn cursors_come_back_and_nothing_else_does(number: i64, bytes: Vec<u8>) {
            prop_assert_eq!(cursor(Some(number.to_string().as_bytes())), Ok(Some(number)));
            if let Ok(Some(read)) = cursor(Some(&bytes)) {
                prop_assert!(String::from_utf8_lossy(&bytes).parse() == Ok(read));
            }
        }
    }
}
