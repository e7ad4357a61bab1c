//! A machine at the other end.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use rackwright_proto::{AgentHello, FromMachine, Heartbeat, ProvisionHello, ToMachine, VERSION, frame};
use rcgen::{CertificateParams, KeyPair};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpSocket, TcpStream};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

use super::port::Port;

/// How long a test waits for anything before it fails.
const PATIENCE: Duration = Duration::from_secs(20);

pub struct Machine {
    pub stream: TlsStream<TcpStream>,
}

/// A key and the certificate for it.
pub struct Papers {
    pub key: KeyPair,
    pub certificate_pem: String,
}

pub fn request(key: &KeyPair) -> String {
    CertificateParams::default().serialize_request(key).expect("signed").pem().expect("encoded")
}

pub async fn tcp(to: SocketAddr, from: Ipv4Addr) -> TcpStream {
    let socket = TcpSocket::new_v4().expect("a socket");
    socket.bind(SocketAddr::from((from, 0))).expect("an address of loopback");
    socket.connect(to).await.expect("connected")
}

impl Machine {
    pub async fn dial(port: &Port, papers: Option<&Papers>) -> Result<Self, std::io::Error> {
        Self::dial_from(port, papers, Ipv4Addr::LOCALHOST).await
    }

    pub async fn dial_from(
        port: &Port,
        papers: Option<&Papers>,
        from: Ipv4Addr,
    ) -> Result<Self, std::io::Error> {
        let mut roots = RootCertStore::empty();
        roots.add(port.authority.certificate()).expect("a certificate");
        let provider = Arc::new(rustls::crypto::ring::default_provider());
        let config = ClientConfig::builder_with_provider(provider)
            .with_protocol_versions(&[&rustls::version::TLS13])
            .expect("TLS 1.3")
            .with_root_certificates(roots);
        let config = match papers {
            None => config.with_no_client_auth(),
            Some(papers) => {
                let chain =
                    vec![CertificateDer::from_pem_slice(papers.certificate_pem.as_bytes()).expect("PEM")];
                let key = PrivateKeyDer::try_from(papers.key.serialize_der()).expect("a key");
                config.with_client_auth_cert(chain, key).expect("they fit")
            }
        };
        let stream = tcp(port.address, from).await;
        let name = ServerName::IpAddress(port.address.ip().into());
        let stream = TlsConnector::from(Arc::new(config)).connect(name, stream).await?;
        Ok(Self { stream })
    }

    pub async fn say(&mut self, message: &FromMachine) {
        let bytes = frame::encode(message).expect("fits");
        self.stream.write_all(&bytes).await.expect("sent");
    }

    /// The next message; none when the port closed, reset or refused the connection.
    pub async fn hear(&mut self) -> Option<ToMachine> {
        let read = async {
            let mut head = [0; frame::HEAD];
            self.stream.read_exact(&mut head).await.ok()?;
            let mut body = vec![0; frame::body_len(head).expect("bounded")];
            self.stream.read_exact(&mut body).await.ok()?;
            Some(frame::decode(&body).expect("ours"))
        };
        timeout(PATIENCE, read).await.expect("the port answered or closed")
    }

    /// The sentence with which the session was refused; after it the connection is closed.
    pub async fn refusal(&mut self) -> String {
        match self.hear().await {
            Some(ToMachine::Refused { reason, .. }) => {
                assert_eq!(self.hear().await, None, "closed after the refusal");
                reason
            }
            other => panic!("refused, not {other:?}"),
        }
    }

    /// Says hello as a provisioning environment, and is welcomed.
    pub async fn provision(&mut self, boot: &str) {
        self.say(&provision(boot)).await;
        assert_eq!(self.hear().await, Some(ToMachine::Welcome { name: "srv-1".into() }));
    }

    /// Says hello as an agent, and is welcomed.
    pub async fn report_in(&mut self, host: &str) {
        self.say(&agent(host)).await;
        assert_eq!(self.hear().await, Some(ToMachine::Welcome { name: host.into() }));
    }
}

pub fn provision(boot: &str) -> FromMachine {
    let mac = "52:54:00:00:00:01".parse().expect("a MAC");
    FromMachine::Provision(ProvisionHello {
        version: VERSION,
        boot: boot.into(),
        mac,
        macs: vec![mac],
        resuming: None,
    })
}

pub fn agent(host: &str) -> FromMachine {
    FromMachine::Agent(AgentHello {
        version: VERSION,
        agent_version: "0.1.0".into(),
        boot_id: "b".into(),
        host_name: host.into(),
        kernel: "6.1".into(),
        os: "Debian".into(),
    })
}

pub fn beat() -> FromMachine {
    FromMachine::Heartbeat(Heartbeat {
        uptime_s: 1,
        load_centi: [0; 3],
        memory_kb: 1,
        memory_available_kb: 1,
        disks: vec![],
        cpu: None,
        network: None,
    })
}
