//! `/profiles`

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Fact, cell, facts};
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Session, refusal};
use serde_json::{Value, json};

use super::{Listing, ObjectView, Section, about, field, gone};

pub async fn list(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    let listing = Listing {
        action: "profile.list",
        input: json!({}),
        topic: "profiles",
        icon: "file-settings",
        buttons: |who| {
            vec![
                Button::of(who, "profile.create", "plus", json!({}))
                    .map(|button| button.labelled(&tell("button-create-profile")).first()),
            ]
        },
        row_buttons: |who, item| {
            vec![Button::of(who, "profile.remove", "trash", about("profile", field(item, "name")))]
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
    let Some(entry) = rackwright_catalog::entry("profile.show") else {
        return refusal::answer(&panel, &session, gone("profile.show")).await;
    };
    let draw = |who: &_, output: &Value| {
        let heading = Heading {
            title: name.clone(),
            crumbs: vec![Crumb::new(tell("menu-profiles"), "/profiles"), Crumb::new(name.clone(), "")],
            help: tell("page-profile"),
            buttons: [
                Button::of(who, "server.install", "download", about("profile", &name))
                    .map(|button| button.labelled(&tell("button-install-server")).first()),
                Button::of(who, "profile.remove", "trash", about("profile", &name)),
            ]
            .into_iter()
            .flatten()
            .collect(),
            lines: Vec::new(),
        };
        (heading, ObjectView { sections: sections(output) })
    };
    super::object(&panel, &session, &headers, entry, about("profile", &name), draw).await
}

/// The profile by subject instead of as one nested value.
fn sections(output: &Value) -> Vec<Section> {
    let profile = &output["profile"];
    let pick = |value: &Value, names: &[&str]| -> Vec<Fact> {
        names
            .iter()
            .map(|name| Fact {
                label: rackwright_panel_kit::words::label(name),
                cell: cell(name, &value[*name], now()),
            })
            .collect()
    };
    let lines = |value: &Value| {
        value.as_array().into_iter().flatten().filter_map(|line| line.as_str().map(str::to_owned)).collect()
    };
    let mut sections = vec![
        Section {
            title: tell("section-profile"),
            facts: pick(output, &["name", "image", "servers", "created_at"]),
            code: Vec::new(),
        },
        Section {
            title: tell("section-disk"),
            facts: facts(&Value::Null, &profile["disk"], now()),
            code: Vec::new(),
        },
        Section {
            title: tell("section-system"),
            facts: pick(profile, &["timezone", "domain", "network", "packages", "without_image_sources"]),
            code: Vec::new(),
        },
    ];
    for source in profile["package_sources"].as_array().into_iter().flatten() {
        let key = source["key"].as_str().unwrap_or_default();
        sections.push(Section {
            title: tell("section-package-source"),
            facts: pick(source, &["uri", "suite", "components", "unsigned"]),
            code: key.lines().map(str::to_owned).collect(),
        });
    }
    for user in profile["users"].as_array().into_iter().flatten() {
        sections.push(Section {
            title: tell("section-user"),
            facts: pick(user, &["name", "sudo"]),
            code: lines(&user["ssh_keys"]),
        });
    }
    let commands: Vec<String> = lines(&profile["post_install"]);
    if !commands.is_empty() {
        sections.push(Section { title: tell("section-commands"), facts: Vec::new(), code: commands });
    }
    sections
}
