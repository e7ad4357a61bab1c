//! Opens the sockets that people and machines connect to.

use std::io;
use std::net::SocketAddr;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};

use socket2::{Domain, Protocol, Socket, Type};
use tokio::net::{TcpListener, UnixListener};

/// Connections that wait to be accepted.
const BACKLOG: i32 = 512;
/// Name of the unix socket in the run folder.
pub const UNIX_SOCKET: &str = "rackwright.sock";

/// A socket cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum SocketError {
    #[error(
        "could not listen on {address} for {what}; check {key} in the configuration, and that nothing else has this port"
    )]
    Tcp {
        what: &'static str,
        key: &'static str,
        address: SocketAddr,
        #[source]
        source: io::Error,
    },
    #[error("another rackwrightd answers at {}; stop it, or give this one its own run_dir", .0.display())]
    Taken(PathBuf),
    #[error("could not listen at {}; check run_dir in the configuration and the permissions of that folder", path.display())]
    Unix {
        path: PathBuf,
        #[source]
        source: io::Error,
    },
}

/// A TCP socket that a restarted daemon can take over at once. `key` is where the address stands in the configuration.
///
/// # Errors
/// [`SocketError::Tcp`] when the address is not to be had.
pub fn tcp(what: &'static str, key: &'static str, address: SocketAddr) -> Result<TcpListener, SocketError> {
    let open = || {
        let socket = Socket::new(Domain::for_address(address), Type::STREAM, Some(Protocol::TCP))?;
        socket.set_reuse_address(true)?;
        socket.set_nonblocking(true)?;
        socket.bind(&address.into())?;
        socket.listen(BACKLOG)?;
        TcpListener::from_std(socket.into())
    };
    open().map_err(|source| SocketError::Tcp { what, key, address, source })
}

/// The unix socket in `run_dir`, mode 0660 from its first moment.
///
/// # Errors
/// [`SocketError`] when somebody answers there already, or the folder cannot be written.
pub fn unix(run_dir: &Path) -> Result<UnixListener, SocketError> {
    let path = run_dir.join(UNIX_SOCKET);
    if std::os::unix::net::UnixStream::connect(&path).is_ok() {
        return Err(SocketError::Taken(path));
    }
    let open = || {
        let fresh = run_dir.join(".rackwright.sock.new");
        remove(&fresh)?;
        let listener = UnixListener::bind(&fresh)?;
        std::fs::set_permissions(&fresh, std::fs::Permissions::from_mode(0o660))?;
        std::fs::rename(&fresh, &path)?;
        Ok(listener)
    };
    open().map_err(|source| SocketError::Unix { path: path.clone(), source })
}

fn remove(path: &Path) -> io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}
