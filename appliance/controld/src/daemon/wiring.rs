//! The domain and what stands behind its ports.

use std::net::SocketAddrV4;
use std::sync::Arc;

use rackwright_domain::Domain;
use rackwright_domain::ports::{Clock, Ports, Post};
use rackwright_store::Store;

use super::{StartError, names, site};
use crate::adapters::{
    AllCounters, HttpCourier, Icmp, Ipmitool, KernelChance, NoPost, Outward, Smtp, SystemClock,
};
use crate::agents::{AgentCounters, Registry};
use crate::authority::{Authority, ServerCertificate};
use crate::backups::{Restic, Shelf};
use crate::config::Config;
use crate::data::DataDir;

/// The certificate authorities that this machine trusts, where Debian's package ca-certificates puts them.
const AUTHORITIES: &str = "/etc/ssl/certs/ca-certificates.crt";

/// What the servers stand on.
pub(super) struct Parts {
    pub domain: Arc<Domain>,
    pub authority: Arc<Authority>,
    pub certificate: Arc<ServerCertificate>,
    pub registry: Arc<Registry>,
    pub agent_counters: Arc<AgentCounters>,
    pub counters: Arc<AllCounters>,
    pub shelf: Shelf,
}

/// Opens keys and database and puts the domain together. `agents` is where servers dial.
/// `backups` is where they leave backups.
pub(super) fn parts(
    config: &Config,
    data: &DataDir,
    agents: SocketAddrV4,
    backups: SocketAddrV4,
) -> Result<Parts, StartError> {
    let clock: Arc<dyn Clock> = Arc::new(SystemClock);
    let chance = Arc::new(KernelChance::new());
    let secrets = data.secret_key(&*chance)?;
    let authority = Arc::new(Authority::open(&data.authority(), Arc::clone(&clock))?);
    let certificate = Arc::new(ServerCertificate::open(&authority, names::current(config))?);
    let registry = Arc::new(Registry::default());
    let agent_counters = Arc::new(AgentCounters::default());
    let counters = Arc::new(AllCounters::new(Arc::clone(&agent_counters)));
    let post: Arc<dyn Post> = match &config.mail {
        Some(mail) => Arc::new(Smtp::open(mail)?),
        None => Arc::new(NoPost),
    };
    let shelf = Shelf::open(&config.backups.folder)?;
    let ports = Ports {
        bmc: Arc::new(Ipmitool::new("ipmitool")),
        machines: Arc::clone(&registry) as _,
        clock,
        chance,
        authority: Arc::clone(&authority) as _,
        ping: Arc::new(Icmp::open().map_err(StartError::Ping)?),
        web: Arc::new(Outward::new()),
        post,
        counters: Arc::clone(&counters) as _,
        courier: Arc::new(HttpCourier::new(AUTHORITIES)),
        backups: Arc::new(Restic { shelf: shelf.clone(), program: "restic".to_owned() }),
    };
    let site = site::site(config, data, agents, backups)?;
    let store = Store::open(&data.database())?;
    let domain = Arc::new(Domain::new(store, site, ports, secrets));
    Ok(Parts { domain, authority, certificate, registry, agent_counters, counters, shelf })
}
