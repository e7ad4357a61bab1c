//! `/servers`: the wall and the table of all servers.

mod choice;
mod group;

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::profile::ProfileList;
use rackwright_catalog::actions::server::{
    ServerCount, ServerList, ServerListInput, ServerSummary, StateCount,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Fault, entry};
use rackwright_client::cli_line;
use rackwright_model::{Name, ServerSort, ServerState, Tier};
use rackwright_panel_kit::icon::of_state;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::{Button, Crumb, Empty, Heading, Panel, Session, Shell, refusal, render, shell};
use serde::Serialize;
use serde_json::json;

use crate::warnings::{self, WarningsView};
pub use choice::{Choice, Chosen, address, encoded, name};
use group::{GroupView, Grouping};

/// The wall or the table, with its filters.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct FleetView {
    #[serde(flatten)]
    pub chosen: Chosen,
    pub filters: Vec<FilterView>,
    /// Rack and site that narrow the choice, each with the address that lifts it.
    pub narrowed: Vec<(String, String)>,
    pub groups: Vec<GroupView>,
    /// Servers of this page.
    pub count: usize,
    /// Addresses of this part, of the first page and of the next; nothing where there is none.
    pub part: String,
    pub first: String,
    pub next: String,
    /// "500 of 10000 servers", when not all fit the page.
    pub shown: String,
    pub sorts: Vec<SortView>,
    pub empty: Empty,
}

/// A column by which the servers can be put in order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SortView {
    pub word: &'static str,
    pub href: String,
    /// `ascending`, `descending` or `none`.
    pub now: &'static str,
}

/// One state to choose, with the number of servers in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FilterView {
    pub word: String,
    pub href: String,
    pub count: u32,
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

