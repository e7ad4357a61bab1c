//! What rsync calls in place of a remote shell: its input and output go to the other server.

use std::fs::File;
use std::io::{self, Write};
use std::net::TcpStream;
use std::os::fd::AsFd;
use std::sync::Arc;
use std::time::{Duration, Instant};

use rackwright_proto::transfer::Ticket;
use ring::digest::{SHA256, digest};
use rustls::client::Resumption;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::crypto::{CryptoProvider, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::{ClientConfig, ClientConnection, Connection, DigitallySignedStruct, Error, SignatureScheme};

use super::TICKET;
use super::splice::splice;

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
    Tls(#[source] Error),
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
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let verifier = Only { fingerprint: ticket.fingerprint.clone(), provider: Arc::clone(&provider) };
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .map_err(PipeError::Tls)?
        .dangerous()
        .with_custom_certificate_verifier(Arc::new(verifier))
        .with_no_client_auth();
    config.resumption = Resumption::disabled();
    let name = ServerName::IpAddress(ticket.to.ip().into());
    let mut tls = ClientConnection::new(Arc::new(config), name).map_err(PipeError::Tls)?;
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

/// Trusts the one certificate that the Control Center told of.
#[derive(Debug)]
struct Only {
    fingerprint: String,
    provider: Arc<CryptoProvider>,
}

impl ServerCertVerifier for Only {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        _: &[CertificateDer<'_>],
        _: &ServerName<'_>,
        _: &[u8],
        _: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let there = super::gate::hex(digest(&SHA256, end_entity).as_ref());
        if there == self.fingerprint {
            Ok(ServerCertVerified::assertion())
        } else {
            Err(Error::General("another server answers than the one the files go to".to_owned()))
        }
    }

    fn verify_tls12_signature(
        &self,
        _: &[u8],
        _: &CertificateDer<'_>,
        _: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken here".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        cert: &CertificateDer<'_>,
        dss: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, cert, dss, &self.provider.signature_verification_algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.provider.signature_verification_algorithms.supported_schemes()
    }
}
