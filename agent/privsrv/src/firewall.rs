//! The address of a private server is pinned in its own network namespace (nft(8)), whose root may change nothing there:
//! what it sends from another address goes nowhere, and it has no more connections than its size allows.
//!
//! Outside it would be too late. The server sees what an ipvlan device sends as if it had sent it itself, and no hook of its
//! own knows which private server that was.
//!
//! What it sends is routed by the server from its address alone: there is no frame that it could forge. Frames for others do
//! not come in, so nothing of a neighbour is overheard.

use std::fmt::Write as _;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use rackwright_model::MacAddr;
use rackwright_model::private_server::{Number, Size};
use serde::{Deserialize, Serialize};

/// What the cable is laid for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cable {
    pub number: Number,
    pub v4: Option<Ipv4Addr>,
    pub v6: Option<Ipv6Addr>,
    /// Not used: inside it is that of the card. It stands in records.
    pub mac: MacAddr,
    /// In quarantine nothing passes but to and from these; none means no quarantine.
    pub quarantine: Option<Vec<IpAddr>>,
}

impl Cable {
    #[must_use]
    pub fn addresses(&self) -> Vec<IpAddr> {
        self.v4.map(IpAddr::V4).into_iter().chain(self.v6.map(IpAddr::V6)).collect()
    }
}

/// What the neighbours of a link tell each other (RFC 4861 section 4): others would believe it.
const NEIGHBOURS: [&str; 5] =
    ["nd-router-solicit", "nd-router-advert", "nd-neighbor-solicit", "nd-neighbor-advert", "nd-redirect"];

/// Of TCP by IPv4 and IPv6: that it is not for the link of the card.
const FAR: [&str; 2] = ["", " ip6 daddr != { fe80::/10, ff00::/8 }"];
/// Bytes of a frame with an advertisement of its address, and of its hardware address behind that (RFC 4861 sections 4.4 and
/// 4.6.1).
const ADVERTISEMENT: u32 = 14 + 40 + 24;
const WITH_HARDWARE: u32 = ADVERTISEMENT + 8;

/// The table of the server itself, which closes it to its private servers.
pub const SERVER: &str = include_str!("firewall/server.nft");

/// The tables of its network namespace for `nft -f -`, behind a card with this hardware address. They replace those that were
/// there, in one step.
#[must_use]
pub fn table(cable: &Cable, size: &Size, card: MacAddr) -> String {
    let (tag, pinned, taken) = (cable.number.tag(), pinned(cable, card), taken(cable));
    let tables = Tables { tag: &tag, pinned: &pinned, taken: &taken, sessions: size.sessions };
    tables.text()
}

/// Rules for what leaves it, also past its sockets (packet(7)). Classes of the card could be chosen by the priority of a
/// packet (tc-hfsc(7)), which ipvlan leaves as it is.
///
/// Whoever tells a false length gets no rule to look behind the addresses, and the kernel mends the length afterwards: so
/// nothing is let through whose protocol is not known. 255 is that of none (RFC 3692).
fn pinned(cable: &Cable, card: MacAddr) -> String {
    let mut rules = String::new();
    let mut rule = |text: &str| {
        // Writing to a String never fails.
        let _ = writeln!(rules, "        {text}");
    };
    rule("meta priority set none");
    if cable.quarantine.is_none() {
        // Most of all, and nothing of what follows is about it.
        for own in cable.addresses() {
            rule(&format!("meta l4proto tcp {}{} accept", from(&own), FAR[usize::from(own.is_ipv6())]));
        }
    }
    if cable.v4.is_some() {
        rule("udp sport 67 drop");
        // Nor does it ask: whoever leases addresses believes that it asks for another machine (RFC 2131, chaddr and giaddr).
        rule("udp dport { 67, 4011 } drop");
    }
    if let Some(address) = cable.v6 {
        // A router asks it itself whether it is still there (RFC 4861 section 7.3.3). It may speak for its own address only,
        // with nothing behind that but the hardware address of the card: another would lead all that is sent to it elsewhere.
        let (target, towards) = (u128::from(address), asking(cable));
        let hardware = format!(" @th,192,64 0x0201{}", card.to_string().replace(':', ""));
        for (bytes, behind) in [(ADVERTISEMENT, ""), (WITH_HARDWARE, hardware.as_str())] {
            rule(&format!(
                "ip6 saddr {address}{towards} ip6 hoplimit 255 meta length <= {bytes} \
                 icmpv6 type nd-neighbor-advert @th,64,128 0x{target:032x}{behind} accept"
            ));
        }
        rule(&format!("icmpv6 type {{ {} }} drop", NEIGHBOURS.join(", ")));
        // What is only for the link of the card: no router would carry it either. IPv4 of that kind ipvlan itself drops.
        rule("ip6 daddr { fe80::/10, ff00::/8 } drop");
        rule("udp sport 547 drop");
        rule("udp dport 547 drop");
    }
    for own in cable.addresses() {
        match &cable.quarantine {
            None => rule(&format!("meta l4proto != 255 {} accept", from(&own))),
            Some(operator) => {
                for other in operator.iter().filter(|other| other.is_ipv4() == own.is_ipv4()) {
                    let family = family(&own);
                    rule(&format!("meta l4proto != 255 {} {family} daddr {other} accept", from(&own)));
                }
            }
        }
    }
    rule("drop");
    rules
}

