//! Serving the routes: connections bounded in number, their heads in time and size, and an end in good order.

mod body;
mod host;
mod https;
mod places;
mod unix;

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::http::header::CONNECTION;
use axum::http::{HeaderValue, Request};
use axum::response::{IntoResponse, Response};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt;

use crate::refusal::Refusal;
use body::Timely;

pub(crate) use body::TooSlow;
pub use https::serve_https;
pub use places::{Place, Places};
pub use unix::serve_unix;

/// What a listener allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ServeLimits {
    /// Connections at one time; further ones wait in the kernel's queue.
    pub connections: usize,
    /// Connections of one address at one time; further ones are hung up on. On a unix socket there are no addresses.
    pub per_address: usize,
    /// TLS handshakes at one time.
    pub handshakes: usize,
    /// For a TLS handshake, once it is its turn.
    pub handshake: Duration,
    /// For the head of a request, also between two requests of a connection.
    pub head: Duration,
    /// For the body of a request, once somebody reads it.
    pub body: Duration,
    /// Until a peer that takes nothing more is given up. A unix socket waits for ever.
    pub stalled: Duration,
    /// For requests under way when the listener stops.
    pub grace: Duration,
}

impl Default for ServeLimits {
    fn default() -> Self {
        Self {
            connections: 512,
            per_address: 128,
            handshakes: 64,
            handshake: Duration::from_secs(10),
            head: Duration::from_secs(20),
            body: Duration::from_secs(30),
            stalled: Duration::from_secs(60),
            grace: Duration::from_secs(5),
        }
    }
}

/// Bytes of a request's head, and of what waits to be written.
const BUFFER_BYTES: usize = 64 << 10;
/// After the kernel refused us a connection for want of something, such as file descriptors.
const ACCEPT_PAUSE: Duration = Duration::from_millis(200);

/// The connections of one listener.
struct Connections {
    limits: ServeLimits,
    slots: Arc<Semaphore>,
    tasks: JoinSet<()>,
    stop: watch::Sender<bool>,
}

/// What serves one connection.
struct Session {
    app: Router,
    limits: ServeLimits,
    stop: watch::Receiver<bool>,
}

impl Connections {
    fn new(limits: ServeLimits) -> Self {
        let slots = Arc::new(Semaphore::new(limits.connections));
        Self { limits, slots, tasks: JoinSet::new(), stop: watch::channel(false).0 }
    }

    /// A slot, as soon as there is one.
    async fn slot(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.slots).acquire_owned().await.ok()
    }

    fn session(&self, app: Router) -> Session {
        Session { app, limits: self.limits, stop: self.stop.subscribe() }
    }

    fn spawn(&mut self, slot: OwnedSemaphorePermit, work: impl Future<Output = ()> + Send + 'static) {
        while self.tasks.try_join_next().is_some() {}
        self.tasks.spawn(async move {
            work.await;
            drop(slot);
        });
    }

    /// Let requests under way end, for a while; then cut them off.
    async fn finish(mut self) {
        self.stop.send_replace(true);
        let ended = async { while self.tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(self.limits.grace, ended).await.is_err() {
            tracing::info!(
                connections.cut = self.tasks.len(),
                "connections were still open at the end and are closed"
            );
        }
        self.tasks.shutdown().await;
    }
}

impl Session {
    /// Serve HTTP/1.1 on `stream`, with `about` (who the peer is) on every request.
    async fn serve<S, A>(mut self, stream: S, about: A)
    where
        S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
        A: Clone + Send + Sync + 'static,
    {
        let (app, limit) = (self.app, self.limits.body);
        let service = service_fn(move |request: Request<Incoming>| {
            let clear = host::is_clear(&request);
            let mut request = request.map(|body| Body::new(Timely::new(body, limit)));
            request.extensions_mut().insert(about.clone());
            let answer = app.clone().oneshot(request);
            async move { if clear { answer.await } else { Ok(unclear()) } }
        });
        let connection = http1::Builder::new()
            .timer(TokioTimer::new())
            .header_read_timeout(self.limits.head)
            .max_buf_size(BUFFER_BYTES)
            .serve_connection(TokioIo::new(stream), service)
            .with_upgrades();
        let mut connection = pin!(connection);
        tokio::select! {
            ended = connection.as_mut() => return note(ended),
            _ = self.stop.wait_for(|stop| *stop) => connection.as_mut().graceful_shutdown(),
        }
        note(connection.await);
    }
}

/// The answer to a request that may be meant for somebody else; what follows it on the connection is not looked at.
fn unclear() -> Response {
    let mut response = Refusal::unclear_host().into_response();
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    response
}

fn note(ended: hyper::Result<()>) {
    if let Err(error) = ended {
        tracing::debug!(error = %error, "a connection broke");
    }
}

/// Whether accepting can go on at once after this error: only that one connection was lost.
async fn pause_after(error: &Error) {
    if matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::Interrupted
    ) {
        return;
    }
    tracing::warn!(error = %error, "no connection can be accepted for a moment");
    tokio::time::sleep(ACCEPT_PAUSE).await;
}
