//! `/racks`: every rack as one stands before it, and one rack for itself.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::Nothing;
use rackwright_catalog::actions::rack::{RackList, RackView};
use rackwright_catalog::actions::server::{ServerListInput, ServerSummary};
use rackwright_catalog::{Fault, FaultCode, entry};
use rackwright_client::cli_line;
use rackwright_model::Name;
use rackwright_panel_kit::icon::of_state;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::{Live, now};
use rackwright_panel_kit::routes::shown;
use rackwright_panel_kit::shell::who;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, Shell, refusal, render};
use serde::Serialize;
use serde_json::json;

/// Racks side by side, and the servers that stand in none.
#[derive(Debug, Clone, Serialize)]
pub struct RacksView {
    /// Where the part is fetched again.
    part: String,
    sites: Vec<SiteView>,
    unplaced: Vec<Unplaced>,
    any: bool,
    /// On the page of one rack: what stands in it, from the top.
    standing: Vec<ServerSummary>,
}

/// The racks of one site.
#[derive(Debug, Clone, Serialize)]
struct SiteView {
    /// Empty for racks of no site.
    name: String,
    racks: Vec<Elevation>,
}

/// One rack, row by row from the top.
#[derive(Debug, Clone, Serialize)]
struct Elevation {
    rack: RackView,
    rows: Vec<RowView>,
}

/// One unit of a rack.
#[derive(Debug, Clone, Serialize)]
struct RowView {
    unit: u32,
    slot: Slot,
}

/// What is seen at a unit.
#[derive(Debug, Clone, Serialize)]
#[serde(tag = "kind", rename_all = "lowercase")]
enum Slot {
    Free,
    /// The top of a server that fills so many units.
    Top {
        height: u32,
        icon: &'static str,
        tone: &'static str,
        server: Box<ServerSummary>,
    },
    /// Below the top of a server.
    Below,
}

/// A server that stands in no rack.
#[derive(Debug, Clone, Serialize)]
struct Unplaced {
    name: String,
    state: String,
}

#[derive(Serialize)]
struct Whole {
    /// Whether the person may place servers.
    places: bool,
    racks: Live<RacksView>,
}

#[derive(Serialize)]
struct Part {
    now: i64,
    places: bool,
    racks: Live<RacksView>,
}

/// `GET /racks`
pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    page(&panel, &session, &headers, None).await
}

/// `GET /racks/{name}`
pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    page(&panel, &session, &headers, Some(&name)).await
}

/// `GET /parts/racks`
pub async fn part(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    draw_part(&panel, &session, &headers, None).await
}

/// `GET /parts/racks/{name}`
pub async fn one_part(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    draw_part(&panel, &session, &headers, Some(&name)).await
}

async fn draw_part(panel: &Panel, session: &Session, headers: &HeaderMap, only: Option<&str>) -> Response {
    match tokio::try_join!(who(session), racks(session, only)) {
        Ok((who, racks)) => {
            let digest = racks.digest.clone();
            let places = Button::of(&who, "server.place", "plus", json!({})).is_some();
            panel.part(shown(headers), &digest, "parts/racks.html", &Part { now: now().0, places, racks })
        }
        Err(fault) => refusal::answer(panel, session, fault).await,
    }
}

