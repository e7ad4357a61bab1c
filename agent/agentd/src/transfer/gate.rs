//! The end that the files come to.

use std::fs::File;
use std::io::{self, Read};
use std::net::{IpAddr, SocketAddr, TcpListener, TcpStream};
use std::os::fd::{AsFd, OwnedFd};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use rackwright_proto::transfer::TOKEN;
use rcgen::{CertificateParams, KeyPair, PKCS_ECDSA_P256_SHA256};
use ring::digest::{SHA256, digest};
use rustls::pki_types::{PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::{Connection, ServerConfig, ServerConnection};

use super::splice::splice;
use crate::command::Cancel;
use crate::files;
use crate::fingerprint::hex;

/// For the handshake and the token.
const GREETING: Duration = Duration::from_secs(10);
/// Between two bytes of a transfer.
const IDLE: Duration = Duration::from_secs(60);
/// How often it is looked whether the transfer was ended.
const LOOK: Duration = Duration::from_millis(200);

/// The files could not be let in.
#[derive(Debug, thiserror::Error)]
pub enum GateError {
    #[error("no port could be opened at {0}")]
    Listen(IpAddr, #[source] io::Error),
    #[error("no certificate could be made for the transfer")]
    Certificate(#[source] rcgen::Error),
    #[error("the certificate made for the transfer cannot be used")]
    Tls(#[source] rustls::Error),
    #[error(transparent)]
    File(#[from] files::FileError),
    #[error("{0}")]
    Io(&'static str, #[source] io::Error),
}

/// A port that waits for the files of one private server.
pub struct Gate {
    listener: TcpListener,
    config: Arc<ServerConfig>,
    /// SHA-256 of its certificate, in lower-case hexadecimal.
    pub fingerprint: String,
    pub address: SocketAddr,
}

impl Gate {
    /// Opens a port at an address of this server.
    ///
    /// # Errors
    /// [`GateError`]
    pub fn open(address: IpAddr) -> Result<Self, GateError> {
        let listener =
            TcpListener::bind((address, 0)).map_err(|source| GateError::Listen(address, source))?;
        listener.set_nonblocking(true).map_err(|source| GateError::Listen(address, source))?;
        let bound = listener.local_addr().map_err(|source| GateError::Listen(address, source))?;
        let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256).map_err(GateError::Certificate)?;
        let certificate = CertificateParams::default().self_signed(&key).map_err(GateError::Certificate)?;
        let fingerprint = hex(digest(&SHA256, certificate.der()).as_ref());
        let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.serialize_der()));
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let mut config = ServerConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .map_err(GateError::Tls)?
            .with_no_client_auth()
            .with_single_cert(vec![certificate.der().clone()], key)
            .map_err(GateError::Tls)?;
        config.send_tls13_tickets = 0;
        Ok(Self { listener, config: Arc::new(config), fingerprint, address: bound })
    }

    /// Lets the files into `directory`, pass after pass, until `ended`. Who does not have the token is turned away.
    ///
    /// # Errors
    /// [`GateError`]; a pass that broke off is none, since it may be tried again.
    pub fn serve(
        &self,
        token: &str,
        directory: &Path,
        settings: &Path,
        ended: &Cancel,
    ) -> Result<(), GateError> {
        files::replace(settings, module(directory).as_bytes(), 0o600)?;
        let _gone = Gone(settings.to_owned());
        while !ended.is_cancelled() {
            let mut fds = [PollFd::new(self.listener.as_fd(), PollFlags::POLLIN)];
            let timeout = PollTimeout::try_from(LOOK).unwrap_or(PollTimeout::MAX);
            if !matches!(poll(&mut fds, timeout), Ok(1..)) {
                continue;
            }
            let Ok((socket, peer)) = self.listener.accept() else { continue };
            if let Err(why) = self.pass(&socket, token, settings, ended) {
                eprintln!("a transfer from {peer} broke off: {why}");
            }
        }
        Ok(())
    }

    fn pass(&self, socket: &TcpStream, token: &str, settings: &Path, ended: &Cancel) -> io::Result<()> {
        let tls = self.greet(socket, token)?;
        let (ours, theirs) = std::os::unix::net::UnixStream::pair()?;
        let mut child = Command::new("rsync")
            .args(["--server", "--daemon"])
            .arg(format!("--config={}", settings.display()))
            .arg(".")
            .stdin(Stdio::from(OwnedFd::from(theirs.try_clone()?)))
            .stdout(Stdio::from(OwnedFd::from(theirs)))
            .stderr(Stdio::null())
            .spawn()?;
        rackwright_privsrv::expendable(&child);
        let reading = File::from(OwnedFd::from(ours.try_clone()?));
        let passed = if ended.is_cancelled() {
            Err(io::Error::other("the transfer was ended"))
        } else {
            splice(Connection::Server(tls), socket, reading, File::from(OwnedFd::from(ours)), IDLE)
        };
        drop(child.kill());
        child.wait()?;
        passed
    }

    /// Handshake and token, within [`GREETING`].
    fn greet(&self, mut socket: &TcpStream, token: &str) -> io::Result<ServerConnection> {
        socket.set_nonblocking(false)?;
        socket.set_nodelay(true)?;
        let until = Instant::now() + GREETING;
        let mut tls = ServerConnection::new(Arc::clone(&self.config)).map_err(io::Error::other)?;
        let mut said = [0; TOKEN];
        let mut have = 0;
        while have < TOKEN {
            let left = until.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(io::Error::new(io::ErrorKind::TimedOut, "it did not say its token in time"));
            }
            socket.set_read_timeout(Some(left))?;
            socket.set_write_timeout(Some(left))?;
            while tls.wants_write() {
                tls.write_tls(&mut socket)?;
            }
            if tls.read_tls(&mut socket)? == 0 {
                return Err(io::ErrorKind::UnexpectedEof.into());
            }
            tls.process_new_packets().map_err(io::Error::other)?;
            match tls.reader().read(&mut said[have..]) {
                Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
                Ok(count) => have += count,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {}
                Err(error) => return Err(error),
            }
        }
        // Compared by their hashes, so that the time taken tells nothing of the token.
        if digest(&SHA256, &said).as_ref() != digest(&SHA256, token.as_bytes()).as_ref() {
            return Err(io::Error::other("its token is not that of this transfer"));
        }
        socket.set_read_timeout(None)?;
        socket.set_write_timeout(None)?;
        Ok(tls)
    }
}

/// Settings of rsync (rsyncd.conf(5)): shut into the directory, writing only, owners by number.
fn module(directory: &Path) -> String {
    format!(
        "use chroot = yes\nmunge symlinks = no\nnumeric ids = yes\nuid = 0\ngid = 0\nlist = no\n\
         [files]\npath = {}\nread only = no\nwrite only = yes\n",
        directory.display()
    )
}

/// A file that goes with the transfer.
struct Gone(PathBuf);

impl Drop for Gone {
    fn drop(&mut self) {
        drop(std::fs::remove_file(&self.0));
    }
}
