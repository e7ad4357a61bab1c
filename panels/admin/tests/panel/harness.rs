//! Local verbs of the tests: open a page, post a form.

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::{Request, Response};
use http_body_util::BodyExt;
use tower::ServiceExt;

use crate::fake::{CREDENTIAL, Fake};

pub struct Panel {
    pub fake: Arc<Fake>,
    router: Router,
}

/// An answer, read to its end.
pub struct Page {
    pub status: u16,
    pub headers: axum::http::HeaderMap,
    pub text: String,
}

impl Page {
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
    }

    pub fn cookies(&self) -> Vec<&str> {
        self.headers.get_all("set-cookie").iter().filter_map(|value| value.to_str().ok()).collect()
    }

    /// The text of the page must hold this.
    #[track_caller]
    pub fn shows(&self, part: &str) -> &Self {
        assert!(self.text.contains(part), "status {}: {part:?} is not in\n{}", self.status, self.text);
        self
    }
}

pub fn panel() -> Panel {
    let fake = Fake::new();
    Panel { router: rackwright_panel_admin::router(Arc::clone(&fake) as _), fake }
}

impl Panel {
    pub async fn send(&self, request: Request<Body>) -> Page {
        let response: Response<Body> =
            self.router.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is in memory").to_bytes();
        Page {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text: String::from_utf8_lossy(&bytes).into_owned(),
        }
    }

    /// Open a page as somebody who is signed in.
    pub async fn open(&self, path: &str) -> Page {
        self.send(get(path).header("cookie", cookie()).body(Body::empty()).expect("a request")).await
    }

    /// Open a page as nobody.
    pub async fn open_as_nobody(&self, path: &str) -> Page {
        self.send(get(path).body(Body::empty()).expect("a request")).await
    }

    /// Post a form from a page of the panel, with its token.
    pub async fn post(&self, path: &str, fields: &[(&str, &str)]) -> Page {
        let body = encode(fields.iter().copied().chain([("_token", token().as_str())]));
        self.send(post(path).header("cookie", cookie()).body(Body::from(body)).expect("a request")).await
    }
}

pub fn token() -> String {
    rackwright_panel_kit::session::token_of(CREDENTIAL)
}

pub fn cookie() -> String {
    format!("__Host-rackwright={CREDENTIAL}")
}

pub fn get(path: &str) -> axum::http::request::Builder {
    Request::get(path).header("host", "center:8443")
}

/// A post as a browser makes it from a page of the panel.
pub fn post(path: &str) -> axum::http::request::Builder {
    Request::post(path)
        .header("host", "center:8443")
        .header("origin", "https://center:8443")
        .header("sec-fetch-site", "same-origin")
        .header("content-type", "application/x-www-form-urlencoded")
}

pub fn encode<'a>(fields: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish()
}

/// Somebody of support, who looks and changes nothing.
pub fn support() -> serde_json::Value {
    let mut who = (rackwright_catalog::entry("session.show").expect("in the catalogue").sample_output)();
    (who["user"], who["role"]) = ("sam".into(), "support".into());
    who["permissions"] = serde_json::json!(rackwright_catalog::Role::Support.row().permissions);
    who
}
