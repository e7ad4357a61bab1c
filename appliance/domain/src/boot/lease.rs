//! DHCP leases: offered in memory, durable before the acknowledgement (RFC 2131 section 4.3). Where another server leases
//! the addresses, what a machine took from it stands in the same place, so that the machine is known by its address.

use std::collections::HashSet;
use std::net::Ipv4Addr;

use rackwright_model::network::DhcpMode;
use rackwright_model::{MacAddr, Millis};
use rackwright_store::Connection;
use rackwright_store::lease::{
    LeaseRow, declined_list, declined_put, lease_delete, lease_end, lease_list, lease_of_address,
    lease_of_mac, lease_put,
};
use rackwright_store::network::{Network, network_list};
use rackwright_store::private_server::{private_server_addresses, private_server_at};
use rackwright_store::server::{server_of_mac, server_set_address};

use super::{Grant, Granted, Silent};
use crate::{Domain, Refusal};

/// How long an offered address is kept for the client that it was offered to.
const OFFER_MS: i64 = 60_000;
/// How long an address rests that a client found in use.
const DECLINED_MS: i64 = 10 * 60_000;

/// An answer of a transaction: the database may fail, and the client may get silence.
type Answer<T> = Result<Result<T, Silent>, Refusal>;

impl Domain {
    /// The address to offer to a machine.
    ///
    /// # Errors
    /// [`Silent`] when no served network fits, or its pool is empty.
    pub async fn lease_offer(
        &self,
        mac: MacAddr,
        wanted: Option<Ipv4Addr>,
        link: Ipv4Addr,
        host_name: Option<String>,
        netboot: bool,
    ) -> Result<Grant, Silent> {
        let now = self.now();
        self.boot_asks(mac, netboot).await;
        let promised: HashSet<Ipv4Addr> = self.boots.with(|inner| {
            inner.offered.retain(|_, (_, until)| *until > now.0);
            inner
                .offered
                .iter()
                .filter(|(holder, _)| **holder != mac)
                .map(|(_, (address, _))| *address)
                .collect()
        });
        let grant = self.read(move |tx| choose(tx, mac, wanted, link, host_name, &promised, now)).await??;
        if let Grant::Lease(granted) = &grant {
            self.boots.with(|inner| {
                inner.offered.insert(mac, (granted.address, now.plus(OFFER_MS).0));
                inner.bound();
            });
        }
        Ok(grant)
    }

    /// Take an address for a machine; durable when this returns.
    ///
    /// # Errors
    /// [`Silent`] when the address is not the machine's to take.
    pub async fn lease_commit(
        &self,
        mac: MacAddr,
        address: Ipv4Addr,
        link: Ipv4Addr,
        host_name: Option<String>,
    ) -> Result<Grant, Silent> {
        let now = self.now();
        let grant = self.write(move |tx| take(tx, mac, address, link, host_name, now)).await??;
        self.boots.with(|inner| inner.offered.remove(&mac));
        Ok(grant)
    }

    /// The machine takes an address that another DHCP server offered; durable when this returns.
    ///
    /// # Errors
    /// [`Silent`] when no other server is to lease addresses there, or not this one.
    pub async fn lease_elsewhere(
        &self,
        mac: MacAddr,
        address: Ipv4Addr,
        link: Ipv4Addr,
    ) -> Result<(), Silent> {
        let now = self.now();
        let network = self.read(move |tx| network_of(tx, link)).await?;
        let Some(network) = network.filter(|network| network.subnet.mode == DhcpMode::Proxy) else {
            return Err(Silent::because("another DHCP server answers on this network"));
        };
        if !network.subnet.cidr.is_host(address) {
            return Err(Silent::because(format!("{address} is not an address of network {}", network.name)));
        }
        let taken = move |tx: &Connection| {
            if let Some(silent) = of_private_server(tx, address)? {
                return Ok(Err(silent));
            }
            note(tx, mac, address, &network, now).map(Ok)
        };
        self.write(taken).await?
    }

    /// The machine gives its address back.
    ///
    /// # Errors
    /// [`Silent`] when the database fails.
    pub async fn lease_release(&self, mac: MacAddr, address: Ipv4Addr) -> Result<(), Silent> {
        let now = self.now();
        Ok(self.write(move |tx| Ok(lease_end(tx, mac, address, now)?)).await?)
    }

    /// The machine found its address in use: rest the address for ten minutes.
    ///
    /// # Errors
    /// [`Silent`] when the address was not the machine's.
    pub async fn lease_decline(&self, mac: MacAddr, address: Ipv4Addr) -> Result<(), Silent> {
        let now = self.now();
        let offered =
            self.boots.with(|inner| inner.offered.remove(&mac)).is_some_and(|(was, _)| was == address);
        self.write(move |tx| {
            let held = lease_of_mac(tx, mac)?.is_some_and(|lease| lease.address == address);
            if !held && !offered {
                return Ok(Err(Silent::because(format!("{mac} declined {address}, which was not its own"))));
            }
            if held {
                lease_delete(tx, mac)?;
            }
            declined_put(tx, address, now.plus(DECLINED_MS))?;
            Ok(Ok(()))
        })
        .await?
    }
}

