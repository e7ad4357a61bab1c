//! `/images`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::facts;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde_json::{Value, json};

use super::{Listing, ObjectView, Section, about, field, gone};

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "image.list",
        input: json!({}),
        title: "Images",
        help: "Operating systems that can be put on a server. The hash is checked again while an image is written to a disk.",
        empty: (
            "disc",
            "No image yet",
            "Build one from the package sources of this machine, or import a .tar.zst file. Then make a profile that uses it.",
        ),
        buttons: |who| {
            vec![
                Button::of(who, "image.build", "plus", json!({}))
                    .map(|button| button.labelled("Build image").first()),
                Button::of(who, "image.import", "download", json!({}))
                    .map(|button| button.labelled("Import image")),
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
            crumbs: vec![Crumb::new("Images", "/images"), Crumb::new(name.clone(), "")],
            help: "Verify reads the whole file and compares its hash with the one on record.".into(),
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
        (heading, ObjectView { sections: vec![Section { title: "Image", facts, code: Vec::new() }] })
    };
    super::object(&panel, &session, &headers, entry, about("image", &name), draw).await
}
