//! Bandwidth: each private server has a class of its own in both directions, with its guarantee as the rate and the link as
//! the ceiling (tc-htb(8)). What comes in is shaped on its way through an intermediate device, because only what leaves a
//! device can wait.

use std::fmt::Write as _;

use rackwright_model::private_server::Size;

use crate::firewall::Cable;
use rackwright_model::private_server::Number;

/// The card to the outside, and the intermediate device (ifb) behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    pub card: &'a str,
    pub inward: &'a str,
    /// What the card carries, in kbit/s.
    pub kbit: u32,
}

/// The class of the whole link. Only below a common class may one class use what another leaves.
const WHOLE: u32 = 0xfffe;

/// The class of the server itself, which gets what its private servers leave, and at least a hundredth.
const OWN: u32 = 0xffff;

/// Bytes that all classes together send before it is the first one's turn again, each its share of the link: what nobody has
/// claimed is divided as the guarantees are. Longer turns would keep the others waiting.
const TURN: u64 = 300_000;
/// A turn is at least one frame.
const FRAME: u64 = 1_600;

/// What `tc` shows of the ground, as far as it is laid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// `tc qdisc show` of the card, and of the intermediate device.
    pub card: String,
    pub inward: String,
    /// `tc filter show dev CARD ingress`.
    pub incoming: String,
}

/// Lines for `tc -batch -` that lay what is missing of the ground. What lies is left: tc refuses to replace it by its like.
#[must_use]
pub fn ground(link: &Link<'_>, laid: &Laid) -> String {
    let Link { card, inward, kbit } = *link;
    let mut lines = String::new();
    for (device, shown) in [(card, &laid.card), (inward, &laid.inward)] {
        if !shown.contains("qdisc htb 1: root") {
            // Writing to a String never fails.
            let _ = writeln!(lines, "qdisc replace dev {device} root handle 1: htb default {OWN:x}");
        }
        let _ = writeln!(
            lines,
            "class replace dev {device} parent 1: classid 1:{WHOLE:x} htb rate {kbit}kbit ceil {kbit}kbit"
        );
        let _ = writeln!(
            lines,
            "class replace dev {device} parent 1:{WHOLE:x} classid 1:{OWN:x} htb rate {}kbit ceil {kbit}kbit quantum {}",
            kbit / 100,
            turn(link, kbit / 100)
        );
    }
    if !laid.card.contains("qdisc ingress ffff:") {
        let _ = writeln!(lines, "qdisc add dev {card} ingress");
    }
    if !laid.incoming.contains("matchall") {
        let _ = writeln!(
            lines,
            "filter add dev {card} ingress protocol all prio 1 handle 1 matchall action mirred egress redirect dev {inward}"
        );
    }
    lines
}

/// Lines that give a private server its class in both directions, or change it while traffic flows.
#[must_use]
pub fn class(link: &Link<'_>, cable: &Cable, size: &Size) -> String {
    let ceiling = size.ceiling_kbit.unwrap_or(link.kbit).max(size.bandwidth_kbit).min(link.kbit);
    let rate = size.bandwidth_kbit.min(link.kbit);
    let minor = minor(cable.number);
    let mut lines = String::new();
    for (device, side) in [(link.card, "src_ip"), (link.inward, "dst_ip")] {
        let _ = writeln!(
            lines,
            "class replace dev {device} parent 1:{WHOLE:x} classid 1:{minor} htb rate {rate}kbit ceil {ceiling}kbit quantum {}",
            turn(link, rate)
        );
        let _ = writeln!(lines, "qdisc replace dev {device} parent 1:{minor} fq_codel");
        if let Some(address) = cable.v4 {
            let _ = writeln!(
                lines,
                "filter replace dev {device} parent 1: protocol ip prio 1 handle 0x{minor} flower {side} {address} classid 1:{minor}"
            );
        }
        if let Some(address) = cable.v6 {
            let _ = writeln!(
                lines,
                "filter replace dev {device} parent 1: protocol ipv6 prio 2 handle 0x{minor} flower {side} {address} classid 1:{minor}"
            );
        }
    }
    lines
}

/// Lines that take it away. Each may fail where there is nothing: use `tc -force`.
#[must_use]
pub fn without(link: &Link<'_>, number: Number) -> String {
    let minor = minor(number);
    let mut lines = String::new();
    for device in [link.card, link.inward] {
        for (protocol, priority) in [("ip", 1), ("ipv6", 2)] {
            let _ = writeln!(
                lines,
                "filter del dev {device} parent 1: protocol {protocol} prio {priority} handle 0x{minor} flower"
            );
        }
        let _ = writeln!(lines, "class del dev {device} classid 1:{minor}");
    }
    lines
}

/// Bytes of one turn of a class with this rate, in kbit/s.
fn turn(link: &Link<'_>, rate: u32) -> u64 {
    (u64::from(rate) * TURN / u64::from(link.kbit.max(1))).max(FRAME)
}

/// tc writes the minor number of a class in hexadecimal.
fn minor(number: Number) -> String {
    format!("{:x}", u32::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn turns_are_as_the_guarantees() {
        let link = Link { card: "eth0", inward: "in", kbit: 100_000 };
        assert_eq!([30_000, 15_000, 1].map(|rate| turn(&link, rate)), [90_000, 45_000, FRAME]);
    }

    #[test]
    fn what_lies_of_the_ground_is_left() {
        let link = Link { card: "eth0", inward: "in", kbit: 1_000_000 };
        let all = ground(&link, &Laid::default());
        assert_eq!(all.lines().count(), 8);
        let htb = "qdisc htb 1: root refcnt 2 r2q 10 default 0xffff direct_packets_stat 0";
        let laid = Laid {
            card: format!("{htb}\nqdisc ingress ffff: parent ffff:fff1 ----------------\n"),
            inward: htb.to_owned(),
            incoming: "filter protocol all pref 1 matchall chain 0 handle 0x1\n".to_owned(),
        };
        let again = ground(&link, &laid);
        assert!(again.lines().all(|line| line.starts_with("class replace")), "{again}");
        assert_eq!(again.lines().count(), 4);
        let half = ground(&link, &Laid { incoming: String::new(), ..laid });
        assert!(half.ends_with("redirect dev in\n") && half.lines().count() == 5, "{half}");
    }
}
