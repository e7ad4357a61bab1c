//! Tells the service manager how we are (sd_notify(3)): a datagram to the socket that it named. Without one, nothing.

use std::os::linux::net::SocketAddrExt;
use std::os::unix::ffi::OsStrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};

/// What the service manager is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    Ready,
    Stopping,
}

/// Tells it. A service manager that does not listen changes nothing for us.
pub fn tell(state: State) {
    let Some(name) = std::env::var_os("NOTIFY_SOCKET") else { return };
    let text = match state {
        State::Ready => "READY=1",
        State::Stopping => "STOPPING=1",
    };
    if let Err(error) = send(name.as_bytes(), text) {
        tracing::warn!("The service manager could not be told {text}: {error}.");
    }
}

fn send(name: &[u8], text: &str) -> std::io::Result<()> {
    let address = match name.strip_prefix(b"@") {
        Some(name) => SocketAddr::from_abstract_name(name)?,
        None => SocketAddr::from_pathname(std::ffi::OsStr::from_bytes(name))?,
    };
    UnixDatagram::unbound()?.send_to_addr(text.as_bytes(), &address).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_message_arrives_at_both_kinds_of_socket() {
        let dir = tempfile::tempdir().expect("temporary folder");
        let path = dir.path().join("notify");
        let socket = UnixDatagram::bind(&path).expect("bound");
        send(path.as_os_str().as_bytes(), "READY=1").expect("sent");
        let mut text = [0; 16];
        let count = socket.recv(&mut text).expect("received");
        assert_eq!(&text[..count], b"READY=1");

        let name = format!("rackwright-test-{}", std::process::id());
        let socket =
            UnixDatagram::bind_addr(&SocketAddr::from_abstract_name(&name).expect("short")).expect("bound");
        send(format!("@{name}").as_bytes(), "STOPPING=1").expect("sent");
        let count = socket.recv(&mut text).expect("received");
        assert_eq!(&text[..count], b"STOPPING=1");
    }
}
