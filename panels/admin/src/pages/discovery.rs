//! `/discovery`

use std::sync::Arc;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::facts;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde_json::{Value, json};

use super::{ObjectView, Section, gone};

pub async fn one(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let Some(entry) = rackwright_catalog::entry("discovery.show") else {
        return refusal::answer(&panel, &session, gone("discovery.show")).await;
    };
    let draw = |who: &_, output: &Value| {
        let change = Button::of(who, "discovery.set", "edit", with_what_is_set(output));
        let heading = Heading {
            title: tell("menu-discovery"),
            crumbs: vec![Crumb::new(tell("menu-discovery"), "")],
            help: tell("page-discovery"),
            buttons: change
                .map(|button| button.labelled(&tell("button-change")).first())
                .into_iter()
                .collect(),
            lines: Vec::new(),
        };
        let facts = facts(&Value::Null, output, now());
        (
            heading,
            ObjectView { sections: vec![Section { title: tell("section-policy"), facts, code: Vec::new() }] },
        )
    };
    super::object(&panel, &session, &headers, entry, json!({}), draw).await
}

/// The form starts from what is in force.
fn with_what_is_set(output: &Value) -> Value {
    let fields = output.as_object().into_iter().flatten().filter(|(_, value)| !value.is_null());
    Value::Object(fields.map(|(name, value)| (name.clone(), value.clone())).collect())
}
