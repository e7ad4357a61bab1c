//! The parts of the description that no action makes.

use rackwright_catalog::actions::server::ServerWatch;
use rackwright_catalog::{Action, Fault, FaultCode, FieldProblem, IdempotencyKey};
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
        "responses": responses(json!({ "text/event-stream": { "schema": { "type": "string" } } }), &FaultCode::ALL),
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

/// The header by which a change is carried out once.
pub(super) fn idempotency_key() -> Value {
    json!({
        "name": "Idempotency-Key",
        "in": "header",
        "description": "A key that the caller makes up, such as a UUID. The same call with the same key is carried out once \
            within a day, and answered with the first answer; another call under the same key is a conflict. A refusal \
            that did nothing does not use the key up.",
        "schema": { "type": "string", "minLength": 1, "maxLength": IdempotencyKey::LONGEST, "pattern": "^[!-~]+$" },
        "example": "8e03978e-40d5-43e8-bc93-6894a57f9324",
    })
}

/// A fault as it could really be.
pub(super) fn fault(code: FaultCode) -> Fault {
    let (attempted, reason, advice) = match code {
        FaultCode::InvalidInput => {
            let problem = FieldProblem::new(
                "name",
                "\"R1\" cannot be a name; use lower-case letters, digits and hyphens",
            );
            return Fault::invalid("carry out server add", vec![problem]);
        }
        FaultCode::NotSignedIn => {
            ("carry out server list", "nobody is signed in", "Sign in, or call with an API token.")
        }
        FaultCode::Forbidden => (
            "carry out server retire",
            "the role support does not allow it",
            "Ask an owner or manager of your account to do it, or to change your role.",
        ),
        FaultCode::NotFound => {
            ("show server r1", "there is no server r1", "List them with: rackwright server list")
        }
        FaultCode::Conflict => ("install server r1", "it is installing", "Wait until the install has ended."),
        FaultCode::ConfirmationNeeded => (
            "install server r1",
            "r1 is online and would be wiped",
            "To go ahead, repeat the name: --confirm-wipe r1",
        ),
        FaultCode::TooMany => ("sign in", "too many attempts", "Wait, then try again."),
        FaultCode::StorageFull => (
            "add server r1",
            "the data disk of the Control Center is full; nothing was changed",
            "Make room on the data disk, then try again.",
        ),
        FaultCode::Unavailable => ("power r1", "its BMC does not answer", "Check its address and its cable."),
        FaultCode::TimedOut => (
            "carry out image import",
            "it did not end within 170 s",
            "It may still go on: look at the jobs and the audit trail before trying again.",
        ),
        FaultCode::Internal => (
            "carry out server list",
            "the database failed; nothing was changed",
            "Read the Control Center's log and try again.",
        ),
    };
    Fault::new(code, attempted, reason, advice)
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
