//! The address of a private server is pinned outside of it (nft(8)): what it sends from another address or with another
//! hardware address goes nowhere, and it has no more connections than its size allows.
//!
//! There is no bridge. Each private server has a cable of its own to the server, which routes to it: neighbours see
//! nothing of each other's wire, and forged ARP, neighbour or router advertisements reach only the server, which takes
//! none.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rackwright_model::private_server::{Number, Size};
use serde::{Deserialize, Serialize};

/// What stands at both ends of the cable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cable {
    pub number: Number,
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
    /// The hardware address inside.
    pub mac: rackwright_model::MacAddr,
    /// In quarantine nothing passes but to and from these; none means no quarantine.
    pub quarantine: Option<Vec<IpAddr>>,
}

impl Cable {
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.v4.map(IpAddr::V4).into_iter().chain(self.v6.map(IpAddr::V6)).collect()
    }
}

/// The address of the server on every cable (RFC 3927): inside it is the gateway.
pub const GATEWAY_V4: Ipv4Addr = Ipv4Addr::new(169, 254, 1, 1);
/// The same for IPv6 (RFC 4291 section 2.5.6).
pub const GATEWAY_V6: Ipv6Addr = Ipv6Addr::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);

/// The table for `nft -f -`. It replaces the one that was there, in one step.
#[must_use]
pub fn table(cable: &Cable, size: &Size) -> String {
    let tag = cable.number.tag();
    let mut rules = String::new();
    let mut rule = |text: &str| {
        // Writing to a String never fails.
        let _ = writeln!(rules, "        {text}");
    };
    rule(&format!("ether saddr != {} drop", cable.mac));
    if let Some(address) = cable.v4 {
        rule(&format!("ether type arp arp operation request arp saddr ip {address} accept"));
        rule("ether type arp drop");
        rule("udp sport 67 drop");
        rule(&format!("ip saddr {address} accept"));
    }
    if let Some(address) = cable.v6 {
        rule("icmpv6 type { nd-router-advert, nd-redirect } drop");
        rule("udp sport 547 drop");
        rule(&format!("ip6 saddr {{ {address}, fe80::/64 }} accept"));
    }
    rule("drop");
    let tables = Tables { tag: &tag, pinned: &rules, forwarded: &forwarded(cable), sessions: size.sessions };
    tables.text()
}

/// Rules for what the server passes on. Quarantine comes first and looks at every packet, so that connections which were
/// there before end too.
fn forwarded(cable: &Cable) -> String {
    let mut rules = String::new();
    let addresses = cable.addresses();
    let family = |address: &IpAddr| if address.is_ipv4() { "ip" } else { "ip6" };
    if let Some(operator) = &cable.quarantine {
        for own in &addresses {
            for other in operator.iter().filter(|other| other.is_ipv4() == own.is_ipv4()) {
                let family = family(own);
                let _ = writeln!(rules, "        {family} saddr {own} {family} daddr {other} accept");
                let _ = writeln!(rules, "        {family} saddr {other} {family} daddr {own} accept");
            }
            for side in ["saddr", "daddr"] {
                let _ = writeln!(rules, "        {} {side} {own} drop", family(own));
            }
        }
    }
    for own in &addresses {
        for side in ["saddr", "daddr"] {
            let _ = writeln!(rules, "        ct state new {} {side} {own} jump counted", family(own));
        }
    }
    rules
}

struct Tables<'a> {
    tag: &'a str,
    pinned: &'a str,
    forwarded: &'a str,
    sessions: u32,
}

impl Tables<'_> {
    /// What reaches the server itself from the cable is no more than what the cable needs to work: neighbours are asked for
    /// with ICMPv6, and the gateway may be pinged.
    fn text(&self) -> String {
        let Self { tag, pinned, forwarded, sessions } = self;
        format!(
            "table netdev {tag}\ndelete table netdev {tag}\ntable inet {tag}\ndelete table inet {tag}\n\
             table netdev {tag} {{\n    chain pinned {{\n        type filter hook ingress device \"{tag}\" priority -500; policy drop;\n{pinned}    }}\n}}\n\
             table inet {tag} {{\n    chain counted {{\n        ct count over {sessions} drop\n    }}\n    \
             chain sessions {{\n        type filter hook forward priority 0; policy accept;\n{forwarded}    }}\n    \
             chain server {{\n        type filter hook input priority -10; policy accept;\n        iifname != \"{tag}\" accept\n        \
             ct state established,related accept\n        icmp type echo-request limit rate 20/second accept\n        \
             icmpv6 type {{ nd-neighbor-solicit, nd-neighbor-advert, echo-request }} limit rate 100/second accept\n        drop\n    }}\n}}\n"
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cable(quarantine: Option<Vec<IpAddr>>) -> Cable {
        Cable {
            number: Number::try_from(7).expect("a number"),
            v4: Some(Ipv4Addr::new(10, 0, 0, 7)),
            v6: Some(Ipv6Addr::new(0xfd00, 0, 0, 0, 0, 0, 0, 7)),
            mac: "02:00:00:00:00:07".parse().expect("an address"),
            quarantine,
        }
    }

    fn table_of(quarantine: Option<Vec<IpAddr>>) -> String {
        let size = Size {
            cpu_permille: 100,
            memory_mib: 256,
            swap_mib: 0,
            disk_mib: 1024,
            bandwidth_kbit: 1000,
            ceiling_kbit: None,
            sessions: 100,
            processes: 100,
        };
        table(&cable(quarantine), &size)
    }

    #[test]
    fn an_address_is_pinned_and_the_server_is_closed() {
        assert_eq!(table_of(None), include_str!("firewall/plain.nft"));
    }

    #[test]
    fn in_quarantine_only_the_operator_passes() {
        let operator =
            vec!["192.0.2.1".parse().expect("an address"), "2001:db8::1".parse().expect("an address")];
        assert_eq!(table_of(Some(operator)), include_str!("firewall/quarantine.nft"));
        assert!(!table_of(Some(Vec::new())).contains("daddr 10.0.0.7 accept"));
    }
}
