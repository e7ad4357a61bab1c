//! The agent of a managed server: one thread, one session, a heartbeat every five seconds, for ever.
//!
//! It idles for months beside the customer's work, so it keeps no threads but one for the private servers of a server that has
//! any, no caches and no buffers between frames.

mod heartbeat;
pub mod identity;
pub mod private;
mod restart;
mod session;

use std::path::Path;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_privsrv::keeper::Site;
use rustls::ClientConfig;

use crate::session::tls::{self, TlsError};
use crate::session::{Backoff, explain};
use crate::system;
pub use identity::{Identity, IdentityError};
pub use private::Private;
pub use restart::{Restart, Systemd};
pub use session::{Session, SessionError};

/// A session that lasted this long was a good one: the next wait starts from the shortest.
const SETTLED: Duration = Duration::from_secs(10);

/// The agent cannot start.
#[derive(Debug, thiserror::Error)]
pub enum ManagedError {
    #[error(transparent)]
    Identity(#[from] IdentityError),
    #[error("this server's certificate cannot be used")]
    Tls(#[from] TlsError),
    #[error("private servers cannot be kept")]
    Private(#[from] std::io::Error),
}

/// What `rackwright-agent run` does; it only comes back when it cannot start.
///
/// # Errors
/// [`ManagedError`] when the server is not enrolled or its files are damaged.
pub fn start() -> Result<(), ManagedError> {
    system::allocate_sparingly();
    let identity = Identity::load(Path::new("/etc/rackwright"))?;
    let config = tls::identified(&identity.authority_pem, &identity.certificate_pem, &identity.key_pem)?;
    let restart = Systemd { record: "/var/lib/rackwright/last-restart".into() };
    let center = identity.center;
    let mut private = Private::open(Site::of_server(center))?;
    // The texts of certificate and key are not needed any more.
    drop(identity);
    keep_connected(center, &config, &restart, &mut private)
}

fn keep_connected(
    center: std::net::SocketAddr,
    config: &Arc<ClientConfig>,
    restart: &dyn Restart,
    private: &mut Private,
) -> ! {
    let mut backoff = Backoff::default();
    loop {
        let started = Instant::now();
        let ended = Session { center, config: Arc::clone(config), restart, private }.hold();
        system::release_memory();
        if started.elapsed() >= SETTLED {
            backoff.reset();
        }
        let wait = ended.retry_after().unwrap_or_else(|| backoff.next_wait());
        eprintln!(
            "no session with the Control Center: {}; next attempt in {:.1} s",
            explain(&ended),
            wait.as_secs_f32()
        );
        thread::sleep(wait);
    }
}

#[cfg(test)]
mod tests;
