//! The DHCPv4 server (RFC 2131, RFC 4578 for netboot): receives, decides, sends.
//!
//! Keeps no state of its own about clients: leases are the plan's, and a client that repeats itself is answered every
//! time, since a switch port that is still coming up loses the first replies.

mod ask;
mod boot;
mod decide;
mod frame;
mod reply;
mod route;
#[cfg(test)]
mod rules_tests;
#[cfg(test)]
mod samples;

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::os::fd::AsRawFd;
use std::sync::Arc;

use nix::sys::socket::{ControlMessage, MsgFlags, SockaddrIn, sendmsg};
use rackwright_model::BootStage;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::task::JoinSet;

use crate::context::Context;
use crate::counters::count;
use crate::error::StartError;
use crate::sockets;
use ask::Ask;
use frame::Link;
use reply::Reply;
use route::Route;

/// The longest datagram that is read; more than an Ethernet frame carries.
const DATAGRAM: usize = 2_048;
/// Messages in work at once; each may wait for the database. More are dropped: clients repeat themselves.
const IN_WORK: usize = 256;
const SERVER_PORT: u16 = 67;
const CLIENT_PORT: u16 = 68;
const PROXY_PORT: u16 = 4_011;

/// The port on which a message came in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Port {
    Server,
    Proxy,
}

/// The opened server.
pub(crate) struct Dhcp {
    server: UdpSocket,
    proxy: UdpSocket,
    link: Link,
    context: Arc<Context>,
}

impl Dhcp {
    pub fn open(context: Arc<Context>) -> Result<Self, StartError> {
        let interface = &context.config.interface;
        let udp = |port| {
            sockets::udp_on_interface(interface, port).map_err(|source| StartError::Open {
                service: "DHCP",
                address: SocketAddr::from((context.config.address, port)),
                source,
            })
        };
        let (server, proxy) = (udp(SERVER_PORT)?, udp(PROXY_PORT)?);
        let link = Link::open(interface)
            .map_err(|source| StartError::Link { interface: interface.clone(), source })?;
        Ok(Self { server, proxy, link, context })
    }

    /// Serves until a socket fails for good.
    pub async fn run(self) -> io::Error {
        let this = Arc::new(self);
        let mut work = JoinSet::new();
        let mut on_server = vec![0; DATAGRAM];
        let mut on_proxy = vec![0; DATAGRAM];
        loop {
            let (received, port) = tokio::select! {
                received = this.server.recv_from(&mut on_server) => (received, Port::Server),
                received = this.proxy.recv_from(&mut on_proxy) => (received, Port::Proxy),
            };
            while work.try_join_next().is_some() {}
            let (length, peer) = match received {
                Ok((length, SocketAddr::V4(peer))) => (length, peer),
                Ok(_) => continue,
                Err(error) if sockets::passes(&error) => continue,
                Err(error) => return error,
            };
            count(&this.context.counters.dhcp_received);
            let bytes = if port == Port::Server { &on_server[..length] } else { &on_proxy[..length] };
            match ask::parse(bytes) {
                Ok(_) if work.len() >= IN_WORK => count(&this.context.counters.dhcp_overload),
                Ok(ask) => drop(work.spawn(Arc::clone(&this).serve(ask, port, peer))),
                Err(malformed) => {
                    count(&this.context.counters.dhcp_malformed);
                    tracing::debug!(%peer, "Dropped a DHCP message: {malformed}.");
                }
            }
        }
    }

    async fn serve(self: Arc<Self>, ask: Ask, port: Port, peer: SocketAddrV4) {
        let reply = match decide::decide(&ask, port, &self.context).await {
            Ok(Some(reply)) => reply,
            Ok(None) => return,
            Err(silent) => {
                count(silent.counter);
                tracing::debug!(machine.mac = %ask.mac, "Kept silent: {}", silent.reason);
                if ask.netboot() {
                    self.context.plan.silent(ask.mac, &silent.reason);
                }
                return;
            }
        };
        match self.send(&reply, &ask, port, peer).await {
            Ok(()) => self.record(&reply, &ask),
            Err(error) => {
                count(&self.context.counters.dhcp_send_errors);
                tracing::warn!(machine.mac = %ask.mac, "Could not send a DHCP reply: {error}.");
            }
        }
    }

    async fn send(&self, reply: &Reply, ask: &Ask, port: Port, peer: SocketAddrV4) -> io::Result<()> {
        let from = self.context.config.address;
        let bytes = reply::encode(reply, ask, from).map_err(io::Error::other)?;
        let socket = if port == Port::Server { &self.server } else { &self.proxy };
        match route::of(reply, ask, port, peer) {
            Route::Address(to) => send_from(socket, &bytes, from, to).await,
            Route::Frame { mac, address } => self.link.send(&bytes, from, address, mac).await,
        }
    }

    /// Counts the reply and, for a machine that netboots, tells the plan.
    fn record(&self, reply: &Reply, ask: &Ask) {
        let counters = &self.context.counters;
        let stage = match reply {
            Reply::Offer { .. } | Reply::ProxyOffer { .. } => {
                count(&counters.dhcp_offers);
                BootStage::DhcpOffer
            }
            Reply::Ack { .. } | Reply::Settings { .. } | Reply::BootOnly { .. } => {
                count(&counters.dhcp_acks);
                BootStage::DhcpAck
            }
            Reply::Nak { reason } => {
                count(&counters.dhcp_naks);
                tracing::info!(machine.mac = %ask.mac, "Refused an address: {reason}.");
                return;
            }
        };
        let Some(boot) = reply.boot() else { return };
        let client = boot.client.word();
        let detail = match decide::leased(reply) {
            Some(lease) => {
                let verb = if stage == BootStage::DhcpOffer { "Offered" } else { "Leased" };
                format!(
                    "{verb} {} to {client} for {} s; boot file {}.",
                    lease.address, lease.seconds, boot.name
                )
            }
            None if stage == BootStage::DhcpOffer => {
                format!("Told {client} beside another DHCP server: boot file {}.", boot.name)
            }
            None => return,
        };
        self.context.timeline.dhcp(ask.mac, stage, ask.ipxe.is_some(), detail);
    }
}

/// Sends from one of our addresses, whatever others the interface has: clients compare it with option 54.
async fn send_from(socket: &UdpSocket, bytes: &[u8], from: Ipv4Addr, to: SocketAddrV4) -> io::Result<()> {
    let address = |octets: [u8; 4]| libc::in_addr { s_addr: u32::from_ne_bytes(octets) };
    let info =
        libc::in_pktinfo { ipi_ifindex: 0, ipi_spec_dst: address(from.octets()), ipi_addr: address([0; 4]) };
    let to = SockaddrIn::from(to);
    let send = || {
        let parts = [io::IoSlice::new(bytes)];
        let control = [ControlMessage::Ipv4PacketInfo(&info)];
        Ok(sendmsg(socket.as_raw_fd(), &parts, &control, MsgFlags::empty(), Some(&to))?)
    };
    socket.async_io(Interest::WRITABLE, send).await.map(drop)
}
