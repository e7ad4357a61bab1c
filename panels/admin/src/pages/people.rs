//! `/users` and `/tokens`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::{Listing, about, field};

pub async fn users(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "user.list",
        input: json!({}),
        title: "Users",
        help: "People who may sign in. An owner may do everything; an engineer works on servers, images and networks; support looks.",
        empty: ("users", "Nobody may sign in", "Create a user."),
        buttons: |who| {
            vec![
                Button::of(who, "user.create", "plus", json!({}))
                    .map(|button| button.labelled("Create user").first()),
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
        title: "API tokens",
        help: "A token lets a program act with your own permissions, over the API or the command line. It is shown once, when it is made.",
        empty: ("key", "No token yet", "Create one for each program, so that each can be revoked alone."),
        buttons: |who| {
            vec![
                Button::of(who, "token.create", "plus", json!({}))
                    .map(|button| button.labelled("Create token").first()),
            ]
        },
        row_buttons: |who, item| {
            vec![Button::of(who, "token.revoke", "trash", about("name", field(item, "name")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
