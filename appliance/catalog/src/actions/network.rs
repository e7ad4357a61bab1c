//! Networks that the Control Center serves with addresses.

use std::net::Ipv4Addr;

use rackwright_model::network::{Cidr, Subnet};
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
    /// First address that may be leased.
    pub pool_first: Ipv4Addr,
    /// Last address that may be leased.
    pub pool_last: Ipv4Addr,
    pub router: Option<Ipv4Addr>,
    #[serde(default)]
    #[schemars(length(max = 8))]
    pub dns: Vec<Ipv4Addr>,
    /// How long a lease lasts, in seconds.
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
    pub pool_first: Ipv4Addr,
    pub pool_last: Ipv4Addr,
    pub router: Option<Ipv4Addr>,
    pub dns: Vec<Ipv4Addr>,
    pub lease_s: u32,
    /// Leases in force now.
    pub leased: u32,
    pub pool_size: u32,
}

impl SubnetInput {
    /// The checked subnet.
    #[must_use]
    pub fn subnet(&self) -> Subnet {
        Subnet {
            cidr: self.cidr,
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
    Nothing => Page<NetworkView>, columns ["name", "cidr", "pool_first", "pool_last", "router", "leased", "pool_size"];
    Nothing {};
    Page::whole(vec![sample_view()])
}

action! {
    NetworkSet, "network.set", "Set", "Serve a subnet with addresses from a pool, or change how it is served.",
    Configure, Change,
    NetworkSetInput => NetworkView, main "name", check check_set;
    NetworkSetInput { name: sample_name("rack-1"), subnet: sample_subnet() };
    sample_view()
}

action! {
    NetworkRemove, "network.remove", "Remove", "Stop serving a subnet; leases in force are forgotten.",
    Configure, Destroy,
    NetworkRemoveInput => Done, main "network";
    NetworkRemoveInput { network: sample_name("rack-1"), confirm: Some(sample_name("rack-1")) };
    Done::new("Network rack-1 is no longer served.")
}

fn sample_subnet() -> SubnetInput {
    SubnetInput {
        cidr: Cidr { network: Ipv4Addr::new(10, 77, 0, 0), prefix: 24 },
        pool_first: Ipv4Addr::new(10, 77, 0, 50),
        pool_last: Ipv4Addr::new(10, 77, 0, 200),
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
    let ends = [
        ("pool_first", Some(subnet.pool_first)),
        ("pool_last", Some(subnet.pool_last)),
        ("router", subnet.router),
    ];
    for (field, address) in ends {
        if let Some(address) = address.filter(|address| !subnet.cidr.is_host(*address)) {
            problems.push(FieldProblem::new(
                field,
                format!("{address} is not a host address of {}", subnet.cidr),
            ));
        }
    }
    if subnet.pool_first > subnet.pool_last {
        problems.push(FieldProblem::new(
            "pool_last",
            format!("{} comes before pool_first {}", subnet.pool_last, subnet.pool_first),
        ));
    }
    problems
}
