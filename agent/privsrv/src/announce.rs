//! Tells the neighbours of the server where an address is now: without being asked, they would send to where it was until
//! they ask again.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::os::fd::AsRawFd as _;
use std::thread;
use std::time::Duration;

use nix::ifaddrs::getifaddrs;
use nix::sys::socket::{AddressFamily, LinkAddr, MsgFlags, SockFlag, SockType, bind, send, socket};

/// One may get lost (RFC 5227 section 2.3: two, two seconds apart).
const TIMES: u32 = 3;
const APART: Duration = Duration::from_secs(2);

/// Announces these addresses as those of a card, a few times, while the caller goes on.
///
/// # Errors
/// The kernel's of the first time.
pub fn announce(card: &str, addresses: &[IpAddr]) -> io::Result<()> {
    let link = link(card)?;
    let mac = link.addr().ok_or_else(|| io::Error::other("the card is not Ethernet"))?;
    let frames: Vec<Vec<u8>> = addresses
        .iter()
        .map(|address| match address {
            IpAddr::V4(address) => arp(mac, *address),
            IpAddr::V6(address) => neighbour(mac, *address),
        })
        .collect();
    // Of no protocol: it hears nothing.
    let socket = socket(AddressFamily::Packet, SockType::Raw, SockFlag::SOCK_CLOEXEC, None)?;
    bind(socket.as_raw_fd(), &link)?;
    let say = move || -> io::Result<()> {
        for frame in &frames {
            send(socket.as_raw_fd(), frame, MsgFlags::empty())?;
        }
        Ok(())
    };
    say()?;
    thread::Builder::new().spawn(move || {
        for _ in 1..TIMES {
            thread::sleep(APART);
            if say().is_err() {
                return;
            }
        }
    })?;
    Ok(())
}

fn link(card: &str) -> io::Result<LinkAddr> {
    getifaddrs()?
        .filter(|entry| entry.interface_name == card)
        .find_map(|entry| entry.address?.as_link_addr().copied())
        .ok_or_else(|| io::Error::new(io::ErrorKind::NotFound, "no such card"))
}

/// An announcement of an IPv4 address (RFC 5227 section 3): a request for it from itself.
fn arp(mac: [u8; 6], address: Ipv4Addr) -> Vec<u8> {
    let address = address.octets();
    let everybody = [0xff; 6];
    let kind = [0x08, 0x06, 0, 1, 0x08, 0, 6, 4, 0, 1];
    [&everybody[..], &mac, &kind, &mac, &address, &[0; 6], &address].concat()
}

/// An unsolicited neighbour advertisement to all nodes, which overrides what they know (RFC 4861 sections 4.4 and 7.2.6).
fn neighbour(mac: [u8; 6], address: Ipv6Addr) -> Vec<u8> {
    let (own, all) = (address.octets(), Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 1).octets());
    let mut message = [&[136, 0, 0, 0, 0x20, 0, 0, 0][..], &own, &[2, 1], &mac].concat();
    let length = [0, 32];
    let sum = checksum(&[&own[..], &all, &[0, 0], &length, &[0, 0, 0, 58], &message].concat());
    message[2..4].copy_from_slice(&sum.to_be_bytes());
    let ethernet = [&[0x33, 0x33, 0, 0, 0, 1][..], &mac, &[0x86, 0xdd]].concat();
    [&ethernet[..], &[0x60, 0, 0, 0], &length, &[58, 255], &own, &all, &message].concat()
}

/// RFC 1071, of a whole number of words.
fn checksum(bytes: &[u8]) -> u16 {
    let words = bytes.chunks_exact(2).map(|word| u32::from(u16::from_be_bytes([word[0], word[1]])));
    let mut sum: u32 = words.sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !u16::try_from(sum).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const MAC: [u8; 6] = [0x52, 0x54, 0, 1, 2, 3];

    #[test]
    fn an_arp_announcement_asks_for_its_own_address() {
        let frame = arp(MAC, Ipv4Addr::new(10, 0, 0, 7));
        assert_eq!(frame.len(), 42);
        assert_eq!(
            (&frame[22..28], &frame[28..32], &frame[38..]),
            (&MAC[..], &[10, 0, 0, 7][..], &[10, 0, 0, 7][..])
        );
    }

    #[test]
    fn a_neighbour_advertisement_has_a_sum_that_comes_out() {
        let address = Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 7);
        let frame = neighbour(MAC, address);
        assert_eq!(frame.len(), 86);
        assert_eq!(&frame[62..78], &address.octets(), "its target");
        let pseudo = [&frame[22..54], &[0, 0, 0, 32, 0, 0, 0, 58], &frame[54..]].concat();
        assert_eq!(checksum(&pseudo), 0);
    }
}
