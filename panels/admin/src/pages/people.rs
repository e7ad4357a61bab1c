//! `/users` and `/tokens`

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::{Button, Panel, Session};
use serde::Deserialize;
use serde_json::json;

use super::{Filter, Listing, about, field, given};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    search: String,
    account: String,
    after: String,
}

pub async fn users(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "user.list",
        input: given(&[("search", &choice.search), ("account", &choice.account), ("after", &choice.after)]),
        topic: "users",
        icon: "users",
        buttons: |who| {
            vec![
                Button::of(who, "user.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-user")).first()),
            ]
        },
        row_buttons: |who, item| {
            let user = || about("user", field(item, "user"));
            let below = field(item, "account") != who.account.as_str();
            vec![
                Button::of(who, "session.enter", "login", user()).filter(|_| below).map(Button::at_once),
                Button::of(who, "user.change", "edit", user()),
                Button::of(who, "user.passwd", "key", user()),
                Button::of(who, "factor.remove", "shield-check", user())
                    .filter(|_| field(item, "user") != who.user),
                Button::of(who, "user.remove", "trash", user()).filter(|_| field(item, "user") != who.user),
            ]
        },
    };
    let filters = vec![
        Filter { name: "search", label: tell("filter-name"), value: choice.search, words: Vec::new() },
        Filter { name: "account", label: tell("filter-account"), value: choice.account, words: Vec::new() },
    ];
    super::list(&panel, &session, &headers, listing, filters).await
}

pub async fn tokens(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "token.list",
        input: json!({}),
        topic: "tokens",
        icon: "key",
        buttons: |who| {
            vec![
                Button::of(who, "token.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-token")).first()),
            ]
        },
        row_buttons: |who, item| {
            vec![Button::of(who, "token.revoke", "trash", about("name", field(item, "name")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
