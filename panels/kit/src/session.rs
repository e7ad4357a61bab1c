//! Who sits before the panel: the session cookie, and the token that ties a form to it.

use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use axum::extract::{ConnectInfo, FromRequestParts};
use axum::http::header::{COOKIE, SET_COOKIE};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderMap, HeaderValue};
use rackwright_client::{Client, Credential};
use rackwright_model::Millis;
use sha2::{Digest, Sha256};

use crate::panel::Panel;
use crate::refusal::Refusal;

/// The cookie that holds the session's credential. The prefix makes browsers insist on `Secure`, `Path=/` and no domain.
pub const COOKIE_NAME: &str = "__Host-rackwright";

/// A signed-in request.
#[derive(Clone)]
pub struct Session {
    pub client: Client,
    /// Stands in every form; see [`token_of`].
    pub token: String,
    /// Address of the page, to come back to.
    pub path: String,
    /// Whether a script asked for a part of a page.
    pub fragment: bool,
}

impl FromRequestParts<Arc<Panel>> for Session {
    type Rejection = Refusal;

    async fn from_request_parts(parts: &mut Parts, panel: &Arc<Panel>) -> Result<Self, Refusal> {
        let path = parts.uri.path_and_query().map_or("/", |whole| whole.as_str()).to_owned();
        let fragment = parts.headers.contains_key("hx-request");
        let Some(credential) = cookie(&parts.headers, COOKIE_NAME) else {
            return Err(Refusal::SignIn { back: path, fragment });
        };
        let token = token_of(&credential);
        let client = panel.client(Credential::Bearer(credential), address_of(&parts.extensions));
        Ok(Self { client, token, path, fragment })
    }
}

/// The address of the browser, as the listener put it on the request.
#[must_use]
pub fn address_of(extensions: &Extensions) -> Option<IpAddr> {
    extensions.get::<ConnectInfo<SocketAddr>>().map(|peer| peer.0.ip())
}

/// The text that a form must carry to be believed: a hash of the credential, which another site neither knows nor can
/// read. It needs no state, so that a form that was open over a restart still works.
#[must_use]
pub fn token_of(credential: &str) -> String {
    let mut hash = Sha256::new();
    hash.update(b"rackwright form token\0");
    hash.update(credential.as_bytes());
    hex::encode(hash.finalize())
}

/// Whether two texts are the same, in a time that does not tell where they differ.
#[must_use]
pub fn same(left: &str, right: &str) -> bool {
    left.len() == right.len()
        && left.bytes().zip(right.bytes()).fold(0, |differ, (a, b)| differ | (a ^ b)) == 0
}

/// The value of a cookie of the request.
#[must_use]
pub fn cookie(headers: &HeaderMap, name: &str) -> Option<String> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find(|(key, value)| *key == name && !value.is_empty())
        .and_then(|(_, value)| {
            form_urlencoded::parse(value.as_bytes()).next().map(|(text, _)| text.into_owned())
        })
}

/// A `Set-Cookie` header that keeps `value` for `seconds`; zero takes the cookie away.
#[must_use]
pub fn set_cookie(name: &str, value: &str, seconds: i64) -> (axum::http::HeaderName, HeaderValue) {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    cookie_header(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Strict; Max-Age={seconds}"))
}

/// The same for a cookie that comes along when the browser returns from another site.
#[must_use]
pub fn returning_cookie(name: &str, value: &str, seconds: i64) -> (axum::http::HeaderName, HeaderValue) {
    let value: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
    cookie_header(&format!("{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax; Max-Age={seconds}"))
}

fn cookie_header(text: &str) -> (axum::http::HeaderName, HeaderValue) {
    (SET_COOKIE, HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static("")))
}

/// Seconds from now until `expires_at`, at least one minute so that a wrong clock does not lock everybody out.
#[must_use]
pub fn seconds_until(expires_at: Millis, now: Millis) -> i64 {
    (expires_at.since(now) / 1_000).max(60)
}
