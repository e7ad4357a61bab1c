//! `/private-servers/{name}/console`: a terminal in the browser. A script draws it; what it types and reads goes through the
//! actions of the catalogue, each with the token of the session.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::actions::private_server::{
    OneConsole, PrivateServerConsole, PrivateServerConsoleClose, PrivateServerConsoleInput,
    PrivateServerConsoleRead, PrivateServerConsoleReadInput, PrivateServerConsoleResize,
    PrivateServerConsoleResizeInput, PrivateServerConsoleType, PrivateServerConsoleTypeInput,
    PrivateServerView,
};
use rackwright_catalog::{Action, Fault, FaultCode, entry};
use rackwright_client::{Client, cli_line};
use rackwright_panel_kit::messages::tell_with;
use rackwright_panel_kit::{Crumb, Heading, Panel, Posted, Session, Shell, refusal};
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::mark;
use super::one::{crumb, detail};

/// How long one look waits for the terminal to write something, in seconds.
const WAIT_S: u32 = 20;

/// Keys that a telephone has not: the message that names each, and what a terminal sends for it.
const KEYS: [(&str, &str); 9] = [
    ("key-escape", "\u{1b}"),
    ("key-tab", "\t"),
    ("key-interrupt", "\u{3}"),
    ("key-end", "\u{4}"),
    ("key-suspend", "\u{1a}"),
    ("key-left", "\u{1b}[D"),
    ("key-up", "\u{1b}[A"),
    ("key-down", "\u{1b}[B"),
    ("key-right", "\u{1b}[C"),
];

#[derive(Serialize)]
struct ConsolePage {
    one: PrivateServerView,
    mark: String,
    keys: [(&'static str, &'static str); 9],
}

/// `GET /private-servers/{name}/console`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let asked = tokio::try_join!(Shell::around(&panel, &session, &headers), detail(&session, &name));
    let (shell, detail) = match asked {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let one = detail.summary;
    let title = tell_with("console-title", &[("name", name.as_str().into())]);
    let heading = Heading {
        crumbs: vec![
            crumb(shell.who.tier),
            Crumb::new(name.clone(), format!("/private-servers/{}", one.name)),
            Crumb::new(title.clone(), ""),
        ],
        title,
        lines: entry("private-server.console")
            .map(|entry| cli_line(entry, &json!({ "private_server": name })))
            .into_iter()
            .collect(),
        ..Heading::default()
    };
    let view = ConsolePage { mark: mark(one.state), one, keys: KEYS };
    panel.page(StatusCode::OK, "console.html", &shell.page(heading, view))
}

/// The answer to a script: what the action gave, or in a sentence why it failed, and whether it may go well in a moment.
pub(super) async fn answer<A: Action>(client: &Client, input: A::Input) -> Response {
    match client.call::<A>(input).await {
        Ok(output) => Json(output).into_response(),
        Err(fault) => failed(&fault),
    }
}

pub(super) fn failed(fault: &Fault) -> Response {
    let reason = fault.reason.trim_end_matches('.');
    let values = [("attempted", fault.attempted.as_str().into()), ("reason", reason.into())];
    let sentence = format!("{}. {}", tell_with("could-not", &values), fault.advice);
    (
        refusal::status_of(fault.code),
        Json(json!({ "sentence": sentence, "again": fault.code == FaultCode::Unavailable })),
    )
        .into_response()
}

/// A number that a form holds; none when it holds another thing.
pub(super) fn number<T: std::str::FromStr>(posted: &Posted, name: &str) -> Option<T> {
    posted.typed.get(name)?.parse().ok()
}

/// `POST /private-servers/{name}/console`: opens one of this many lines and columns.
pub async fn open(Path(name): Path<String>, posted: Posted) -> Response {
    let Ok(private_server) = name.parse() else { return StatusCode::NOT_FOUND.into_response() };
    let (rows, columns) = (number(&posted, "rows"), number(&posted, "columns"));
    let input = PrivateServerConsoleInput { private_server, rows, columns };
    answer::<PrivateServerConsole>(&posted.session.client, input).await
}

#[derive(Debug, Deserialize)]
pub struct After {
    after: u64,
}

/// `GET /parts/console/{console}?after=0`: what was written since, as soon as something is.
pub async fn read(
    session: Session,
    Path(console): Path<u64>,
    Query(After { after }): Query<After>,
) -> Response {
    let input = PrivateServerConsoleReadInput { console, after, wait_s: Some(WAIT_S) };
    answer::<PrivateServerConsoleRead>(&session.client, input).await
}

/// `POST /parts/console/{console}/type`
pub async fn type_in(Path(console): Path<u64>, posted: Posted) -> Response {
    let text = posted.typed.get("text").unwrap_or_default().to_owned();
    let input = PrivateServerConsoleTypeInput { console, text };
    answer::<PrivateServerConsoleType>(&posted.session.client, input).await
}

/// `POST /parts/console/{console}/resize`
pub async fn resize(Path(console): Path<u64>, posted: Posted) -> Response {
    let (Some(rows), Some(columns)) = (number(&posted, "rows"), number(&posted, "columns")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let input = PrivateServerConsoleResizeInput { console, rows, columns };
    answer::<PrivateServerConsoleResize>(&posted.session.client, input).await
}

/// `POST /parts/console/{console}/close`, also from a page that is being left.
pub async fn close(Path(console): Path<u64>, posted: Posted) -> Response {
    answer::<PrivateServerConsoleClose>(&posted.session.client, OneConsole { console }).await
}
