//! HTTPS: TLS handshakes are limited in number and in time, and connections in number for each address, so that slow
//! peers and greedy ones cannot keep others out.

use std::future::Future;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ConnectInfo;
use rustls::ServerConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Semaphore;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::{Connections, Places, ServeLimits, pause_after};

/// Of a connection on which nothing happens, until its peer is asked whether it is there; and between two such questions.
const QUIET: Duration = Duration::from_secs(60);
const PROBE: Duration = Duration::from_secs(15);

/// Refused connections that are hung up on in good order at one time; more are reset.
const FAREWELLS: usize = 32;
/// For one of them.
const FAREWELL: Duration = Duration::from_secs(1);
/// Bytes that are taken of one of them: the start of a TLS handshake (RFC 8446 section 5.1).
const FAREWELL_BYTES: u64 = 16 << 10;

/// Serve `app` over TLS until `shutdown`. Requests carry [`ConnectInfo`] of the peer's [`SocketAddr`].
///
/// HTTP/1.1 only: `config` is given that one ALPN protocol.
pub async fn serve_https(
    listener: TcpListener,
    mut config: ServerConfig,
    app: Router,
    limits: ServeLimits,
    shutdown: impl Future<Output = ()>,
) {
    config.alpn_protocols = vec![b"http/1.1".to_vec()];
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let handshakes = Arc::new(Semaphore::new(limits.handshakes));
    let places = Places::new(limits.connections, limits.per_address);
    let farewells = Arc::new(Semaphore::new(FAREWELLS));
    let mut connections = Connections::new(limits);
    let mut shutdown = pin!(shutdown);
    loop {
        let arrival = async { (connections.slot().await, listener.accept().await) };
        let (slot, arrival) = tokio::select! {
            arrival = arrival => arrival,
            () = shutdown.as_mut() => break,
        };
        match (slot, arrival) {
            (Some(slot), Ok((stream, peer))) => {
                let Some(place) = places.take(peer.ip()) else {
                    tracing::debug!(peer.address = %peer, "an address has too many connections");
                    if let Ok(turn) = Arc::clone(&farewells).try_acquire_owned() {
                        connections.spawn(turn, hang_up(stream));
                    }
                    continue;
                };
                let session = connections.session(app.clone());
                let greeting = greet(acceptor.clone(), Arc::clone(&handshakes), stream, peer, limits);
                connections.spawn(slot, async move {
                    if let Some(stream) = greeting.await {
                        session.serve(stream, ConnectInfo(peer)).await;
                    }
                    drop(place);
                });
            }
            (None, _) => break,
            (Some(_), Err(error)) => pause_after(&error).await,
        }
    }
    drop(listener);
    connections.finish().await;
}

/// The peer reads an end, not a reset: the kernel resets a connection with bytes that nobody took.
async fn hang_up(mut stream: TcpStream) {
    let farewell = async {
        stream.shutdown().await?;
        tokio::io::copy(&mut stream.take(FAREWELL_BYTES), &mut tokio::io::sink()).await
    };
    if let Ok(Err(error)) = tokio::time::timeout(FAREWELL, farewell).await {
        tracing::debug!(error = %error, "a refused connection broke");
    }
}

/// The TLS handshake, in its turn and within its time.
async fn greet(
    acceptor: TlsAcceptor,
    turns: Arc<Semaphore>,
    stream: TcpStream,
    peer: SocketAddr,
    limits: ServeLimits,
) -> Option<TlsStream<TcpStream>> {
    if let Err(error) = tune(&stream, limits.stalled) {
        tracing::debug!(peer.address = %peer, error = %error, "a connection cannot be tuned");
    }
    let _turn = turns.acquire().await.ok()?;
    match tokio::time::timeout(limits.handshake, acceptor.accept(stream)).await {
        Ok(Ok(stream)) => return Some(stream),
        Ok(Err(error)) => tracing::debug!(peer.address = %peer, error = %error, "a TLS handshake failed"),
        Err(_) => {
            tracing::debug!(peer.address = %peer, "a TLS handshake took longer than {} s", limits.handshake.as_secs())
        }
    }
    None
}

/// Notice peers that are gone or that take nothing.
fn tune(stream: &TcpStream, stalled: Duration) -> std::io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(QUIET).with_interval(PROBE))?;
    // RFC 5482.
    socket.set_tcp_user_timeout(Some(stalled))
}
