//! restic's REST protocol, versions 1 and 2, for agents that may only add (restic, "REST Backend").

use std::io::SeekFrom;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use futures_util::stream;
use rackwright_api::ServeLimits;
use tokio::fs::File;
use tokio::io::{AsyncReadExt as _, AsyncSeekExt as _};

use super::names::{Kind, Target, target};
use super::shelf::{Shelf, ShelfError, missing};

/// Lists in version 2 tell sizes.
const V2: &str = "application/vnd.x.restic.rest.v2";
const V1: &str = "application/vnd.x.restic.rest.v1";
/// Bytes that are read at once.
const CHUNK: usize = 64 << 10;
/// Letters of what a request shows at the door.
const LONGEST_CREDENTIAL: usize = 512;

/// Knows who may come to a folder now.
pub trait Door: Send + Sync {
    /// The most bytes that the folder may hold, when this password opens it now.
    fn admits(&self, folder: &str, password: &str) -> Option<u64>;
}

impl Door for Arc<rackwright_domain::Domain> {
    fn admits(&self, folder: &str, password: &str) -> Option<u64> {
        self.vault_admits(folder, password)
    }
}

/// What the port allows. restic opens five connections.
#[must_use]
pub fn limits() -> ServeLimits {
    ServeLimits {
        connections: 256,
        per_address: 48,
        body: Duration::from_secs(300),
        head: Duration::from_secs(90),
        ..ServeLimits::default()
    }
}

#[derive(Clone)]
struct Served {
    shelf: Shelf,
    door: Arc<dyn Door>,
}

/// The application.
pub fn app(shelf: Shelf, door: Arc<dyn Door>) -> Router {
    Router::new().fallback(answer).with_state(Served { shelf, door })
}

async fn answer(State(served): State<Served>, request: Request) -> Response {
    let Some(target) = target(request.uri().path()) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let password = password(request.headers());
    let Some(limit) = password.and_then(|password| served.door.admits(target.folder(), &password)) else {
        return (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Basic realm=\"backups\"")])
            .into_response();
    };
    match carry_out(&served.shelf, target, request, limit).await {
        Ok(response) => response,
        Err(why) => {
            let status = status(&why);
            if status.is_server_error() {
                tracing::warn!(
                    "a backup could not be stored or read: {}",
                    rackwright_domain::refusal::chain(&why)
                );
            }
            (status, why.to_string()).into_response()
        }
    }
}

async fn carry_out(
    shelf: &Shelf,
    target: Target,
    request: Request,
    limit: u64,
) -> Result<Response, ShelfError> {
    let (method, head) = (request.method().clone(), request.method() == Method::HEAD);
    let forbidden = || Ok(StatusCode::FORBIDDEN.into_response());
    match target {
        Target::Folder(folder) => match method {
            Method::POST if request.uri().query() == Some("create=true") => {
                shelf.lay_out(&folder).await?;
                Ok(StatusCode::OK.into_response())
            }
            _ => forbidden(),
        },
        Target::Config(folder) => match method {
            Method::GET | Method::HEAD => send(&shelf.config(&folder), request.headers(), head).await,
            Method::POST => {
                let Some(length) = length(request.headers()) else { return no_length() };
                shelf.save_config(&folder, length, request.into_body(), limit).await?;
                Ok(StatusCode::OK.into_response())
            }
            _ => forbidden(),
        },
        Target::List(folder, kind) => match method {
            Method::GET => list(shelf, &folder, kind, request.headers()).await,
            _ => forbidden(),
        },
        Target::File(folder, kind, name) => match method {
            Method::GET | Method::HEAD => {
                send(&shelf.path(&folder, kind, &name), request.headers(), head).await
            }
            Method::POST => {
                let Some(length) = length(request.headers()) else { return no_length() };
                shelf.save(&folder, kind, &name, length, request.into_body(), limit).await?;
                Ok(StatusCode::OK.into_response())
            }
            Method::DELETE if kind == Kind::Locks => {
                shelf.unlock(&folder, &name).await?;
                Ok(StatusCode::OK.into_response())
            }
            _ => forbidden(),
        },
    }
}

fn no_length() -> Result<Response, ShelfError> {
    Ok(StatusCode::LENGTH_REQUIRED.into_response())
}

