//! The stream of events.

use std::time::Duration;

use axum::body::Body;
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::fake::Fake;
use crate::harness::{cookie, get};

/// No stream is listened to for longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// What the stream says until `last` was said.
async fn heard(signed_in: bool, last: &str) -> String {
    let router = rackwright_panel_admin::router(Fake::new());
    let request = if signed_in { get("/live").header("cookie", cookie()) } else { get("/live") };
    let response = router
        .oneshot(request.body(Body::empty()).expect("a request"))
        .await
        .expect("a router always answers");
    assert_eq!(response.headers()["content-type"], "text/event-stream");
    let mut body = response.into_body();
    let mut text = String::new();
    let listening = async {
        while !text.contains(last) {
            let Some(frame) = body.frame().await else { break };
            let frame = frame.expect("the stream is in memory");
            text.push_str(&String::from_utf8_lossy(frame.data_ref().map_or(&[], |data| data)));
        }
    };
    tokio::time::timeout(PATIENCE, listening)
        .await
        .unwrap_or_else(|_| panic!("{last} was not said within {PATIENCE:?}"));
    text
}

#[tokio::test]
async fn first_everything_then_what_happens() {
    let text = heard(true, "event: state-r1-u07").await;
    assert!(text.starts_with("event: sync\n"), "{text}");
    assert!(text.contains("event: roster") && text.contains("event: server-r1-u07"), "{text}");
}

#[tokio::test]
async fn whoever_is_not_signed_in_is_told_so_and_nothing_else() {
    assert_eq!(heard(false, "signed-out").await, "event: signed-out\ndata: 1\n\n");
}
