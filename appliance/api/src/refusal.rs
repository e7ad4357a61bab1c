//! Faults as HTTP responses. The only place that knows which fault has which status.

use axum::Json;
use axum::http::header::WWW_AUTHENTICATE;
use axum::http::{HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use rackwright_catalog::{Fault, FaultCode};

use crate::serve::TooSlow;

/// The status of a fault (RFC 9110 section 15, RFC 6585, RFC 4918 section 11.5).
#[must_use]
pub fn status_of(code: FaultCode) -> StatusCode {
    match code {
        FaultCode::InvalidInput => StatusCode::BAD_REQUEST,
        FaultCode::NotSignedIn => StatusCode::UNAUTHORIZED,
        FaultCode::Forbidden => StatusCode::FORBIDDEN,
        FaultCode::NotFound => StatusCode::NOT_FOUND,
        FaultCode::Conflict => StatusCode::CONFLICT,
        FaultCode::ConfirmationNeeded => StatusCode::PRECONDITION_REQUIRED,
        FaultCode::TooMany => StatusCode::TOO_MANY_REQUESTS,
        FaultCode::StorageFull => StatusCode::INSUFFICIENT_STORAGE,
        FaultCode::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        FaultCode::TimedOut => StatusCode::GATEWAY_TIMEOUT,
        FaultCode::Internal => StatusCode::INTERNAL_SERVER_ERROR,
    }
}

/// The response that carries a fault.
#[must_use]
pub fn respond(fault: &Fault) -> Response {
    let mut response = (status_of(fault.code), Json(fault)).into_response();
    if fault.code == FaultCode::NotSignedIn {
        response.headers_mut().insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// A request that never became an action; its status says more than its code.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Refusal {
    status: StatusCode,
    fault: Fault,
}

impl Refusal {
    fn new(
        status: StatusCode,
        attempted: impl Into<String>,
        reason: impl Into<String>,
        advice: &str,
    ) -> Self {
        Self { status, fault: Fault::new(FaultCode::InvalidInput, attempted, reason, advice) }
    }

    pub fn too_large(attempted: String, limit: usize) -> Self {
        let reason = format!("the body is larger than {limit} bytes");
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, attempted, reason, "Send less.")
    }

    pub fn too_slow(attempted: String, slow: TooSlow) -> Self {
        let advice = "Send it again over a quicker line.";
        Self::new(StatusCode::REQUEST_TIMEOUT, attempted, slow.to_string(), advice)
    }

    pub fn unclear_host() -> Self {
        let reason = "its Host header is missing, given twice or no host, or its target names another host";
        let advice = "Send one Host header with the name or address of this Control Center.";
        Self::new(StatusCode::BAD_REQUEST, "serve the request", reason, advice)
    }

    pub fn broken_off(attempted: String) -> Self {
        Self::new(StatusCode::BAD_REQUEST, attempted, "the body broke off", "Send it again.")
    }

    pub fn not_json(attempted: String) -> Self {
        let reason = "the body is not of type application/json";
        let advice = "Send JSON, with the header Content-Type: application/json.";
        Self::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, attempted, reason, advice)
    }

    pub fn malformed(attempted: String, error: &serde_json::Error) -> Self {
        let reason = format!("the body is not valid JSON: {error}");
        Self::new(StatusCode::BAD_REQUEST, attempted, reason, "Correct the body and send it again.")
    }

    pub fn wrong_method(method: &Method, uri: &Uri, right: &'static str) -> Self {
        let advice = format!("Use {right}; the API is described at /api/openapi.json.");
        let reason = format!("{} takes only {right}", shown(uri));
        Self::new(StatusCode::METHOD_NOT_ALLOWED, format!("{method} {}", shown(uri)), reason, &advice)
    }

    pub fn no_route(method: &Method, uri: &Uri) -> Self {
        Self {
            status: StatusCode::NOT_FOUND,
            fault: Fault::new(
                FaultCode::NotFound,
                format!("{method} {}", shown(uri)),
                "there is nothing at this address",
                "The API is described at /api/openapi.json.",
            ),
        }
    }
}

/// The path, no longer than a sentence bears.
fn shown(uri: &Uri) -> String {
    uri.path().chars().take(120).collect()
}

impl From<Fault> for Refusal {
    fn from(fault: Fault) -> Self {
        Self { status: status_of(fault.code), fault }
    }
}

impl IntoResponse for Refusal {
    fn into_response(self) -> Response {
        let mut response = respond(&self.fault);
        *response.status_mut() = self.status;
        response
    }
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_fault_has_a_status_of_its_own() {
        let statuses: HashSet<StatusCode> = FaultCode::ALL.into_iter().map(status_of).collect();
        assert_eq!(statuses.len(), FaultCode::ALL.len());
        assert!(statuses.iter().all(|status| status.is_client_error() || status.is_server_error()));
    }
}
