//! `/factors?user=robin`

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::sessions::Choice;
use super::{Listing, about, field, given};

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "factor.list",
        input: given(&[("user", &choice.user)]),
        topic: "factors",
        icon: "shield-check",
        buttons: |who| {
            vec![
                Button::of(who, "factor.totp-begin", "plus", json!({})).map(Button::first),
                Button::of(who, "factor.totp-confirm", "check", json!({})),
                Button::of(who, "factor.passkey-confirm", "fingerprint", json!({})),
            ]
        },
        row_buttons: |who, item| {
            let user = about("user", field(item, "user"));
            let own = field(item, "user") == who.user;
            match field(item, "factor") {
                "totp" => vec![Button::of(who, "factor.remove", "trash", user)],
                "passkey" => {
                    let which = json!({"user": field(item, "user"), "passkey": field(item, "id")});
                    vec![Button::of(who, "factor.remove", "trash", which)]
                }
                _ => vec![Button::of(who, "factor.recovery-renew", "refresh", json!({})).filter(|_| own)],
            }
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
