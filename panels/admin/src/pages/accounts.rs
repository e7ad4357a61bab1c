//! `/accounts?search=acme&after=…` and `/accounts/NAME`

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::facts;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{Filter, Listing, ObjectView, Section, about, field, given, gone};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    search: String,
    after: String,
}

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "account.list",
        input: given(&[("search", &choice.search), ("after", &choice.after)]),
        topic: "accounts",
        icon: "building",
        buttons: |who| {
            vec![
                Button::of(who, "account.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-account")).first()),
            ]
        },
        row_buttons: |who, item| {
            if field(item, "name") == who.account.as_str() {
                return Vec::new();
            }
            vec![Button::of(who, "account.rename", "edit", about("account", field(item, "name")))]
        },
    };
    let filters = vec![Filter {
        name: "search",
        label: tell("filter-name-or-title"),
        value: choice.search,
        words: Vec::new(),
    }];
    super::list(&panel, &session, &headers, listing, filters).await
}

pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(entry) = rackwright_catalog::entry("account.show") else {
        return refusal::answer(&panel, &session, gone("account.show")).await;
    };
    let draw = |who: &_, output: &Value| {
        let of = |action, icon| Button::of(who, action, icon, about("account", &name));
        let suspended = output.get("suspended_at").is_some_and(|at| !at.is_null());
        let own = name == who.account.as_str();
        let buttons = [
            Button::of(who, "user.create", "plus", about("account", &name))
                .map(|button| button.labelled(&tell("button-create-user")).first()),
            Button::of(who, "account.create", "building", about("parent", &name))
                .filter(|_| output.get("tier").is_some_and(|tier| tier != "customer"))
                .map(|button| button.labelled(&tell("button-create-account-below"))),
            of("account.rename", "edit"),
            Button::of(who, "brand.set", "sun", about("account", &name))
                .filter(|_| output.get("tier").is_some_and(|tier| tier != "customer"))
                .map(|button| button.labelled(&tell("button-brand"))),
            Button::of(who, "session.enter", "login", json!({})).filter(|_| !own),
            of("account.suspend", "ban").filter(|_| !suspended && !own),
            of("account.resume", "player-play").filter(|_| suspended).map(Button::at_once),
            of("account.remove", "trash").filter(|_| !own),
        ];
        let heading = Heading {
            title: field(output, "title").to_owned(),
            crumbs: vec![Crumb::new(tell("menu-accounts"), "/accounts"), Crumb::new(name.clone(), "")],
            help: tell("page-account"),
            buttons: buttons.into_iter().flatten().collect(),
            lines: vec![format!("rackwright user list --account {name}")],
        };
        let facts = facts(&(entry.output_schema)(), output, now());
        (
            heading,
            ObjectView {
                sections: vec![Section { title: tell("section-account"), facts, code: Vec::new() }],
            },
        )
    };
    super::object(&panel, &session, &headers, entry, about("account", &name), draw).await
}
