//! Bodies: their size, their type, and what becomes of an action whose caller hangs up.

use std::sync::{Arc, Mutex};

use axum::body::Body;
use axum::http::{Request, StatusCode};
use rackwright_client::{Answer, Caller, Transport};
use serde_json::{Value, json};
use tokio::sync::Notify;
use tower::ServiceExt;

use crate::door::{Fake, knock, post, story};

fn request(content_type: Option<&str>, body: Body) -> Request<Body> {
    let mut request = Request::post("/api/v1/server/list");
    if let Some(content_type) = content_type {
        request = request.header("content-type", content_type);
    }
    request.body(body).expect("a request")
}

#[test]
fn bodies_are_bounded() {
    story(async {
        let door = Arc::new(Fake::default());
        for (bytes, status) in [(1 << 20, StatusCode::OK), ((1 << 20) + 1, StatusCode::PAYLOAD_TOO_LARGE)] {
            let mut body = b"{}".to_vec();
            body.resize(bytes, b' ');
            assert_eq!(
                knock(&door, request(Some("application/json"), Body::from(body))).await.status,
                status,
                "{bytes}"
            );
        }
    });
}

#[test]
fn bodies_are_json_and_nothing_else() {
    story(async {
        let door = Arc::new(Fake::default());
        for (content_type, body, status) in [
            (None, "", StatusCode::OK),
            (Some("application/json"), "", StatusCode::OK),
            (Some("application/json;charset=UTF-8"), "{}", StatusCode::OK),
            (None, "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Some("text/plain"), "{}", StatusCode::UNSUPPORTED_MEDIA_TYPE),
            (Some("application/json"), "{", StatusCode::BAD_REQUEST),
            (Some("application/json"), "[]", StatusCode::BAD_REQUEST),
        ] {
            let reply = knock(&door, request(content_type, Body::from(body))).await;
            assert_eq!(reply.status, status, "{content_type:?} {body:?}");
        }
    });
}

/// Begins, waits to be let go on, and notes that it came to its end.
#[derive(Default)]
struct Slow {
    begun: Notify,
    go_on: Notify,
    ended: Notify,
    finished: Mutex<bool>,
}

impl Transport for Slow {
    fn call<'a>(&'a self, _: &'a Caller, _: &'a str, _: Value) -> Answer<'a> {
        Box::pin(async {
            self.begun.notify_one();
            self.go_on.notified().await;
            *self.finished.lock().expect("no panic") = true;
            self.ended.notify_one();
            Ok(Value::Null)
        })
    }
}

#[test]
fn a_change_goes_on_when_its_caller_hangs_up() {
    story(async {
        let door = Arc::new(Slow::default());
        let router = rackwright_api::router(Arc::clone(&door) as Arc<dyn Transport>);
        let call = router.oneshot(post("/api/v1/server/power", &json!({})));
        tokio::select! {
            _ = call => unreachable!("the door waits"),
            () = door.begun.notified() => {}
        }
        // The call is dropped here, as it is when a connection closes.
        door.go_on.notify_one();
        door.ended.notified().await;
        assert!(*door.finished.lock().expect("no panic"));
    });
}

struct Broken;

impl Transport for Broken {
    fn call<'a>(&'a self, _: &'a Caller, _: &'a str, _: Value) -> Answer<'a> {
        Box::pin(async { panic!("a mistake") })
    }
}

#[test]
fn a_mistake_of_ours_is_a_fault() {
    story(async {
        let router = rackwright_api::router(Arc::new(Broken));
        let response = router.oneshot(post("/api/v1/server/power", &json!({}))).await.expect("an answer");
        assert_eq!(response.status(), StatusCode::INTERNAL_SERVER_ERROR);
    });
}
