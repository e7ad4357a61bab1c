//! Every action has its route, and every fault its status.

use std::sync::Arc;

use axum::body::Body;
use axum::http::{Request, StatusCode};
use rackwright_api::status_of;
use rackwright_catalog::{ENTRIES, Fault, FaultCode};
use rackwright_client::{Credential, Origin};
use serde_json::json;

use crate::door::{Fake, knock, post, story};

#[test]
fn every_action_is_routed_with_its_input_and_caller() {
    story(async {
        for entry in ENTRIES {
            let door = Arc::new(Fake::default());
            let path = format!("/api/v1/{}/{}", entry.spec.noun(), entry.spec.verb());
            let reply = knock(&door, post(&path, &(entry.sample_input)())).await;
            assert_eq!(reply.status, StatusCode::OK, "{path}");
            assert_eq!(reply.json(), (entry.sample_output)(), "{path}");
            assert_eq!(reply.headers["cache-control"], "no-store");
            let [call] = door.called().try_into().expect("one call");
            assert_eq!((call.action.as_str(), call.input), (entry.spec.name, (entry.sample_input)()));
            assert_eq!(call.caller.credential, Credential::Bearer("rwt_sample".into()));
            assert_eq!(call.caller.origin, Origin::Api);
        }
    });
}

#[test]
fn faults_keep_their_words_and_get_their_status() {
    story(async {
        for code in ["conflict", "confirmation_needed", "storage_full", "not_signed_in", "internal"] {
            let code: FaultCode = serde_json::from_value(json!(code)).expect("a code");
            let fault = Fault::new(code, "install server r1", "it burns", "Call the fire brigade.");
            let reply =
                knock(&Fake::answering([Err(fault.clone())]), post("/api/v1/server/list", &json!({}))).await;
            assert_eq!((reply.status, reply.fault()), (status_of(code), fault));
            assert_eq!(reply.headers.contains_key("www-authenticate"), code == FaultCode::NotSignedIn);
        }
    });
}

#[test]
fn every_wrong_field_is_named_at_once() {
    story(async {
        let input = json!({"name": "Bad Name", "macs": ["x"], "colour": "red"});
        let fault = knock(&Arc::new(Fake::default()), post("/api/v1/server/add", &input)).await.fault();
        let mut fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
        fields.sort_unstable();
        assert_eq!((fault.code, fields), (FaultCode::InvalidInput, vec!["colour", "macs.0", "name"]));
    });
}

#[test]
fn unknown_addresses_and_methods_answer_with_faults() {
    story(async {
        for (method, path, status) in [
            ("POST", "/api/v1/server/explode", StatusCode::NOT_FOUND),
            ("GET", "/api", StatusCode::NOT_FOUND),
            ("GET", "/api/", StatusCode::NOT_FOUND),
            ("POST", "/api/v2/server/list", StatusCode::NOT_FOUND),
            ("GET", "/api/v1/server/list", StatusCode::METHOD_NOT_ALLOWED),
            ("OPTIONS", "/api/v1/server/list", StatusCode::METHOD_NOT_ALLOWED),
            ("POST", "/api/v1/events", StatusCode::METHOD_NOT_ALLOWED),
            ("DELETE", "/api/healthz", StatusCode::METHOD_NOT_ALLOWED),
        ] {
            let door = Arc::new(Fake::default());
            let request = Request::builder().method(method).uri(path).body(Body::empty()).expect("a request");
            let reply = knock(&door, request).await;
            assert_eq!(reply.status, status, "{method} {path}");
            assert!(reply.fault().advice.contains("/api/openapi.json"), "{method} {path}");
            assert!(
                !reply.headers.keys().any(|name| name.as_str().starts_with("access-control")),
                "{method} {path}"
            );
            assert!(door.called().is_empty());
        }
    });
}

#[test]
fn a_cookie_is_nobody() {
    story(async {
        let door = Arc::new(Fake::default());
        let mut request = post("/api/v1/server/list", &json!({}));
        request.headers_mut().remove("authorization");
        request
            .headers_mut()
            .insert("cookie", "rackwright_session=rws_abc; session=rws_abc".parse().expect("a cookie"));
        knock(&door, request).await;
        assert_eq!(door.called()[0].caller.credential, Credential::None);
    });
}

#[test]
fn the_health_check_needs_no_door() {
    story(async {
        let door = Arc::new(Fake::default());
        let reply = knock(&door, Request::get("/api/healthz").body(Body::empty()).expect("a request")).await;
        assert_eq!((reply.status, reply.json()), (StatusCode::OK, json!({"status": "ok"})));
        assert!(door.called().is_empty());
    });
}
