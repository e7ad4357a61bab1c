//! Accepts connections and lets a session run for each.

use std::io;
use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use rackwright_api::{Place, Places};
use rackwright_model::ServerId;
use rustls::ServerConfig;
use socket2::{SockRef, TcpKeepalive};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::server::TlsStream;

use super::counters::{AgentCounters, count};
use super::desk::Desk;
use super::registry::Registry;
use super::session::{self, Session};
use crate::authority::{fingerprint, server_of};

/// What the port allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// Connections in all: several racks of servers, and those that come back before we noticed that they went.
    pub connections: usize,
    /// Connections from one address: a machine needs one, and a second while the first is dying.
    pub per_address: usize,
    /// For the TLS handshake.
    pub handshake: Duration,
    /// For the first frame after it.
    pub hello: Duration,
    /// For the domain to answer a report.
    pub answer: Duration,
    /// For the peer to take what is sent, and for closing.
    pub send: Duration,
    /// From one frame of a managed agent to the next, and for any frame that has begun.
    pub silence: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 4_096,
            per_address: 8,
            handshake: Duration::from_secs(10),
            hello: Duration::from_secs(10),
            answer: Duration::from_secs(15),
            send: Duration::from_secs(10),
            silence: Duration::from_secs(20),
        }
    }
}

/// Pause when the kernel has nothing left to accept with, such as file descriptors.
const OUT_OF_MEANS: Duration = Duration::from_millis(200);

/// The agent port, open.
pub struct AgentPort {
    listener: TcpListener,
    shared: Arc<Shared>,
    places: Arc<Places>,
}

/// What all sessions share.
pub(super) struct Shared {
    pub acceptor: TlsAcceptor,
    pub desk: Arc<dyn Desk>,
    pub registry: Arc<Registry>,
    pub counters: Arc<AgentCounters>,
    pub limits: Limits,
}

impl AgentPort {
    #[must_use]
    pub fn new(
        listener: TcpListener,
        tls: Arc<ServerConfig>,
        desk: Arc<dyn Desk>,
        registry: Arc<Registry>,
        counters: Arc<AgentCounters>,
        limits: Limits,
    ) -> Self {
        let shared = Arc::new(Shared { acceptor: TlsAcceptor::from(tls), desk, registry, counters, limits });
        Self { listener, shared, places: Places::new(limits.connections, limits.per_address) }
    }

    /// Serves until the future is dropped, which ends every session at once.
    pub async fn run(self) {
        let mut sessions = JoinSet::new();
        loop {
            let (stream, peer) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !is_only_that_peer(&error) {
                        tracing::warn!("No machine can be let in for a moment: {error}.");
                        tokio::time::sleep(OUT_OF_MEANS).await;
                    }
                    continue;
                }
            };
            while sessions.try_join_next().is_some() {}
            count(&self.shared.counters.agents_connections);
            let Some(place) = self.places.take(peer.ip()) else {
                count(&self.shared.counters.agents_overload);
                tracing::debug!(peer.address = %peer, "A connection too many is closed.");
                continue;
            };
            let Some(address) = v4(peer.ip()) else { continue };
            sessions.spawn(connection(Arc::clone(&self.shared), stream, address, place));
        }
    }
}

fn is_only_that_peer(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(error.kind(), Kind::ConnectionAborted | Kind::ConnectionReset | Kind::Interrupted)
}

/// Machines are known by their IPv4 addresses.
fn v4(address: IpAddr) -> Option<Ipv4Addr> {
    match address {
        IpAddr::V4(address) => Some(address),
        IpAddr::V6(address) => address.to_ipv4_mapped(),
    }
}

async fn connection(shared: Arc<Shared>, stream: TcpStream, peer: Ipv4Addr, _place: Place) {
    if let Err(error) = watch_for_death(&stream, shared.limits.silence) {
        tracing::debug!(peer.address = %peer, "A connection is gone before it began: {error}.");
        return;
    }
    let stream = match timeout(shared.limits.handshake, shared.acceptor.accept(stream)).await {
        Ok(Ok(stream)) => stream,
        Ok(Err(error)) => {
            count(&shared.counters.agents_handshake_failed);
            tracing::info!(peer.address = %peer, "The TLS handshake of a machine failed: {error}.");
            return;
        }
        Err(_) => {
            count(&shared.counters.agents_handshake_failed);
            tracing::info!(peer.address = %peer, "A machine did not complete its TLS handshake in {} s.", shared.limits.handshake.as_secs());
            return;
        }
    };
    let identity = identity(&stream);
    session::run(Session { shared, peer, identity }, stream).await;
}

/// A machine that vanishes without a word is found within the limit, also where it has nothing to say for long.
fn watch_for_death(stream: &TcpStream, limit: Duration) -> io::Result<()> {
    stream.set_nodelay(true)?;
    let socket = SockRef::from(stream);
    // The kernel counts these in whole seconds, and takes no zero.
    let probe = (limit / 4).max(Duration::from_secs(1));
    socket.set_tcp_keepalive(&TcpKeepalive::new().with_time(probe).with_interval(probe).with_retries(3))?;
    socket.set_tcp_user_timeout(Some(limit))
}

/// A client certificate that TLS has verified.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Identity {
    /// SHA-256 of its DER, in hexadecimal.
    pub fingerprint: String,
    /// The server that it names; none when the authority signed it for something else.
    pub server: Option<ServerId>,
}

fn identity(stream: &TlsStream<TcpStream>) -> Option<Identity> {
    let certificate = stream.get_ref().1.peer_certificates()?.first()?;
    Some(Identity { fingerprint: fingerprint(certificate), server: server_of(certificate) })
}
