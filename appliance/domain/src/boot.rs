//! What machines that netboot are given: addresses, a boot choice, and their timeline. The network servers ask through
//! an adapter; here are the answers.

mod choice;
mod holder;
mod lease;
mod timeline;

use std::collections::HashMap;
use std::net::Ipv4Addr;
use std::sync::Mutex;

use rackwright_model::network::Subnet;
use rackwright_model::{BootRecord, InstallId, MacAddr, Millis, ServerId};

/// An address for a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Granted {
    pub address: Ipv4Addr,
    pub subnet: Subnet,
    pub seconds: u32,
    pub host_name: Option<String>,
}

/// What a machine is given that asks for an address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    Lease(Granted),
    /// Another server leases the addresses of its network.
    Elsewhere,
}

impl Grant {
    #[must_use]
    pub fn lease(self) -> Option<Granted> {
        match self {
            Self::Lease(granted) => Some(granted),
            Self::Elsewhere => None,
        }
    }
}

/// Why a machine gets no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Silent {
    pub reason: String,
    /// Whether the client is told that the address it insists on is not its own.
    pub refuse: bool,
}

impl Silent {
    fn because(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), refuse: false }
    }

    fn refusal(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), refuse: true }
    }
}

impl From<crate::Refusal> for Silent {
    fn from(refusal: crate::Refusal) -> Self {
        Self::because(crate::refusal::chain(&refusal))
    }
}

/// What a machine starts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Choice {
    Provision { nonce: String },
    Disk,
}

/// Boots under way that the database does not know of yet. Bounded; lost at a restart, where the machines ask again.
#[derive(Default)]
pub struct Boots(Mutex<Inner>);

#[derive(Default)]
struct Inner {
    /// Stations of machines that are no server yet.
    unknown: HashMap<MacAddr, Vec<BootRecord>>,
    /// Whether the machine's last DHCP question came from firmware or a boot program.
    netboots: HashMap<MacAddr, bool>,
    /// Addresses offered and not yet taken.
    offered: HashMap<MacAddr, (Ipv4Addr, i64)>,
    /// Why a machine was last not answered.
    unanswered: HashMap<MacAddr, BootSilence>,
    /// Sessions of the provisioning environment; as many as the agent port lets in.
    environments: HashMap<ServerId, Environment>,
    /// Machines that write their disk without a session, and since when.
    silent: HashMap<ServerId, Millis>,
}

/// A question of a machine that was not answered, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct BootSilence {
    pub at: Millis,
    pub reason: String,
}

/// Machines remembered in [`Boots`]: more than a rack room powers on at once, little enough memory.
const REMEMBERED: usize = 4_096;

impl Boots {
    fn with<T>(&self, work: impl FnOnce(&mut Inner) -> T) -> T {
        work(&mut self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner()))
    }
}

impl Inner {
    /// Forget everything when a flood of made-up machines fills the memory.
    fn bound(&mut self) {
        if self.unknown.len() > REMEMBERED
            || self.netboots.len() > REMEMBERED
            || self.offered.len() > REMEMBERED
            || self.unanswered.len() > REMEMBERED
        {
            let environments = std::mem::take(&mut self.environments);
            *self = Self { environments, ..Self::default() };
        }
    }
}

/// A session of the provisioning environment.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Environment {
    pub boot: String,
    /// The install it says it is carrying out.
    pub resuming: Option<InstallId>,
    /// Whether its inventory of this session is in.
    pub inventoried: bool,
}

impl Boots {
    /// Why one of these interfaces was last not answered.
    pub(crate) fn unanswered(&self, macs: &[MacAddr]) -> Option<BootSilence> {
        self.with(|inner| {
            macs.iter().filter_map(|mac| inner.unanswered.get(mac)).max_by_key(|silence| silence.at).cloned()
        })
    }

    /// A machine opened a session; it replaces an older one of the same machine.
    pub(crate) fn environment(&self, server: ServerId, boot: &str, resuming: Option<InstallId>) {
        let session = Environment { boot: boot.to_owned(), resuming, inventoried: false };
        self.with(|inner| {
            inner.silent.remove(&server);
            inner.environments.insert(server, session);
        });
    }

    /// The machine has the order.
    pub(crate) fn environment_ordered(&self, server: ServerId, install: InstallId) {
        self.with(|inner| {
            if let Some(session) = inner.environments.get_mut(&server) {
                session.resuming = Some(install);
            }
        });
    }

    /// Since when a machine that writes its disk holds no session.
    pub(crate) fn silent_since(&self, server: ServerId, now: Millis) -> Millis {
        self.with(|inner| *inner.silent.entry(server).or_insert(now))
    }

    pub(crate) fn environment_of(&self, server: ServerId) -> Option<Environment> {
        self.with(|inner| inner.environments.get(&server).cloned())
    }

    /// The server whose environment booted with this nonce.
    pub(crate) fn environment_server(&self, boot: &str) -> Option<ServerId> {
        self.with(|inner| {
            inner.environments.iter().find(|(_, session)| session.boot == boot).map(|(id, _)| *id)
        })
    }

    pub(crate) fn environment_inventoried(&self, server: ServerId) {
        self.with(|inner| {
            if let Some(session) = inner.environments.get_mut(&server) {
                session.inventoried = true;
            }
        });
    }

    pub(crate) fn environment_gone(&self, boot: &str) {
        self.with(|inner| inner.environments.retain(|_, session| session.boot != boot));
    }
}
