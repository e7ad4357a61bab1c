//! A Control Center for the tests: real TLS on 127.0.0.1, and a script per session for what it says.

use std::io::{Read, Write};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;
use std::thread;
use std::time::Duration;

use rackwright_proto::frame;
use rackwright_proto::{FromMachine, ToMachine};
use rcgen::{
    BasicConstraints, CertificateParams, CertificateSigningRequestParams, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose,
};
use ring::digest::{SHA256, digest};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::WebPkiClientVerifier;
use rustls::{RootCertStore, ServerConfig, ServerConnection, StreamOwned};

/// The authority and what it signed.
pub struct Authority {
    issuer: Issuer<'static, KeyPair>,
    certificate: CertificateDer<'static>,
    pub pem: String,
}

impl Authority {
    pub fn new() -> Self {
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        params.key_usages = vec![KeyUsagePurpose::KeyCertSign];
        let key = KeyPair::generate().expect("a key");
        let certificate = params.self_signed(&key).expect("signed");
        Self {
            pem: certificate.pem(),
            certificate: certificate.der().clone(),
            issuer: Issuer::new(params, key),
        }
    }

    pub fn pin(&self) -> [u8; 32] {
        digest(&SHA256, &self.certificate).as_ref().try_into().expect("32 bytes")
    }

    /// A server certificate for `name`, valid from `years_ahead` years from 2024 on.
    fn server(&self, name: &str, first_year: i32) -> (Vec<CertificateDer<'static>>, PrivateKeyDer<'static>) {
        let mut params = CertificateParams::new(vec![name.to_owned()]).expect("a name");
        params.not_before = rcgen::date_time_ymd(first_year, 1, 1);
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        let key = KeyPair::generate().expect("a key");
        let leaf = params.signed_by(&key, &self.issuer).expect("signed");
        let chain = vec![leaf.der().clone(), self.certificate.clone()];
        (chain, PrivateKeyDer::try_from(key.serialize_der()).expect("a key"))
    }

    /// Signs a machine's request.
    pub fn sign(&self, csr_pem: &str) -> String {
        let mut request = CertificateSigningRequestParams::from_pem(csr_pem).expect("a request");
        request.params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ClientAuth];
        request.signed_by(&self.issuer).expect("signed").pem()
    }
}

/// What a test server presents.
pub struct Presented {
    pub name: &'static str,
    pub first_year: i32,
}

impl Default for Presented {
    fn default() -> Self {
        Self { name: "127.0.0.1", first_year: 2024 }
    }
}

/// Listens, and runs `script` with each session and its number, one after the other.
pub fn listen(
    authority: &Authority,
    presented: &Presented,
    script: impl Fn(&mut Peer, usize) + Send + 'static,
) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = listener.local_addr().expect("bound");
    let config = server_config(authority, presented);
    thread::spawn(move || {
        for (number, socket) in listener.incoming().enumerate() {
            let Ok(socket) = socket else { continue };
            socket.set_read_timeout(Some(Duration::from_secs(20))).expect("set");
            let tls = ServerConnection::new(Arc::clone(&config)).expect("a session");
            script(&mut Peer { stream: StreamOwned::new(tls, socket) }, number);
        }
    });
    address
}

fn server_config(authority: &Authority, presented: &Presented) -> Arc<ServerConfig> {
    let provider = Arc::new(default_provider());
    let mut roots = RootCertStore::empty();
    roots.add(authority.certificate.clone()).expect("a root");
    let verifier = WebPkiClientVerifier::builder_with_provider(Arc::new(roots), Arc::clone(&provider))
        .allow_unauthenticated()
        .build()
        .expect("a verifier");
    let (chain, key) = authority.server(presented.name, presented.first_year);
    let config = ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_client_cert_verifier(verifier)
        .with_single_cert(chain, key)
        .expect("a certificate");
    Arc::new(config)
}

/// One session as the server sees it.
pub struct Peer {
    stream: StreamOwned<ServerConnection, TcpStream>,
}

impl Peer {
    /// The next message; none when the machine hung up.
    pub fn hear(&mut self) -> Option<FromMachine> {
        let mut head = [0; frame::HEAD];
        self.stream.read_exact(&mut head).ok()?;
        let mut body = vec![0; frame::body_len(head).expect("bounded")];
        self.stream.read_exact(&mut body).ok()?;
        Some(frame::decode(&body).expect("a message"))
    }

    pub fn say(&mut self, message: &ToMachine) {
        self.say_bytes(&frame::encode(message).expect("fits"));
    }

    pub fn say_bytes(&mut self, bytes: &[u8]) {
        // The machine may have hung up on us.
        self.stream.write_all(bytes).and_then(|()| self.stream.flush()).ok();
    }

    /// Whether the machine showed a certificate.
    pub fn knows_client(&self) -> bool {
        self.stream.conn.peer_certificates().is_some_and(|chain| !chain.is_empty())
    }
}
