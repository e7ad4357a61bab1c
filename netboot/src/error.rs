//! What can go wrong before and while the servers run.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;

/// A value in [`crate::Config`] that cannot work.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadConfig {
    #[error(
        "{0:?} is not an interface name; give the interface that faces the machines, as `ip link` shows it"
    )]
    Interface(String),
    #[error("{0} cannot be the address of this server; give its own address on the network of the machines")]
    Address(Ipv4Addr),
    #[error("{0:?} is not the fingerprint of the certificate authority; it is 64 hexadecimal digits")]
    Fingerprint(String),
    #[error("{0:?} cannot name a boot program; use letters, digits and . _ + ~ -")]
    ProgramName(String),
    #[error("the boot program {name} is not a file at {}; install the package that holds it, or correct the path", path.display())]
    Program { name: String, path: PathBuf },
    #[error("{} is not a folder; create it, or correct the path", .0.display())]
    Folder(PathBuf),
}

/// Why the servers could not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error("netboot is set up wrongly")]
    Config(#[from] BadConfig),
    /// The port is taken, the interface or address is missing, or the privilege is.
    #[error(
        "could not open {service} on {address}; check that no other {service} server runs here, that the interface is up \
         and has this address, and that this process may open low ports and raw sockets"
    )]
    Open {
        service: &'static str,
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error(
        "could not prepare to send DHCP replies on {interface}; check that it exists and that this process has CAP_NET_RAW"
    )]
    Link {
        interface: String,
        #[source]
        source: io::Error,
    },
}

/// Why a server ended by itself. The others still ran when this was noticed.
#[derive(Debug, thiserror::Error)]
pub enum Stopped {
    #[error(
        "the {service} server lost its socket; check that the interface still exists, then start it again"
    )]
    Socket {
        service: &'static str,
        #[source]
        source: io::Error,
    },
    #[error("a netboot server crashed; the log says where. Start netboot again")]
    Crashed,
}
