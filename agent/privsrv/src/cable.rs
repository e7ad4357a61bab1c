//! The cable between a private server and the server that it stands on: a pair of virtual cards (veth(4)). The end inside
//! is put into the network namespace of the private server, whose root may not change it.

use std::net::IpAddr;
use std::time::Duration;

use rackwright_model::private_server::{Number, Size};

use crate::firewall::{self, Cable, GATEWAY_V4, GATEWAY_V6};
use crate::shaping::{self, Link};
use crate::tool::{self, ToolError};

const LIMIT: Duration = Duration::from_secs(20);

/// The hardware address of the server on every cable, which are wires of their own. Set when the cable is made: udev would
/// give it another one later (systemd.link(5), MACAddressPolicy), and with that the kernel forgets who is at the other end.
const GATEWAY_MAC: &str = "02:52:57:ff:ff:01";

/// Lays the cable to the private server whose first process has this number, pins its address and gives it its bandwidth.
///
/// # Errors
/// [`ToolError`] of `ip`, `nft` or `tc`.
pub fn lay(cable: &Cable, size: &Size, link: &Link<'_>, process: u32) -> Result<(), ToolError> {
    let tag = cable.number.tag();
    cut(cable.number, &cable.addresses(), link)?;
    let mut outside = format!(
        "link add {tag} address {GATEWAY_MAC} type veth peer name eth0 address {} netns {process}\nlink set {tag} up\n",
        cable.mac
    );
    // The server knows who is at the other end and asks nobody, so no answer from inside is taken.
    let neighbour =
        |address: IpAddr| format!("neigh replace {address} lladdr {} dev {tag} nud permanent\n", cable.mac);
    if let Some(address) = cable.v4 {
        outside.push_str(&format!(
            "addr add {GATEWAY_V4}/32 dev {tag}\nroute replace {address}/32 dev {tag}\n{}neigh replace proxy {address} dev {}\n",
            neighbour(address.into()),
            link.card
        ));
    }
    if let Some(address) = cable.v6 {
        outside.push_str(&format!(
            "addr add {GATEWAY_V6}/64 dev {tag} nodad\nroute replace {address}/128 dev {tag}\n{}neigh replace proxy {address} dev {}\n",
            neighbour(address.into()),
            link.card
        ));
    }
    tool::feed("ip", &["-batch", "-"], &outside, LIMIT)?;
    // Before anything is sent.
    pin(cable, size)?;
    shape(cable, size, link)?;
    let mut inside = String::from("link set lo up\nlink set eth0 up\n");
    if let Some(address) = cable.v4 {
        inside.push_str(&format!(
            "addr add {address}/32 dev eth0\nroute add {GATEWAY_V4}/32 dev eth0\nroute add default via {GATEWAY_V4} dev eth0 src {address}\n"
        ));
    }
    if let Some(address) = cable.v6 {
        inside.push_str(&format!(
            "addr add {address}/128 dev eth0 nodad\nroute add default via {GATEWAY_V6} dev eth0\n"
        ));
    }
    let target = process.to_string();
    tool::feed("nsenter", &["--target", &target, "--net", "ip", "-batch", "-"], &inside, LIMIT)?;
    Ok(())
}

/// Pins the address and bounds the connections; also while it runs.
///
/// # Errors
/// [`ToolError`] of `nft`.
pub fn pin(cable: &Cable, size: &Size) -> Result<(), ToolError> {
    tool::feed("nft", &["-f", "-"], &firewall::table(cable, size), LIMIT)?;
    Ok(())
}

/// Gives it its bandwidth; also while it runs.
///
/// # Errors
/// [`ToolError`] of `tc`.
pub fn shape(cable: &Cable, size: &Size, link: &Link<'_>) -> Result<(), ToolError> {
    tool::feed("tc", &["-batch", "-"], &shaping::class(link, cable, size), LIMIT)?;
    Ok(())
}

/// Takes the cable away, with everything that was set for it and for these addresses. Nothing may be there.
///
/// # Errors
/// [`ToolError`] when a program cannot be run at all.
pub fn cut(number: Number, addresses: &[IpAddr], link: &Link<'_>) -> Result<(), ToolError> {
    let tag = number.tag();
    let mut lines = format!("link del {tag}\n");
    lines.extend(addresses.iter().map(|address| format!("neigh del proxy {address} dev {}\n", link.card)));
    quietly(tool::feed("ip", &["-force", "-batch", "-"], &lines, LIMIT))?;
    let tables =
        format!("table netdev {tag}\ndelete table netdev {tag}\ntable inet {tag}\ndelete table inet {tag}\n");
    tool::feed("nft", &["-f", "-"], &tables, LIMIT)?;
    quietly(tool::feed("tc", &["-force", "-batch", "-"], &shaping::without(link, number), LIMIT))
}

/// Addresses that are routed to a private server: for those the card to the outside answers.
#[must_use]
pub fn proxies(number: Number) -> Vec<IpAddr> {
    let tag = number.tag();
    let routes = |family| tool::run("ip", &[family, "route", "show", "dev", &tag], LIMIT).unwrap_or_default();
    let text = routes("-4") + &routes("-6");
    text.lines().filter_map(|line| line.split([' ', '/']).next()?.parse().ok()).collect()
}

/// What is not there cannot be removed, and need not be.
fn quietly(outcome: Result<String, ToolError>) -> Result<(), ToolError> {
    match outcome {
        Ok(_) | Err(ToolError::Failed { .. }) => Ok(()),
        Err(error) => Err(error),
    }
}
