//! What each action does, who may do it, and what moves servers from state to state. Everything outside (BMCs, agents,
//! time, the authority) is a port in [`ports`]. Actions record intent; only a reconciler moves a lifecycle.

pub mod access;
pub mod boot;
pub mod caller;
pub mod door;
pub mod events;
pub mod ports;
pub mod presence;
pub mod reach;
pub mod reconcile;
pub mod refusal;
pub mod report;
pub mod secret;

mod account;
mod actor;
mod audit;
mod brand;
mod delivery;
mod discovery;
mod environment;
mod failover;
mod failures;
mod first_admin;
mod image;
mod job;
mod mail;
mod nas;
mod network;
mod oidc;
mod once;
mod paging;
mod passkey;
mod person;
mod private_server;
mod profile;
mod publish;
mod rack;
mod role;
mod search;
mod server;
mod system;
mod undo;
mod webhook;

use std::collections::HashMap;
use std::path::PathBuf;
use std::sync::{Arc, Mutex, MutexGuard};

use rackwright_model::private_server::inside::{Answer, WorkFailure};
use rackwright_model::{Block, Millis, ServerId};
use rackwright_store::{Connection, Store};
use tokio::sync::Notify;

pub use caller::{Caller, Credential, Origin, Whence};
use ports::Ports;
use private_server::pending::Pending;
pub use refusal::Refusal;

/// Where the Control Center keeps its files and how machines reach it.
#[derive(Debug, Clone)]
pub struct Site {
    pub images_dir: PathBuf,
    pub work_dir: PathBuf,
    /// Folders from which everybody who may import images may read them.
    pub import_dirs: Vec<PathBuf>,
    /// Boot files: a folder per kernel flavour.
    pub boot_dir: PathBuf,
    /// Whether machines that netboot are served.
    pub netboot: bool,
    /// `http://ADDRESS[:PORT]`: where machines fetch images.
    pub http_base: String,
    /// `ADDRESS:PORT`: where agents dial.
    pub agent_endpoint: String,
    /// `ADDRESS:PORT`: where agents leave backups.
    pub backup_endpoint: String,
    /// Kernel flavour of the provisioning environment: a folder below the boot files.
    pub boot_flavour: String,
    /// Host names under which the panel is opened, beside those of brands: passkeys are made for these.
    pub panel_names: Vec<String>,
    /// `https://NAME[:PORT]`, with which links in mails begin. None: there is no mail server.
    pub panel_url: Option<String>,
    /// Package sources for image builds; none takes the machine's own.
    pub apt_sources: Option<String>,
    /// Addresses that are not public, and that webhooks of the provider's own account may be sent to.
    pub webhook_networks: Vec<Block>,
}

/// The Control Center. One per process, shared by everything that serves.
pub struct Domain {
    pub store: Store,
    pub site: Site,
    pub ports: Ports,
    pub events: events::Events,
    pub presence: presence::Presence,
    pub secrets: secret::SecretKey,
    pub boots: boot::Boots,
    /// Wakes the reconcilers: something they look at has changed.
    pub changed: Arc<Notify>,
    started_at: Millis,
    sign_ins: person::attempts::Attempts,
    /// Calls with an idempotency key that are under way.
    turns: once::Turns,
    failures: failures::Failures,
    failing: private_server::happenings::Failing,
    code_tries: person::attempts::Attempts,
    outside: oidc::Outside,
    forgotten: person::attempts::Attempts,
    forgotten_by_address: person::attempts::Attempts,
    /// Commands inside private servers.
    execs: Pending<rackwright_proto::ExecDone>,
    /// Other work inside them.
    asks: Pending<Result<Answer, WorkFailure>>,
    consoles: private_server::consoles::Consoles,
    transfers: private_server::transfers::Transfers,
    /// When BMCs of dead servers were last asked.
    fence_tries: Mutex<HashMap<ServerId, Millis>>,
    /// Why no server is powered off by itself, while that is so.
    failover_held: Mutex<Option<String>>,
    vaults: private_server::vaults::Vaults,
    /// Why the last write failed for want of room; cleared by a write that holds, tried now and then.
    storage_problem: Mutex<Option<String>>,
}

impl Domain {
    #[must_use]
    pub fn new(store: Store, site: Site, ports: Ports, secrets: secret::SecretKey) -> Self {
        let started_at = ports.clock.now();
        Self {
            store,
            site,
            events: events::Events::new(started_at),
            presence: presence::Presence::new(started_at),
            secrets,
            boots: boot::Boots::default(),
            changed: Arc::new(Notify::new()),
            started_at,
            sign_ins: person::attempts::Attempts::default(),
            turns: once::Turns::default(),
            failures: failures::Failures::default(),
            failing: private_server::happenings::Failing::default(),
            code_tries: person::attempts::Attempts::default(),
            outside: oidc::Outside::default(),
            forgotten: person::attempts::Attempts::of_letters(),
            forgotten_by_address: person::attempts::Attempts::of_letters_of_any_name(),
            execs: Pending::new(started_at, private_server::quota::AT_ONCE),
            asks: Pending::new(started_at, private_server::inside::AT_ONCE),
            consoles: private_server::consoles::Consoles::new(started_at),
            transfers: private_server::transfers::Transfers::default(),
            fence_tries: Mutex::default(),
            failover_held: Mutex::default(),
            vaults: private_server::vaults::Vaults::default(),
            storage_problem: Mutex::default(),
            ports,
        }
    }

    /// Now, by the port.
    #[must_use]
    pub fn now(&self) -> Millis {
        self.ports.clock.now()
    }

    pub(crate) fn fence_tries(&self) -> MutexGuard<'_, HashMap<ServerId, Millis>> {
        self.fence_tries.lock().unwrap_or_else(|poisoned| poisoned.into_inner())
    }

    /// A write that is nobody's action: a report of a machine, a step of a reconciler.
    ///
    /// # Errors
    /// What `work` refuses, or the database's failure.
    pub async fn write<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        let result = self.store.write(work).await;
        self.note_storage(result.as_ref().err());
        result
    }

    /// A consistent look at the database.
    ///
    /// # Errors
    /// What `work` refuses, or the database's failure.
    pub async fn read<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Connection) -> Result<T, Refusal> + Send + 'static,
    ) -> Result<T, Refusal> {
        self.store.read(work).await
    }

    /// Why changes are refused for want of room, if they are.
    #[must_use]
    pub fn storage_problem(&self) -> Option<String> {
        self.storage_problem.lock().unwrap_or_else(|poisoned| poisoned.into_inner()).clone()
    }

    fn note_storage(&self, failure: Option<&Refusal>) {
        let full = match failure {
            Some(refusal) if refusal.is_storage_full() => Some(
                "The data disk of the Control Center is full: nothing can be changed until there is room on it.".to_owned(),
            ),
            Some(_) => return,
            None => None,
        };
        let mut held = self.storage_problem.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if *held == full {
            return;
        }
        match &full {
            Some(sentence) => {
                tracing::error!("{sentence}");
                self.events.system(self.now(), sentence);
            }
            None => self.events.system(self.now(), "The data disk of the Control Center has room again."),
        }
        *held = full;
    }
}
