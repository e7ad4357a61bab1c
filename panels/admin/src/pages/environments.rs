//! `/environments`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::{Button, Panel, Session};
use serde_json::json;

use super::{Listing, about, field};

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "environment.list",
        input: json!({}),
        title: "Environments",
        help: "A provisioning environment is the kernel and RAM disk that a bare machine netboots; it takes stock of the machine and installs it. The one marked as served is given to machines.",
        empty: (
            "cpu",
            "No environment yet",
            "Build the generic one: it has the drivers of real hardware. Until then, machines that netboot have nothing to start.",
        ),
        buttons: |who| {
            vec![
                Button::of(who, "environment.build", "plus", json!({}))
                    .map(|button| button.labelled("Build environment").first()),
            ]
        },
        row_buttons: |who, item| {
            let known = about("kernel", field(item, "kernel"));
            let again = Button::of(who, "environment.build", "refresh", known);
            vec![again.map(|button| button.labelled("Build again"))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}
