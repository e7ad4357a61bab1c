//! A Control Center in this process: the domain on a database of its own behind the daemon's own front.

use std::path::PathBuf;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use http_body_util::BodyExt;
use rackwright_api::{ServeLimits, serve_unix};
use rackwright_client::Transport;
use rackwright_controld::front;
use rackwright_controld::transport::InProcess;
use rackwright_domain::Credential;
use tokio::net::UnixListener;
use tower::ServiceExt;

use crate::support::World;

pub struct Center {
    pub world: World,
    pub front: Router,
    pub socket: PathBuf,
}

/// An answer of the front, read to its end.
pub struct Reply {
    pub status: u16,
    pub text: String,
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
        Self { front: front::app(&transport), world, socket }
    }

    /// One request of the front, without a network.
    pub async fn send(&self, request: Request<Body>) -> Reply {
        let response = self.front.clone().oneshot(request).await.expect("a router always answers");
        let (parts, body) = response.into_parts();
        let bytes = body.collect().await.expect("the body is in memory").to_bytes();
        let text = String::from_utf8_lossy(&bytes).into_owned();
        Reply { status: parts.status.as_u16(), text }
    }
}

/// The text of a session's credential.
pub fn bearer(credential: &Credential) -> &str {
    match credential {
        Credential::Bearer(text) => text,
        Credential::None | Credential::LocalRoot => panic!("not a session"),
    }
}
