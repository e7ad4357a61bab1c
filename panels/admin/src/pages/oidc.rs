//! `/oidc` and `/identities?user=robin`

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::sessions::Choice;
use super::{Listing, about, field, given};

pub async fn providers(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "oidc.list",
        input: json!({}),
        topic: "oidc",
        icon: "login",
        buttons: |who| vec![Button::of(who, "oidc.set", "plus", json!({})).map(Button::first)],
        row_buttons: |who, item| {
            let known = || {
                let mut known = item.clone();
                // What the list shows beside what can be set.
                let extra = ["secret", "linked", "created_at"];
                known.as_object_mut().into_iter().for_each(|fields| {
                    fields.retain(|name, value| !value.is_null() && !extra.contains(&name.as_str()));
                });
                known
            };
            let named = json!({"name": field(item, "name"), "account": field(item, "account")});
            vec![
                Button::of(who, "oidc.set", "edit", known()),
                Button::of(who, "identity.bind", "users", about("name", field(item, "name"))),
                Button::of(who, "oidc.remove", "trash", named),
            ]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}

pub async fn identities(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "identity.list",
        input: given(&[("user", &choice.user)]),
        topic: "identities",
        icon: "login",
        buttons: |_| Vec::new(),
        row_buttons: |who, item| {
            let own = field(item, "user") == who.user;
            let linked = !field(item, "subject").is_empty();
            let known = json!({"name": field(item, "name"), "user": field(item, "user")});
            vec![
                Button::of(who, "identity.link", "login", about("name", field(item, "name")))
                    .filter(|_| own && !linked),
                Button::of(who, "identity.unlink", "trash", known).filter(|_| linked),
            ]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
