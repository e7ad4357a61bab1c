//! Hostile servers on loopback, over real sockets.

use rcgen::{BasicConstraints, CertificateParams, IsCa, Issuer, KeyPair};
use rustls::pki_types::PrivateKeyDer;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;

use super::*;

/// Takes one connection, reads something of the request and says `answer`, then goes on as `then` says.
#[derive(Clone, Copy)]
enum Then {
    HangUp,
    /// More bytes without end.
    Flood,
    /// Nothing more, but stays.
    Wait,
}

async fn server(answer: &'static str, then: Then) -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(talk(stream, answer, then));
        }
    });
    port
}

async fn talk<S: AsyncRead + AsyncWrite + Unpin>(mut stream: S, answer: &'static str, then: Then) {
    let mut heard = [0; 4_096];
    let _ = stream.read(&mut heard).await;
    let _ = stream.write_all(answer.as_bytes()).await;
    match then {
        Then::HangUp => {}
        Then::Flood => while stream.write_all(&[b'x'; 16_384]).await.is_ok() {},
        Then::Wait => std::future::pending().await,
    }
}

fn call(url: String, reach: WebReach) -> WebCall {
    WebCall { post: false, url, headers: Vec::new(), body: Vec::new(), reach }
}

async fn get(port: u16) -> Result<WebAnswer, WebError> {
    let web = Outward { limit: Duration::from_millis(500), ..Outward::new() };
    web.call(call(format!("http://127.0.0.1:{port}/x"), WebReach::Anywhere)).await
}

const OK: &str = "HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: 2\r\n\r\n{}";

#[tokio::test]
async fn an_answer_is_read() {
    let answer = get(server(OK, Then::HangUp).await).await.expect("an answer");
    assert_eq!((answer.status, answer.body.as_slice()), (200, b"{}".as_slice()));
    assert_eq!(answer.content_type.as_deref(), Some("application/json"));
}

#[tokio::test]
async fn an_endless_body_is_cut_off() {
    for head in ["HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 99999999999\r\n\r\n"] {
        let answer = get(server(head, Then::Flood).await).await;
        assert_eq!(answer.err(), Some(WebError::TooLarge(ANSWER)), "{head}");
    }
}

#[tokio::test]
async fn an_endless_head_is_cut_off() {
    let answer = get(server("HTTP/1.1 200 OK\r\nx: ", Then::Flood).await).await;
    assert!(matches!(answer.err(), Some(WebError::NotHttp(_))));
}

#[tokio::test]
async fn silence_ends_at_the_limit() {
    for said in ["", "HTTP/1.1 200 OK\r\n", "HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{"] {
        assert_eq!(get(server(said, Then::Wait).await).await.err(), Some(WebError::TimedOut), "{said:?}");
    }
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_is_not_followed() {
    let said = "HTTP/1.1 302 Found\r\nlocation: http://127.0.0.1:1/\r\ncontent-length: 0\r\n\r\n";
    assert_eq!(get(server(said, Then::HangUp).await).await.expect("an answer").status, 302);
}

#[tokio::test]
async fn nonsense_and_nobody_are_told_apart() {
    let answer = get(server("220 smtp ready\r\n", Then::HangUp).await).await;
    assert!(matches!(answer.err(), Some(WebError::NotHttp(_))));
    let closed = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = closed.local_addr().expect("an address").port();
    drop(closed);
    assert!(matches!(get(port).await.err(), Some(WebError::Unreachable(_))));
}

#[tokio::test]
async fn what_is_to_stay_in_the_world_does_not_get_within() {
    let port = server(OK, Then::HangUp).await;
    let web = Outward::new();
    for url in [
        format!("http://127.0.0.1:{port}/"),
        format!("https://127.0.0.1:{port}/"),
        format!("https://localhost:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
    ] {
        let answer = web.call(call(url.clone(), WebReach::World)).await;
        assert!(matches!(answer.err(), Some(WebError::Forbidden(_))), "{url}");
    }
}

#[tokio::test]
async fn a_certificate_is_trusted_only_from_a_known_authority_and_for_the_name() {
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("no names");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = params.self_signed(&key).expect("a certificate");
    let issuer = Issuer::new(params, key);
    let own = KeyPair::generate().expect("a key");
    let leaf = CertificateParams::new(vec!["localhost".to_owned()]).expect("a name");
    let leaf = leaf.signed_by(&own, &issuer).expect("a certificate");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = rustls::ServerConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(vec![leaf.der().clone()], PrivateKeyDer::Pkcs8(own.serialize_der().into()))
        .expect("a pair");
    let acceptor = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            if let Ok(stream) = acceptor.accept(stream).await {
                talk(stream, OK, Then::HangUp).await;
            }
        }
    });
    let mut roots = RootCertStore::empty();
    roots.add(authority.der().clone()).expect("an authority");
    let known = Outward { roots: Some(Arc::new(roots)), ..Outward::new() };
    let at = |host: &str| call(format!("https://{host}:{port}/"), WebReach::Anywhere);
    assert_eq!(known.call(at("localhost")).await.expect("is trusted").status, 200);
    let strange = known.call(at("127.0.0.1")).await.err();
    assert!(matches!(strange, Some(WebError::Untrusted(_))), "another name: {strange:?}");
    let unknown = Outward::new().call(at("localhost")).await.err();
    assert!(matches!(unknown, Some(WebError::Untrusted(_))), "nobody knows the authority: {unknown:?}");
}
