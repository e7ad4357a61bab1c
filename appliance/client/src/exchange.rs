//! One call over one HTTP/1.1 connection (RFC 9112).
//!
//! Attacker's input: the answer of whoever holds the other end; its size and its time are bounded.

use std::time::Duration;

use http_body_util::{BodyExt, Full, Limited};
use hyper::body::{Bytes, Incoming};
use hyper::header::{ACCEPT, AUTHORIZATION, CONTENT_TYPE, HOST, HeaderValue};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::TokioIo;
use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Fault, FaultCode};
use serde_json::Value;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::task::JoinSet;

use crate::{Caller, Credential, Origin};

/// The header by which a command says that it is one; it stands in the audit row, and grants nothing.
pub const ORIGIN_HEADER: &str = "x-rackwright-origin";

/// The header with the key by which a change is carried out once.
pub const KEY_HEADER: &str = "idempotency-key";

/// How long a call may wait, and how much it may receive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Until there is a connection, TLS included.
    pub connect: Duration,
    /// From the request to the last byte of the answer. Longer than `server.watch` may wait (60 s).
    pub answer: Duration,
    /// Bytes of an answer.
    pub answer_bytes: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { connect: Duration::from_secs(10), answer: Duration::from_secs(180), answer_bytes: 32 << 20 }
    }
}

/// A call to be carried by a connection.
pub(crate) struct Call<'a> {
    pub caller: &'a Caller,
    pub action: &'a str,
    pub input: Value,
    /// The `Host` header, and how faults name the other end.
    pub host: &'a str,
    pub limits: Limits,
}

/// Send the call over `stream` and read its answer.
///
/// # Errors
/// The fault that the Control Center answered, or one that says why there is no answer.
pub(crate) async fn exchange<S>(stream: S, call: Call<'_>) -> Result<Value, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (limit, action, host) = (call.limits.answer, call.action, call.host);
    match tokio::time::timeout(limit, converse(stream, &call)).await {
        Ok(answer) => answer,
        Err(_) => Err(Fault::new(
            FaultCode::TimedOut,
            attempt(action),
            format!("{host} did not answer within {} s", limit.as_secs()),
            "It may still carry the action out: look at the jobs and the audit trail before trying again.",
        )),
    }
}

async fn converse<S>(stream: S, call: &Call<'_>) -> Result<Value, Fault>
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let request = request(call)?;
    let broken = |error: hyper::Error| broken(call, &error);
    let (mut sender, connection) =
        hyper::client::conn::http1::handshake(TokioIo::new(stream)).await.map_err(broken)?;
    // Ends with this function, whichever way that ends.
    let mut tasks = JoinSet::new();
    tasks.spawn(connection);
    let response = sender.send_request(request).await.map_err(broken)?;
    let status = response.status();
    let body = read(response, call).await?;
    understand(status, &body, call)
}

fn request(call: &Call<'_>) -> Result<Request<Full<Bytes>>, Fault> {
    let mut request = Request::post(format!("/api/v1/{}", call.action.replace('.', "/")))
        .header(HOST, call.host)
        .header(ACCEPT, "application/json")
        .header(CONTENT_TYPE, "application/json");
    if call.caller.origin == Origin::Cli {
        request = request.header(ORIGIN_HEADER, "cli");
    }
    if let Some(key) = &call.caller.idempotency_key {
        request = request.header(KEY_HEADER, key.as_str());
    }
    if let Credential::Bearer(token) = &call.caller.credential {
        let mut value =
            HeaderValue::try_from(format!("Bearer {token}")).map_err(|_| bad_token(call.action))?;
        value.set_sensitive(true);
        request = request.header(AUTHORIZATION, value);
    }
    request.body(Full::from(call.input.to_string())).map_err(|error| {
        Fault::new(
            FaultCode::Internal,
            attempt(call.action),
            format!("it cannot be written as a request: {error}"),
            "Check the address of the Control Center.",
        )
    })
}

async fn read(response: Response<Incoming>, call: &Call<'_>) -> Result<Bytes, Fault> {
    match Limited::new(response.into_body(), call.limits.answer_bytes).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) => Err(unavailable(call, format!("the answer of {} broke off: {error}", call.host))),
    }
}

fn understand(status: StatusCode, body: &[u8], call: &Call<'_>) -> Result<Value, Fault> {
    let parsed = if status == StatusCode::OK {
        serde_json::from_slice::<Value>(body).map(Ok)
    } else {
        serde_json::from_slice::<Fault>(body).map(Err)
    };
    parsed.unwrap_or_else(|_| {
        let start: String =
            String::from_utf8_lossy(body).chars().filter(|c| !c.is_control()).take(120).collect();
        Err(unavailable(
            call,
            format!(
                "{} answered {status} with something else than a Control Center does: {start:?}",
                call.host
            ),
        ))
    })
}

fn broken(call: &Call<'_>, error: &hyper::Error) -> Fault {
    unavailable(call, format!("the connection to {} broke: {}", call.host, chain(error)))
}

fn unavailable(call: &Call<'_>, reason: String) -> Fault {
    Fault::new(
        FaultCode::Unavailable,
        attempt(call.action),
        reason,
        "Check that this is the address of the Control Center, and read its log.",
    )
}

fn bad_token(action: &str) -> Fault {
    Fault::new(
        FaultCode::NotSignedIn,
        attempt(action),
        "the token has characters that no token has",
        "Give the token as it was shown when it was made: one line that starts with rwt_.",
    )
}

/// An error with its causes, each once.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut source = error.source();
    while let Some(cause) = source {
        let cause_text = cause.to_string();
        if !text.contains(&cause_text) {
            text.push_str(": ");
            text.push_str(&cause_text);
        }
        source = cause.source();
    }
    text
}
