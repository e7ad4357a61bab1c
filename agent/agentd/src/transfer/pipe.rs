//! What rsync calls in place of a remote shell: its input and output go to the other server.

use std::fs::File;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::time::{Duration, Instant};

use rackwright_proto::transfer::Ticket;
use rustls::pki_types::ServerName;
use rustls::{ClientConnection, Connection};

use super::TICKET;
use super::splice::splice;
use crate::fingerprint;
use crate::session::tls::{self, TlsError};

/// To connect and for the handshake.
const GREETING: Duration = Duration::from_secs(10);
/// Between two bytes of a transfer.
const IDLE: Duration = Duration::from_secs(60);

/// There is no way to the other server.
#[derive(Debug, thiserror::Error)]
pub enum PipeError {
    #[error("{TICKET} holds no ticket; this command is called by a transfer, not by people")]
    NoTicket,
    #[error("no connection to the other server")]
    Connect(#[source] io::Error),
    #[error("TLS with the other server cannot be begun")]
    Tls(#[source] rustls::Error),
    #[error(transparent)]
    Settings(#[from] TlsError),
    #[error("the connection to the other server broke off")]
    Broken(#[source] io::Error),
}

/// Passes standard input and output on to where the ticket in the environment leads.
///
/// # Errors
/// [`PipeError`]
pub fn run() -> Result<(), PipeError> {
    let ticket = std::env::var(TICKET).ok().and_then(|text| serde_json::from_str(&text).ok());
    let ticket: Ticket = ticket.ok_or(PipeError::NoTicket)?;
    let standard =
        |fd: std::os::fd::BorrowedFd<'_>| fd.try_clone_to_owned().map(File::from).map_err(PipeError::Broken);
    let (from, to) = (standard(io::stdin().as_fd())?, standard(io::stdout().as_fd())?);
    let socket = TcpStream::connect_timeout(&ticket.to, GREETING).map_err(PipeError::Connect)?;
    let tls = greet(&socket, &ticket)?;
    splice(Connection::Client(tls), &socket, from, to, IDLE).map_err(PipeError::Broken)
}

fn greet(mut socket: &TcpStream, ticket: &Ticket) -> Result<ClientConnection, PipeError> {
    let pin = fingerprint::read(&ticket.fingerprint).ok_or(PipeError::NoTicket)?;
    let config = tls::only(pin)?;
    let name = ServerName::IpAddress(ticket.to.ip().into());
    let mut tls = ClientConnection::new(config, name).map_err(PipeError::Tls)?;
    // Held back until the handshake has shown who is there.
    tls.writer().write_all(ticket.token.as_bytes()).map_err(PipeError::Broken)?;
    let until = Instant::now() + GREETING;
    socket.set_nodelay(true).map_err(PipeError::Connect)?;
    while tls.is_handshaking() || tls.wants_write() {
        let left = until.saturating_duration_since(Instant::now()).max(Duration::from_millis(1));
        socket.set_read_timeout(Some(left)).map_err(PipeError::Connect)?;
        socket.set_write_timeout(Some(left)).map_err(PipeError::Connect)?;
        tls.complete_io(&mut socket).map_err(PipeError::Connect)?;
    }
    Ok(tls)
}
