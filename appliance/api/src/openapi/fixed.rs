//! The parts of the description that no action makes.

use rackwright_catalog::actions::server::ServerWatch;
use rackwright_catalog::{Action, FaultCode};
use serde_json::{Map, Value, json};

use super::responses;

pub(super) fn info() -> Value {
    json!({
        "title": "Rackwright Control Center",
        "version": env!("CARGO_PKG_VERSION"),
        "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        "description": "Every action of the Control Center. The panels and the command `rackwright` use the same ones: \
            POST /api/v1/server/install does what `rackwright server install` does. Times are milliseconds since 1970, UTC.",
    })
}

pub(super) fn security_schemes() -> Value {
    json!({
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "description": "A token (`rwt_…`, made by `rackwright token create NAME`) or a session (`rws_…`, from session.open). \
                Cookies are never looked at.",
        }
    })
}

pub(super) fn paths() -> Map<String, Value> {
    let mut paths = Map::new();
    paths.insert("/api/v1/events".to_owned(), json!({ "get": events() }));
    paths.insert("/api/healthz".to_owned(), json!({ "get": health() }));
    paths
}

fn events() -> Value {
    json!({
        "operationId": "events",
        "tags": ["server"],
        "summary": "Follow events",
        "description": "Server-sent events: what server.watch tells, for as long as the connection and the credential live. \
            The data of an event is one item of server.watch; an event named `fault` is the last one.",
        "x-permission": ServerWatch::SPEC.permission,
        "x-effect": ServerWatch::SPEC.effect,
        "parameters": [
            { "name": "server", "in": "query", "description": "Only this server.", "schema": { "type": "string" } },
            {
                "name": "Last-Event-ID",
                "in": "header",
                "description": "Go on after this event.",
                "schema": { "type": "integer", "format": "int64" },
            },
        ],
        "responses": responses(json!({ "text/event-stream": { "schema": { "type": "string" } } })),
    })
}

fn health() -> Value {
    json!({
        "operationId": "healthz",
        "summary": "Whether requests are served",
        "security": [],
        "responses": {
            "200": {
                "description": "They are.",
                "content": { "application/json": {
                    "schema": { "type": "object", "properties": { "status": { "const": "ok" } }, "required": ["status"] },
                    "example": { "status": "ok" },
                } },
            },
        },
    })
}

/// What a fault code tells a program.
pub(super) fn meaning(code: FaultCode) -> &'static str {
    match code {
        FaultCode::InvalidInput => "the input is wrong; `fields` names each wrong field.",
        FaultCode::NotSignedIn => "no valid credential.",
        FaultCode::Forbidden => "the credential does not grant this.",
        FaultCode::NotFound => "no such object, or none that the caller may see.",
        FaultCode::Conflict => "the object is in a state that does not allow this.",
        FaultCode::ConfirmationNeeded => "something would be destroyed; repeat with the confirmation.",
        FaultCode::TooMany => "too many attempts; wait.",
        FaultCode::StorageFull => "the disk of the Control Center is full.",
        FaultCode::Unavailable => "a peer (BMC, agent, disk) did not do its part.",
        FaultCode::TimedOut => "a wait ended without an answer.",
        FaultCode::Internal => "a mistake of the Control Center.",
    }
}
