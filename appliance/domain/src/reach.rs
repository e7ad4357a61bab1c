//! Which addresses a webhook may be sent to. Whoever has a webhook chooses the address, and the Control Center calls it from
//! inside the house: without limits, a customer could call the racks, the switches and the Control Center itself through it
//! (CWE-918). A host name is looked up first, every address that it has is judged, and the connection goes to one that was.
//!
//! Attacker's input: the URL, and the answers of the name servers of its domain.

use std::collections::BTreeSet;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rackwright_model::Block;
use rackwright_model::network::Cidr;

/// Where one webhook may be sent to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Reach {
    /// Networks of the racks.
    pub closed: Vec<Cidr>,
    /// Addresses that the configuration opens for this webhook.
    pub opened: Vec<Block>,
}

impl Reach {
    /// What the address is that must not be called. It is not named: whoever has a webhook is not told what names inside the
    /// house stand for. `own` are the addresses of the Control Center.
    #[must_use]
    pub fn refusal(&self, address: IpAddr, own: &BTreeSet<IpAddr>) -> Option<&'static str> {
        let address = address.to_canonical();
        if self.opened.iter().any(|block| block.contains(address)) {
            return None;
        }
        let rack = |v4: Ipv4Addr| self.closed.iter().find(|network| network.contains(v4));
        let why = match address {
            IpAddr::V4(v4) if rack(v4).is_some() => Some("in a network of the racks"),
            IpAddr::V4(v4) => not_public_v4(v4),
            IpAddr::V6(v6) => not_public_v6(v6),
        };
        why.or_else(|| own.contains(&address).then_some("an address of the Control Center"))
    }
}

/// Whether an address is of the internet, and of no private network or machine.
#[must_use]
pub fn is_public(address: IpAddr) -> bool {
    match address.to_canonical() {
        IpAddr::V4(v4) => not_public_v4(v4).is_none(),
        IpAddr::V6(v6) => not_public_v6(v6).is_none(),
    }
}

/// IANA IPv4 Special-Purpose Address Registry (RFC 6890).
fn not_public_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [a, b, c, _] = address.octets();
    match (a, b, c) {
        (127, ..) => Some("a loopback address"),
        (169, 254, _) => Some("a link-local address"),
        (10, ..) | (172, 16..=31, _) | (192, 168, _) | (100, 64..=127, _) => Some("a private address"),
        (0, ..)
        | (192, 0, 0 | 2)
        | (192, 88, 99)
        | (198, 18..=19, _)
        | (198, 51, 100)
        | (203, 0, 113)
        | (224.., ..) => Some("not a public address"),
        _ => None,
    }
}

/// Only global unicast is public (RFC 4291 section 2.4), without what stands for another address in it: Teredo and the like
/// (2001::/23), documentation (2001:db8::/32, 3fff::/20) and 6to4 (2002::/16).
fn not_public_v6(address: Ipv6Addr) -> Option<&'static str> {
    let [first, second, ..] = address.segments();
    match (first, second) {
        _ if address.is_loopback() => Some("a loopback address"),
        (0xfe80..=0xfebf, _) => Some("a link-local address"),
        (0xfc00..=0xfdff, _) => Some("a private address"),
        (0x2001, 0..=0x1ff | 0xdb8) | (0x2002, _) | (0x3fff, 0..=0xfff) => Some("not a public address"),
        (0x2000..=0x3fff, _) => None,
        _ => Some("not a public address"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(reach: &Reach, address: &str) -> bool {
        let own = ["198.41.0.4".parse().expect("an address")].into();
        reach.refusal(address.parse().expect("an address"), &own).is_some()
    }

    #[test]
    fn only_public_addresses_are_reached() {
        let reach = Reach { closed: vec!["99.77.0.0/24".parse().expect("a network")], opened: Vec::new() };
        for closed in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "10.1.2.3",
            "172.16.0.1",
            "172.31.255.1",
            "192.168.1.1",
            "169.254.169.254",
            "100.64.0.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00::1",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::1",
            "2001::1",
            "2001:db8::1",
            "99.77.0.9",
            "198.41.0.4",
            "::ffff:99.77.0.9",
        ] {
            assert!(refused(&reach, closed), "{closed}");
        }
        for open in ["93.184.215.14", "172.32.0.1", "100.128.0.1", "99.77.1.9", "2606:2800:220:1::1"] {
            assert!(!refused(&reach, open), "{open}");
        }
    }

    #[test]
    fn what_the_configuration_opens_is_reached_and_nothing_beside_it() {
        let opened = ["10.20.0.0/16", "127.0.0.1/32"].map(|block| block.parse().expect("a block")).to_vec();
        let reach = Reach { closed: Vec::new(), opened };
        assert!(!refused(&reach, "10.20.3.4") && !refused(&reach, "127.0.0.1"));
        assert!(!refused(&reach, "::ffff:10.20.3.4"), "the same address, written otherwise");
        assert!(refused(&reach, "10.21.0.1") && refused(&reach, "127.0.0.2") && refused(&reach, "::1"));
    }
}
