//! What is too large is refused before it is kept.

use rackwright_controld::front;
use rackwright_panel_kit::session::{COOKIE_NAME, token_of};

use super::listener::{Heard, Listener, impatient};
use crate::recorder::{Recorder, recorder};

const SESSION: &str = "rws_anybody";

async fn told(said: String) -> (Vec<Heard>, std::sync::Arc<Recorder>) {
    let (recorder, transport) = recorder();
    let listener = Listener::serve(front::app(&transport), impatient()).await;
    (listener.tell(said.as_bytes()).await, recorder)
}

/// Refused with one of these, or hung up on before the answer could be read; nothing is carried out.
async fn is_refused(what: &str, said: String, statuses: &[u16]) {
    let (heard, recorder) = told(said).await;
    assert!(heard.len() <= 1, "{what}: {heard:?}");
    assert!(heard.iter().all(|one| statuses.contains(&one.status)), "{what}: {heard:?}");
    assert!(recorder.take().is_empty(), "{what}");
}

#[tokio::test]
async fn heads_are_bounded() {
    let head = |more: String| format!("GET /servers HTTP/1.1\r\nHost: c\r\n{more}\r\n\r\n");
    is_refused("a wide header", head(format!("X: {}", "x".repeat(128 << 10))), &[431]).await;
    is_refused("many headers", head(vec!["X: y"; 200].join("\r\n")), &[431]).await;
    is_refused("a wide cookie", head(format!("Cookie: {}", "a=b; ".repeat(64 << 10))), &[431]).await;
    let long = format!("GET /{} HTTP/1.1\r\nHost: c\r\n\r\n", "x".repeat(128 << 10));
    is_refused("a long address", long, &[414, 431]).await;
    is_refused(
        "a long method",
        format!("{} / HTTP/1.1\r\nHost: c\r\n\r\n", "X".repeat(128 << 10)),
        &[400, 431],
    )
    .await;
    is_refused("no head at all", "\0".repeat(1 << 10), &[400]).await;
}

fn form(path: &str, length: usize, body: &str) -> String {
    format!(
        "POST {path} HTTP/1.1\r\nHost: c\r\nOrigin: https://c\r\nSec-Fetch-Site: same-origin\r\n\
         Cookie: {COOKIE_NAME}={SESSION}\r\nContent-Type: application/x-www-form-urlencoded\r\n\
         Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
}

#[tokio::test]
async fn bodies_are_bounded() {
    const LARGE: usize = (1 << 20) + 4_096;
    let body = format!("_token={}&server={}", token_of(SESSION), "x".repeat(LARGE));
    for path in ["/act/server/accept", "/bulk/server/retire", "/sign-in", "/language", "/sign-out"] {
        is_refused(path, form(path, body.len(), &body), &[413]).await;
    }
    let call = format!(
        "POST /api/v1/server/accept HTTP/1.1\r\nHost: c\r\nContent-Type: application/json\r\nContent-Length: {LARGE}\r\n\r\n{}",
        " ".repeat(LARGE)
    );
    is_refused("a call", call, &[413]).await;
}

/// Whoever promises a large body is answered without sending it.
#[tokio::test]
async fn no_body_is_kept_for_whoever_is_refused() {
    let never =
        form("/act/server/accept", 1 << 40, "").replace("Origin: https://c", "Origin: https://evil.example");
    let (heard, recorder) = told(never).await;
    assert_eq!(heard.first().map(|one| one.status), Some(403), "{heard:?}");
    assert!(recorder.take().is_empty());
}

#[tokio::test]
async fn deep_json_and_many_rows_are_refused() {
    let deep = format!("{{\"name\":{}", "[".repeat(100_000));
    let call = |body: &str| {
        format!(
            "POST /api/v1/profile/create HTTP/1.1\r\nHost: c\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: {}\r\n\r\n{body}",
            body.len()
        )
    };
    is_refused("deep JSON", call(&deep), &[400]).await;
    // A list has an end, and so have the inputs of a form.
    for (rows, status) in [(5_000, 422), (20_000, 403)] {
        let rows: String = (0..rows).map(|row| format!("&users.{row}.name=a")).collect();
        let body = format!("_token={}&name=p&image=i{rows}", token_of(SESSION));
        let (heard, recorder) = told(form("/act/profile/create", body.len(), &body)).await;
        assert_eq!(heard.first().map(|one| one.status), Some(status), "{heard:?}");
        assert!(recorder.take_of("profile.create").is_empty());
    }
}

/// Nothing that a path names is looked for outside what the panel holds.
#[tokio::test]
async fn no_path_leads_to_a_file() {
    for path in [
        "/assets/../../../../etc/passwd",
        "/assets/..%2f..%2f..%2fetc%2fpasswd",
        "/assets/%2e%2e/%2e%2e/etc/passwd",
        "/assets/%00",
        "/assets/....//etc/passwd",
        "/brand/..%2f..%2fetc%2fpasswd",
        "/servers/..%2f..%2fetc%2fpasswd",
        "/docs/..%2f/..%2fetc",
        "/act/..%2f/..%2fetc",
        "/parts/server/..%2f../head",
    ] {
        let said = format!(
            "GET {path} HTTP/1.1\r\nHost: c\r\nCookie: {COOKIE_NAME}={SESSION}\r\nConnection: close\r\n\r\n"
        );
        let (heard, recorder) = told(said).await;
        let status = heard.first().map(|one| one.status);
        assert!(matches!(status, Some(400 | 404)), "{path}: {heard:?}");
        assert!(!heard.iter().any(|one| one.body.contains("root:")), "{path}");
        drop(recorder);
    }
}
