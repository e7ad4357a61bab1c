//! The pages of lists and single objects. Each arranges actions of the catalogue.

pub mod accounts;
pub mod audit;
pub mod discovery;
pub mod environments;
pub mod factors;
pub mod images;
pub mod jobs;
pub mod nas;
pub mod networks;
pub mod oidc;
pub mod people;
pub mod profiles;
pub mod racks;
pub mod roles;
pub mod sessions;
pub mod system;
pub mod webhooks;

use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Entry, entry};
use rackwright_client::cli_line;
use rackwright_panel_kit::messages::{has, tell, tell_with};
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::Fact;
use rackwright_panel_kit::{Button, Crumb, Empty, Heading, Panel, Session, Shell, Table, refusal};
use serde::Serialize;
use serde_json::{Value, json};

/// How a list is shown.
pub struct Listing {
    /// The list action, such as `image.list`.
    pub action: &'static str,
    pub input: Value,
    /// Names its messages: `page-TOPIC`, `empty-TOPIC`, and `title-TOPIC` where it is not called like its menu entry.
    pub topic: &'static str,
    /// Stands above what an empty list says.
    pub icon: &'static str,
    /// Buttons of the page.
    pub buttons: fn(&SessionView) -> Vec<Option<Button>>,
    /// Buttons of each row.
    pub row_buttons: fn(&SessionView, &Value) -> Vec<Option<Button>>,
}

/// What the template of a list draws.
#[derive(Debug, Clone, Serialize)]
pub struct ListView {
    pub table: Table,
    /// Inputs that narrow the list.
    pub filters: Vec<Filter>,
}

/// One input above a list.
#[derive(Debug, Clone, Serialize)]
pub struct Filter {
    pub name: &'static str,
    pub label: String,
    pub value: String,
    /// Words to choose from; typed freely when there are none.
    pub words: Vec<String>,
}

/// What the template of one object draws.
#[derive(Debug, Clone, Serialize)]
pub struct ObjectView {
    pub sections: Vec<Section>,
}

/// A titled part of the page of an object.
#[derive(Debug, Clone, Serialize)]
pub struct Section {
    pub title: String,
    pub facts: Vec<Fact>,
    /// Lines of code, such as commands that run after an install.
    pub code: Vec<String>,
}

/// No buttons.
pub fn none(_: &SessionView, _: &Value) -> Vec<Option<Button>> {
    Vec::new()
}

/// The page of a list.
pub async fn list(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    listing: Listing,
    filters: Vec<Filter>,
) -> Response {
    let Some(entry) = entry(listing.action) else {
        return refusal::answer(panel, session, gone(listing.action)).await;
    };
    let shell = Shell::around(panel, session, headers);
    let (shell, output) =
        match tokio::try_join!(shell, session.client.call_named(listing.action, listing.input.clone())) {
            Ok(both) => both,
            Err(fault) => return refusal::answer(panel, session, fault).await,
        };
    let buttons: Vec<Button> = (listing.buttons)(&shell.who).into_iter().flatten().collect();
    let empty = Empty {
        icon: listing.icon,
        title: tell(&format!("empty-{}", listing.topic)),
        advice: tell(&format!("empty-{}-advice", listing.topic)),
        buttons: buttons.clone(),
    };
    let mut table =
        Table::of(entry, &output, now(), |item| panel.tier.item_page(entry.spec.noun(), item)).or_say(empty);
    let row_buttons =
        |item: &Value| (listing.row_buttons)(&shell.who, item).into_iter().flatten().collect::<Vec<_>>();
    table = table.with_buttons(&output, row_buttons);
    if table.buttons.iter().all(Vec::is_empty) {
        table.buttons.clear();
    }
    if let Some(next) = output.get("next").and_then(Value::as_str) {
        table.next = next_page(&shell.path, next);
    }
    let title = title(listing.topic);
    let heading = Heading {
        crumbs: vec![Crumb::new(title.clone(), "")],
        title,
        help: tell(&format!("page-{}", listing.topic)),
        buttons,
        lines: vec![cli_line(entry, &listing.input)],
    };
    let view = ListView { table, filters };
    panel.page(StatusCode::OK, "list.html", &shell.page(heading, view))
}

/// The input of a list from what stands in the page's address; what is empty was not chosen.
pub fn given(fields: &[(&str, &str)]) -> Value {
    let chosen = fields.iter().map(|(name, text)| (*name, text.trim())).filter(|(_, text)| !text.is_empty());
    Value::Object(chosen.map(|(name, text)| (name.to_owned(), json!(text))).collect())
}

/// `/`: the first page that whoever is signed in may see.
pub async fn home(State(panel): State<Arc<Panel>>, session: Session, headers: HeaderMap) -> Response {
    match Shell::around(&panel, &session, &headers).await {
        Ok(shell) => Redirect::to(shell.menu.first().map_or("/sessions", |item| item.href)).into_response(),
        Err(fault) => refusal::answer(&panel, &session, fault).await,
    }
}

/// What the page of a topic is called.
pub fn title(topic: &str) -> String {
    let own = format!("title-{topic}");
    if has(&own) { tell(&own) } else { tell(&format!("menu-{topic}")) }
}

/// This page's address with another `after`.
pub fn next_page(path: &str, next: &str) -> String {
    let (path, query) = path.split_once('?').unwrap_or((path, ""));
    let kept = query.split('&').filter(|pair| !pair.is_empty() && !pair.starts_with("after="));
    let next: String = next.chars().filter(|c| c.is_ascii_alphanumeric() || "-_.".contains(*c)).collect();
    let pairs: Vec<String> = kept.map(str::to_owned).chain([format!("after={next}")]).collect();
    format!("{path}?{}", pairs.join("&"))
}

/// The page of one object: its facts, and what can be done with it.
pub async fn object(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    entry: &Entry,
    input: Value,
    draw: impl FnOnce(&SessionView, &Value) -> (Heading, ObjectView),
) -> Response {
    let shell = Shell::around(panel, session, headers);
    match tokio::try_join!(shell, session.client.call_named(entry.spec.name, input.clone())) {
        Ok((shell, output)) => {
            let (mut heading, view) = draw(&shell.who, &output);
            heading.lines.insert(0, cli_line(entry, &input));
            panel.page(StatusCode::OK, "object.html", &shell.page(heading, view))
        }
        Err(fault) => refusal::answer(panel, session, fault).await,
    }
}

/// An action that the catalogue no longer has; a test keeps it from happening.
pub fn gone(action: &str) -> rackwright_catalog::Fault {
    rackwright_catalog::Fault::new(
        rackwright_catalog::FaultCode::Internal,
        tell_with("fault-gone-attempted", &[("name", action.into())]),
        tell("fault-gone"),
        tell("fault-gone-advice"),
    )
}

/// A known field of an item, for a button of its row.
pub fn field<'a>(item: &'a Value, name: &str) -> &'a str {
    item.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// The input of an action on one named thing.
pub fn about(key: &str, name: &str) -> Value {
    json!({ key: name })
}
