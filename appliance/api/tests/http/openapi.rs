//! The API's description is what it says it is.

use std::sync::Arc;

use axum::body::Body;
use axum::http::Request;
use rackwright_catalog::{ENTRIES, Effect, Fault, FaultCode, Permission};
use serde_json::{Value, json};

use crate::door::{Fake, knock, story};

fn served() -> Value {
    let mut document = Value::Null;
    story(async {
        let request = Request::get("/api/openapi.json").body(Body::empty()).expect("a request");
        document = knock(&Arc::new(Fake::default()), request).await.json();
    });
    document
}

#[test]
fn it_is_openapi() {
    let document = served();
    assert_eq!(document["openapi"], "3.1.0");
    let read = oas3::from_json(document.to_string()).expect("an OpenAPI 3.1 document");
    assert_eq!(read.operations().count(), ENTRIES.len() + 2);
}

#[test]
fn the_reader_refuses_what_is_wrong() {
    let mut document = served();
    document["paths"]["/api/v1/server/list"]["post"]["responses"]["200"] = Value::Bool(true);
    assert!(oas3::from_json(document.to_string()).is_err());
}

#[test]
fn every_action_is_described_with_examples_that_fit() {
    let document = served();
    for entry in ENTRIES {
        let operation = &document["paths"][format!("/api/v1/{}", entry.spec.name.replace('.', "/"))]["post"];
        assert_eq!(operation["x-action"], entry.spec.name);
        assert!(operation["x-permission"].is_string() && operation["x-effect"].is_string(), "{operation}");
        for content in [&operation["requestBody"]["content"], &operation["responses"]["200"]["content"]] {
            let json = &content["application/json"];
            let validator = jsonschema::validator_for(&json["schema"]).expect("a valid schema");
            assert!(validator.is_valid(&json["example"]), "{}: {}", entry.spec.name, json["example"]);
        }
    }
    let ids: std::collections::HashSet<&str> = document["paths"]
        .as_object()
        .expect("paths")
        .values()
        .flat_map(|path| path.as_object().expect("methods").values())
        .map(|operation| operation["operationId"].as_str().expect("an id"))
        .collect();
    assert_eq!(ids.len(), ENTRIES.len() + 2);
}

#[test]
fn every_reference_leads_somewhere() {
    let document = served();
    let mut found = 0;
    let mut open = vec![&document];
    while let Some(value) = open.pop() {
        match value {
            Value::Object(fields) => {
                if let Some(Value::String(target)) = fields.get("$ref") {
                    found += 1;
                    assert!(document.pointer(target.trim_start_matches('#')).is_some(), "{target}");
                }
                open.extend(fields.values());
            }
            Value::Array(items) => open.extend(items),
            Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
        }
    }
    assert!(found > ENTRIES.len());
}

#[test]
fn every_operation_names_its_codes_and_every_fault_has_an_example() {
    let document = served();
    for entry in ENTRIES {
        let operation = &document["paths"][format!("/api/v1/{}", entry.spec.name.replace('.', "/"))]["post"];
        let codes = operation["x-fault-codes"].as_array().expect("codes");
        for code in FaultCode::ALL {
            let listed = codes.contains(&json!(code));
            let status = rackwright_api::status_of(code);
            assert_eq!(
                operation["responses"][status.as_str()].is_object(),
                listed,
                "{} {code:?}",
                entry.spec.name
            );
        }
        let takes_key = operation["parameters"][0]["name"] == "Idempotency-Key";
        assert_eq!(
            takes_key,
            entry.spec.effect != Effect::Read && entry.spec.permission != Permission::Public,
            "{operation}"
        );
    }
    let codes = |name: &str| document["paths"][name]["post"]["x-fault-codes"].clone();
    assert!(codes("/api/v1/server/install").to_string().contains("confirmation_needed"));
    assert!(!codes("/api/v1/server/list").to_string().contains("confirmation_needed"));
    for code in FaultCode::ALL {
        let word = json!(code).as_str().expect("a word").to_owned();
        let example = &document["components"]["responses"][&word]["content"]["application/json"]["example"];
        let fault: Fault = serde_json::from_value(example.clone()).expect(&word);
        assert!(fault.code == code && !fault.advice.is_empty(), "{example}");
    }
}
