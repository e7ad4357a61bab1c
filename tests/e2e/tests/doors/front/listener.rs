//! A real listener with TLS on loopback, and a peer that says whatever bytes it likes.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use rackwright_api::{ServeLimits, serve_https};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::crypto::ring;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::{ClientConfig, RootCertStore, ServerConfig};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// No peer waits longer for the end of its connection: a listener that never ends it has failed.
const PATIENCE: Duration = Duration::from_secs(30);

pub struct Listener {
    address: SocketAddr,
    connector: TlsConnector,
}

/// One response.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Heard {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Heard {
    pub fn header(&self, name: &str) -> Option<&str> {
        let mut lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.find(|(key, _)| key.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    pub fn cookies(&self) -> impl Iterator<Item = &str> {
        let lines = self.head.lines().filter_map(|line| line.split_once(": "));
        lines.filter(|(key, _)| key.eq_ignore_ascii_case("set-cookie")).map(|(_, value)| value)
    }
}

/// Limits that a test does not wait long for.
pub fn impatient() -> ServeLimits {
    let short = Duration::from_millis(400);
    ServeLimits { head: short, body: short, stalled: short, ..ServeLimits::default() }
}

impl Listener {
    /// Serves `app` as long as the test's runtime is there.
    pub async fn serve(app: Router, limits: ServeLimits) -> Self {
        let mut params = CertificateParams::new(Vec::new()).expect("parameters");
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let key = KeyPair::generate().expect("a key");
        let issuer = CertifiedIssuer::self_signed(params, key).expect("an authority");
        let key = KeyPair::generate().expect("a key");
        let leaf = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
        let leaf = leaf.signed_by(&key, &issuer).expect("a certificate").der().clone();
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_no_client_auth()
            .with_single_cert(vec![leaf], PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
            .expect("a configuration");
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("bound");
        tokio::spawn(serve_https(listener, config, app, limits, std::future::pending()));
        Self { address, connector: connector(issuer.der()) }
    }

    pub async fn connect(&self) -> TlsStream<TcpStream> {
        let tcp = TcpStream::connect(self.address).await.expect("connected");
        self.connect_over(tcp).await
    }

    pub async fn connect_over(&self, tcp: TcpStream) -> TlsStream<TcpStream> {
        let name = "127.0.0.1".to_owned().try_into().expect("a name");
        self.connector.connect(name, tcp).await.expect("a handshake")
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Says this, and listens until the other side hangs up.
    pub async fn tell(&self, said: &[u8]) -> Vec<Heard> {
        let mut stream = self.connect().await;
        tell(&mut stream, said).await
    }
}

fn connector(authority: &CertificateDer<'static>) -> TlsConnector {
    let mut roots = RootCertStore::empty();
    roots.add(authority.clone()).expect("a root");
    let mut config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
    TlsConnector::from(Arc::new(config))
}

/// Says this on a connection, and listens until the other side hangs up.
pub async fn tell(stream: &mut (impl AsyncReadExt + AsyncWriteExt + Unpin), said: &[u8]) -> Vec<Heard> {
    // It may be hung up on before all is said.
    let _ = stream.write_all(said).await;
    let _ = stream.flush().await;
    listen(stream).await
}

/// Listens until the other side hangs up.
///
/// # Panics
/// When it never does.
pub async fn listen(stream: &mut (impl AsyncReadExt + Unpin)) -> Vec<Heard> {
    let mut bytes = Vec::new();
    let ended = tokio::time::timeout(PATIENCE, stream.read_to_end(&mut bytes)).await;
    // A reset is as good an end as any.
    let _ = ended.unwrap_or_else(|_| panic!("never hung up; it said {}", String::from_utf8_lossy(&bytes)));
    responses(&String::from_utf8_lossy(&bytes))
}

fn responses(mut text: &str) -> Vec<Heard> {
    let mut heard = Vec::new();
    while let Some((head, rest)) = text.split_once("\r\n\r\n") {
        let status = head.split(' ').nth(1).and_then(|code| code.parse().ok()).expect("a status");
        let mut one = Heard { status, head: head.to_owned(), body: String::new() };
        let length = one.header("content-length").map(|length| length.parse::<usize>().expect("a length"));
        let chunked = one.header("transfer-encoding").is_some();
        (one.body, text) = match length {
            Some(length) if length <= rest.len() && rest.is_char_boundary(length) => {
                (rest[..length].to_owned(), &rest[length..])
            }
            None if chunked => chunks(rest),
            // The length is one of bytes, and a text was made of them: only the last response can be cut.
            Some(_) => (rest.to_owned(), ""),
            None => (String::new(), rest),
        };
        heard.push(one);
    }
    heard
}

/// A chunked body (RFC 9112 section 7.1) and what follows it.
fn chunks(mut text: &str) -> (String, &str) {
    let mut body = String::new();
    while let Some((size, rest)) = text.split_once("\r\n") {
        let size = usize::from_str_radix(size, 16).expect("a size");
        if size == 0 || rest.len() < size {
            return (body, rest.strip_prefix("\r\n").unwrap_or(""));
        }
        body.push_str(&rest[..size]);
        text = rest[size..].strip_prefix("\r\n").unwrap_or("");
    }
    (body, "")
}

/// The head of the first response to this, whose body may have no end.
pub async fn head_of(stream: &mut TlsStream<TcpStream>, said: &[u8]) -> String {
    stream.write_all(said).await.expect("taken");
    let mut bytes = Vec::new();
    let reading = async {
        while !bytes.ends_with(b"\r\n\r\n") {
            bytes.push(stream.read_u8().await.expect("a whole head"));
        }
    };
    tokio::time::timeout(PATIENCE, reading).await.expect("an answer in time");
    String::from_utf8_lossy(&bytes).into_owned()
}