async fn page(panel: &Panel, session: &Session, headers: &HeaderMap, only: Option<&str>) -> Response {
    let asked = tokio::try_join!(Shell::around(panel, session, headers), racks(session, only));
    let (shell, racks) = match asked {
        Ok(both) => both,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    let create = Button::of(&shell.who, "rack.create", "plus", json!({}));
    let about = |action: &str, icon| Button::of(&shell.who, action, icon, json!({ "rack": only }));
    let (buttons, crumbs, line) = match only {
        None => (
            vec![create.map(|button| button.labelled(&tell("button-create-rack")).first())],
            vec![Crumb::new(tell("menu-racks"), "")],
            entry("rack.list").map(|entry| cli_line(entry, &json!({}))),
        ),
        Some(name) => (
            vec![
                Button::of(&shell.who, "server.place", "plus", json!({ "rack": name }))
                    .map(|button| button.labelled(&tell("button-place-server")).first()),
                about("rack.rename", "edit"),
                about("rack.remove", "trash"),
            ],
            vec![Crumb::new(tell("menu-racks"), "/racks"), Crumb::new(name, "")],
            entry("rack.show").map(|entry| cli_line(entry, &json!({ "rack": name }))),
        ),
    };
    let heading = Heading {
        title: only.map_or_else(|| tell("menu-racks"), str::to_owned),
        crumbs,
        help: tell("page-racks"),
        buttons: buttons.into_iter().flatten().collect(),
        lines: line.into_iter().collect(),
    };
    let places = Button::of(&shell.who, "server.place", "plus", json!({})).is_some();
    panel.page(StatusCode::OK, "racks.html", &shell.page(heading, Whole { places, racks }))
}

async fn racks(session: &Session, only: Option<&str>) -> Result<Live<RacksView>, Fault> {
    let racks = session.client.call::<RackList>(Nothing {});
    let asked = ServerListInput::default();
    let servers = crate::fleet::every(session, &asked);
    let (racks, servers) = tokio::try_join!(racks, servers)?;
    let mut racks = racks.items;
    if let Some(name) = only {
        racks.retain(|rack| rack.name.as_str() == name);
        if racks.is_empty() {
            return Err(no_such(name));
        }
    }
    // Heartbeats pass; what is drawn here stays the same.
    let servers: Vec<ServerSummary> =
        servers.into_iter().map(|server| ServerSummary { seen_at: None, ..server }).collect();
    let mut standing: Vec<ServerSummary> = servers
        .iter()
        .filter(|server| only.is_some() && server.rack.as_ref().map(Name::as_str) == only)
        .cloned()
        .collect();
    standing.sort_by_key(|server| std::cmp::Reverse(server.unit));
    let view = RacksView {
        standing,
        part: only.map_or_else(|| "/parts/racks".to_owned(), |name| format!("/parts/racks/{name}")),
        any: !racks.is_empty(),
        sites: sites(racks, &servers),
        unplaced: servers
            .iter()
            .filter(|server| server.rack.is_none())
            .map(|server| Unplaced { name: server.name.to_string(), state: server.state.word().to_owned() })
            .collect(),
    };
    Ok(Live { digest: render::digest(&view), view })
}

fn sites(racks: Vec<RackView>, servers: &[ServerSummary]) -> Vec<SiteView> {
    let mut sites: Vec<SiteView> = Vec::new();
    for rack in racks {
        let name = rack.site.as_ref().map(ToString::to_string).unwrap_or_default();
        let standing: Vec<&ServerSummary> =
            servers.iter().filter(|server| server.rack.as_ref() == Some(&rack.name)).collect();
        let drawn = Elevation { rows: rows(rack.height, &standing), rack };
        match sites.iter_mut().find(|site| site.name == name) {
            Some(site) => site.racks.push(drawn),
            None => sites.push(SiteView { name, racks: vec![drawn] }),
        }
    }
    sites.sort_by(|a, b| (a.name.is_empty(), &a.name).cmp(&(b.name.is_empty(), &b.name)));
    sites
}

/// Units from the top. A server begins at its highest unit and covers those below.
fn rows(height: u32, servers: &[&ServerSummary]) -> Vec<RowView> {
    let slot = |unit: u32| {
        let fills = |server: &&&ServerSummary| {
            let (Some(lowest), Some(height)) = (server.unit, server.height) else { return false };
            (lowest..lowest.saturating_add(height)).contains(&unit)
        };
        let Some(server) = servers.iter().find(fills) else { return Slot::Free };
        let units = server.height.unwrap_or(1);
        if server.unit.unwrap_or(1).saturating_add(units) != unit + 1 {
            return Slot::Below;
        }
        let (icon, tone) = of_state(server.state.word());
        Slot::Top { height: units, icon, tone: tone.class(), server: Box::new((*server).clone()) }
    };
    (1..=height).rev().map(|unit| RowView { unit, slot: slot(unit) }).collect()
}

fn no_such(name: &str) -> Fault {
    let name: String = name.chars().take(80).collect();
    Fault::new(
        FaultCode::NotFound,
        tell_with("fault-no-rack-attempted", &[("name", name.into())]),
        tell("fault-no-rack"),
        tell("fault-no-rack-advice"),
    )
}

#[cfg(test)]
mod tests {
    use rackwright_catalog::Action;
    use rackwright_catalog::actions::server::ServerList;

    use super::*;

    #[test]
    fn a_server_begins_at_its_highest_unit_and_covers_those_below() {
        let sample = ServerList::sample_output().items.remove(0);
        let server = ServerSummary { unit: Some(2), height: Some(2), ..sample };
        let drawn = rows(4, &[&server]);
        let told: Vec<String> = drawn
            .iter()
            .map(|row| match &row.slot {
                Slot::Free => format!("{} free", row.unit),
                Slot::Top { height, .. } => format!("{} top of {height}", row.unit),
                Slot::Below => format!("{} below", row.unit),
            })
            .collect();
        assert_eq!(told, ["4 free", "3 top of 2", "2 below", "1 free"]);
    }
}