/// What stands beside the servers and does not change with them.
#[derive(Debug, Serialize)]
struct Tools {
    views: [(&'static str, String, &'static str); 2],
    groupings: Vec<(&'static str, bool)>,
    /// What the person may do with several servers at once.
    powers: bool,
    installs: bool,
    retires: bool,
    /// Profiles to install.
    profiles: Vec<Name>,
}

#[derive(Serialize)]
struct FleetPage {
    tools: Tools,
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
    pub fn new(server: ServerSummary) -> Self {
        let (icon, tone) = of_state(server.state.word());
        let digest = render::digest(&still(&server));
        Self { digest, icon, tone: tone.class(), server }
    }
}

/// `GET /servers`, see [`Choice`].
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let chosen = choice.checked();
    let shell = Shell::around(&panel, &session, &headers);
    let asked = tokio::try_join!(shell, fleet(&session, &chosen), warnings::status(&session));
    let (shell, fleet, status) = match asked {
        Ok(all) => all,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let warnings = status.map(|status| WarningsView::of(&shell.who, &status));
    let buttons: Vec<Button> = [
        Button::of(&shell.who, "server.add", "plus", json!({}))
            .map(|button| button.labelled(&tell("button-add-server")).first()),
        Button::of(&shell.who, "discovery.set", "radar-2", json!({}))
            .map(|button| button.labelled(&tell("button-discovery"))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let heading = Heading {
        title: tell("menu-servers"),
        crumbs: vec![Crumb::new(tell("menu-servers"), "")],
        help: tell("page-servers"),
        buttons,
        lines: entry("server.list")
            .map(|entry| cli_line(entry, &json!(chosen.input())))
            .into_iter()
            .collect(),
    };
    let mut fleet = fleet;
    if fleet.view.count == 0 && is_whole(&chosen) {
        fleet.view.empty.buttons.clone_from(&heading.buttons);
    }
    let tools = tools(&session, &shell.who, &chosen, fleet.view.count > 0).await;
    panel.page(StatusCode::OK, "fleet.html", &shell.page(heading, FleetPage { tools, fleet, warnings }))
}

/// `GET /parts/fleet`: the same without the page around it.
pub async fn part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    match fleet(&session, &choice.checked()).await {
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

/// Profiles are no reason to refuse the page: when they cannot be had, there are none to drag.
async fn tools(session: &Session, who: &SessionView, chosen: &Chosen, any: bool) -> Tools {
    let may = |action: &str| any && Button::of(who, action, "", json!({})).is_some();
    let (installs, racks) = (may("server.install"), Button::of(who, "rack.list", "", json!({})).is_some());
    let profiles = if installs { session.client.call::<ProfileList>(Nothing {}).await.ok() } else { None };
    Tools {
        views: [
            ("wall", chosen.with("view", "wall"), "layout-grid"),
            ("table", chosen.with("view", "table"), "table"),
        ],
        groupings: Grouping::ALL
            .into_iter()
            .filter(|one| racks || !matches!(one, Grouping::Rack | Grouping::Site))
            .map(|one| (one.word(), one == chosen.grouping))
            .collect(),
        powers: may("server.power"),
        installs,
        retires: may("server.retire"),
        profiles: profiles.into_iter().flat_map(|page| page.items).map(|profile| profile.name).collect(),
    }
}

/// Whether nothing narrows the choice.
fn is_whole(chosen: &Chosen) -> bool {
    let ServerListInput { state, search, rack, site, after, .. } = chosen.input();
    state.is_none() && search.is_none() && rack.is_none() && site.is_none() && after.is_none()
}

/// All servers that are asked for, page after page: the first 20,000.
///
/// # Errors
/// The fault of a page.
pub async fn every(session: &Session, asked: &ServerListInput) -> Result<Vec<ServerSummary>, Fault> {
    const ROWS: u32 = 500;
    /// More than a page could draw.
    const PAGES: usize = 40;
    let mut servers = Vec::new();
    let mut asked = ServerListInput { limit: Some(ROWS), ..asked.clone() };
    for _ in 0..PAGES {
        let page = session.client.call::<ServerList>(asked.clone()).await?;
        servers.extend(page.items);
        if page.next.is_none() {
            break;
        }
        asked.after = page.next;
    }
    Ok(servers)
}

async fn fleet(session: &Session, chosen: &Chosen) -> Result<Live<FleetView>, Fault> {
    let page = session.client.call::<ServerList>(chosen.input());
    let counts = session.client.call::<ServerCount>(chosen.count());
    let (page, counts) = tokio::try_join!(page, counts)?;
    let filters = filters(&counts.items, ServerState::from_word(&chosen.state), chosen);
    let of = filters.iter().find(|filter| filter.current).map_or(0, |filter| filter.count);
    let servers: Vec<ServerView> = page.items.into_iter().map(ServerView::new).collect();
    let count = servers.len();
    let narrowed = [("rack", &chosen.rack), ("site", &chosen.site)];
    let next = page.next.map(|next| chosen.page(&next)).unwrap_or_default();
    let first = if chosen.after.is_empty() { String::new() } else { chosen.page("") };
    let whole = next.is_empty() && first.is_empty();
    let said = [("shown", count.into()), ("count", of.into())];
    let view = FleetView {
        narrowed: narrowed
            .into_iter()
            .filter(|(_, name)| !name.is_empty())
            .map(|(key, name)| (group::named(&format!("group-{key}"), name), chosen.with(key, "")))
            .collect(),
        count,
        part: if chosen.after.is_empty() {
            "/parts/fleet".into()
        } else {
            format!("/parts/fleet?after={}", chosen.after_encoded())
        },
        shown: if whole { String::new() } else { tell_with("fleet-shown", &said) },
        first,
        next,
        sorts: sorts(chosen),
        groups: if count == 0 { Vec::new() } else { chosen.grouping.group(servers) },
        empty: if count == 0 && is_whole(chosen) {
            none(session).await?
        } else {
            empty("search", "empty-servers-filtered")
        },
        filters,
        chosen: chosen.clone(),
    };
    let mut shown = view.clone();
    for one in shown.groups.iter_mut().flat_map(|group| &mut group.servers) {
        one.server = still(&one.server);
    }
    Ok(Live { digest: render::digest(&shown), view })
}

fn sorts(chosen: &Chosen) -> Vec<SortView> {
    let now = |sort| match (chosen.is_sorted(sort), chosen.order.is_empty()) {
        (false, _) => "none",
        (true, true) => "ascending",
        (true, false) => "descending",
    };
    let of = |sort: ServerSort| SortView { word: sort.word(), href: chosen.sorted(sort), now: now(sort) };
    ServerSort::ALL.map(of).to_vec()
}

fn filters(counts: &[StateCount], state: Option<ServerState>, chosen: &Chosen) -> Vec<FilterView> {
    let whole = FilterView {
        word: "all".into(),
        href: chosen.with("state", ""),
        count: counts.iter().map(|one| one.servers).sum(),
        icon: "server-2",
        tone: "tone-calm",
        current: state.is_none(),
    };
    let states = ServerState::ALL.into_iter().filter_map(|one| {
        let count = counts.iter().find(|known| known.state == one).map_or(0, |known| known.servers);
        let (icon, tone) = of_state(one.word());
        let current = state == Some(one);
        (count > 0 || current).then(|| FilterView {
            word: one.word().to_owned(),
            href: chosen.with("state", one.word()),
            count,
            icon,
            tone: tone.class(),
            current,
        })
    });
    std::iter::once(whole).chain(states).collect()
}

/// What a wall says to whom no server is known: a provider adds one, everybody else is given one.
async fn none(session: &Session) -> Result<Empty, Fault> {
    let provides = shell::who(session).await?.tier == Tier::Provider;
    Ok(empty("server-2", if provides { "empty-servers" } else { "empty-servers-given" }))
}

fn empty(icon: &'static str, key: &str) -> Empty {
    Empty { icon, title: tell(key), advice: tell(&format!("{key}-advice")), buttons: Vec::new() }
}
