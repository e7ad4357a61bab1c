//! One request, one action.

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::HeaderMap;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use rackwright_catalog::validate::attempt;
use rackwright_catalog::{Effect, Entry, Fault, FaultCode};
use rackwright_client::{Caller, Transport};
use serde_json::Value;

use crate::caller::caller;
use crate::refusal::Refusal;
use crate::serve::TooSlow;

/// Bytes of a body.
pub(crate) const BODY_BYTES: usize = 1 << 20;
/// Until an action answers; a little less than our own client waits.
const ACTION_TIME: Duration = Duration::from_secs(170);

/// What stands behind the routes.
pub(crate) type Door = Arc<dyn Transport>;

/// Carry out the action of `entry` with the body as its input.
pub(crate) async fn call(door: Door, entry: &'static Entry, request: Request) -> Response {
    match answer(door, entry, request).await {
        Ok(output) => Json(output).into_response(),
        Err(refusal) => refusal.into_response(),
    }
}

async fn answer(door: Door, entry: &'static Entry, request: Request) -> Result<Value, Refusal> {
    let attempted = attempt(entry.spec.name);
    let (parts, body) = request.into_parts();
    let caller = caller(&parts, &attempted)?;
    let body = read(body, &attempted).await?;
    let input = parse(&parts.headers, &body, attempted)?;
    Ok(carry_out(door, caller, entry, input).await?)
}

/// Its time is limited by the listener.
async fn read(body: Body, attempted: &str) -> Result<Bytes, Refusal> {
    match Limited::new(body, BODY_BYTES).collect().await {
        Ok(body) => Ok(body.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => {
            Err(Refusal::too_large(attempted.to_owned(), BODY_BYTES))
        }
        Err(error) => Err(match TooSlow::behind(&*error) {
            Some(slow) => Refusal::too_slow(attempted.to_owned(), slow),
            None => Refusal::broken_off(attempted.to_owned()),
        }),
    }
}

/// The body as JSON. Only `application/json` is taken: a browser sends that across sites only after asking, and nobody
/// answers such a question here.
fn parse(headers: &HeaderMap, body: &[u8], attempted: String) -> Result<Value, Refusal> {
    let mut types = headers.get_all(CONTENT_TYPE).iter();
    let is_json = match (types.next(), types.next()) {
        (None, _) => body.is_empty(),
        (Some(only), None) => only.to_str().is_ok_and(|text| {
            text.split(';')
                .next()
                .is_some_and(|essence| essence.trim().eq_ignore_ascii_case("application/json"))
        }),
        (Some(_), Some(_)) => false,
    };
    if !is_json {
        return Err(Refusal::not_json(attempted));
    }
    if body.is_empty() {
        return Ok(Value::Object(serde_json::Map::new()));
    }
    serde_json::from_slice(body).map_err(|error| Refusal::malformed(attempted, &error))
}

/// An action that changes something goes on to its end even when the caller hangs up; a look ends with the caller.
async fn carry_out(door: Door, caller: Caller, entry: &'static Entry, input: Value) -> Result<Value, Fault> {
    let name = entry.spec.name;
    let waited = match entry.spec.effect {
        Effect::Read => tokio::time::timeout(ACTION_TIME, door.call(&caller, name, input)).await,
        Effect::Change | Effect::Destroy => {
            let work = tokio::spawn(async move { door.call(&caller, name, input).await });
            let work = async { work.await.unwrap_or_else(|_| Err(died(name))) };
            tokio::time::timeout(ACTION_TIME, work).await
        }
    };
    waited.unwrap_or_else(|_| {
        Err(Fault::new(
            FaultCode::TimedOut,
            attempt(name),
            format!("it did not end within {} s", ACTION_TIME.as_secs()),
            "It may still go on: look at the jobs and the audit trail before trying again.",
        ))
    })
}

fn died(name: &str) -> Fault {
    Fault::new(
        FaultCode::Internal,
        attempt(name),
        "the Control Center made a mistake while doing it",
        "Read the log of rackwrightd, and report this as a bug.",
    )
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;
    use proptest::prelude::*;

    use super::*;

    fn headers(content_type: Option<&str>) -> HeaderMap {
        let value = content_type.map(|text| (CONTENT_TYPE, HeaderValue::from_str(text).expect("a header")));
        value.into_iter().collect()
    }

    #[test]
    fn nothing_is_an_empty_input() {
        assert_eq!(parse(&headers(None), b"", String::new()), Ok(serde_json::json!({})));
        assert_eq!(
            parse(&headers(Some("application/json; charset=utf-8")), b"", String::new()),
            Ok(serde_json::json!({}))
        );
    }

    #[test]
    fn what_a_form_on_another_site_can_send_is_refused() {
        for foreign in [
            None,
            Some("text/plain"),
            Some("application/x-www-form-urlencoded"),
            Some("text/plain;application/json"),
        ] {
            assert_eq!(
                parse(&headers(foreign), b"{}", "x".into()),
                Err(Refusal::not_json("x".into())),
                "{foreign:?}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_body_breaks_it(body: Vec<u8>, depth in 0usize..4_000) {
            let _ = parse(&headers(Some("application/json")), &body, String::new());
            let _ = parse(&headers(Some("application/json")), "[".repeat(depth).as_bytes(), String::new());
        }
    }
}
