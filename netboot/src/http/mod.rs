//! The boot file server: HTTP/1.1 on hyper, plain, for firmware, iPXE and the provisioning environment. What it serves
//! is not secret, and what matters of it is checked by hash on the machine.

mod answer;
mod file;
mod path;
mod range;
mod stream;

use std::collections::HashMap;
use std::convert::Infallible;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;

use crate::context::Context;
use crate::counters::count;
use stream::Moving;

/// Connections at once: of everybody, and of one address.
const CONNECTIONS: usize = 512;
const CONNECTIONS_EACH: usize = 32;
/// Bytes of a request's head.
const HEAD: usize = 16 * 1024;
const HEADERS: usize = 64;
const HEAD_LIMIT: Duration = Duration::from_secs(10);
/// How long a connection may stand still.
const STILL: Duration = Duration::from_secs(30);
/// Rest after the process ran out of file descriptors, instead of spinning.
const REST: Duration = Duration::from_millis(100);

/// The opened server.
pub(crate) struct Http {
    listener: TcpListener,
    context: Arc<Context>,
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
}

impl Http {
    pub fn new(listener: TcpListener, context: Arc<Context>) -> Self {
        Self { listener, context, open: Arc::default() }
    }

    /// Serves until the listening socket fails for good.
    pub async fn run(self) -> io::Error {
        let mut work = JoinSet::new();
        loop {
            let (stream, client) = match self.listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) if lost_for_good(&error) => return error,
                Err(_) => {
                    tokio::time::sleep(REST).await;
                    continue;
                }
            };
            while work.try_join_next().is_some() {}
            let SocketAddr::V4(address) = client else { continue };
            match Seat::take(&self.open, client.ip()).filter(|_| work.len() < CONNECTIONS) {
                Some(seat) => drop(work.spawn(serve(stream, *address.ip(), Arc::clone(&self.context), seat))),
                None => count(&self.context.counters.http_overload),
            }
        }
    }
}

/// Whether the listening socket itself is bad. Anything else is one connection's, or passes.
fn lost_for_good(error: &io::Error) -> bool {
    matches!(
        error.raw_os_error(),
        Some(libc::EBADF | libc::EINVAL | libc::ENOTSOCK | libc::EOPNOTSUPP | libc::EFAULT)
    )
}

async fn serve(stream: TcpStream, client: Ipv4Addr, context: Arc<Context>, _seat: Seat) {
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%client, "HTTP: could not turn off delays: {error}.");
    }
    let answer = service_fn(|request| {
        let context = Arc::clone(&context);
        async move { Ok::<_, Infallible>(answer::answer(request, client, context).await) }
    });
    let served = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(HEAD_LIMIT)
        .max_headers(HEADERS)
        .max_buf_size(HEAD)
        .serve_connection(TokioIo::new(Moving::new(stream, STILL)), answer)
        .await;
    if let Err(error) = served {
        count(&context.counters.http_broken);
        tracing::debug!(%client, "HTTP: the connection broke: {error}.");
    }
}

/// One of the connections that an address may have.
struct Seat {
    open: Arc<Mutex<HashMap<IpAddr, usize>>>,
    client: IpAddr,
}

impl Seat {
    fn take(open: &Arc<Mutex<HashMap<IpAddr, usize>>>, client: IpAddr) -> Option<Self> {
        let mut seats = open.lock().unwrap_or_else(PoisonError::into_inner);
        let taken = seats.entry(client).or_default();
        if *taken >= CONNECTIONS_EACH {
            return None;
        }
        *taken += 1;
        Some(Self { open: Arc::clone(open), client })
    }
}

impl Drop for Seat {
    fn drop(&mut self) {
        let mut seats = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(taken) = seats.get_mut(&self.client) {
            *taken -= 1;
            if *taken == 0 {
                seats.remove(&self.client);
            }
        }
    }
}
