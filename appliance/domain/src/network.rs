//! Served networks.

mod list;
mod remove;
mod set;
mod standing;

use rackwright_catalog::actions::network::NetworkView;
use rackwright_model::Millis;
use rackwright_store::lease::LeaseRow;
use rackwright_store::network::Network;
use serde_json::json;

use crate::undo::{Inverse, Thing};

/// How the network is served again as it was.
fn serve_again(before: &Network) -> Inverse {
    let mut input = json!(before.subnet);
    input["name"] = json!(before.name);
    Inverse { action: "network.set", input, thing: Thing::Network(before.name.clone()) }
}

/// What a person sees of a network, with the leases in force at `now` counted.
fn view(network: &Network, leases: &[LeaseRow], now: Millis) -> NetworkView {
    let subnet = &network.subnet;
    let leased = leases.iter().filter(|lease| lease.network == network.id && lease.until > now).count();
    NetworkView {
        id: network.id,
        name: network.name.clone(),
        cidr: subnet.cidr,
        mode: subnet.mode,
        pool_first: subnet.pool_first,
        pool_last: subnet.pool_last,
        router: subnet.router,
        dns: subnet.dns.clone(),
        lease_s: subnet.lease_s,
        leased: u32::try_from(leased).unwrap_or(u32::MAX),
        pool_size: subnet.pool_size(),
    }
}
