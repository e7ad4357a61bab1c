//! `/nas`: NFS exports for private servers, and one of them with who uses it.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Fact, cell};
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde_json::{Value, json};

use super::{Listing, ObjectView, Section, about, field, gone};

/// What is known of an export, in this order.
const FACTS: [&str; 7] = ["purpose", "address", "path", "version", "capacity_mib", "promised_mib", "used"];

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "nas.list",
        input: json!({}),
        topic: "nas",
        icon: "database",
        buttons: |who| {
            vec![
                Button::of(who, "nas.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-nas")).first()),
                Button::of(who, "failover.set", "lifebuoy", json!({}))
                    .map(|button| button.labelled(&tell("button-failover"))),
            ]
        },
        row_buttons: |who, item| {
            let nas = || about("nas", field(item, "name"));
            vec![
                Button::of(who, "nas.change", "edit", nas())
                    .map(|button| button.labelled(&tell("button-change"))),
                Button::of(who, "nas.remove", "trash", nas()),
            ]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}

pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(entry) = rackwright_catalog::entry("nas.show") else {
        return refusal::answer(&panel, &session, gone("nas.show")).await;
    };
    let draw = |who: &_, output: &Value| {
        let button = |action: &str, icon| Button::of(who, action, icon, about("nas", &name));
        let heading = Heading {
            title: name.clone(),
            crumbs: vec![Crumb::new(tell("menu-nas"), "/nas"), Crumb::new(name.clone(), "")],
            help: tell("page-one-nas"),
            buttons: [
                button("nas.change", "edit").map(|button| button.labelled(&tell("button-change"))),
                button("nas.remove", "trash"),
            ]
            .into_iter()
            .flatten()
            .collect(),
            lines: Vec::new(),
        };
        (heading, ObjectView { sections: sections(output) })
    };
    super::object(&panel, &session, &headers, entry, about("nas", &name), draw).await
}

fn sections(output: &Value) -> Vec<Section> {
    let nas = &output["nas"];
    let label = rackwright_panel_kit::words::label;
    let known = FACTS.iter().filter(|name| !nas[**name].is_null());
    let mut sections = vec![Section {
        title: tell("section-nas"),
        facts: known.map(|name| Fact { label: label(name), cell: cell(name, &nas[*name], now()) }).collect(),
        code: Vec::new(),
    }];
    let users: Vec<Fact> = output["private_servers"].as_array().into_iter().flatten().map(user).collect();
    if !users.is_empty() {
        sections.push(Section { title: tell("section-nas-users"), facts: users, code: Vec::new() });
    }
    sections
}

/// A private server that uses it: its state, and where it stands.
fn user(one: &Value) -> Fact {
    let state = tell(&format!("state-private-{}", field(one, "state")));
    let said = match one["server"].as_str() {
        Some(server) => tell_with("nas-user", &[("state", state.into()), ("server", server.into())]),
        None => state,
    };
    Fact { label: field(one, "name").to_owned(), cell: cell("reason", &json!(said), now()) }
}
