//! `/images`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::facts;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde_json::{Value, json};

use super::{Listing, ObjectView, Section, about, field, gone};

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "image.list",
        input: json!({}),
        topic: "images",
        icon: "disc",
        buttons: |who| {
            vec![
                Button::of(who, "image.build", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-build-image")).first()),
                Button::of(who, "image.import", "download", json!({}))
                    .map(|button| button.labelled(&tell("button-import-image"))),
            ]
        },
        row_buttons: |who, item| {
            vec![Button::of(who, "image.remove", "trash", about("image", field(item, "name")))]
        },
    };
    super::list(&panel, &session, &headers, listing, Vec::new()).await
}

pub async fn one(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    headers: HeaderMap,
) -> Response {
    let Some(entry) = rackwright_catalog::entry("image.show") else {
        return refusal::answer(&panel, &session, gone("image.show")).await;
    };
    let draw = |who: &_, output: &Value| {
        let heading = Heading {
            title: name.clone(),
            crumbs: vec![Crumb::new(tell("menu-images"), "/images"), Crumb::new(name.clone(), "")],
            help: tell("page-image"),
            buttons: [
                Button::of(who, "image.verify", "shield-check", about("image", &name)).map(Button::at_once),
                Button::of(who, "image.remove", "trash", about("image", &name)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            lines: Vec::new(),
        };
        let facts = facts(&(entry.output_schema)(), output, now());
        (
            heading,
            ObjectView { sections: vec![Section { title: tell("section-image"), facts, code: Vec::new() }] },
        )
    };
    super::object(&panel, &session, &headers, entry, about("image", &name), draw).await
}
