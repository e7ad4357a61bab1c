//! A running agent port with an authority of its own.

use std::net::SocketAddr;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rackwright_controld::agents::{AgentCounters, AgentPort, Limits, Registry, server_config};
use rackwright_controld::authority::{Authority, Names, ServerCertificate};
use rackwright_domain::ports::Clock;
use rackwright_model::Millis;
use tempfile::TempDir;
use tokio::net::TcpListener;

use super::desk::{Notes, Shared};

/// Days before (negative) or after now.
pub struct Shifted(pub i64);

impl Clock for Shifted {
    fn now(&self) -> Millis {
        let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).expect("after 1970");
        Millis(i64::try_from(since.as_millis()).expect("soon")).plus(self.0 * 86_400_000)
    }
}

pub fn authority(folder: &Path, days: i64) -> Arc<Authority> {
    Arc::new(Authority::open(&folder.join("ca"), Arc::new(Shifted(days))).expect("the authority opens"))
}

/// An open port; closed when dropped.
pub struct Port {
    pub address: SocketAddr,
    pub authority: Arc<Authority>,
    pub registry: Arc<Registry>,
    pub counters: Arc<AgentCounters>,
    pub notes: Arc<Notes>,
    pub folder: TempDir,
    task: tokio::task::JoinHandle<()>,
}

impl Drop for Port {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Short limits, so that a test that waits for one ends soon.
pub fn short() -> Limits {
    let limit = Duration::from_secs(2);
    Limits { handshake: limit, hello: limit, answer: limit, silence: limit, ..Limits::default() }
}

impl Port {
    pub async fn open(limits: Limits) -> Self {
        let folder = tempfile::tempdir().expect("temporary folder");
        let authority = authority(folder.path(), 0);
        let mut names = Names::default();
        names.add(["127.0.0.1".to_owned(), "localhost".to_owned()]);
        let certificate = Arc::new(ServerCertificate::open(&authority, names).expect("made"));
        let tls = server_config(&authority, certificate).expect("settings");
        let (registry, counters) = (Arc::new(Registry::default()), Arc::new(AgentCounters::default()));
        let notes = Notes::new(Arc::clone(&authority));
        let desk = Arc::new(Shared(Arc::clone(&notes)));
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("bound");
        let port = AgentPort::new(listener, tls, desk, Arc::clone(&registry), Arc::clone(&counters), limits);
        let task = tokio::spawn(port.run());
        Self { address, authority, registry, counters, notes, folder, task }
    }
}
