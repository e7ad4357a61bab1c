//! Addresses of private servers: hosts of the network that their server stands in, outside of what is leased there, and
//! nobody else's.

use std::collections::HashSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rackwright_catalog::{Fault, FieldProblem, Permission};
use rackwright_model::Millis;
use rackwright_model::network::DhcpMode;
use rackwright_store::Connection;
use rackwright_store::lease::{lease_list, lease_of_address};
use rackwright_store::nas::{nas_addresses, nas_at};
use rackwright_store::network::{Network, network_list};
use rackwright_store::private_server::{
    PrivateServer, private_server_addresses, private_server_at, private_server_at_v6,
};
use rackwright_store::server::{Server, server_addresses, server_at, server_of_mac};

use super::wanted;
use crate::caller::Actor;
use crate::refusal::conflict;
use crate::{Refusal, Site};

/// Where an address is looked for, and by whom.
pub(super) struct Search<'a> {
    pub server: &'a Server,
    pub actor: &'a Actor,
    /// The Control Center's own address on the racks' network.
    pub center: Option<Ipv4Addr>,
    pub now: Millis,
    pub attempted: &'a str,
}

impl Search<'_> {
    /// That a private server on this server may have the address.
    ///
    /// # Errors
    /// The fault names what is in the way.
    pub(super) fn check(&self, tx: &Connection, address: Ipv4Addr) -> Result<(), Refusal> {
        let network = self.network(tx)?;
        match self.held(tx, &network, address)? {
            None => Ok(()),
            Some(problem) => Err(self.invalid("address", problem)),
        }
    }

    /// The lowest address that a private server on this server may have.
    ///
    /// # Errors
    /// When there is none, or when nobody can know which are free.
    pub(super) fn lowest(&self, tx: &Connection) -> Result<Ipv4Addr, Refusal> {
        let network = self.network(tx)?;
        let Network { name, subnet, .. } = &network;
        if subnet.mode == DhcpMode::Proxy {
            let reason = format!("another DHCP server leases the addresses of network {name}");
            let advice = "Choose an address that it does not lease, and give it with: --address";
            return Err(conflict(self.attempted, reason, advice).into());
        }
        let taken = self.taken(tx, &network)?;
        let (first, last) = (u32::from(subnet.cidr.network), u32::from(subnet.cidr.broadcast()));
        let mut candidate = first + 1;
        while candidate < last {
            let address = Ipv4Addr::from(candidate);
            match subnet.pool() {
                Some((from, to)) if (from..=to).contains(&address) => candidate = u32::from(to) + 1,
                _ if taken.contains(&address) => candidate += 1,
                _ => return Ok(address),
            }
        }
        let reason = format!("no address of network {name} is free outside of its pool");
        let advice = format!(
            "Make the pool smaller with: rackwright network set {name} --cidr {} --pool-first FIRST --pool-last LAST",
            subnet.cidr
        );
        Err(conflict(self.attempted, reason, advice).into())
    }

    /// That a private server may have this address: networks have no prefix of IPv6 that would tell, so whoever gives it must
    /// know what else is on the link of the server, which believes it.
    ///
    /// # Errors
    /// The fault names who has it.
    pub(super) fn check_v6(&self, tx: &Connection, address: Ipv6Addr) -> Result<(), Refusal> {
        if !self.actor.may(Permission::Inspect) {
            let problem = "can be given only by those who look after the racks".to_owned();
            return Err(self.invalid("address_v6", problem));
        }
        if let Some(other) = private_server_at_v6(tx, address)? {
            return Err(self.invalid("address_v6", anothers(self.actor, address.into(), &other)));
        }
        match server_at(tx, address.into())? {
            None => Ok(()),
            Some(Server { name, .. }) => {
                Err(self.invalid("address_v6", format!("{address} is the address of server {name}")))
            }
        }
    }

    fn invalid(&self, field: &str, problem: String) -> Refusal {
        Fault::invalid(self.attempted, vec![FieldProblem::new(field, problem)]).into()
    }

    /// The served network that the server stands in.
    fn network(&self, tx: &Connection) -> Result<Network, Refusal> {
        let name = &self.server.name;
        let Some(address) = self.server.address else {
            let advice = "Wait until its agent has connected.";
            return Err(conflict(self.attempted, format!("{name} has no address on record"), advice).into());
        };
        let found = network_list(tx)?.into_iter().find(|network| network.subnet.cidr.contains(address));
        found.ok_or_else(|| {
            let reason = format!("no served network contains {address}, the address of {name}");
            conflict(self.attempted, reason, "Serve it with: rackwright network set NAME --cidr ADDRESS/BITS")
                .into()
        })
    }

    /// Why the address cannot be given, in words that go on after its field; none when it can. Those who do not look after
    /// the racks are told of nothing that is not theirs.
    fn held(&self, tx: &Connection, network: &Network, address: Ipv4Addr) -> Result<Option<String>, Refusal> {
        let Network { name, subnet, .. } = network;
        if !subnet.cidr.is_host(address) {
            return Ok(Some(format!(
                "{address} is not an address that a machine of network {name} ({}) can have",
                subnet.cidr
            )));
        }
        let said = self.holder(tx, network, address)?;
        Ok(said.map(|said| match said {
            Holder::Own(said) => said,
            Holder::Racks(said) if self.actor.may(Permission::Inspect) => said,
            Holder::Racks(_) => format!("{address} is not free"),
        }))
    }

    fn holder(
        &self,
        tx: &Connection,
        network: &Network,
        address: Ipv4Addr,
    ) -> Result<Option<Holder>, Refusal> {
        let Network { name, subnet, .. } = network;
        if let Some(said) = of_the_racks(tx, Some(network), self.center, address)? {
            return Ok(Some(Holder::Racks(said)));
        }
        if let Some(nas) = nas_at(tx, address)? {
            return Ok(Some(Holder::Racks(format!("{address} is the address of NAS {nas}"))));
        }
        if subnet.dns.contains(&address) {
            return Ok(Some(Holder::Racks(format!("{address} is a name server of network {name}"))));
        }
        if let Some(other) = private_server_at(tx, address)? {
            return Ok(Some(Holder::Own(anothers(self.actor, address.into(), &other))));
        }
        if let Some(lease) = lease_of_address(tx, address)? {
            if let Some(server) = server_of_mac(tx, lease.mac)? {
                return Ok(Some(Holder::Racks(format!("{address} is reserved for server {}", server.name))));
            }
            if lease.until > self.now {
                return Ok(Some(Holder::Racks(format!("{address} is leased to {}", lease.mac))));
            }
        }
        Ok(None)
    }

    /// What [`Self::holder`] would name, all at once.
    fn taken(&self, tx: &Connection, network: &Network) -> Result<HashSet<Ipv4Addr>, Refusal> {
        let mut taken: HashSet<Ipv4Addr> =
            network.subnet.dns.iter().copied().chain(network.subnet.router).chain(self.center).collect();
        taken.extend(private_server_addresses(tx)?.into_iter().map(|(address, _)| address));
        taken.extend(nas_addresses(tx)?);
        taken.extend(server_addresses(tx)?.into_iter().filter_map(|address| match address {
            IpAddr::V4(address) => Some(address),
            IpAddr::V6(_) => None,
        }));
        for lease in lease_list(tx)? {
            if lease.until > self.now || server_of_mac(tx, lease.mac)?.is_some() {
                taken.insert(lease.address);
            }
        }
        Ok(taken)
    }
}

