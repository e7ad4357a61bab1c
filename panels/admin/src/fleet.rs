//! `/servers`: the wall and the table of all servers.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::server::{ServerList, ServerListInput, ServerSummary};
use rackwright_catalog::{Fault, entry};
use rackwright_client::cli_line;
use rackwright_model::ServerState;
use rackwright_panel_kit::icon::of_state;
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Button, Crumb, Empty, Heading, Panel, Session, Shell, refusal, render};
use serde::{Deserialize, Serialize};
use serde_json::json;

use crate::warnings::{self, WarningsView};

/// Which servers are shown, and how.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    view: String,
    state: String,
    search: String,
}

/// The wall or the table, with its filters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetView {
    /// `wall` or `table`.
    pub view: &'static str,
    pub state: String,
    pub search: String,
    pub filters: Vec<FilterView>,
    pub servers: Vec<ServerView>,
    pub empty: Empty,
}

/// One state to choose, with the number of servers in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterView {
    pub word: String,
    pub count: usize,
    pub icon: &'static str,
    pub tone: &'static str,
    pub current: bool,
}

/// A server on the wall or in the table.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ServerView {
    pub digest: String,
    pub icon: &'static str,
    pub tone: &'static str,
    pub server: ServerSummary,
}

#[derive(Serialize)]
struct FleetPage {
    fleet: Live<FleetView>,
    /// None for whoever may not look at the state of the Control Center.
    warnings: Option<Live<WarningsView>>,
}

#[derive(Serialize)]
struct FleetPart {
    now: i64,
    fleet: Live<FleetView>,
}

#[derive(Serialize)]
struct OnePart {
    now: i64,
    one: ServerView,
}

/// What of a server is shown here: while its agent is connected, that stands in place of the last heartbeat.
fn still(server: &ServerSummary) -> ServerSummary {
    ServerSummary { seen_at: server.seen_at.filter(|_| !server.agent_connected), ..server.clone() }
}

impl ServerView {
    fn new(server: ServerSummary) -> Self {
        let (icon, tone) = of_state(server.state.word());
        let digest = render::digest(&still(&server));
        Self { digest, icon, tone: tone.class(), server }
    }
}

/// `GET /servers?view=wall|table&state=online&search=r1`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let shell = Shell::around(&panel, &session, &headers);
    let (shell, fleet, status) =
        match tokio::try_join!(shell, fleet(&session, &choice), warnings::status(&session)) {
            Ok(all) => all,
            Err(fault) => return refusal::answer(&panel, &session, fault).await,
        };
    let warnings = status.map(|status| WarningsView::of(&shell.who, &status));
    let buttons = [
        Button::of(&shell.who, "server.add", "plus", json!({}))
            .map(|button| button.labelled("Add server").first()),
        Button::of(&shell.who, "discovery.set", "radar-2", json!({}))
            .map(|button| button.labelled("Discovery")),
    ];
    let heading = Heading {
        title: "Servers".into(),
        crumbs: vec![Crumb::new("Servers", "")],
        help: "Every physical machine that the Control Center knows. A machine that netboots in a served network appears here by itself.".into(),
        buttons: buttons.into_iter().flatten().collect(),
        lines: entry("server.list").map(|entry| cli_line(entry, &json!(input(&choice)))).into_iter().collect(),
    };
    panel.page(StatusCode::OK, "fleet.html", &shell.page(heading, FleetPage { fleet, warnings }))
}

/// `GET /parts/fleet`: the same without the page around it.
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    match fleet(&session, &choice).await {
        Ok(fleet) => {
            let digest = fleet.digest.clone();
            panel.part(shown(&headers), &digest, "parts/fleet.html", &FleetPart { now: now().0, fleet })
        }
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// `GET /parts/tile/{name}`
pub async fn tile(
    panel: State<Arc<Panel>>,
    session: Session,
    name: Path<String>,
    headers: HeaderMap,
) -> Response {
    one(&panel, &session, &name, &headers, "parts/tile.html").await
}

/// `GET /parts/row/{name}`
pub async fn row(
    panel: State<Arc<Panel>>,
    session: Session,
    name: Path<String>,
    headers: HeaderMap,
) -> Response {
    one(&panel, &session, &name, &headers, "parts/row.html").await
}

async fn one(panel: &Panel, session: &Session, name: &str, headers: &HeaderMap, template: &str) -> Response {
    match crate::server::detail(session, name).await {
        Ok(detail) => {
            let one = ServerView::new(detail.summary);
            let digest = one.digest.clone();
            panel.part(shown(headers), &digest, template, &OnePart { now: now().0, one })
        }
        Err(fault) => refusal::answer(panel, session, fault).await,
    }
}

fn input(choice: &Choice) -> ServerListInput {
    let search = choice.search.trim();
    ServerListInput {
        state: ServerState::from_word(&choice.state),
        search: (!search.is_empty()).then(|| search.chars().take(63).collect()),
    }
}

async fn fleet(session: &Session, choice: &Choice) -> Result<Live<FleetView>, Fault> {
    let asked = input(choice);
    // All states are asked for, so that every filter can say how many it holds.
    let all =
        session.client.call::<ServerList>(ServerListInput { state: None, ..asked.clone() }).await?.items;
    let filters = filters(&all, asked.state);
    let none_known = all.is_empty() && asked.search.is_none();
    let servers: Vec<ServerView> = all
        .into_iter()
        .filter(|server| asked.state.is_none_or(|state| server.state == state))
        .map(ServerView::new)
        .collect();
    let view = FleetView {
        view: if choice.view == "table" { "table" } else { "wall" },
        state: asked.state.map(|state| state.word().to_owned()).unwrap_or_default(),
        search: asked.search.unwrap_or_default(),
        filters,
        servers,
        empty: empty(none_known),
    };
    let mut shown = view.clone();
    shown.servers.iter_mut().for_each(|one| one.server = still(&one.server));
    Ok(Live { digest: render::digest(&shown), view })
}

fn filters(all: &[ServerSummary], chosen: Option<ServerState>) -> Vec<FilterView> {
    let whole = FilterView {
        word: "all".into(),
        count: all.len(),
        icon: "server-2",
        tone: "tone-calm",
        current: chosen.is_none(),
    };
    let states = ServerState::ALL.into_iter().filter_map(|state| {
        let count = all.iter().filter(|server| server.state == state).count();
        let (icon, tone) = of_state(state.word());
        let current = chosen == Some(state);
        (count > 0 || current).then(|| FilterView {
            word: state.word().to_owned(),
            count,
            icon,
            tone: tone.class(),
            current,
        })
    });
    std::iter::once(whole).chain(states).collect()
}

fn empty(none_known: bool) -> Empty {
    if none_known {
        Empty {
            icon: "server-2",
            title: "No server yet".into(),
            advice: "Set a network to serve, then power on a machine that netboots in it: it appears here within a minute. Or add \
                     one by its MAC address."
                .into(),
        }
    } else {
        Empty {
            icon: "search",
            title: "No server fits".into(),
            advice: "Choose another state or search for another name.".into(),
        }
    }
}
