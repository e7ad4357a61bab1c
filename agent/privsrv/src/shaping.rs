//! Bandwidth: each private server has a class of its own in both directions, with its guarantee as its share of the link and
//! the link as the ceiling (tc-hfsc(7)). What is left is divided as the guarantees are, too: tc-htb(8) would lend it in equal
//! parts. What comes in is shaped on its way through an intermediate device, because only what leaves a device can wait.

use std::fmt::Write as _;
use std::net::IpAddr;
use std::path::Path;
use std::{fs, io};

use rackwright_model::MacAddr;
use rackwright_model::private_server::{Number, Size};

use crate::firewall::Cable;
use crate::tool::ToolError;

/// The card to the outside, and the intermediate device (ifb) behind it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Link<'a> {
    pub card: &'a str,
    pub inward: &'a str,
    /// The device that answers for the addresses of private servers.
    pub answers: &'a str,
    /// What the card carries, in kbit/s.
    pub kbit: u32,
}

impl Link<'_> {
    /// The hardware address of the card, which is that of all private servers.
    ///
    /// # Errors
    /// [`ToolError::Speak`] when there is no such card, or it is none of Ethernet.
    pub fn mac(&self) -> Result<MacAddr, ToolError> {
        let read = fs::read_to_string(Path::new("/sys/class/net").join(self.card).join("address"));
        let mac = read.and_then(|mac| mac.trim().parse::<MacAddr>().map_err(io::Error::other));
        mac.map_err(|source| ToolError::Speak { program: format!("the card {}", self.card), source })
    }
}

/// The class of the whole link. Only below a common class may one class use what another leaves.
const WHOLE: u32 = 0xfffe;

/// The class of the server itself, which gets what its private servers leave, and at least a hundredth.
const OWN: u32 = 0xffff;

/// The most that a class can be told, in kbit/s: tc counts its bytes per second in 32 bits.
pub const MOST_KBIT: u32 = 34_000_000;

/// What `tc` shows of the ground, as far as it is laid.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Laid {
    /// `tc qdisc show` of the card, and of the intermediate device.
    pub card: String,
    pub inward: String,
    /// `tc filter show dev CARD ingress`.
    pub incoming: String,
    /// `tc qdisc show` of the device that answers.
    pub answers: String,
}

/// Lines for `tc -batch -` that lay what is missing of the ground. What lies is left: tc refuses to replace it by its like.
#[must_use]
pub fn ground(link: &Link<'_>, laid: &Laid) -> String {
    let Link { card, inward, kbit, .. } = *link;
    let mut lines = String::new();
    for (device, shown) in [(card, &laid.card), (inward, &laid.inward)] {
        // Writing to a String never fails.
        if shown.contains("qdisc htb 1: root") {
            // Of an older agent: one kind does not become another.
            let _ = writeln!(lines, "qdisc del dev {device} root");
        }
        if !shown.contains("qdisc hfsc 1: root") {
            let _ = writeln!(lines, "qdisc replace dev {device} root handle 1: hfsc default {OWN:x}");
        }
        let _ = writeln!(
            lines,
            "class replace dev {device} parent 1: classid 1:{WHOLE:x} {}",
            curves(kbit, kbit)
        );
        let _ = writeln!(
            lines,
            "class replace dev {device} parent 1:{WHOLE:x} classid 1:{OWN:x} {}",
            curves((kbit / 100).max(1), kbit)
        );
    }
    if !laid.card.contains("qdisc ingress ffff:") {
        let _ = writeln!(lines, "qdisc add dev {card} ingress");
    }
    // It was once the first, before which nothing can be put.
    let first = laid.incoming.contains("pref 1 matchall");
    if first {
        let _ = writeln!(lines, "filter del dev {card} ingress prio 1");
    }
    if first || !laid.incoming.contains("matchall") {
        // Behind those that look for questions about addresses.
        let _ = writeln!(
            lines,
            "filter add dev {card} ingress protocol all prio 2 handle 1 matchall action mirred egress redirect dev {inward}"
        );
    }
    lines
}

/// Lines for the device that answers for addresses: what it says leaves by the card, with the hardware
/// address of the card in the frame and in the answer (RFC 826: the sender's begins at its ninth byte).
#[must_use]
pub fn answers(link: &Link<'_>, laid: &Laid, mac: MacAddr) -> String {
    let Link { card, answers, .. } = *link;
    let mut lines = String::new();
    if !laid.answers.contains("clsact") {
        let _ = writeln!(lines, "qdisc add dev {answers} clsact");
    }
    let [a, b, c, d, e, f] = mac.0;
    let _ = writeln!(
        lines,
        "filter replace dev {answers} egress protocol arp prio 1 handle 1 flower arp_op reply \
         action pedit ex munge eth src set {mac} munge offset 8 u32 set 0x{a:02x}{b:02x}{c:02x}{d:02x} \
         munge offset 12 u16 set 0x{e:02x}{f:02x} pipe action mirred egress redirect dev {card}"
    );
    lines
}

/// The line that takes questions about the address of a private server to the device that answers them.
#[must_use]
pub fn question(link: &Link<'_>, cable: &Cable) -> String {
    let Some(address) = cable.v4 else { return String::new() };
    format!(
        "filter replace dev {} ingress protocol arp prio 1 handle 0x{} flower arp_tip {address} arp_op request \
         action mirred ingress redirect dev {}\n",
        link.card,
        minor(cable.number),
        link.answers
    )
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
            "class replace dev {device} parent 1:{WHOLE:x} classid 1:{minor} {}",
            curves(rate, ceiling)
        );
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

