//! `/private-servers/{name}/files?path=/srv`: what a folder holds, uploads into it, and what can be done with it.

use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileList, PrivateServerFileListInput,
};
use rackwright_catalog::actions::session::SessionView;
use rackwright_model::Name;
use rackwright_model::private_server::inside::{FileEntry, FileKind, FileName, FilePage, InsidePath};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Cell, Empty, cell, time};
use rackwright_panel_kit::{Button, Panel, Session, Shell, Table, refusal, words};
use serde::{Deserialize, Serialize};
use serde_json::{json, to_value};

use super::{Tab, at, button, heading, tabs};
use crate::private::one::no_such;

#[derive(Debug, Default, Deserialize)]
pub struct Where {
    #[serde(default)]
    pub path: String,
    after: Option<String>,
}

#[derive(Serialize)]
struct FilesPage {
    tabs: Vec<Tab>,
    name: Name,
    path: String,
    /// The folders on the way, each with its address.
    way: Vec<(String, String)>,
    table: Table,
    buttons: Vec<Button>,
    cut: bool,
}

/// What was typed or linked as a path; the top when it is none.
pub fn path_of(text: &str) -> InsidePath {
    text.parse().unwrap_or_else(|_| InsidePath::top())
}

/// The folders on the way to a path, itself last.
pub fn way(name: &Name, path: &InsidePath) -> Vec<(String, String)> {
    let mut way = vec![(tell("files-top"), at(name, "files", &InsidePath::top()))];
    let mut here = InsidePath::top();
    for part in path.as_str().split('/').filter(|part| !part.is_empty()) {
        let Some(next) = part.parse::<FileName>().ok().and_then(|part| here.join(&part).ok()) else { break };
        here = next;
        way.push((part.to_owned(), at(name, "files", &here)));
    }
    way
}

/// `GET /private-servers/{name}/files?path=&after=`
pub async fn page(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(place): Query<Where>,
    headers: HeaderMap,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    let path = path_of(&place.path);
    let input = PrivateServerFileListInput {
        private_server: name.clone(),
        path: Some(path.clone()),
        after: place.after.filter(|after| !after.is_empty()),
    };
    let asked = session.client.call::<PrivateServerFileList>(input.clone());
    let (shell, page) = match tokio::try_join!(Shell::around(&panel, &session, &headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let input = to_value(&input).unwrap_or_default();
    let heading = heading(&shell, &name, "files", ("private-server.file-list", input));
    let view = FilesPage {
        tabs: tabs(&name, &shell.who, "files"),
        way: way(&name, &path),
        buttons: of_folder(&shell.who, &name, &path),
        cut: page.cut,
        table: table(&name, &path, page),
        path: path.to_string(),
        name,
    };
    panel.page(StatusCode::OK, "files.html", &shell.page(heading, view))
}

fn table(name: &Name, folder: &InsidePath, page: FilePage) -> Table {
    let columns = ["name", "bytes", "mode", "owner", "modified_at"].map(words::label).to_vec();
    let next = page.next.map(|next| {
        let next: String = form_urlencoded::byte_serialize(next.as_bytes()).collect();
        format!("{}&after={next}", at(name, "files", folder))
    });
    Table {
        caption: tell_with("files-caption", &[("path", folder.as_str().into())]),
        columns,
        rows: page.items.iter().map(|entry| row(name, folder, entry)).collect(),
        buttons: Vec::new(),
        empty: Empty {
            icon: "folder",
            title: tell("files-empty"),
            advice: tell("files-empty-advice"),
            buttons: Vec::new(),
        },
        next: next.unwrap_or_default(),
    }
}

fn row(name: &Name, folder: &InsidePath, entry: &FileEntry) -> Vec<Cell> {
    let path = entry.name.parse::<FileName>().ok().and_then(|one| folder.join(&one).ok());
    let path = path.filter(|_| !entry.odd);
    let page = if entry.kind == FileKind::Folder { "files" } else { "file" };
    let shown = match (&entry.target, entry.kind) {
        (Some(target), _) => format!("{} → {target}", entry.name),
        (None, FileKind::Folder) => format!("{}/", entry.name),
        (None, _) => entry.name.clone(),
    };
    let text = |kind: &'static str, text: String| Cell { kind, text, ..Cell::default() };
    let whose = |name: &Option<String>, number: u32| name.clone().unwrap_or_else(|| number.to_string());
    let bytes = if entry.kind == FileKind::File {
        cell("bytes", &json!(entry.bytes), now())
    } else {
        text("text", kind(entry.kind))
    };
    vec![
        Cell {
            href: path.map(|path| at(name, page, &path)).unwrap_or_default(),
            title: if entry.odd { tell("files-odd") } else { String::new() },
            ..text("text", shown)
        },
        bytes,
        text("code", entry.mode.clone()),
        text("text", format!("{} : {}", whose(&entry.owner, entry.uid), whose(&entry.group, entry.gid))),
        time(entry.modified_at, now()),
    ]
}

/// What a file is, in a word.
pub fn kind(kind: FileKind) -> String {
    tell(match kind {
        FileKind::File => "file-kind-file",
        FileKind::Folder => "file-kind-folder",
        FileKind::Link => "file-kind-link",
        FileKind::Special => "file-kind-special",
    })
}

fn of_folder(who: &SessionView, name: &Name, path: &InsidePath) -> Vec<Button> {
    let fresh = path.join(&tell("files-new-folder").parse().unwrap_or_else(|_| any_name()));
    let fresh = fresh.map(|path| path.to_string()).unwrap_or_default();
    let new = button(who, name, ("file-folder", "folder-plus"), &[("path", &fresh)]);
    [new].into_iter().flatten().chain(of_entry(who, name, path)).collect()
}

fn any_name() -> FileName {
    "new".parse().expect("a name")
}

/// What can be done with anything but the top.
pub fn of_entry(who: &SessionView, name: &Name, path: &InsidePath) -> Vec<Button> {
    let text = path.as_str();
    let permit = button(who, name, ("file-permit", "lock"), &[("path", text)]);
    let Some((folder, last)) = path.split() else { return permit.into_iter().collect() };
    let packed = format!("{text}.tar.gz");
    let mut pack =
        button(who, name, ("file-pack", "archive"), &[("folder", folder.as_str()), ("to", &packed)]);
    if let Some(pack) = &mut pack {
        pack.known.push(("names".to_owned(), last.to_owned()));
    }
    let is_tar = [".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2", ".tar.zst"]
        .iter()
        .find(|end| last.ends_with(*end));
    let unpack = is_tar.and_then(|end| {
        let to = text.strip_suffix(end).unwrap_or(text);
        button(who, name, ("file-unpack", "archive"), &[("path", text), ("to", to)])
    });
    let buttons = [
        button(who, name, ("file-rename", "edit"), &[("path", text), ("to", text)]),
        permit,
        button(who, name, ("file-give", "user-circle"), &[("path", text)]),
        unpack,
        pack,
        button(who, name, ("file-remove", "trash"), &[("path", text)]),
    ];
    buttons.into_iter().flatten().collect()
}