fn from(own: &IpAddr) -> String {
    format!("{} saddr {own}", family(own))
}

/// Who may be told of its address, as a condition behind others: in quarantine those on its link, and the operator.
fn asking(cable: &Cable) -> String {
    let Some(operator) = &cable.quarantine else { return String::new() };
    let known = operator.iter().filter(|other| other.is_ipv6()).map(|other| format!(", {other}"));
    format!(" ip6 daddr {{ fe80::/10{} }}", known.collect::<String>())
}

/// Rules for what comes in. Quarantine looks at every packet, so that connections which were there before end too.
fn taken(cable: &Cable) -> String {
    let mut rules = String::new();
    if let Some(operator) = &cable.quarantine {
        if cable.v6.is_some() {
            rules.push_str("        icmpv6 type nd-neighbor-solicit accept\n");
        }
        for own in cable.addresses() {
            for other in operator.iter().filter(|other| other.is_ipv4() == own.is_ipv4()) {
                let _ = writeln!(rules, "        {} saddr {other} accept", family(&own));
            }
        }
        rules.push_str("        drop\n");
    }
    rules
}

fn family(address: &IpAddr) -> &'static str {
    if address.is_ipv4() { "ip" } else { "ip6" }
}

struct Tables<'a> {
    tag: &'a str,
    pinned: &'a str,
    taken: &'a str,
    sessions: u32,
}

impl Tables<'_> {
    /// Sessions are those of its sockets, to others: what it speaks with itself is its own affair, and the kernel keeps nothing
    /// of it. What packet sockets send has no session. Those that others begin are counted apart: however many they are, its own
    /// go on.
    fn text(&self) -> String {
        let Self { tag, pinned, taken, sessions } = self;
        format!(
            "table netdev {tag}\ndelete table netdev {tag}\ntable inet {tag}\ndelete table inet {tag}\n\
             table netdev {tag} {{\n    chain pinned {{\n        type filter hook egress device \"eth0\" priority 0; policy drop;\n{pinned}    }}\n}}\n\
             table inet {tag} {{\n    \
             chain own_sent {{\n        type filter hook output priority raw; policy accept;\n        oifname \"lo\" notrack\n    }}\n    \
             chain own_taken {{\n        type filter hook prerouting priority raw; policy accept;\n        iifname \"lo\" notrack\n    }}\n    \
             chain taken {{\n        type filter hook input priority 0; policy accept;\n        iifname \"lo\" accept\n        \
             icmpv6 type {{ nd-router-advert, nd-redirect }} drop\n{taken}        ct state new ct count over {sessions} drop\n    }}\n    \
             chain sent {{\n        type filter hook output priority 0; policy accept;\n        oifname \"lo\" accept\n        \
             ct state new ct count over {sessions} drop\n    }}\n}}\n"
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
        table(&cable(quarantine), &size, "02:00:00:00:00:01".parse().expect("an address"))
    }

    #[test]
    fn an_address_is_pinned() {
        assert_eq!(table_of(None), include_str!("firewall/plain.nft"));
    }

    #[test]
    fn in_quarantine_only_the_operator_passes() {
        let operator =
            vec!["192.0.2.1".parse().expect("an address"), "2001:db8::1".parse().expect("an address")];
        assert_eq!(table_of(Some(operator)), include_str!("firewall/quarantine.nft"));
        let nobody = table_of(Some(Vec::new()));
        assert!(!nobody.contains("saddr 10.0.0.7") && !nobody.contains("ip saddr"), "{nobody}");
    }
}