/// Lines that let the streams of a new class have their turns. How many are told apart cannot be changed later (tc-fq_codel(8),
/// flows); by itself it would take 130 KiB of the kernel for both directions.
#[must_use]
pub fn turns(link: &Link<'_>, number: Number) -> String {
    let minor = minor(number);
    let line = |device| format!("qdisc add dev {device} parent 1:{minor} fq_codel flows 32\n");
    [link.card, link.inward].map(line).concat()
}

/// Lines that take it away. Each may fail where there is nothing: use `tc -force`.
#[must_use]
pub fn without(link: &Link<'_>, number: Number) -> String {
    let minor = minor(number);
    let mut lines =
        format!("filter del dev {} ingress protocol arp prio 1 handle 0x{minor} flower\n", link.card);
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

/// Addresses that are shaped as those of a private server, of what `tc filter show` tells of the intermediate device.
#[must_use]
pub fn addresses(said: &str, number: Number) -> Vec<IpAddr> {
    let handle = format!("0x{}", minor(number));
    let (mut own, mut found) = (false, Vec::new());
    for line in said.lines() {
        if line.starts_with("filter ") {
            own = line.split(' ').skip_while(|word| *word != "handle").nth(1) == Some(&*handle);
        } else if own && let Some(address) = line.trim().strip_prefix("dst_ip ") {
            found.extend(address.split('/').next().and_then(|address| address.parse::<IpAddr>().ok()));
        }
    }
    found
}

/// What a class is due and may have at most, in kbit/s. A ceiling stays until another is told, so it is always told.
fn curves(due: u32, ceiling: u32) -> String {
    format!("hfsc ls m2 {due}kbit ul m2 {ceiling}kbit")
}

/// tc writes the minor number of a class in hexadecimal.
fn minor(number: Number) -> String {
    format!("{:x}", u32::from(number))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_of_the_ground_is_left() {
        let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 1_000_000 };
        let all = ground(&link, &Laid::default());
        assert_eq!(all.lines().count(), 8);
        let root = "qdisc hfsc 1: root refcnt 2 default ffff";
        let laid = Laid {
            card: format!("{root}\nqdisc ingress ffff: parent ffff:fff1 ----------------\n"),
            inward: root.to_owned(),
            incoming: "filter protocol all pref 2 matchall chain 0 handle 0x1\n".to_owned(),
            answers: "qdisc clsact ffff: parent ffff:fff1\n".to_owned(),
        };
        let again = ground(&link, &laid);
        assert!(again.lines().all(|line| line.starts_with("class replace")), "{again}");
        assert_eq!(again.lines().count(), 4);
        let half = ground(&link, &Laid { incoming: String::new(), ..laid });
        assert!(half.ends_with("redirect dev in\n") && half.lines().count() == 5, "{half}");
    }

    #[test]
    fn answers_bear_the_hardware_address_of_the_card() {
        let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 1_000_000 };
        let mac = "52:54:00:01:02:03".parse().expect("an address");
        let lines = answers(&link, &Laid::default(), mac);
        assert!(lines.starts_with("qdisc add dev lo clsact\n"), "{lines}");
        let parts = ["eth src set 52:54:00:01:02:03 ", "8 u32 set 0x52540001 ", "12 u16 set 0x0203 "];
        assert!(parts.iter().all(|part| lines.contains(part)), "{lines}");
    }

    #[test]
    fn addresses_are_found_by_their_handle() {
        let said = "filter protocol ip pref 1 flower chain 0 \n\
                    filter protocol ip pref 1 flower chain 0 handle 0x2a classid 1:2a \n  eth_type ipv4\n  dst_ip 10.0.0.42\n  not_in_hw\n\
                    filter protocol ip pref 1 flower chain 0 handle 0x2 classid 1:2 \n  eth_type ipv4\n  dst_ip 10.0.0.2\n  not_in_hw\n\
                    filter protocol ipv6 pref 2 flower chain 0 handle 0x2a classid 1:2a \n  eth_type ipv6\n  dst_ip fd00::2a\n  not_in_hw\n";
        let number = Number::try_from(42).expect("a number");
        assert_eq!(
            addresses(said, number),
            ["10.0.0.42", "fd00::2a"].map(|text| text.parse::<IpAddr>().expect("an address"))
        );
    }

    #[test]
    fn a_ground_of_another_kind_is_taken_away_first() {
        let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 1_000_000 };
        let old = "qdisc htb 1: root refcnt 2 r2q 10 default 0xffff direct_packets_stat 0".to_owned();
        let lines = ground(&link, &Laid { card: old, ..Laid::default() });
        let start = "qdisc del dev eth0 root\nqdisc replace dev eth0 root handle 1: hfsc default ffff\n";
        assert!(lines.starts_with(start) && !lines.contains("del dev in"), "{lines}");
    }

    #[test]
    fn each_class_is_told_its_share_and_its_ceiling() {
        let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 100 };
        let lines = ground(&link, &Laid::default());
        assert!(lines.contains("classid 1:fffe hfsc ls m2 100kbit ul m2 100kbit\n"), "{lines}");
        assert!(lines.contains("classid 1:ffff hfsc ls m2 1kbit ul m2 100kbit\n"), "{lines}");
    }
}
