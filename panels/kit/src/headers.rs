//! What stands around every answer: security headers, and the refusal of requests that another site makes.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, ORIGIN, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS, X_FRAME_OPTIONS,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use crate::flash::Status;
use crate::messages::tell;

/// No inline script or style, nothing from elsewhere, no frames. `data:` images are the small marks in the style sheet.
pub const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
    font-src 'self'; connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'";

const FIXED: [(HeaderName, &str); 6] = [
    (CONTENT_SECURITY_POLICY, POLICY),
    (X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (X_FRAME_OPTIONS, "DENY"),
    // Not `no-referrer`: it would turn the Origin of our own forms into "null".
    (REFERRER_POLICY, "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Adds the headers to every answer; what says nothing of caching is not cached.
pub async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    headers.entry(CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

/// Forgets the status that the page before left, once a whole page has shown it.
pub async fn status_once(request: Request, next: Next) -> Response {
    let headers = request.headers();
    let left = request.method() == Method::GET
        && !headers.contains_key("hx-request")
        && Status::left_in(headers).is_some();
    let mut response = next.run(request).await;
    let html =
        response.headers().get(CONTENT_TYPE).is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    if left && html {
        let (name, gone) = Status::forget();
        response.headers_mut().append(name, gone);
    }
    response
}

/// Refuses requests that change something unless this panel's own pages made them.
pub async fn same_origin(request: Request, next: Next) -> Response {
    if matches!(*request.method(), Method::GET | Method::HEAD) || from_here(request.headers()) {
        return next.run(request).await;
    }
    (StatusCode::FORBIDDEN, tell("refused-origin")).into_response()
}

/// Whether the browser says that the request comes from a page of the same origin. A request that says nothing at all is
/// not from a browser that can be trusted to say so.
fn from_here(headers: &HeaderMap) -> bool {
    let text = |name: HeaderName| headers.get(name).map(|value| value.to_str().unwrap_or_default());
    let site = text(HeaderName::from_static("sec-fetch-site"));
    let origin = text(ORIGIN);
    let host = text(HOST);
    let origin_fits = origin.map(|origin| {
        // Without TLS it is another origin, unless the browser itself says that it is ours: on this machine, that is.
        let plain = origin.strip_prefix("http://").filter(|_| site == Some("same-origin"));
        let authority = origin.strip_prefix("https://").or(plain);
        authority.is_some() && authority == host
    });
    match (site, origin_fits) {
        (None, None) => false,
        (site, origin_fits) => site.is_none_or(|site| site == "same-origin") && origin_fits.unwrap_or(true),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judged(pairs: &[(&'static str, &'static str)]) -> bool {
        let headers = pairs
            .iter()
            .map(|(name, value)| (HeaderName::from_static(name), HeaderValue::from_static(value)));
        from_here(&headers.collect())
    }

    #[test]
    fn only_our_own_pages_may_post() {
        assert!(judged(&[("host", "c:8443"), ("origin", "https://c:8443")]));
        assert!(judged(&[("host", "c:8443"), ("sec-fetch-site", "same-origin")]));
        assert!(!judged(&[("host", "c:8443")]), "silence is refused");
        assert!(judged(&[("host", "c"), ("origin", "http://c"), ("sec-fetch-site", "same-origin")]));
        assert!(!judged(&[("host", "c"), ("origin", "http://c")]), "it came without TLS");
        assert!(!judged(&[("host", "c:8443"), ("origin", "null")]));
        assert!(!judged(&[("host", "c:8443"), ("origin", "https://evil.example")]));
        assert!(!judged(&[("host", "c:8443"), ("origin", "https://c:8443.evil.example")]));
        assert!(!judged(&[
            ("host", "c:8443"),
            ("origin", "https://c:8443"),
            ("sec-fetch-site", "same-site")
        ]));
        assert!(!judged(&[("host", "c:8443"), ("sec-fetch-site", "none")]));
    }
}
