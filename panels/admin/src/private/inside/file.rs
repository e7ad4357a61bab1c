//! `/private-servers/{name}/file?path=/etc/motd`: one file, its properties, and its text where it is one.

use std::hash::{BuildHasher as _, Hasher as _, RandomState};
use std::sync::Arc;

use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Redirect, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rackwright_catalog::actions::private_server::inside::{
    OneFile, PrivateServerFileAbandon, PrivateServerFileAbandonInput, PrivateServerFileFinish,
    PrivateServerFileFinishInput, PrivateServerFileRead, PrivateServerFileReadInput, PrivateServerFileShow,
    PrivateServerFileWrite, PrivateServerFileWriteInput,
};
use rackwright_catalog::{Fault, FaultCode, entry};
use rackwright_client::{Client, cli_line};
use rackwright_model::Name;
use rackwright_model::private_server::inside::{FileEntry, FileKind, InsidePath, PIECE, UploadKey};
use rackwright_panel_kit::messages::{tell, tell_with};
use rackwright_panel_kit::panel::now;
use rackwright_panel_kit::table::{Fact, facts};
use rackwright_panel_kit::{Button, Crumb, Panel, Posted, Session, Shell, refusal};
use serde::Serialize;
use serde_json::json;

use super::files::{Where, kind, of_entry, path_of, way};
use super::{Tab, at, heading, tabs};
use crate::private::one::no_such;

/// The longest text that is edited here, in bytes: a form carries it three times as long at worst.
const TEXT: u64 = 256 * 1024;

#[derive(Serialize)]
struct FilePage {
    tabs: Vec<Tab>,
    name: Name,
    path: String,
    way: Vec<(String, String)>,
    facts: Vec<Fact>,
    buttons: Vec<Button>,
    /// Where it is downloaded; empty for what is no file.
    get: String,
    text: Option<Text>,
}

/// What is edited.
#[derive(Default, Serialize)]
struct Text {
    text: String,
    version: String,
    /// Whether its lines end as on Windows.
    crlf: bool,
    /// Why it was not saved; empty when nothing went wrong.
    problem: String,
    /// Whether it was changed meanwhile, and may be saved over that.
    changed: bool,
}

/// `GET /private-servers/{name}/file?path=`
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
    draw(&panel, &session, &headers, name, path_of(&place.path), None).await
}

async fn draw(
    panel: &Panel,
    session: &Session,
    headers: &HeaderMap,
    name: Name,
    path: InsidePath,
    typed: Option<Text>,
) -> Response {
    let one = OneFile { private_server: name.clone(), path: path.clone() };
    let asked = async {
        let facts = session.client.call::<PrivateServerFileShow>(one.clone()).await?;
        let text = match typed {
            Some(typed) => Some(typed),
            None => text_of(&session.client, &one, &facts).await?,
        };
        Ok((facts, text))
    };
    let (shell, (facts, text)) = match tokio::try_join!(Shell::around(panel, session, headers), asked) {
        Ok(both) => both,
        Err(fault) => return refusal::answer(panel, session, fault).await,
    };
    let status = if text.as_ref().is_some_and(|text| !text.problem.is_empty()) {
        StatusCode::CONFLICT
    } else {
        StatusCode::OK
    };
    let input = json!({ "private_server": name, "path": path });
    let mut heading = heading(&shell, &name, "files", ("private-server.file-show", input.clone()));
    heading.title = path.split().map_or_else(|| tell("files-top"), |(_, last)| last.to_owned());
    heading.help = tell("page-inside-file");
    heading.lines.extend(entry("private-server.file-read").map(|entry| cli_line(entry, &input)));
    if let Some(last) = heading.crumbs.last_mut() {
        *last = Crumb::new(last.label.clone(), at(&name, "files", &InsidePath::top()));
    }
    heading.crumbs.push(Crumb::new(heading.title.clone(), ""));
    let view = FilePage {
        tabs: tabs(&name, &shell.who, "files"),
        way: way(&name, &path),
        facts: properties(&facts),
        buttons: of_entry(&shell.who, &name, &path),
        get: if facts.kind == FileKind::File { at(&name, "file/get", &path) } else { String::new() },
        text,
        path: path.to_string(),
        name,
    };
    panel.page(status, "file.html", &shell.page(heading, view))
}

