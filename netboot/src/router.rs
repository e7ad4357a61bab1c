//! Tells iPXE that there is no IPv6 router here.
//!
//! iPXE configures IPv4 and IPv6 together, and goes on only when both have ended. Where nobody answers its router
//! solicitation (RFC 4861 section 4.1) it repeats that for 16 seconds, after DHCP has long given it all it needs. The
//! answer here has lifetime zero and no prefix: it says "no router, no addresses". It goes to machines alone that just
//! asked DHCP as iPXE, and to nobody else on the link.
//!
//! Attacker's input: any ICMPv6 message on the link. It can win a sixteen-byte answer for a machine that is in iPXE.

use std::io;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::sync::Arc;

use nix::net::if_::if_nametoindex;
use rackwright_model::MacAddr;
use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::UdpSocket;

use crate::context::Context;
use crate::counters::count;
use crate::sockets;

const ALL_ROUTERS: Ipv6Addr = Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2);
/// RFC 4861 section 6.1: receivers drop what may have come from another link.
const HOPS: u32 = 255;
const SOLICITATION: u8 = 133;
/// Type 134, code 0, checksum by the kernel, no hop limit, no flags, router lifetime 0, no timers (section 4.2).
const NO_ROUTER: [u8; 16] = [134, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
const DATAGRAM: usize = 512;

/// The opened answerer.
pub(crate) struct NoRouter {
    /// A raw ICMPv6 socket; of UDP it has only that tokio polls the descriptor and calls recvfrom(2) and sendto(2) on it.
    socket: UdpSocket,
    context: Arc<Context>,
}

impl NoRouter {
    /// # Errors
    /// When the interface or the kernel has no IPv6. Machines then only boot later.
    pub fn open(context: Arc<Context>) -> io::Result<Self> {
        let interface = context.config.interface.as_str();
        let socket = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6))?;
        socket.bind_device(Some(interface.as_bytes()))?;
        socket.join_multicast_v6(&ALL_ROUTERS, if_nametoindex(interface)?)?;
        socket.set_unicast_hops_v6(HOPS)?;
        socket.set_nonblocking(true)?;
        Ok(Self { socket: UdpSocket::from_std(socket.into())?, context })
    }

    /// Answers until the socket fails for good.
    pub async fn run(self) -> io::Error {
        let mut bytes = [0; DATAGRAM];
        loop {
            let (length, from) = match self.socket.recv_from(&mut bytes).await {
                Ok((length, SocketAddr::V6(from))) => (length, from),
                Ok(_) => continue,
                Err(error) if sockets::passes(&error) => continue,
                Err(error) => return error,
            };
            if let Some(mac) = solicitor(&bytes[..length])
                && from.ip().is_unicast_link_local()
                && self.context.timeline.in_ipxe(mac)
            {
                self.answer(mac, from).await;
            }
        }
    }

    async fn answer(&self, mac: MacAddr, to: SocketAddrV6) {
        match self.socket.send_to(&NO_ROUTER, SocketAddr::V6(to)).await {
            Ok(_) => count(&self.context.counters.router_answers),
            Err(error) => {
                tracing::debug!(machine.mac = %mac, "Could not tell iPXE that there is no IPv6 router: {error}.")
            }
        }
    }
}

/// The sender of a router solicitation, by its source link-layer address option (RFC 4861 section 4.6.1).
fn solicitor(bytes: &[u8]) -> Option<MacAddr> {
    if bytes.first() != Some(&SOLICITATION) {
        return None;
    }
    let mut options = bytes.get(8..)?;
    // Lengths count in units of eight bytes; zero would never end.
    while let [kind, units, ..] = options {
        let option = options.get(..usize::from(*units) * 8).filter(|option| !option.is_empty())?;
        if *kind == 1 {
            return option.get(2..8)?.try_into().ok().map(MacAddr);
        }
        options = &options[option.len()..];
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RS: [u8; 8] = [133, 0, 0, 0, 0, 0, 0, 0];

    #[test]
    fn a_solicitation_names_its_sender() {
        let with = |options: &[u8]| solicitor(&[&RS, options].concat());
        let mac = [0x52, 0x54, 0, 0, 0, 1];
        let source = [&[1, 1][..], &mac].concat();
        assert_eq!(with(&source), Some(MacAddr(mac)));
        assert_eq!(with(&[&[14, 1, 0, 0, 0, 0, 0, 0][..], &source].concat()), Some(MacAddr(mac)));
        assert_eq!(with(&[]), None, "it need not");
        assert_eq!(with(&[1, 0, 0, 0, 0, 0, 0, 0]), None, "no length");
        assert_eq!(with(&[1, 2, 0, 0, 0, 0, 0, 0]), None, "cut off");
        assert_eq!(solicitor(&[&[135][..], &RS[1..], &source].concat()), None, "another message");
    }

    proptest! {
        #[test]
        fn any_bytes_end(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
            let _ = solicitor(&[&RS[..], &bytes].concat());
            let _ = solicitor(&bytes);
        }
    }
}