fn choose(
    tx: &Connection,
    mac: MacAddr,
    wanted: Option<Ipv4Addr>,
    link: Ipv4Addr,
    host_name: Option<String>,
    promised: &HashSet<Ipv4Addr>,
    now: Millis,
) -> Answer<Grant> {
    let Some(network) = network_of(tx, link)? else {
        return Ok(Err(Silent::because(format!(
            "no served network contains {link}; serve one with: rackwright network set"
        ))));
    };
    let Some((first, last)) = network.subnet.pool() else { return Ok(Ok(Grant::Elsewhere)) };
    let own =
        lease_of_mac(tx, mac)?.map(|lease| lease.address).filter(|address| network.subnet.in_pool(*address));
    let leases = lease_list(tx)?;
    let resting: HashSet<Ipv4Addr> = declined_list(tx, now)?.into_iter().collect();
    let leased =
        leases.iter().filter(|lease| lease.mac != mac && lease.until > now).map(|lease| lease.address);
    let standing = private_server_addresses(tx)?.into_iter().map(|(address, _)| address);
    let held: HashSet<Ipv4Addr> = leased.chain(standing).collect();
    // Addresses that somebody had before are given away last, so that machines tend to keep theirs.
    let known: HashSet<Ipv4Addr> =
        leases.iter().filter(|lease| lease.mac != mac).map(|lease| lease.address).collect();
    let free = |address: &Ipv4Addr| {
        !held.contains(address) && !resting.contains(address) && !promised.contains(address)
    };
    let subnet = &network.subnet;
    let pool = || (u32::from(first)..=u32::from(last)).map(Ipv4Addr::from);
    let address = own
        .filter(free)
        .or_else(|| wanted.filter(|address| subnet.in_pool(*address)).filter(free))
        .or_else(|| pool().find(|address| free(address) && !known.contains(address)))
        .or_else(|| pool().find(free))
        // Rather an address that is said to be in use than none: declining costs a stranger nothing.
        .or_else(|| {
            pool().find(|address| {
                resting.contains(address) && !held.contains(address) && !promised.contains(address)
            })
        });
    Ok(match address {
        Some(address) => Ok(Grant::Lease(Granted {
            address,
            seconds: subnet.lease_s,
            host_name: named(tx, mac, host_name)?,
            subnet: network.subnet,
        })),
        None => Err(Silent::because(format!("the pool of network {} is empty", network.name))),
    })
}

fn take(
    tx: &Connection,
    mac: MacAddr,
    address: Ipv4Addr,
    link: Ipv4Addr,
    host_name: Option<String>,
    now: Millis,
) -> Answer<Grant> {
    let Some(network) = network_of(tx, link)? else {
        return Ok(Err(Silent::because(format!("no served network contains {link}"))));
    };
    if network.subnet.mode == DhcpMode::Proxy {
        return Ok(Ok(Grant::Elsewhere));
    }
    if !network.subnet.in_pool(address) {
        return Ok(Err(Silent::refusal(format!("{address} is not in the pool of network {}", network.name))));
    }
    if let Some(other) = lease_of_address(tx, address)?.filter(|lease| lease.mac != mac && lease.until > now)
    {
        return Ok(Err(Silent::refusal(format!("{address} is leased to {}", other.mac))));
    }
    if let Some(silent) = of_private_server(tx, address)? {
        return Ok(Err(silent));
    }
    note(tx, mac, address, &network, now)?;
    let (subnet, host_name) = (network.subnet, named(tx, mac, host_name)?);
    Ok(Ok(Grant::Lease(Granted { address, seconds: subnet.lease_s, host_name, subnet })))
}

/// The address of a private server is no machine's: whoever asks for it there would pass for that machine.
fn of_private_server(tx: &Connection, address: Ipv4Addr) -> Result<Option<Silent>, Refusal> {
    let standing = private_server_at(tx, address)?.map(|row| row.wanted.name);
    Ok(standing.map(|name| Silent::refusal(format!("{address} is the address of private server {name}"))))
}

/// The address is the machine's from now on.
fn note(
    tx: &Connection,
    mac: MacAddr,
    address: Ipv4Addr,
    network: &Network,
    now: Millis,
) -> Result<(), Refusal> {
    let until = now.plus(i64::from(network.subnet.lease_s) * 1_000);
    lease_put(tx, &LeaseRow { mac, address, network: network.id, until })?;
    if let Some(server) = server_of_mac(tx, mac)? {
        server_set_address(tx, server.id, address)?;
    }
    Ok(())
}

fn network_of(tx: &Connection, link: Ipv4Addr) -> Result<Option<Network>, Refusal> {
    Ok(network_list(tx)?.into_iter().find(|network| network.subnet.cidr.contains(link)))
}

/// The name to hand out: that of the server on record.
fn named(tx: &Connection, mac: MacAddr, asked: Option<String>) -> Result<Option<String>, Refusal> {
    Ok(server_of_mac(tx, mac)?.map(|server| server.name.to_string()).or(asked))
}
