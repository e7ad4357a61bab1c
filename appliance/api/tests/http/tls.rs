//! HTTPS with a real certificate authority, recognised by its file or by its fingerprint; and peers that dawdle.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use rackwright_api::{ServeLimits, router, serve_https};
use rackwright_catalog::{Fault, FaultCode};
use rackwright_client::{Caller, Credential, Fingerprint, HttpsTransport, Origin, Transport, Trust};
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, ExtendedKeyUsagePurpose, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpSocket, TcpStream};
use tokio::sync::oneshot;
use tokio_rustls::TlsConnector;

use crate::door::{Fake, story};

/// A Control Center with an authority of its own.
struct Center {
    address: SocketAddr,
    authority: CertificateDer<'static>,
    leaf: CertificateDer<'static>,
    authority_file: PathBuf,
    door: Arc<Fake>,
    _folder: tempfile::TempDir,
    stop: oneshot::Sender<()>,
    served: tokio::task::JoinHandle<()>,
}

async fn center(limits: ServeLimits, usage: ExtendedKeyUsagePurpose) -> Center {
    let mut params = CertificateParams::new(Vec::new()).expect("parameters");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let issuer =
        CertifiedIssuer::self_signed(params, KeyPair::generate().expect("a key")).expect("an authority");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("parameters");
    params.extended_key_usages = vec![usage];
    let leaf = params.signed_by(&key, &issuer).expect("a certificate").der().clone();
    let authority = issuer.der().clone();
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(
            vec![leaf.clone(), authority.clone()],
            PrivateKeyDer::try_from(key.serialize_der()).expect("a key"),
        )
        .expect("a configuration");
    let folder = tempfile::tempdir().expect("a folder");
    let authority_file = folder.path().join("ca.pem");
    std::fs::write(&authority_file, issuer.pem()).expect("written");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("bound");
    let door = Arc::new(Fake::default());
    let app = router(Arc::clone(&door) as Arc<dyn Transport>);
    let (stop, stopped) = oneshot::channel::<()>();
    let shutdown = async { stopped.await.unwrap_or_default() };
    let served = tokio::spawn(serve_https(listener, config, app, limits, shutdown));
    Center { address, authority, leaf, authority_file, door, _folder: folder, stop, served }
}

fn server() -> ExtendedKeyUsagePurpose {
    ExtendedKeyUsagePurpose::ServerAuth
}

impl Center {
    async fn call_as(&self, host: &str, trust: Trust) -> Result<Value, Fault> {
        let transport =
            HttpsTransport::new(&format!("https://{host}:{}", self.address.port()), trust).expect("a URL");
        let caller = Caller::new(Credential::Bearer("rwt_a".into()), Origin::Cli);
        transport.call(&caller, "server.list", json!({})).await
    }

    async fn call(&self, trust: Trust) -> Result<Value, Fault> {
        self.call_as("127.0.0.1", trust).await
    }

    fn by_authority(&self) -> Trust {
        Trust::Fingerprint(Fingerprint::of(&self.authority))
    }
}

#[test]
fn it_is_known_by_its_file_by_its_authority_and_by_itself() {
    story(async {
        let center = center(ServeLimits::default(), server()).await;
        let by_leaf = Trust::Fingerprint(Fingerprint::of(&center.leaf));
        for trust in [Trust::CaFile(center.authority_file.clone()), center.by_authority(), by_leaf] {
            center.call(trust.clone()).await.unwrap_or_else(|fault| panic!("{trust:?}: {fault}"));
        }
        let caller = center.door.called()[0].caller.clone();
        let here = Some(std::net::Ipv4Addr::LOCALHOST.into());
        assert_eq!(caller, Caller::new(Credential::Bearer("rwt_a".into()), Origin::Cli).at(here));
    });
}

#[test]
fn a_stranger_is_refused_and_its_fingerprint_is_shown() {
    story(async {
        let center = center(ServeLimits::default(), server()).await;
        let other = self::center(ServeLimits::default(), server()).await;
        for trust in [Trust::CaFile(other.authority_file.clone()), other.by_authority(), Trust::Unknown] {
            let fault = center.call(trust.clone()).await.expect_err("not trusted");
            let shown = format!("--fingerprint {}", Fingerprint::of(&center.authority));
            assert!(
                fault.code == FaultCode::Unavailable && fault.advice.contains(&shown),
                "{trust:?}: {fault}"
            );
        }
        assert!(center.door.called().is_empty(), "no token was sent to it");
    });
}

#[test]
fn neither_another_name_nor_the_certificate_of_an_agent_will_do() {
    story(async {
        let center = center(ServeLimits::default(), server()).await;
        let fault = center.call_as("localhost", center.by_authority()).await.expect_err("another name");
        assert!(fault.reason.contains("localhost"), "{fault}");
        let agent = self::center(ServeLimits::default(), ExtendedKeyUsagePurpose::ClientAuth).await;
        agent.call(agent.by_authority()).await.expect_err("an agent is no Control Center");
        assert!(agent.door.called().is_empty());
    });
}

