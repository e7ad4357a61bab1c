//! `/private-servers/{name}/…`: what is inside a private server. Every page asks its server, so each may say that this does not
//! answer, or that the private server does not run.

pub mod download;
pub mod file;
pub mod files;
pub mod lists;
pub mod log;
pub mod system;
pub mod upload;

use std::borrow::Cow;

use axum::http::StatusCode;
use axum::response::Response;
use rackwright_catalog::actions::session::SessionView;
use rackwright_catalog::{Permission, entry};
use rackwright_client::cli_line;
use rackwright_model::Name;
use rackwright_model::private_server::inside::InsidePath;
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::table::Fact;
use rackwright_panel_kit::{Button, Crumb, Heading, Panel, Shell, Table};
use serde::Serialize;
use serde_json::{Value, json};

use super::one::crumb;

/// One page of what is inside.
#[derive(Debug, Clone, Serialize)]
pub struct Tab {
    href: String,
    label: String,
    icon: &'static str,
    current: bool,
}

/// Word, icon and permission of each page; the word is the end of its address, too.
const TABS: [(&str, &str, Permission); 8] = [
    ("", "cube", Permission::SeePrivate),
    ("files", "folder", Permission::Files),
    ("services", "activity-heartbeat", Permission::Inside),
    ("processes", "cpu", Permission::Inside),
    ("people", "users", Permission::Inside),
    ("log", "history", Permission::Inside),
    ("network", "network", Permission::Inside),
    ("console", "terminal-2", Permission::Inside),
];

/// Links to all pages that the person may see.
pub fn tabs(name: &Name, who: &SessionView, here: &str) -> Vec<Tab> {
    let seen = TABS.into_iter().filter(|(_, _, permission)| who.may(*permission));
    seen.map(|(word, icon, _)| Tab {
        href: format!("/private-servers/{name}/{word}").trim_end_matches('/').to_owned(),
        label: tell(&format!("inside-{}", if word.is_empty() { "overview" } else { word })),
        icon,
        current: word == here,
    })
    .collect()
}

/// A titled part of a page: a table, or named values.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Part {
    pub title: String,
    pub table: Option<Table>,
    pub facts: Vec<Fact>,
    pub buttons: Vec<Button>,
    pub again: Option<Again>,
}

/// How a part of a page renews itself while the page is open.
#[derive(Debug, Clone, Serialize)]
pub struct Again {
    pub id: &'static str,
    /// Its address.
    pub part: String,
    pub every_s: u32,
    pub digest: String,
}

/// What narrows a page: inputs of a form.
#[derive(Debug, Clone, Default, Serialize)]
pub struct Narrow {
    pub name: &'static str,
    pub label: String,
    pub value: String,
    /// Values to choose from, each with its label; typed freely when there are none.
    pub choices: Vec<(String, String)>,
    /// It is switched on, by `true`, or off.
    pub switch: bool,
}

#[derive(Serialize)]
struct InsidePage {
    tabs: Vec<Tab>,
    parts: Vec<Part>,
    narrow: Vec<Narrow>,
    /// A sentence that stands above everything; empty when nothing needs saying.
    note: String,
}

/// Draws a page that is made of parts.
pub fn draw(
    panel: &Panel,
    shell: Shell,
    name: &Name,
    here: &str,
    action: (&str, Value),
    (parts, narrow, note): (Vec<Part>, Vec<Narrow>, String),
) -> Response {
    let heading = heading(&shell, name, here, action);
    let tabs = tabs(name, &shell.who, here);
    panel.page(StatusCode::OK, "inside.html", &shell.page(heading, InsidePage { tabs, parts, narrow, note }))
}

pub fn heading(shell: &Shell, name: &Name, here: &str, (action, input): (&str, Value)) -> Heading {
    let label = tell(&format!("inside-{here}"));
    Heading {
        title: tell_with("inside-title", &[("what", label.as_str().into()), ("name", name.as_str().into())]),
        crumbs: vec![
            crumb(shell.who.tier),
            Crumb::new(name.to_string(), format!("/private-servers/{name}")),
            Crumb::new(label, ""),
        ],
        help: tell(&format!("page-inside-{here}")),
        lines: entry(action).map(|entry| cli_line(entry, &input)).into_iter().collect(),
        ..Heading::default()
    }
}

/// A button about something in this private server.
pub fn button(
    who: &SessionView,
    name: &Name,
    (verb, icon): (&str, &'static str),
    known: &[(&str, &str)],
) -> Option<Button> {
    let mut input = json!({ "private_server": name });
    for (key, value) in known {
        input[*key] = json!(value);
    }
    Button::of(who, &format!("private-server.{verb}"), icon, input)
}

/// The address of a page of a path inside.
pub fn at(name: &Name, page: &str, path: &InsidePath) -> String {
    let path: String = form_urlencoded::byte_serialize(path.as_str().as_bytes()).collect();
    format!("/private-servers/{name}/{page}?path={path}")
}

/// Where a person is after an action inside; none for every other action.
pub fn home_of(action: &str, input: &Value) -> Option<String> {
    let verb = action.strip_prefix("private-server.")?;
    let name: Name = input["private_server"].as_str()?.parse().ok()?;
    let path = |key: &str| input[key].as_str().and_then(|path| path.parse::<InsidePath>().ok());
    let folder = |key: &str| path(key).and_then(|path| path.split().map(|(folder, _)| folder));
    let page = match verb {
        "file-permit" | "file-give" => {
            return Some(at(&name, "file", &path("path").unwrap_or_else(InsidePath::top)));
        }
        "file-rename" | "file-pack" | "file-unpack" => {
            return Some(at(&name, "files", &folder("to").unwrap_or_else(InsidePath::top)));
        }
        _ if verb.starts_with("file-") => {
            return Some(at(&name, "files", &folder("path").unwrap_or_else(InsidePath::top)));
        }
        "login-set-keys" | "login-keys" | "login-password" | "login-groups" => {
            let login: Cow<'_, str> = input["login"].as_str().unwrap_or_default().into();
            let plain =
                !login.is_empty() && login.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b));
            if plain { format!("people/{login}") } else { "people".to_owned() }
        }
        _ if verb.starts_with("service-") => "services".to_owned(),
        _ if verb.starts_with("process-") => "processes".to_owned(),
        _ if verb.starts_with("login-") => "people".to_owned(),
        "journal" => "log".to_owned(),
        "network" | "time" | "set-zone" => "network".to_owned(),
        _ => return None,
    };
    Some(format!("/private-servers/{name}/{page}"))
}

/// Draws a page of one thing that a page of parts lists.
pub fn draw_below(
    panel: &Panel,
    shell: Shell,
    name: &Name,
    (here, list): (&str, Crumb),
    title: &str,
    action: (&str, Value),
    parts: Vec<Part>,
) -> Response {
    let mut heading = heading(&shell, name, here, action);
    heading.title = title.to_owned();
    if let Some(last) = heading.crumbs.last_mut() {
        *last = list;
    }
    heading.crumbs.push(Crumb::new(title, ""));
    let tabs = tabs(name, &shell.who, here);
    let view = InsidePage { tabs, parts, narrow: Vec::new(), note: String::new() };
    panel.page(StatusCode::OK, "inside.html", &shell.page(heading, view))
}
