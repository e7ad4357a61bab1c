//! The reference at `/docs`: an index of all actions by noun, and a page for each. Made from the catalogue, so that it says
//! what this very Control Center does. It holds nothing of this installation, so nobody needs to sign in.

pub mod events;
mod fields;

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::{ENTRIES, Effect, Entry, Permission, entry};
use rackwright_client::cli_line;
use serde::Serialize;
use serde_json::json;

use crate::act::title;
use crate::brand::{self, BrandView};
use crate::messages::{of_catalogue, tell};
use crate::panel::{self, Panel};
use crate::shell::{self, LanguageView};
use fields::FieldRow;

/// What stands around every page of the reference.
#[derive(Serialize)]
struct Page<T> {
    panel: String,
    brand: BrandView,
    title: String,
    languages: Vec<LanguageView>,
    #[serde(flatten)]
    view: T,
}

#[derive(Serialize)]
struct Index {
    nouns: Vec<Noun>,
}

/// The actions of one noun.
#[derive(Serialize)]
struct Noun {
    name: &'static str,
    label: String,
    actions: Vec<Brief>,
}

/// An action in the index.
#[derive(Serialize)]
struct Brief {
    line: String,
    summary: String,
    href: String,
}

#[derive(Serialize)]
struct Action {
    name: &'static str,
    summary: String,
    permission: String,
    permission_means: String,
    effect: String,
    /// The event that webhooks are told of; empty when it changes nothing.
    event: &'static str,
    /// Whether it can be taken back with `audit.undo`.
    undo: bool,
    inputs: Vec<FieldRow>,
    outputs: Vec<FieldRow>,
    line: String,
    request: String,
    input: String,
    output: String,
    codes: Vec<Code>,
}

/// A fault code and what it means.
#[derive(Serialize)]
struct Code {
    word: String,
    meaning: String,
}

/// The address of an action's page.
pub(crate) fn address(action: &str) -> String {
    format!("/docs/{}", action.replace('.', "/"))
}

/// `GET /docs`
pub async fn index(State(panel): State<Arc<Panel>>, headers: HeaderMap) -> Response {
    let mut nouns: Vec<&str> = ENTRIES.iter().map(|entry| entry.spec.noun()).collect();
    nouns.dedup();
    let nouns =
        nouns.into_iter().map(|name| Noun { name, label: label(name), actions: briefs(name) }).collect();
    let brand = brand::of_host(&panel, &headers).await;
    page(&panel, brand, (StatusCode::OK, "kit/docs.html"), tell("docs"), Index { nouns })
}

/// `GET /docs/{noun}/{verb}`
pub async fn action(
    State(panel): State<Arc<Panel>>,
    Path((noun, verb)): Path<(String, String)>,
    headers: HeaderMap,
) -> Response {
    let brand = brand::of_host(&panel, &headers).await;
    match entry(&format!("{noun}.{verb}")) {
        Some(entry) => {
            let view = view(entry);
            page(&panel, brand, (StatusCode::OK, "kit/docs-action.html"), title(entry, ""), view)
        }
        None => {
            let title = tell("docs-unknown");
            page(&panel, brand, (StatusCode::NOT_FOUND, "kit/docs.html"), title, Index { nouns: Vec::new() })
        }
    }
}

fn page<T: Serialize>(
    panel: &Panel,
    brand: BrandView,
    (status, template): (StatusCode, &str),
    title: String,
    view: T,
) -> Response {
    let panel_title = panel::title(rackwright_model::Tier::Provider);
    let page = Page { panel: panel_title, brand, title, languages: shell::languages(), view };
    panel.page(status, template, &page)
}

fn label(noun: &str) -> String {
    let text = of_catalogue(noun);
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

fn briefs(noun: &str) -> Vec<Brief> {
    let brief = |entry: &Entry| Brief {
        line: format!("rackwright {} {}", entry.spec.noun(), entry.spec.verb()),
        summary: of_catalogue(entry.spec.summary).into_owned(),
        href: address(entry.spec.name),
    };
    ENTRIES.iter().filter(|entry| entry.spec.noun() == noun).map(brief).collect()
}

fn view(entry: &Entry) -> Action {
    let spec = &entry.spec;
    let effect = match spec.effect {
        Effect::Read => "docs-effect-read",
        Effect::Change => "docs-effect-change",
        Effect::Destroy => "docs-effect-destroy",
    };
    let means = match spec.permission {
        Permission::Public => tell("docs-public"),
        Permission::SignedIn => tell("docs-signed-in"),
        other => of_catalogue(other.summary()).into_owned(),
    };
    let sample = (entry.sample_input)();
    let codes = entry.fault_codes().into_iter().map(|code| {
        let word = json!(code).as_str().unwrap_or_default().to_owned();
        Code { meaning: tell(&format!("docs-code-{word}")), word }
    });
    Action {
        name: spec.name,
        summary: of_catalogue(spec.summary).into_owned(),
        permission: spec.permission.word().to_owned(),
        permission_means: means,
        effect: tell(effect),
        event: if spec.effect == Effect::Read { "" } else { spec.name },
        undo: spec.undo,
        inputs: fields::of_input(entry),
        outputs: fields::of_output(entry),
        line: cli_line(entry, &sample),
        request: curl(entry, &sample),
        input: pretty(&sample),
        output: pretty(&(entry.sample_output)()),
        codes: codes.collect(),
    }
}

fn pretty(value: &serde_json::Value) -> String {
    serde_json::to_string_pretty(value).unwrap_or_default()
}

/// The call with curl, for a POSIX shell.
fn curl(entry: &Entry, input: &serde_json::Value) -> String {
    let mut lines = vec![format!(
        "curl --cacert ca.pem https://CENTER:8443/api/v1/{}",
        entry.spec.name.replace('.', "/")
    )];
    if entry.spec.permission != Permission::Public {
        lines.push("-H \"Authorization: Bearer $TOKEN\"".to_owned());
        if entry.spec.effect != Effect::Read {
            lines.push("-H \"Idempotency-Key: $(uuidgen)\"".to_owned());
        }
    }
    lines.push("-H 'Content-Type: application/json'".to_owned());
    lines.push(format!("-d '{}'", input.to_string().replace('\'', "'\\''")));
    lines.join(" \\\n  ")
}
