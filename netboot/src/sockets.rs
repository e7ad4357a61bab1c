//! Opens the sockets of the servers.

use std::io;
use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UdpSocket};

/// Receive buffer of a listening UDP socket, in bytes: a rack that powers on at once fits.
const UDP_BUFFER: usize = 1 << 20;
/// Connections that wait to be accepted.
const BACKLOG: i32 = 256;

/// A UDP socket on every address of one interface. No `SO_REUSEADDR`: a second DHCP server must be noticed here.
pub(crate) fn udp_on_interface(interface: &str, port: u16) -> io::Result<UdpSocket> {
    let socket = Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?;
    socket.bind_device(Some(interface.as_bytes()))?;
    socket.set_broadcast(true)?;
    socket.set_recv_buffer_size(UDP_BUFFER)?;
    listen_udp(socket, SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, port))
}

/// A UDP socket on one address.
pub(crate) fn udp_on_address(address: SocketAddrV4) -> io::Result<UdpSocket> {
    listen_udp(Socket::new(Domain::IPV4, Type::DGRAM, Some(Protocol::UDP))?, address)
}

fn listen_udp(socket: Socket, address: SocketAddrV4) -> io::Result<UdpSocket> {
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::V4(address).into())?;
    UdpSocket::from_std(socket.into())
}

/// A listening TCP socket that a restarted daemon can take over at once.
pub(crate) fn tcp_on_address(address: SocketAddrV4) -> io::Result<TcpListener> {
    let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP))?;
    socket.set_reuse_address(true)?;
    socket.set_nonblocking(true)?;
    socket.bind(&SocketAddr::V4(address).into())?;
    socket.listen(BACKLOG)?;
    TcpListener::from_std(socket.into())
}

/// Whether a receiving UDP socket is still good after this error: the kernel hands back what became of an earlier send,
/// and short memory or a link that is down pass.
pub(crate) fn passes(error: &io::Error) -> bool {
    use io::ErrorKind as Kind;
    matches!(
        error.kind(),
        Kind::ConnectionRefused
            | Kind::ConnectionReset
            | Kind::HostUnreachable
            | Kind::NetworkUnreachable
            | Kind::NetworkDown
            | Kind::Interrupted
            | Kind::WouldBlock
            | Kind::PermissionDenied
            | Kind::OutOfMemory
    )
}