fn impatient() -> ServeLimits {
    ServeLimits {
        connections: 2,
        per_address: 2,
        handshakes: 1,
        handshake: Duration::from_millis(200),
        head: Duration::from_millis(200),
        body: Duration::from_millis(200),
        stalled: Duration::from_millis(200),
        grace: Duration::from_millis(200),
    }
}

#[test]
fn silent_peers_are_hung_up_on_and_others_get_their_turn() {
    story(async {
        let center = center(impatient(), server()).await;
        let mut silent = TcpStream::connect(center.address).await.expect("connected");
        let mut second = TcpStream::connect(center.address).await.expect("connected");
        second.write_all(b"\x16\x03\x01").await.expect("sent");
        center.call(center.by_authority()).await.expect("served in the end");
        for stream in [&mut silent, &mut second] {
            let mut rest = Vec::new();
            // A reset is as good an end as any.
            let _ = stream.read_to_end(&mut rest).await;
        }
    });
}

async fn connect(center: &Center) -> tokio_rustls::client::TlsStream<TcpStream> {
    connect_from(center, "127.0.0.1").await.expect("a handshake")
}

/// A connection from one of the addresses of the loopback interface, with its handshake done.
async fn connect_from(
    center: &Center,
    address: &str,
) -> std::io::Result<tokio_rustls::client::TlsStream<TcpStream>> {
    let mut roots = rustls::RootCertStore::empty();
    roots.add(center.authority.clone()).expect("a root");
    let config =
        rustls::ClientConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .with_safe_default_protocol_versions()
            .expect("versions")
            .with_root_certificates(roots)
            .with_no_client_auth();
    let socket = TcpSocket::new_v4()?;
    socket.bind(SocketAddr::new(address.parse().expect("an address"), 0))?;
    let tcp = socket.connect(center.address).await?;
    let name = "127.0.0.1".to_owned().try_into().expect("a name");
    TlsConnector::from(Arc::new(config)).connect(name, tcp).await
}

#[test]
fn one_address_cannot_take_every_connection() {
    story(async {
        let limits = ServeLimits { connections: 8, per_address: 2, ..ServeLimits::default() };
        let center = center(limits, server()).await;
        let mut held = vec![connect(&center).await, connect(&center).await];
        for _ in 0..3 {
            let mut refused = TcpStream::connect(center.address).await.expect("connected");
            refused.write_all(b"\x16\x03\x01\x02\x00\x01").await.expect("the start of a handshake is sent");
            let mut rest = Vec::new();
            refused.read_to_end(&mut rest).await.expect("an end, not a reset");
            assert_eq!(rest, b"", "nothing was said to it");
        }
        assert!(connect_from(&center, "127.0.0.1").await.is_err());

        let mut other = connect_from(&center, "127.0.0.2").await.expect("others are served");
        for stream in [&mut other, &mut held[0]] {
            stream.write_all(b"GET /nothing HTTP/1.1\r\nHost: x\r\n\r\n").await.expect("sent");
            let mut start = [0; 12];
            stream.read_exact(&mut start).await.expect("an answer");
            assert_eq!(&start, b"HTTP/1.1 404");
        }

        held.pop();
        while connect_from(&center, "127.0.0.1").await.is_err() {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    });
}

#[test]
fn a_head_that_never_ends_is_cut_off() {
    story(async {
        let center = center(impatient(), server()).await;
        let mut slow = connect(&center).await;
        slow.write_all(b"POST /api/v1/server/list HTTP/1.1\r\nHost: x\r\nX-Slow: ").await.expect("sent");
        let mut rest = Vec::new();
        let _ = slow.read_to_end(&mut rest).await;
        assert!(!String::from_utf8_lossy(&rest).contains("200 OK"), "{rest:?}");
        assert!(center.door.called().is_empty());
    });
}

#[test]
fn a_head_without_bounds_is_refused() {
    story(async {
        let center = center(ServeLimits::default(), server()).await;
        let mut wide = connect(&center).await;
        wide.write_all(b"POST /api/v1/server/list HTTP/1.1\r\nX-Wide: ").await.expect("sent");
        // It may hang up before all of it is sent.
        let _ = wide.write_all(&vec![b'x'; 1 << 20]).await;
        let mut answer = Vec::new();
        let _ = wide.read_to_end(&mut answer).await;
        assert!(!String::from_utf8_lossy(&answer).contains("200 OK"));
        assert!(center.door.called().is_empty());
    });
}

#[test]
fn listeners_to_events_do_not_hold_up_the_end() {
    story(async {
        let center = center(impatient(), server()).await;
        let watched = Ok(json!({"items": [], "next": 1}));
        center.door.script.lock().expect("no panic").extend([watched.clone(), watched.clone(), watched]);
        let mut listener = connect(&center).await;
        listener
            .write_all(b"GET /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer rwt_a\r\n\r\n")
            .await
            .expect("sent");
        let mut start = [0; 12];
        listener.read_exact(&mut start).await.expect("an answer");
        assert_eq!(&start, b"HTTP/1.1 200");
        center.stop.send(()).expect("it serves");
        center.served.await.expect("it ended");
    });
}
