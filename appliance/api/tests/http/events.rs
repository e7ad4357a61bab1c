//! Server-sent events, as a browser reads them.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use http_body_util::BodyExt;
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::{Credential, Transport};
use serde_json::{Value, json};
use tower::ServiceExt;

use crate::door::{Fake, knock, story};

fn watched(ids: &[i64], next: i64) -> Result<Value, Fault> {
    let item = |id: &i64| json!({"id": id, "at": 1, "server": "r1", "kind": "state", "text": format!("event\n{id}")});
    Ok(json!({"items": ids.iter().map(item).collect::<Vec<_>>(), "next": next}))
}

fn request(path: &str, last: Option<&str>) -> Request<Body> {
    let mut request = Request::get(path).header("authorization", "Bearer rwt_a");
    if let Some(last) = last {
        request = request.header("last-event-id", last);
    }
    request.body(Body::empty()).expect("a request")
}

fn gone() -> Fault {
    Fault::new(FaultCode::NotSignedIn, "watch servers", "the token was revoked", "Make another.")
}

#[test]
fn events_arrive_with_their_cursor_until_the_credential_dies() {
    story(async {
        let door = Fake::answering([watched(&[], 10), watched(&[11, 12], 12), watched(&[], 12), Err(gone())]);
        let reply = knock(&door, request("/api/v1/events?server=r1", None)).await;
        assert_eq!(reply.status, StatusCode::OK);
        assert_eq!(reply.headers["content-type"], "text/event-stream");
        assert_eq!(reply.headers["cache-control"], "no-store");
        let text = String::from_utf8(reply.body).expect("UTF-8");
        let ids: Vec<&str> = text.lines().filter_map(|line| line.strip_prefix("id: ")).collect();
        assert_eq!(ids, ["10", "11", "12", "12"], "{text}");
        let data: Vec<Value> = text
            .lines()
            .filter_map(|line| line.strip_prefix("data: "))
            .map(|line| serde_json::from_str(line).expect(line))
            .collect();
        assert_eq!(data[0]["text"], "event\n11", "{text}");
        assert!(text.trim_end().ends_with(&format!("event: fault\ndata: {}", json!(gone()))), "{text}");
        let asked: Vec<Value> = door.called().into_iter().map(|call| call.input).collect();
        assert_eq!(asked[0], json!({"server": "r1", "after": null, "wait_s": 0}));
        assert_eq!(
            (&asked[1]["after"], &asked[2]["after"], &asked[3]["after"]),
            (&json!(10), &json!(12), &json!(12))
        );
        assert!(
            door.called().iter().all(|call| call.caller.credential == Credential::Bearer("rwt_a".into()))
        );
    });
}

#[test]
fn a_client_that_comes_back_goes_on_where_it_was() {
    story(async {
        let door = Fake::answering([watched(&[], 41), Err(gone())]);
        let reply = knock(&door, request("/api/v1/events", Some("41"))).await;
        assert_eq!(door.called()[0].input["after"], 41);
        assert!(!String::from_utf8_lossy(&reply.body).contains("id:"), "the cursor did not move");
    });
}

#[test]
fn who_may_not_look_gets_a_status_and_no_stream() {
    story(async {
        let reply = knock(&Fake::answering([Err(gone())]), request("/api/v1/events", None)).await;
        assert_eq!((reply.status, reply.fault()), (StatusCode::UNAUTHORIZED, gone()));
    });
}

#[test]
fn a_wrong_question_is_named() {
    story(async {
        for (path, last) in [
            ("/api/v1/events?server=No%20Name", None),
            ("/api/v1/events?colour=red", None),
            ("/api/v1/events", Some("yesterday")),
        ] {
            let door = Fake::answering([]);
            let reply = knock(&door, request(path, last)).await;
            assert_eq!(
                (reply.status, reply.fault().code),
                (StatusCode::BAD_REQUEST, FaultCode::InvalidInput),
                "{path}"
            );
            assert!(door.called().is_empty());
        }
    });
}

#[test]
fn a_quiet_stream_is_kept_alive() {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .start_paused(true)
        .build()
        .expect("a runtime");
    runtime.block_on(async {
        let door = Fake::answering([watched(&[], 1)]);
        let router = rackwright_api::router(Arc::clone(&door) as Arc<dyn Transport>);
        let mut body = router.oneshot(request("/api/v1/events", None)).await.expect("an answer").into_body();
        let mut text = String::new();
        while !text.contains(": keep-alive") {
            let frame = body.frame().await.expect("it does not end").expect("no error");
            text.push_str(std::str::from_utf8(frame.data_ref().expect("data")).expect("UTF-8"));
        }
    });
}
