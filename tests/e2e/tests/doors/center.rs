//! A Control Center in this process: the domain on a database of its own behind the daemon's own front.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use axum::http::request::Builder;
use http_body_util::BodyExt;
use rackwright_api::{ServeLimits, serve_unix};
use rackwright_client::Transport;
use rackwright_controld::front;
use rackwright_controld::transport::InProcess;
use rackwright_domain::Credential;
use rackwright_panel_kit::session::COOKIE_NAME;
use serde_json::Value;
use tokio::net::UnixListener;
use tower::ServiceExt;

use crate::support::World;

/// The router of everything, called without a network.
#[derive(Clone)]
pub struct Front(pub Router);

/// An answer of the front, read to its end.
pub struct Reply {
    pub status: u16,
    pub text: String,
}

/// What the front is called by.
pub const HOST: &str = "center:8443";

impl Front {
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.0.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is in memory").to_bytes();
        Reply { status: parts.status.as_u16(), text: String::from_utf8_lossy(&bytes).into_owned() }
    }

    /// An action by its route.
    pub async fn call(&self, session: &str, action: &str, input: &Value) -> Reply {
        let request = Request::post(format!("/api/v1/{}", action.replace('.', "/")))
            .header("host", HOST)
            .header("authorization", format!("Bearer {session}"))
            .header("content-type", "application/json")
            .body(Body::from(input.to_string()));
        self.send(request.expect("a request")).await
    }

    /// A page of the panel; of a form, only the form when the script asks.
    pub async fn open(&self, session: &str, path: &str, by_script: bool) -> Reply {
        let request = signed_in(Request::get(path), session, by_script).body(Body::empty());
        self.send(request.expect("a request")).await
    }

    /// A form of the panel, sent from a page of the panel.
    pub async fn post<'a>(
        &self,
        session: &str,
        path: &str,
        pairs: impl Iterator<Item = (&'a str, &'a str)>,
        by_script: bool,
    ) -> Reply {
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(pairs).finish();
        let request = signed_in(Request::post(path), session, by_script)
            .header("origin", format!("https://{HOST}"))
            .header("sec-fetch-site", "same-origin")
            .header("content-type", "application/x-www-form-urlencoded")
            .body(Body::from(body));
        self.send(request.expect("a request")).await
    }
}

fn signed_in(request: Builder, session: &str, by_script: bool) -> Builder {
    let request = request.header("host", HOST);
    let request = if by_script { request.header("rackwright-form", "1") } else { request };
    if session.is_empty() { request } else { request.header("cookie", format!("{COOKIE_NAME}={session}")) }
}

pub struct Center {
    pub world: World,
    pub front: Front,
    pub socket: PathBuf,
}

impl Center {
    /// Starts one; its socket is served as long as the test's runtime is there.
    pub fn start() -> Self {
        let world = World::new();
        let transport: Arc<dyn Transport> = Arc::new(InProcess::new(Arc::clone(&world.domain)));
        let socket = world.directory.path().join("socket");
        let listener = UnixListener::bind(&socket).expect("a socket");
        let door = Arc::clone(&transport);
        tokio::spawn(serve_unix(listener, door, ServeLimits::default(), std::future::pending()));
        Self { front: Front(front::app(&transport)), world, socket }
    }
}

/// The text of a session's credential.
pub fn bearer(credential: &Credential) -> &str {
    match credential {
        Credential::Bearer(text) => text,
        Credential::None | Credential::LocalRoot => panic!("not a session"),
    }
}