fn properties(entry: &FileEntry) -> Vec<Fact> {
    let shown = json!({
        "kind": kind(entry.kind), "bytes": entry.bytes, "mode": entry.mode,
        "owner": entry.owner.clone().unwrap_or_else(|| entry.uid.to_string()),
        "group": entry.group.clone().unwrap_or_else(|| entry.gid.to_string()),
        "modified_at": entry.modified_at, "target": entry.target,
    });
    facts(&json!({}), &shown, now())
}

/// The text of a file, when it is one and short enough.
async fn text_of(client: &Client, one: &OneFile, facts: &FileEntry) -> Result<Option<Text>, Fault> {
    if facts.kind != FileKind::File || facts.bytes > TEXT {
        return Ok(None);
    }
    let input = PrivateServerFileReadInput {
        private_server: one.private_server.clone(),
        path: one.path.clone(),
        offset: 0,
        length: Some(PIECE),
    };
    let piece = client.call::<PrivateServerFileRead>(input).await?;
    let bytes = STANDARD.decode(piece.base64).unwrap_or_default();
    let text = String::from_utf8(bytes).ok().filter(|text| !text.contains('\0'));
    Ok(text.filter(|text| text.len() as u64 <= TEXT).map(|text| Text {
        crlf: text.contains("\r\n"),
        version: piece.version,
        text,
        ..Text::default()
    }))
}

/// `POST /private-servers/{name}/file`: saves the text, if the file is as it was when it was read.
pub async fn save(
    State(panel): State<Arc<Panel>>,
    Path(name): Path<String>,
    headers: HeaderMap,
    posted: Posted,
) -> Response {
    let Posted { session, typed } = posted;
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    let of = |key: &str| typed.get(key).unwrap_or_default().to_owned();
    let (path, crlf) = (path_of(&of("path")), of("crlf") == "true");
    // A form sends every line with the end that Windows gives it.
    let plain = of("text").replace("\r\n", "\n");
    let text = if crlf { plain.replace('\n', "\r\n") } else { plain };
    let version = Some(of("version")).filter(|_| of("anyway") != "true");
    match write(&session.client, &name, &path, &text, version.clone()).await {
        Ok(()) => Redirect::to(&at(&name, "file", &path)).into_response(),
        Err(fault) => {
            let reason = fault.reason.trim_end_matches('.');
            let values = [("attempted", fault.attempted.as_str().into()), ("reason", reason.into())];
            let kept = Text {
                problem: format!("{}. {}", tell_with("could-not", &values), fault.advice),
                changed: fault.code == FaultCode::Conflict,
                version: of("version"),
                crlf,
                text,
            };
            draw(&panel, &session, &headers, name, path, Some(kept)).await
        }
    }
}

/// Uploads a text in pieces and puts it in its place; what was uploaded is taken away when that fails.
async fn write(
    client: &Client,
    name: &Name,
    path: &InsidePath,
    text: &str,
    version: Option<String>,
) -> Result<(), Fault> {
    let upload = key();
    let written = put(client, name, path, &upload, text, version).await;
    if written.is_err() {
        let (private_server, path) = (name.clone(), path.clone());
        let input = PrivateServerFileAbandonInput { private_server, path, upload };
        // The first failure is the one to tell.
        client.call::<PrivateServerFileAbandon>(input).await.ok();
    }
    written
}

async fn put(
    client: &Client,
    name: &Name,
    path: &InsidePath,
    upload: &UploadKey,
    text: &str,
    version: Option<String>,
) -> Result<(), Fault> {
    let mut offset = 0;
    for piece in text.as_bytes().chunks(PIECE as usize) {
        let input = PrivateServerFileWriteInput {
            private_server: name.clone(),
            path: path.clone(),
            upload: upload.clone(),
            offset,
            base64: STANDARD.encode(piece),
        };
        offset = client.call::<PrivateServerFileWrite>(input).await?.bytes;
    }
    let input = PrivateServerFileFinishInput {
        private_server: name.clone(),
        path: path.clone(),
        upload: upload.clone(),
        bytes: text.len() as u64,
        replace: version.is_none(),
        version,
    };
    client.call::<PrivateServerFileFinish>(input).await.map(drop)
}

/// Another one each time: it names the upload until it is in its place.
fn key() -> UploadKey {
    let random = RandomState::new().build_hasher().finish();
    format!("{random:016x}").parse().expect("16 digits")
}
