//! The daemon: everything wired together, started in order and stopped in order.

mod admin;
mod error;
mod names;
mod site;
mod start;
mod wiring;

use std::future::Future;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use rackwright_domain::Domain;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::timeout;

use crate::data::DataDir;

pub use admin::PASSWORD_FILE;
pub use error::{Died, StartError};

/// For requests under way when the daemon stops. Live pages never end by themselves, so this is how long a stop takes.
const GRACE: Duration = Duration::from_secs(2);
/// For everything else to stop.
const LAST_GRACE: Duration = Duration::from_secs(2);

/// A running Control Center. Dropping it stops it at once.
pub struct Daemon {
    domain: Arc<Domain>,
    /// What answers people: stopped with grace.
    serving: JoinSet<&'static str>,
    /// What may be cut off at any moment.
    working: JoinSet<(&'static str, String)>,
    stop: watch::Sender<bool>,
    addresses: Addresses,
    admin_password: Option<String>,
    /// Last, so that the next daemon finds nobody at work in it.
    _data: DataDir,
}

/// Where the daemon listens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Addresses {
    pub panel: Vec<SocketAddr>,
    pub agents: SocketAddr,
    pub backups: SocketAddr,
    pub socket: PathBuf,
    pub authority_fingerprint: String,
}

impl Daemon {
    /// Where it listens.
    #[must_use]
    pub fn addresses(&self) -> &Addresses {
        &self.addresses
    }

    /// The domain, for tests that look inside.
    #[must_use]
    pub fn domain(&self) -> &Arc<Domain> {
        &self.domain
    }

    /// The one-time password of `admin`, on the first start only. Also in [`PASSWORD_FILE`].
    pub fn take_admin_password(&mut self) -> Option<String> {
        self.admin_password.take()
    }

    /// Serves until `shutdown`, then stops within five seconds.
    ///
    /// # Errors
    /// [`Died`] names the part that ended by itself; the whole daemon is stopped then.
    pub async fn run(mut self, shutdown: impl Future<Output = ()>) -> Result<(), Died> {
        let died = tokio::select! {
            () = shutdown => None,
            Some(ended) = self.serving.join_next() => Some(match ended {
                Ok(what) => Died { what, why: "it ended by itself".to_owned() },
                Err(error) => Died { what: "a listener", why: crashed(&error) },
            }),
            Some(ended) = self.working.join_next() => Some(match ended {
                Ok((what, why)) => Died { what, why },
                Err(error) => Died { what: "a part of the daemon", why: crashed(&error) },
            }),
        };
        crate::notify::tell(crate::notify::State::Stopping);
        self.stop().await;
        match died {
            Some(died) => Err(died),
            None => Ok(()),
        }
    }

    async fn stop(mut self) {
        self.stop.send_replace(true);
        let served = async { while self.serving.join_next().await.is_some() {} };
        if timeout(GRACE + Duration::from_millis(500), served).await.is_err() {
            tracing::info!("Requests were still under way at the end and are cut off.");
        }
        let stopped = async {
            self.serving.shutdown().await;
            self.working.shutdown().await;
        };
        if timeout(LAST_GRACE, stopped).await.is_err() {
            tracing::warn!("Some work did not stop in {} s and is left behind.", LAST_GRACE.as_secs());
        }
        remove(&self.addresses.socket);
    }
}

fn crashed(error: &tokio::task::JoinError) -> String {
    if error.is_panic() { "it crashed; the log says where".to_owned() } else { "it was stopped".to_owned() }
}

fn remove(socket: &Path) {
    if let Err(error) = std::fs::remove_file(socket)
        && error.kind() != std::io::ErrorKind::NotFound
    {
        tracing::warn!("The socket {} could not be removed: {error}.", socket.display());
    }
}
