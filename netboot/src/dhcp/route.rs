//! Where a reply goes (RFC 2131 section 4.1).

use std::net::{Ipv4Addr, SocketAddrV4};

use rackwright_model::MacAddr;

use crate::dhcp::ask::Ask;
use crate::dhcp::reply::Reply;
use crate::dhcp::{CLIENT_PORT, Port, SERVER_PORT};

/// A way to the client.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Route {
    /// Through the kernel, which asks by ARP for the hardware address.
    Address(SocketAddrV4),
    /// As a whole frame: the client cannot answer ARP for an address it does not have yet.
    Frame { mac: MacAddr, address: Ipv4Addr },
}

const BROADCAST: Route = Route::Address(SocketAddrV4::new(Ipv4Addr::BROADCAST, CLIENT_PORT));

/// The way for this reply. `peer` is where the message came from.
pub(crate) fn of(reply: &Reply, ask: &Ask, port: Port, peer: SocketAddrV4) -> Route {
    if let Some(relay) = ask.giaddr {
        return Route::Address(SocketAddrV4::new(relay, SERVER_PORT));
    }
    if matches!(reply, Reply::Nak { .. }) {
        return BROADCAST;
    }
    if port == Port::Proxy && !peer.ip().is_unspecified() {
        return Route::Address(peer);
    }
    // An OFFER never follows `ciaddr`: a client that still looks for an address has none to be reached at.
    if let Some(address) =
        ask.ciaddr.filter(|_| !matches!(reply, Reply::Offer { .. } | Reply::ProxyOffer { .. }))
    {
        return Route::Address(SocketAddrV4::new(address, CLIENT_PORT));
    }
    match reply.given() {
        Some(address) if !ask.flags.broadcast() => Route::Frame { mac: ask.mac, address },
        _ => BROADCAST,
    }
}
