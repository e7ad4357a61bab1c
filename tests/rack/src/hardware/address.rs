//! The fixed address plan of a rack. Every rack has its own network namespace, so all racks use the same plan.

use std::net::Ipv4Addr;

/// The Control Center's address on the rack's network.
pub const CENTER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
/// The servers' subnet.
pub const SUBNET: &str = "10.77.0.0/24";
/// The prefix length of [`SUBNET`], bits.
pub const PREFIX: u8 = 24;
/// The first and last address of the pool that the Control Center hands out.
pub const POOL: (Ipv4Addr, Ipv4Addr) = (Ipv4Addr::new(10, 77, 0, 100), Ipv4Addr::new(10, 77, 0, 249));
/// Where the panel and the API listen, TCP.
pub const PANEL_PORT: u16 = 8443;
/// The most machines one rack can hold, bounded by the BMC addresses.
pub const MAX_MACHINES: usize = 200;

/// The BMC address of the machine with this index (0 is the first machine, 10.77.1.11).
pub fn bmc(index: u8) -> Ipv4Addr {
    Ipv4Addr::new(10, 77, 1, 11 + index)
}

/// The MAC address of the machine with this index, in the range that belongs to QEMU.
pub fn mac(index: u8) -> String {
    format!("52:54:00:77:00:{:02x}", index + 1)
}

/// The loopback TCP port inside the rack where the machine's serial line listens for its BMC.
pub fn serial_port(index: u8) -> u16 {
    5001 + u16::from(index)
}

/// The tap device of the machine with this index.
pub fn tap(index: u8) -> String {
    format!("tap{index}")
}
