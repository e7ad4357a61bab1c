//! `/users` and `/tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::{Listing, about, field};

pub async fn users(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "user.list",
        input: json!({}),
        topic: "users",
        icon: "users",
        buttons: |who| {
            vec![
                Button::of(who, "user.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-user")).first()),
            ]
        },
        row_buttons: |who, item| {
            vec![Button::of(who, "user.passwd", "key", about("user", field(item, "user")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
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
