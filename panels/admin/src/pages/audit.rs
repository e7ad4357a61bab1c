//! `/audit?action=server.install&user=admin&after=41`

use std::sync::Arc;

use axum::extract::{Query, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_catalog::{ENTRIES, Effect};
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::{Button, Panel, Session};
use serde::Deserialize;
use serde_json::json;

use super::{Filter, Listing, field, given};

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub struct Choice {
    action: String,
    user: String,
    after: String,
}

pub async fn list(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Query(choice): Query<Choice>,
    headers: HeaderMap,
) -> Response {
    let listing = Listing {
        action: "audit.list",
        input: given(&[("action", &choice.action), ("user", &choice.user), ("after", &choice.after)]),
        topic: "audit",
        icon: "history",
        buttons: |_| Vec::new(),
        row_buttons: |who, item| {
            // Whoever may do it may undo it.
            let may = rackwright_catalog::entry(field(item, "action"))
                .is_some_and(|entry| who.may(entry.spec.permission));
            let undo = Button::of(who, "audit.undo", "arrow-back-up", json!({"row": item["id"]}));
            vec![undo.filter(|_| may && field(item, "undo") == "possible")]
        },
    };
    let actions = ENTRIES
        .iter()
        .filter(|entry| entry.spec.effect != Effect::Read)
        .map(|entry| entry.spec.name.to_owned())
        .collect();
    let filters = vec![
        Filter { name: "action", label: tell("filter-action"), value: choice.action, words: actions },
        Filter { name: "user", label: tell("filter-user"), value: choice.user, words: Vec::new() },
    ];
    super::list(&panel, &session, &headers, listing, filters).await
}
