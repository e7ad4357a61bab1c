//! `/networks`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::{Listing, about, field};

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "network.list",
        input: json!({}),
        topic: "networks",
        icon: "topology-star-3",
        buttons: |who| {
            vec![
                Button::of(who, "network.set", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-set-network")).first()),
            ]
        },
        row_buttons: |who, item| {
            let mut known = json!({});
            for name in ["name", "cidr", "mode", "pool_first", "pool_last", "router", "lease_s"] {
                if !item[name].is_null() {
                    known[name] = item[name].clone();
                }
            }
            // One server per line, as it stands in the form.
            let dns: Vec<&str> =
                item["dns"].as_array().into_iter().flatten().filter_map(serde_json::Value::as_str).collect();
            let change = Button::of(who, "network.set", "edit", known)
                .map(|button| button.labelled(&tell("button-change")));
            let change = change.map(|mut button| {
                button.known.push(("dns".into(), dns.join("\n")));
                button
            });
            vec![change, Button::of(who, "network.remove", "trash", about("network", field(item, "name")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
