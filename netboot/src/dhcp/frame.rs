//! Sends a datagram to a client that has no address yet: a whole Ethernet frame through a packet socket.
//!
//! Not an ARP entry, which the kernel keeps per address, bounds, and lets go stale under a rack that boots at once. The
//! socket is bound with protocol 0: it never receives, so it costs nothing.

use std::io;
use std::net::Ipv4Addr;
use std::os::fd::AsRawFd;

use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{AddressFamily, LinkAddr, SockFlag, SockType, bind, socket};
use rackwright_model::MacAddr;
use tokio::net::UdpSocket;

use crate::dhcp::{CLIENT_PORT, SERVER_PORT};

const ETHERNET: usize = 14;
const IP: usize = 20;
const UDP: usize = 8;
const TTL: u8 = 64;
const UDP_PROTOCOL: u8 = 17;

/// A packet socket on one interface.
pub(crate) struct Link {
    /// A packet socket; of UDP it has only that tokio polls the descriptor and calls send(2) on it.
    socket: UdpSocket,
    mac: MacAddr,
}

impl Link {
    pub fn open(interface: &str) -> io::Result<Self> {
        let address = link_address(interface)?;
        let mac =
            address.addr().map(MacAddr).ok_or_else(|| io::Error::other("the interface is not Ethernet"))?;
        let flags = SockFlag::SOCK_CLOEXEC | SockFlag::SOCK_NONBLOCK;
        let socket = socket(AddressFamily::Packet, SockType::Raw, flags, None)?;
        bind(socket.as_raw_fd(), &address)?;
        Ok(Self { socket: UdpSocket::from_std(socket.into())?, mac })
    }

    /// Sends `payload` from port 67 of `from` to port 68 of `to`, which answers to `mac`.
    pub async fn send(&self, payload: &[u8], from: Ipv4Addr, to: Ipv4Addr, mac: MacAddr) -> io::Result<()> {
        let frame = frame(payload, (self.mac, from), (mac, to)).ok_or_else(|| {
            io::Error::new(io::ErrorKind::InvalidInput, "the reply does not fit a datagram")
        })?;
        self.socket.send(&frame).await.map(drop)
    }
}

/// Index and hardware address of an interface, as the kernel lists them.
fn link_address(interface: &str) -> io::Result<LinkAddr> {
    getifaddrs()?
        .filter(|entry| entry.interface_name == interface)
        .find_map(|entry| entry.address?.as_link_addr().copied())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such interface"))
}

/// Ethernet, IPv4 (RFC 791) and UDP (RFC 768) around a payload; none when it is longer than a datagram can say.
fn frame(payload: &[u8], from: (MacAddr, Ipv4Addr), to: (MacAddr, Ipv4Addr)) -> Option<Vec<u8>> {
    let udp_length = u16::try_from(UDP + payload.len()).ok()?;
    let ip_length = udp_length.checked_add(IP as u16)?;
    let mut frame = Vec::with_capacity(ETHERNET + usize::from(ip_length));
    frame.extend(to.0.0);
    frame.extend(from.0.0);
    frame.extend([0x08, 0x00]);

    frame.extend([0x45, 0x10]);
    frame.extend(ip_length.to_be_bytes());
    frame.extend([0, 0, 0x40, 0, TTL, UDP_PROTOCOL, 0, 0]);
    frame.extend(from.1.octets());
    frame.extend(to.1.octets());
    let sum = checksum(&[&frame[ETHERNET..]]);
    frame[ETHERNET + 10..ETHERNET + 12].copy_from_slice(&sum.to_be_bytes());

    let mut udp = Vec::with_capacity(UDP);
    for word in [SERVER_PORT, CLIENT_PORT, udp_length, 0] {
        udp.extend(word.to_be_bytes());
    }
    let [high, low] = udp_length.to_be_bytes();
    let pseudo = [0, UDP_PROTOCOL, high, low];
    let sum = match checksum(&[&from.1.octets(), &to.1.octets(), &pseudo, &udp, payload]) {
        // Zero would say that there is no checksum.
        0 => u16::MAX,
        sum => sum,
    };
    udp[6..].copy_from_slice(&sum.to_be_bytes());
    frame.extend(udp);
    frame.extend(payload);
    Some(frame)
}

/// The Internet checksum (RFC 1071) over parts, all but the last of even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let words = parts.iter().flat_map(|part| part.chunks(2));
    let sum: u64 =
        words.map(|word| u64::from(word[0]) << 8 | u64::from(word.get(1).copied().unwrap_or(0))).sum();
    let mut folded = sum;
    while folded > 0xffff {
        folded = (folded & 0xffff) + (folded >> 16);
    }
    !(folded as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    const FROM: (MacAddr, Ipv4Addr) = (MacAddr([2, 0, 0, 0, 0, 1]), Ipv4Addr::new(10, 77, 0, 1));
    const TO: (MacAddr, Ipv4Addr) = (MacAddr([2, 0, 0, 0, 0, 2]), Ipv4Addr::new(10, 77, 0, 100));

    #[test]
    fn the_checksums_prove_themselves() {
        for payload in [&b"even"[..], b"odd", b""] {
            let frame = frame(payload, FROM, TO).expect("fits");
            assert_eq!(frame.len(), ETHERNET + IP + UDP + payload.len());
            let (ip, udp) = frame[ETHERNET..].split_at(IP);
            assert_eq!(checksum(&[ip]), 0, "a receiver's sum over the IP header is zero");
            let pseudo = [0, UDP_PROTOCOL, udp[4], udp[5]];
            assert_eq!(checksum(&[&ip[12..], &pseudo, udp]), 0, "and over the datagram");
        }
    }

    #[test]
    fn a_known_checksum() {
        // The example of RFC 1071 section 3.
        assert_eq!(checksum(&[&[0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7]]), !0xddf2);
    }

    #[test]
    fn what_does_not_fit_is_refused() {
        assert!(frame(&vec![0; 65_508], FROM, TO).is_none());
    }
}
