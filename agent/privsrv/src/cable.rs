//! The cable of a private server: a device of ipvlan (Linux, Documentation/networking/ipvlan.rst, mode L3) on the card to the
//! outside, in the network namespace of the private server, whose root may not change it. What it sends is routed by the
//! server as its own, and what comes to its address goes past the server.
//!
//! The device answers nobody who asks where its address is, and questions about it never reach the server's own answers: ipvlan
//! takes them, because they name the address. So they are taken off the card before that, to a device of their own that
//! answers for such addresses by proxy (ARP; arp(7)). With IPv6 a question goes to a group (RFC 4861 section 7.2.2), which
//! ipvlan leaves to the card.

use std::net::IpAddr;
use std::path::Path;
use std::thread;
use std::time::{Duration, Instant};

use rackwright_model::private_server::{Number, Size};

use crate::firewall::{self, Cable};
use crate::namespace::{self, within};
use crate::shaping::{self, Link};
use crate::tool::{self, ToolError};

const LIMIT: Duration = Duration::from_secs(20);

/// The kernel takes network namespaces apart some time after their last process, and until then their addresses are in use.
const FREED: Duration = Duration::from_secs(15);
/// Between two tries of that.
const PAUSE: Duration = Duration::from_millis(250);

/// Makes its bandwidth, of which nothing may be there, and takes questions about its address to whom answers. By the classes a
/// sweep finds the addresses that are answered for, so they come first.
///
/// # Errors
/// [`ToolError`] of `tc`.
pub fn expect(cable: &Cable, size: &Size, link: &Link<'_>) -> Result<(), ToolError> {
    let lines = [
        shaping::class(link, cable, size),
        shaping::turns(link, cable.number),
        shaping::question(link, cable),
    ];
    tool::feed("tc", &["-batch", "-"], &lines.concat(), LIMIT).map(drop)
}

/// Lays the cable into the network namespace that is held at `held`, and pins its address. It is expected, and not open yet.
///
/// # Errors
/// [`ToolError`] of `ip` or `nft`.
pub fn lay(cable: &Cable, size: &Size, link: &Link<'_>, held: &Path) -> Result<(), ToolError> {
    // Made where it stays: on the server, udev and networkd would take it for a card, by its hardware address for this one.
    let made = format!(
        "link add link {} name eth0 netns {} type ipvlan mode l3\n{}",
        link.card,
        held.display(),
        answers(&cable.addresses(), link)
    );
    tool::feed("ip", &["-batch", "-"], &made, LIMIT)?;
    // Before anything is sent.
    pin(cable, size, link, held)
}

/// Answers for addresses. The kernel forgets those of IPv6 when the card has no carrier.
///
/// # Errors
/// [`ToolError`] of `ip`.
pub fn answer(addresses: &[IpAddr], link: &Link<'_>) -> Result<(), ToolError> {
    tool::feed("ip", &["-batch", "-"], &answers(addresses, link), LIMIT).map(drop)
}

fn answers(addresses: &[IpAddr], link: &Link<'_>) -> String {
    addresses.iter().map(|address| format!("neigh replace {}\n", proxy(*address, link))).collect()
}

/// Gives it its addresses inside, where the cable lies. There are no neighbours and no gateway: all leads out of the device.
///
/// # Errors
/// [`ToolError`] of `ip`.
pub fn open(cable: &Cable, held: &Path) -> Result<(), ToolError> {
    // It has the addresses that it is given, and none of its own making.
    namespace::set(held, "ipv6/conf/eth0/addr_gen_mode", "1")
        .map_err(|source| ToolError::Speak { program: "the kernel".to_owned(), source })?;
    let mut inside = String::from("link set lo up\nlink set eth0 up\n");
    if let Some(address) = cable.v4 {
        inside.push_str(&format!(
            "addr replace {address}/32 dev eth0\nroute replace default dev eth0 src {address}\n"
        ));
    }
    if let Some(address) = cable.v6 {
        inside.push_str(&format!("addr replace {address}/128 dev eth0 nodad\nroute replace ::/0 dev eth0\n"));
    }
    let until = Instant::now() + FREED;
    loop {
        match within(held, "ip", &["-batch", "-"], &inside) {
            // EADDRINUSE, as the C library and the kernel put it.
            Err(ToolError::Failed { said, .. })
                if said.contains("ddress already") && Instant::now() < until =>
            {
                thread::sleep(PAUSE);
            }
            other => return other.map(drop),
        }
    }
}

/// Pins the address and bounds the connections; also while it runs.
///
/// # Errors
/// [`ToolError`] of `nft` or of the card.
pub fn pin(cable: &Cable, size: &Size, link: &Link<'_>, held: &Path) -> Result<(), ToolError> {
    within(held, "nft", &["-f", "-"], &firewall::table(cable, size, link.mac()?)).map(drop)
}

/// Gives it its bandwidth; also while it runs.
///
/// # Errors
/// [`ToolError`] of `tc`.
pub fn shape(cable: &Cable, size: &Size, link: &Link<'_>) -> Result<(), ToolError> {
    tool::feed("tc", &["-batch", "-"], &shaping::class(link, cable, size), LIMIT)?;
    Ok(())
}

/// Takes the device away from a private server that goes on. Nothing may be there.
///
/// # Errors
/// [`ToolError`] when a program cannot be run at all.
pub fn unplug(held: &Path) -> Result<(), ToolError> {
    if !held.exists() {
        return Ok(());
    }
    quietly(within(held, "ip", &["link", "del", "eth0"], ""))
}

/// Takes away everything that was set on the server for it and for these addresses. Nothing may be there. Its device ends
/// with its network namespace, or is unplugged.
///
/// # Errors
/// [`ToolError`] when a program cannot be run at all.
pub fn cut(number: Number, addresses: &[IpAddr], link: &Link<'_>) -> Result<(), ToolError> {
    let lines: String =
        addresses.iter().map(|address| format!("neigh del {}\n", proxy(*address, link))).collect();
    quietly(tool::feed("ip", &["-force", "-batch", "-"], &lines, LIMIT))?;
    quietly(tool::feed("tc", &["-force", "-batch", "-"], &shaping::without(link, number), LIMIT))
}

/// Addresses of a private server that are answered for, as far as the server knows whose they are.
#[must_use]
pub fn proxies(number: Number, link: &Link<'_>) -> Vec<IpAddr> {
    let said = tool::run("tc", &["filter", "show", "dev", link.inward, "parent", "1:"], LIMIT);
    shaping::addresses(&said.unwrap_or_default(), number)
}

/// Who answers for an address.
fn proxy(address: IpAddr, link: &Link<'_>) -> String {
    format!("proxy {address} dev {}", if address.is_ipv4() { link.answers } else { link.card })
}

/// What is not there cannot be removed, and need not be.
fn quietly(outcome: Result<String, ToolError>) -> Result<(), ToolError> {
    match outcome {
        Ok(_) | Err(ToolError::Failed { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
