//! Uploads from a browser: a script sends the pieces of a file one by one, so that there is progress, and what is broken off
//! goes on where it stands.
//!
//! Attacker's input: bodies of any kind; at most [`PIECE`] bytes are read of each.

use std::sync::Arc;

use axum::Json;
use axum::extract::{FromRequestParts as _, Path, Query, Request, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use http_body_util::{BodyExt as _, Limited};
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileAbandon, PrivateServerFileAbandonInput, PrivateServerFileFinish,
    PrivateServerFileFinishInput, PrivateServerFileWrite, PrivateServerFileWriteInput,
};
use rackwright_model::Name;
use rackwright_model::private_server::inside::{InsidePath, PIECE, UploadKey};
use rackwright_panel_kit::messages::tell;
use rackwright_panel_kit::session::same;
use rackwright_panel_kit::{Panel, Posted, Session};
use serde::Deserialize;
use serde_json::json;

use crate::private::console::{answer, number};

/// The header that carries the session's token: the body is the piece and nothing else.
const TOKEN: &str = "rackwright-token";

#[derive(Debug, Deserialize)]
pub struct Piece {
    path: InsidePath,
    upload: UploadKey,
    offset: u64,
}

/// `POST /private-servers/{name}/files/put?path=&upload=&offset=`: one piece.
pub async fn put(
    State(panel): State<Arc<Panel>>,
    Path(name): Path<Name>,
    Query(Piece { path, upload, offset }): Query<Piece>,
    request: Request,
) -> Response {
    let (mut parts, body) = request.into_parts();
    let session = match Session::from_request_parts(&mut parts, &panel).await {
        Ok(session) => session,
        Err(refusal) => return refusal.into_response(),
    };
    let token = parts.headers.get(TOKEN).and_then(|token| token.to_str().ok()).unwrap_or_default();
    if !same(token, &session.token) {
        return said(StatusCode::FORBIDDEN, "upload-foreign", false);
    }
    let Ok(body) = Limited::new(body, PIECE as usize).collect().await else {
        return said(StatusCode::PAYLOAD_TOO_LARGE, "upload-broken", true);
    };
    let base64 = STANDARD.encode(body.to_bytes());
    let input = PrivateServerFileWriteInput { private_server: name, path, upload, offset, base64 };
    answer::<PrivateServerFileWrite>(&session.client, input).await
}

fn said(status: StatusCode, message: &str, again: bool) -> Response {
    (status, Json(json!({ "sentence": tell(message), "again": again }))).into_response()
}

/// Path and key of an upload, as a form holds them.
fn place(posted: &Posted) -> Option<(InsidePath, UploadKey)> {
    let path = posted.typed.get("path")?.parse().ok()?;
    Some((path, posted.typed.get("upload")?.parse().ok()?))
}

/// `POST /private-servers/{name}/files/finish`
pub async fn finish(Path(name): Path<Name>, posted: Posted) -> Response {
    let (Some((path, upload)), Some(bytes)) = (place(&posted), number(&posted, "bytes")) else {
        return StatusCode::BAD_REQUEST.into_response();
    };
    let replace = posted.typed.get("replace") == Some("true");
    let private_server = name;
    let input = PrivateServerFileFinishInput { private_server, path, upload, bytes, replace, version: None };
    answer::<PrivateServerFileFinish>(&posted.session.client, input).await
}

/// `POST /private-servers/{name}/files/abandon`
pub async fn abandon(Path(name): Path<Name>, posted: Posted) -> Response {
    let Some((path, upload)) = place(&posted) else { return StatusCode::BAD_REQUEST.into_response() };
    let input = PrivateServerFileAbandonInput { private_server: name, path, upload };
    answer::<PrivateServerFileAbandon>(&posted.session.client, input).await
}