fn status(why: &ShelfError) -> StatusCode {
    match why {
        ShelfError::Missing => StatusCode::NOT_FOUND,
        ShelfError::There => StatusCode::FORBIDDEN,
        ShelfError::TooLong(_) => StatusCode::PAYLOAD_TOO_LARGE,
        ShelfError::Misnamed | ShelfError::Broken => StatusCode::BAD_REQUEST,
        ShelfError::Full | ShelfError::DiskFull => StatusCode::INSUFFICIENT_STORAGE,
        ShelfError::Disk(_) => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The password of HTTP Basic (RFC 7617); the name says nothing.
fn password(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let encoded = value.strip_prefix("Basic ").filter(|encoded| encoded.len() <= LONGEST_CREDENTIAL)?;
    let pair = String::from_utf8(BASE64.decode(encoded).ok()?).ok()?;
    pair.split_once(':').map(|(_, password)| password.to_owned())
}

fn length(headers: &HeaderMap) -> Option<u64> {
    headers.get(header::CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

async fn list(shelf: &Shelf, folder: &str, kind: Kind, headers: &HeaderMap) -> Result<Response, ShelfError> {
    let all = shelf.list(folder, kind).await?;
    let wants_v2 = headers.get(header::ACCEPT).is_some_and(|accept| accept.as_bytes() == V2.as_bytes());
    let (kind, text) = if wants_v2 {
        (V2, serde_json::to_string(&all))
    } else {
        (V1, serde_json::to_string(&all.iter().map(|file| &file.name).collect::<Vec<_>>()))
    };
    let text = text.map_err(std::io::Error::other)?;
    Ok(([(header::CONTENT_TYPE, kind)], text).into_response())
}

/// A file or a part of it.
async fn send(path: &Path, headers: &HeaderMap, head: bool) -> Result<Response, ShelfError> {
    let path: PathBuf = path.to_owned();
    let mut file = File::open(&path).await.map_err(missing)?;
    let whole = file.metadata().await?.len();
    let asked =
        headers.get(header::RANGE).map(|range| range.to_str().ok().and_then(|range| part(range, whole)));
    let (first, length, status) = match asked {
        None => (0, whole, StatusCode::OK),
        Some(Some((first, length))) => (first, length, StatusCode::PARTIAL_CONTENT),
        Some(None) => return Ok(StatusCode::RANGE_NOT_SATISFIABLE.into_response()),
    };
    let mut response = Response::builder()
        .status(status)
        .header(header::CONTENT_LENGTH, length)
        .header(header::CONTENT_TYPE, "application/octet-stream");
    if status == StatusCode::PARTIAL_CONTENT {
        let range = format!("bytes {first}-{}/{whole}", first + length - 1);
        response = response.header(header::CONTENT_RANGE, range);
    }
    if head {
        return response.body(Body::empty()).map_err(|why| std::io::Error::other(why).into());
    }
    file.seek(SeekFrom::Start(first)).await?;
    let bytes = stream::try_unfold((file, length), |(mut file, left)| async move {
        if left == 0 {
            return Ok::<_, std::io::Error>(None);
        }
        let mut chunk = vec![0; CHUNK.min(usize::try_from(left).unwrap_or(CHUNK))];
        let count = file.read(&mut chunk).await?;
        if count == 0 {
            return Err(std::io::ErrorKind::UnexpectedEof.into());
        }
        chunk.truncate(count);
        Ok(Some((chunk, (file, left - count as u64))))
    });
    response.body(Body::from_stream(bytes)).map_err(|why| std::io::Error::other(why).into())
}

/// First byte and length of `bytes=FIRST-LAST` or `bytes=FIRST-` (RFC 9110 section 14.1.2).
fn part(range: &str, whole: u64) -> Option<(u64, u64)> {
    let (first, last) = range.strip_prefix("bytes=")?.split_once('-')?;
    let first: u64 = first.parse().ok()?;
    let end = if last.is_empty() { whole } else { last.parse::<u64>().ok()?.checked_add(1)?.min(whole) };
    (first < end).then(|| (first, end - first))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_lie_within_the_whole() {
        assert_eq!(part("bytes=0-9", 100), Some((0, 10)));
        assert_eq!(part("bytes=90-", 100), Some((90, 10)));
        assert_eq!(part("bytes=90-200", 100), Some((90, 10)));
        for bad in ["bytes=100-", "bytes=5-4", "bytes=-5", "bytes=a-b", "5-6", "bytes=0-18446744073709551615"]
        {
            assert_eq!(part(bad, 100), None, "{bad}");
        }
    }

    proptest::proptest! {
        #[test]
        fn whatever_is_asked_for_is_within(range in "(bytes=)?[0-9]{0,21}-?[0-9]{0,21}", whole in 0_u64..5_000) {
            if let Some((first, length)) = part(&range, whole) {
                proptest::prop_assert!(length > 0 && first + length <= whole);
            }
        }

        #[test]
        fn whatever_is_shown_at_the_door_is_read_or_not(value in proptest::collection::vec(0_u8.., 0..200)) {
            let mut headers = HeaderMap::new();
            if let Ok(value) = axum::http::HeaderValue::from_bytes(&[b"Basic ".as_slice(), &value].concat()) {
                headers.insert(header::AUTHORIZATION, value);
            }
            let _ = password(&headers);
        }
    }
}