/// That a NAS may have the address. A name server may be one as well, and one may have leased its address.
///
/// # Errors
/// The fault names what is in the way.
pub(crate) fn check_nas_address(
    tx: &Connection,
    site: &Site,
    actor: &Actor,
    address: Ipv4Addr,
    attempted: &str,
) -> Result<(), Refusal> {
    let network = network_list(tx)?.into_iter().find(|network| network.subnet.cidr.contains(address));
    let problem = match of_the_racks(tx, network.as_ref(), wanted::center(site), address)? {
        Some(said) => Some(said),
        None => private_server_at(tx, address)?.map(|other| anothers(actor, address.into(), &other)),
    };
    match problem {
        None => Ok(()),
        Some(problem) => Err(Fault::invalid(attempted, vec![FieldProblem::new("address", problem)]).into()),
    }
}

/// What of the racks themselves holds an address: the pool, the router, the Control Center, a server.
fn of_the_racks(
    tx: &Connection,
    network: Option<&Network>,
    center: Option<Ipv4Addr>,
    address: Ipv4Addr,
) -> Result<Option<String>, Refusal> {
    if let Some(Network { name, subnet, .. }) = network {
        if let Some((first, last)) = subnet.pool().filter(|_| subnet.in_pool(address)) {
            return Ok(Some(format!("{address} lies in the DHCP pool of network {name}, {first} to {last}")));
        }
        if subnet.router == Some(address) {
            return Ok(Some(format!("{address} is the router of network {name}")));
        }
    }
    if center == Some(address) {
        return Ok(Some(format!("{address} is the Control Center's own address")));
    }
    Ok(server_at(tx, address.into())?.map(|server| {
        let name = server.name;
        if server.address == Some(address) {
            format!("{address} is the address of server {name}")
        } else {
            format!("{address} is the address of the BMC of server {name}")
        }
    }))
}

fn anothers(actor: &Actor, address: IpAddr, other: &PrivateServer) -> String {
    let name = &other.wanted.name;
    // Whoever sees the account sees the private server.
    if actor.scope.covers(&other.account_path) {
        format!("{address} is the address of private server {name}")
    } else {
        format!("{address} is not free")
    }
}

/// What holds an address.
enum Holder {
    /// Something that the sentence may name, or does not.
    Own(String),
    /// Something of the racks.
    Racks(String),
}
