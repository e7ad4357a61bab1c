//! The API's description of itself: OpenAPI 3.1.0, made from the catalogue.

mod fixed;

use std::sync::LazyLock;

use axum::body::Bytes;
use axum::http::StatusCode;
use rackwright_catalog::{ENTRIES, Effect, Entry, FaultCode, Permission};
use serde_json::{Map, Value, json};

use crate::refusal::status_of;
use crate::routes::path;

static BYTES: LazyLock<Bytes> = LazyLock::new(|| Bytes::from(document().to_string()));

/// The document, as it is sent.
pub(crate) fn bytes() -> Bytes {
    BYTES.clone()
}

/// The OpenAPI document.
#[must_use]
pub fn document() -> Value {
    let mut paths: Map<String, Value> =
        ENTRIES.iter().map(|entry| (path(entry.spec.name), json!({ "post": operation(entry) }))).collect();
    paths.extend(fixed::paths());
    json!({
        "openapi": "3.1.0",
        "info": fixed::info(),
        "servers": [{ "url": "/" }],
        "security": [{ "bearer": [] }],
        "tags": tags(),
        "paths": paths,
        "components": {
            "securitySchemes": fixed::security_schemes(),
            "schemas": { "Fault": schema(rackwright_catalog::schema::of::<rackwright_catalog::Fault>()) },
            "responses": fault_responses(),
        },
    })
}

fn operation(entry: &Entry) -> Value {
    let spec = &entry.spec;
    let input = schema((entry.input_schema)());
    let required = input.get("required").and_then(Value::as_array).is_some_and(|fields| !fields.is_empty());
    let codes = entry.fault_codes();
    let mut operation = json!({
        "operationId": spec.name.replace(['.', '-'], "_"),
        "tags": [spec.noun()],
        "summary": format!("{} ({})", spec.title, spec.noun()),
        "description": spec.summary,
        "x-action": spec.name,
        "x-permission": spec.permission,
        "x-effect": spec.effect,
        "requestBody": {
            "required": required,
            "content": { "application/json": { "schema": input, "example": (entry.sample_input)() } },
        },
        "responses": responses(
            json!({
                "application/json": { "schema": schema((entry.output_schema)()), "example": (entry.sample_output)() }
            }),
            &codes,
        ),
        "x-fault-codes": codes,
    });
    if spec.effect != Effect::Read && spec.permission != Permission::Public {
        operation["parameters"] = json!([fixed::idempotency_key()]);
    }
    if spec.permission == Permission::Public {
        operation["security"] = json!([]);
    }
    operation
}

/// What an operation may answer: success with this content, or one of these faults.
fn responses(content: Value, codes: &[FaultCode]) -> Value {
    let mut responses = Map::new();
    responses.insert("200".to_owned(), json!({ "description": "It is done.", "content": content }));
    for code in codes {
        let reference = format!("#/components/responses/{}", word(*code));
        responses.insert(status_of(*code).as_str().to_owned(), json!({ "$ref": reference }));
    }
    for status in
        [StatusCode::PAYLOAD_TOO_LARGE, StatusCode::UNSUPPORTED_MEDIA_TYPE, StatusCode::REQUEST_TIMEOUT]
    {
        let reference = format!("#/components/responses/{}", word(FaultCode::InvalidInput));
        responses.insert(status.as_str().to_owned(), json!({ "$ref": reference }));
    }
    Value::Object(responses)
}

fn fault_responses() -> Value {
    let fault = |code: FaultCode| {
        json!({
            "description": format!("Fault `{}`: {}", word(code), fixed::meaning(code)),
            "content": { "application/json": {
                "schema": { "$ref": "#/components/schemas/Fault" },
                "example": fixed::fault(code),
            } },
        })
    };
    Value::Object(FaultCode::ALL.into_iter().map(|code| (word(code), fault(code))).collect())
}

/// A code as it stands on the wire.
fn word(code: FaultCode) -> String {
    json!(code).as_str().unwrap_or_default().to_owned()
}

fn tags() -> Value {
    let mut nouns: Vec<&str> = ENTRIES.iter().map(|entry| entry.spec.noun()).collect();
    nouns.dedup();
    nouns.into_iter().map(|noun| json!({ "name": noun })).collect()
}

/// A schema without the marks of a whole document.
fn schema(mut schema: Value) -> Value {
    if let Some(fields) = schema.as_object_mut() {
        fields.remove("$schema");
    }
    schema
}
