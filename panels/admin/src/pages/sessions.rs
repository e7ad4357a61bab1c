//! `/sessions?user=robin`

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::{Button, Panel, Session};
use serde::Deserialize;
use serde_json::json;

use super::{Listing, field, given};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    pub user: String,
}

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "session.list",
        input: given(&[("user", &choice.user)]),
        topic: "sessions",
        icon: "device-desktop",
        buttons: |who| vec![Button::of(who, "user.passwd", "key", json!({"user": who.user}))],
        row_buttons: |who, item| {
            let known = json!({"id": field(item, "id"), "user": field(item, "user")});
            vec![Button::of(who, "session.revoke", "trash", known)]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
