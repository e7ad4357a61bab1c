//! The unix socket: the kernel says who calls, so no credential is needed.

use std::future::Future;
use std::pin::pin;

use tokio::net::{UnixListener, UnixStream};

use super::{Connections, ServeLimits, pause_after};
use crate::call::Door;
use crate::caller::LocalPeer;
use crate::routes::{nothing_here, router};

/// Serve the API on a unix socket until `shutdown`. Callers without a bearer token are known by their user id.
pub async fn serve_unix(
    listener: UnixListener,
    door: Door,
    limits: ServeLimits,
    shutdown: impl Future<Output = ()>,
) {
    let app = router(door).fallback(nothing_here);
    let mut connections = Connections::new(limits);
    let mut shutdown = pin!(shutdown);
    loop {
        let arrival = async { (connections.slot().await, listener.accept().await) };
        let (slot, arrival) = tokio::select! {
            arrival = arrival => arrival,
            () = shutdown.as_mut() => break,
        };
        match (slot, arrival) {
            (Some(slot), Ok((stream, _))) => {
                let session = connections.session(app.clone());
                connections.spawn(slot, async move {
                    if let Some(peer) = peer(&stream) {
                        session.serve(stream, peer).await;
                    }
                });
            }
            (None, _) => break,
            (Some(_), Err(error)) => pause_after(&error).await,
        }
    }
    drop(listener);
    connections.finish().await;
}

/// The user at the other end. A peer that the kernel does not name is not served.
fn peer(stream: &UnixStream) -> Option<LocalPeer> {
    match stream.peer_cred() {
        Ok(credentials) => Some(LocalPeer { uid: credentials.uid() }),
        Err(error) => {
            tracing::warn!(error = %error, "a peer of the unix socket has no credentials");
            None
        }
    }
}
