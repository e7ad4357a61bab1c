//! The one question this crate asks: what should this machine get? Whoever runs the servers answers it.

use std::future::Future;
use std::net::Ipv4Addr;
use std::pin::Pin;

use rackwright_model::network::Subnet;
use rackwright_model::{BootStage, MacAddr};

/// A boxed answer, so that the plan can be used behind `Arc<dyn BootPlan>`.
pub type Answer<'a, T> = Pin<Box<dyn Future<Output = Result<T, Silence>> + Send + 'a>>;

/// What a DHCP client wants, as far as the answer depends on it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeaseAsk {
    pub mac: MacAddr,
    /// The address the client asked for (option 50 or `ciaddr`), if any.
    pub wanted: Option<Ipv4Addr>,
    /// The relay that forwarded the message (`giaddr`), if any; otherwise the address of the interface it came in on.
    pub link: Ipv4Addr,
    /// Option 12, bounded and cleaned.
    pub host_name: Option<String>,
    /// Whether the client is firmware or a boot program rather than an operating system.
    pub netboot: bool,
}

/// An address for a machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lease {
    pub address: Ipv4Addr,
    pub subnet: Subnet,
    /// Seconds from now; at most `subnet.lease_s`.
    pub seconds: u32,
    pub host_name: Option<String>,
}

/// What a client that asks for an address is given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Grant {
    Lease(Lease),
    /// Another DHCP server leases the addresses of its network: only what to boot is said here (proxyDHCP).
    Elsewhere,
}

/// Why a machine gets no answer. Goes into its boot timeline, and into the counters.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{reason}")]
pub struct Silence {
    pub reason: String,
    /// Whether to tell the client (DHCPNAK) instead of staying silent: the address it insists on is not its own.
    pub refuse: bool,
}

/// What a machine does at its boot script.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum BootChoice {
    /// Start the provisioning environment.
    Provision {
        /// Nonce of this boot, handed back by the environment's first frame. Not a secret.
        nonce: String,
        /// Kernel flavour to boot: a folder name below the boot files, such as `cloud` or `generic`.
        flavour: String,
        /// Extra kernel words, such as `console=ttyS0`.
        kernel_args: String,
    },
    /// Boot the first disk.
    Disk,
}

/// Facts for the boot timeline.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BootFact {
    pub mac: MacAddr,
    pub stage: BootStage,
    /// One sentence: the address given, the file and the bytes sent.
    pub detail: String,
}

/// Answers of the Control Center. Every call must return within seconds: firmware gives up after about a minute.
pub trait BootPlan: Send + Sync + 'static {
    /// The address to offer. Nothing needs to be durable yet.
    fn offer(&self, ask: LeaseAsk) -> Answer<'_, Grant>;

    /// Take the address for the client. It must be durable before this returns, because the ACK follows.
    fn commit(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, Grant>;

    /// The client takes an address that another DHCP server offered. A silence means that there should be none.
    fn elsewhere(&self, ask: LeaseAsk, address: Ipv4Addr) -> Answer<'_, ()>;

    /// The client gives its address back (DHCPRELEASE).
    fn release(&self, mac: MacAddr, address: Ipv4Addr) -> Answer<'_, ()>;

    /// The client found its address in use by somebody else (DHCPDECLINE): rest it.
    fn decline(&self, mac: MacAddr, address: Ipv4Addr) -> Answer<'_, ()>;

    /// Whether firmware with this MAC shall be given a boot program at all (rule: reject by silence what is not ours).
    fn may_netboot(&self, mac: MacAddr) -> Answer<'_, ()>;

    /// What the machine does now. Asked when it fetches its script.
    fn choose(&self, mac: MacAddr) -> Answer<'_, BootChoice>;

    /// Which machine holds this address: names the machine in facts about file transfers.
    fn holder(&self, address: Ipv4Addr) -> Answer<'_, MacAddr>;

    /// A station was passed. Must not block.
    fn passed(&self, fact: BootFact);

    /// A machine that asked to netboot got no answer, by the plan's word or because nothing here fits it. The reason is
    /// a sentence for its boot timeline. Must not block.
    fn silent(&self, _mac: MacAddr, _reason: &str) {}
}
