//! Networks that the Control Center serves with addresses.

use std::net::Ipv4Addr;

use rackwright_model::network::{Cidr, DhcpMode, Subnet};
use rackwright_model::{Name, NetworkId};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Done, Nothing, Page, action, sample_name};
use crate::fault::FieldProblem;

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSetInput {
    pub name: Name,
    #[serde(flatten)]
    pub subnet: SubnetInput,
}

/// A served subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct SubnetInput {
    pub cidr: Cidr,
    #[serde(default)]
    pub mode: DhcpMode,
    /// First address that may be leased; for mode pool.
    pub pool_first: Option<Ipv4Addr>,
    /// Last address that may be leased; for mode pool.
    pub pool_last: Option<Ipv4Addr>,
    /// Router of the machines; in mode proxy, of systems with a static address alone.
    pub router: Option<Ipv4Addr>,
    /// Name servers of the machines; in mode proxy, for installs and for systems with a static address.
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub dns: Vec<Ipv4Addr>,
    /// How long a lease lasts, in seconds; in mode proxy, how long an address that a machine took counts as its own.
    #[schemars(range(min = 60, max = 604_800))]
    pub lease_s: Option<u32>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkRemoveInput {
    #[schemars(extend("x-from" = "network.list"))]
    pub network: Name,
    /// Repeat the network's name to confirm.
    pub confirm: Option<Name>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct NetworkView {
    pub id: NetworkId,
    pub name: Name,
    pub cidr: Cidr,
    pub mode: DhcpMode,
    pub pool_first: Option<Ipv4Addr>,
    pub pool_last: Option<Ipv4Addr>,
    pub router: Option<Ipv4Addr>,
    pub dns: Vec<Ipv4Addr>,
    pub lease_s: u32,
    /// Leases in force now; in mode proxy, those that machines were seen to take from the other server.
    pub leased: u32,
    /// Addresses that may be leased; 0 in mode proxy.
    pub pool_size: u32,
}

impl SubnetInput {
    /// The checked subnet.
    #[must_use]
    pub fn subnet(&self) -> Subnet {
        Subnet {
            cidr: self.cidr,
            mode: self.mode,
            pool_first: self.pool_first,
            pool_last: self.pool_last,
            router: self.router,
            dns: self.dns.clone(),
            lease_s: self.lease_s.unwrap_or(3_600),
        }
    }
}

action! {
    NetworkList, "network.list", "List", "List served networks and how full their pools are.", Inspect, Read,
    Nothing => Page<NetworkView>, columns ["name", "cidr", "mode", "pool_first", "pool_last", "router", "leased", "pool_size"];
    Nothing {};
    Page::whole(vec![sample_view()])
}

action! {
    NetworkSet, "network.set", "Set", "Serve a subnet, with addresses from a pool or beside another DHCP server, or change how it is served.",
    Configure, Change,
    NetworkSetInput => NetworkView, main "name", check check_set, undo true;
    NetworkSetInput { name: sample_name("rack-1"), subnet: sample_subnet() };
    sample_view()
}

action! {
    NetworkRemove, "network.remove", "Remove", "Stop serving a subnet; leases in force are forgotten.",
    Configure, Destroy,
    NetworkRemoveInput => Done, main "network", undo true;
    NetworkRemoveInput { network: sample_name("rack-1"), confirm: Some(sample_name("rack-1")) };
    Done::new("Network rack-1 is no longer served.")
}

fn sample_subnet() -> SubnetInput {
    SubnetInput {
        cidr: Cidr { network: Ipv4Addr::new(10, 77, 0, 0), prefix: 24 },
        mode: DhcpMode::Pool,
        pool_first: Some(Ipv4Addr::new(10, 77, 0, 50)),
        pool_last: Some(Ipv4Addr::new(10, 77, 0, 200)),
        router: Some(Ipv4Addr::new(10, 77, 0, 1)),
        dns: vec![Ipv4Addr::new(10, 77, 0, 1)],
        lease_s: Some(3_600),
    }
}

fn sample_view() -> NetworkView {
    let subnet = sample_subnet();
    NetworkView {
        id: NetworkId(1),
        name: sample_name("rack-1"),
        cidr: subnet.cidr,
        mode: subnet.mode,
        pool_first: subnet.pool_first,
        pool_last: subnet.pool_last,
        router: subnet.router,
        dns: subnet.dns,
        lease_s: 3_600,
        leased: 2,
        pool_size: 151,
    }
}

fn check_set(input: &NetworkSetInput) -> Vec<FieldProblem> {
    let subnet = &input.subnet;
    let mut problems = Vec::new();
    let ends = [("pool_first", subnet.pool_first), ("pool_last", subnet.pool_last)];
    for (field, address) in ends {
        let problem = match (subnet.mode, address) {
            (DhcpMode::Pool, None) => "is missing; mode pool leases addresses from pool_first to pool_last",
            (DhcpMode::Proxy, Some(_)) => "must be left out; in mode proxy another server leases addresses",
            (DhcpMode::Pool, Some(_)) | (DhcpMode::Proxy, None) => continue,
        };
        problems.push(FieldProblem::new(field, problem));
    }
    for (field, address) in ends.into_iter().chain([("router", subnet.router)]) {
        if let Some(address) = address.filter(|address| !subnet.cidr.is_host(*address)) {
            problems.push(FieldProblem::new(
                field,
                format!("{address} is not a host address of {}", subnet.cidr),
            ));
        }
    }
    if let Some((first, last)) = subnet.pool_first.zip(subnet.pool_last).filter(|(first, last)| first > last)
    {
        problems.push(FieldProblem::new("pool_last", format!("{last} comes before pool_first {first}")));
    }
    problems
}
