//! `/environments`

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
        action: "environment.list",
        input: json!({}),
        topic: "environments",
        icon: "cpu",
        buttons: |who| {
            vec![
                Button::of(who, "environment.build", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-build-environment")).first()),
            ]
        },
        row_buttons: |who, item| {
            let known = about("kernel", field(item, "kernel"));
            let again = Button::of(who, "environment.build", "refresh", known);
            vec![again.map(|button| button.labelled(&tell("button-build-again")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
