//! The wire of a rack: one bridge with the Control Center's address, a tap per machine, the BMC addresses.

use anyhow::Result;

use super::address;
use super::namespace::Namespace;
use super::tool::Tool;

/// The bridge that all machines hang on.
pub const BRIDGE: &str = "br0";

/// Wires the namespace for this many machines.
pub fn wire(namespace: &Namespace, machines: u8) -> Result<()> {
    // A bridge without an address of its own takes its lowest port's, which changes as machines come and go.
    ip(
        namespace,
        &format!("link add {BRIDGE} address 52:54:00:77:ff:01 type bridge stp_state 0 forward_delay 0"),
    )?;
    ip(namespace, &format!("addr add {}/{} dev {BRIDGE}", address::CENTER, address::PREFIX))?;
    ip(namespace, &format!("link set {BRIDGE} up"))?;
    for index in 0..machines {
        let tap = address::tap(index);
        ip(namespace, &format!("tuntap add {tap} mode tap"))?;
        ip(namespace, &format!("link set {tap} master {BRIDGE} up"))?;
        ip(namespace, &format!("addr add {}/32 dev lo", address::bmc(index)))?;
    }
    Ok(())
}

fn ip(namespace: &Namespace, words: &str) -> Result<()> {
    Tool::new("ip").args(["-n", namespace.name()]).args(words.split(' ')).run()
}
