//! Downloads: a file is read piece by piece while the browser takes it, so that none is held here whole. When it changes
//! meanwhile, or its server does not answer for a minute, the download breaks off: its length was told, so the browser notices.

use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::{Path, Query, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use futures_util::stream::try_unfold;
use rackwright_catalog::Fault;
use rackwright_catalog::actions::private_server::inside::{
    PrivateServerFileRead, PrivateServerFileReadInput,
};
use rackwright_client::Client;
use rackwright_model::Name;
use rackwright_model::private_server::inside::{FilePiece, InsidePath};
use rackwright_panel_kit::{Panel, Session, refusal};

use super::files::{Where, path_of};
use crate::private::one::no_such;

/// How far a download is.
struct Way {
    client: Client,
    input: PrivateServerFileReadInput,
    /// The piece that comes next, when it is here already.
    ready: Option<FilePiece>,
    bytes: u64,
    version: String,
}

/// `GET /private-servers/{name}/file/get?path=`
pub async fn get(
    State(panel): State<Arc<Panel>>,
    session: Session,
    Path(name): Path<String>,
    Query(place): Query<Where>,
) -> Response {
    let Ok(name) = name.parse::<Name>() else {
        return refusal::answer(&panel, &session, no_such(&name)).await;
    };
    let path = path_of(&place.path);
    let disposition = disposition(&path);
    let input = PrivateServerFileReadInput { private_server: name, path, offset: 0, length: None };
    let first = match session.client.call::<PrivateServerFileRead>(input.clone()).await {
        Ok(first) => first,
        Err(fault) => return refusal::answer(&panel, &session, fault).await,
    };
    let (bytes, version) = (first.bytes, first.version.clone());
    let way = Way { client: session.client, input, ready: Some(first), bytes, version };
    let headers = [
        (CONTENT_TYPE, "application/octet-stream".to_owned()),
        (CONTENT_LENGTH, bytes.to_string()),
        (CONTENT_DISPOSITION, disposition),
    ];
    (headers, Body::from_stream(try_unfold(way, next))).into_response()
}

/// RFC 6266, with the name of RFC 8187: every byte that is no letter or digit is written out.
fn disposition(path: &InsidePath) -> String {
    let name = path.split().map(|(_, name)| name.to_owned()).unwrap_or_default();
    let mut text = String::from("attachment; filename*=UTF-8''");
    for byte in name.bytes() {
        if byte.is_ascii_alphanumeric() || b".-_".contains(&byte) {
            text.push(char::from(byte));
        } else {
            text.push_str(&format!("%{byte:02X}"));
        }
    }
    text
}

async fn next(mut way: Way) -> Result<Option<(Bytes, Way)>, std::io::Error> {
    if way.input.offset >= way.bytes {
        return Ok(None);
    }
    let piece = match way.ready.take() {
        Some(piece) => piece,
        None => {
            way.client.call_patiently::<PrivateServerFileRead>(way.input.clone()).await.map_err(broken)?
        }
    };
    let bytes = STANDARD.decode(&piece.base64).map_err(std::io::Error::other)?;
    if piece.version != way.version || bytes.is_empty() {
        return Err(std::io::ErrorKind::InvalidData.into());
    }
    way.input.offset += bytes.len() as u64;
    Ok(Some((Bytes::from(bytes), way)))
}

fn broken(fault: Fault) -> std::io::Error {
    std::io::Error::other(fault.reason)
}
