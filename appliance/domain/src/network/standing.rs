//! Private servers and NAS keep their addresses: no network changes so that somebody else could get one of them.

use std::net::Ipv4Addr;

use rackwright_model::Name;
use rackwright_model::network::Subnet;
use rackwright_store::Connection;
use rackwright_store::nas::{nas_addresses, nas_at};
use rackwright_store::network::Network;
use rackwright_store::private_server::{
    PrivateServer, private_server_addresses, private_server_at, private_server_touch,
};

use crate::Refusal;
use crate::private_server::standing::listed;
use crate::refusal::conflict;

/// That the private servers with addresses of a network keep them when it becomes `new`. Those that are to hear of other name
/// servers, as they are afterwards.
///
/// # Errors
/// The fault names the first that is in the way.
pub(super) fn keep(
    tx: &Connection,
    name: &Name,
    old: Option<&Subnet>,
    new: &Subnet,
    attempted: &str,
) -> Result<Vec<PrivateServer>, Refusal> {
    let inside =
        |address: Ipv4Addr| new.cidr.contains(address) || old.is_some_and(|old| old.cidr.contains(address));
    let mut told = Vec::new();
    for (address, standing) in private_server_addresses(tx)? {
        if !inside(address) {
            continue;
        }
        if let Some(problem) = problem(name, new, address) {
            let reason = format!("{address} is the address of private server {standing}, and {problem}");
            let advice = format!("Keep {address} free for it, or remove it first.");
            return Err(conflict(attempted, reason, advice).into());
        }
        if old.is_none_or(|old| old.dns != new.dns) {
            private_server_touch(tx, &standing)?;
            told.extend(private_server_at(tx, address)?);
        }
    }
    Ok(told)
}

/// That no NAS loses its address to a lease or to the router when a network becomes `new`. A name server may be one.
///
/// # Errors
/// The fault names the first that is in the way.
pub(super) fn keep_nas(tx: &Connection, new: &Subnet, attempted: &str) -> Result<(), Refusal> {
    for address in nas_addresses(tx)? {
        let Some(problem) = given_away(new, address) else { continue };
        let Some(nas) = nas_at(tx, address)? else { continue };
        let reason = format!("{address} is the address of NAS {nas}, and {problem}");
        let advice = format!("Choose a pool and a router that leave {address} to the NAS.");
        return Err(conflict(attempted, reason, advice).into());
    }
    Ok(())
}

fn problem(name: &Name, new: &Subnet, address: Ipv4Addr) -> Option<String> {
    if !new.cidr.is_host(address) {
        return Some(format!("would be no address of network {name} any more"));
    }
    given_away(new, address)
        .or_else(|| new.dns.contains(&address).then(|| "would be a name server".to_owned()))
}

/// Whether it would be leased, or be the router's.
fn given_away(new: &Subnet, address: Ipv4Addr) -> Option<String> {
    if let Some((first, last)) = new.pool().filter(|_| new.in_pool(address)) {
        return Some(format!("would lie in the pool, {first} to {last}"));
    }
    (new.router == Some(address)).then(|| "would be the router".to_owned())
}

/// That no private server has an address of a network.
///
/// # Errors
/// The fault names those that have.
pub(super) fn none(tx: &Connection, network: &Network, attempted: &str) -> Result<(), Refusal> {
    let mut inside = private_server_addresses(tx)?;
    inside.retain(|(address, _)| network.subnet.cidr.contains(*address));
    if inside.is_empty() {
        return Ok(());
    }
    let names: Vec<Name> = inside.into_iter().map(|(_, name)| name).collect();
    let reason = format!("private servers have addresses of it: {}", listed(&names));
    Err(conflict(attempted, reason, "Remove them first with: rackwright private-server remove NAME").into())
}
