//! The courier: where it goes, where it does not, and how long it waits.

use std::sync::Arc;
use std::time::{Duration, Instant};

use rackwright_controld::adapters::HttpCourier;
use rackwright_domain::ports::{Courier, Parcel};
use rackwright_domain::reach::Reach;
use rcgen::{BasicConstraints, CertificateParams, CertifiedIssuer, IsCa, KeyPair};
use rustls::ServerConfig;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use tokio_rustls::TlsAcceptor;

use crate::receiver::{Manner, Receiver};

fn parcel(url: &str, opened: &[&str]) -> Parcel {
    let opened = opened.iter().map(|block| block.parse().expect("a block")).collect();
    Parcel {
        url: url.to_owned(),
        headers: vec![("rackwright-event", "server.rename".to_owned())],
        body: "{\"id\":1}".to_owned(),
        reach: Reach { closed: Vec::new(), opened },
    }
}

async fn post(parcel: &Parcel) -> Result<u16, String> {
    HttpCourier::new("/nonexistent.pem").post(parcel).await.map_err(|error| error.to_string())
}

#[tokio::test]
async fn a_letter_arrives_whole() {
    let receiver = Receiver::start(Manner::Code(202)).await;
    assert_eq!(post(&parcel(&receiver.url(), &["127.0.0.1/32"])).await, Ok(202));
    let sent = receiver.sent().pop().expect("is sent");
    assert_eq!((sent.line.as_str(), sent.text.as_str()), ("POST /hooks?from=center HTTP/1.1", "{\"id\":1}"));
    for (name, value) in [
        ("host", receiver.address.to_string().as_str()),
        ("content-type", "application/json"),
        ("rackwright-event", "server.rename"),
        ("content-length", "8"),
    ] {
        assert_eq!(sent.headers.get(name).map(String::as_str), Some(value), "{:?}", sent.headers);
    }
}

#[tokio::test]
async fn inside_is_never_called_by_address_nor_by_name() {
    let receiver = Receiver::start(Manner::Code(200)).await;
    let port = receiver.address.port();
    for (host, word) in [
        ("127.0.0.1", "loopback"),
        ("localhost", "loopback"),
        ("[::1]", "loopback"),
        ("[::ffff:127.0.0.1]", "loopback"),
        ("0.0.0.0", "not a public"),
        ("2130706433", ""),
        ("0x7f.1", ""),
    ] {
        let refused = post(&parcel(&format!("http://{host}:{port}/"), &[])).await.expect_err(host);
        assert!(refused.contains(word), "{host}: {refused}");
    }
    assert!(receiver.sent().is_empty(), "{:?}", receiver.sent());
    let by_name = post(&parcel(&format!("http://localhost:{port}/"), &["127.0.0.0/8"])).await;
    assert_eq!(by_name, Ok(200), "the name stands for an address that is open");
}

#[tokio::test]
async fn a_redirect_is_an_answer_and_nobody_follows_it() {
    let inside = Receiver::start(Manner::Code(200)).await;
    let receiver = Receiver::start(Manner::Redirect(inside.url())).await;
    assert_eq!(post(&parcel(&receiver.url(), &["127.0.0.1/32"])).await, Ok(302));
    assert!(inside.sent().is_empty());
}

#[tokio::test]
async fn a_receiver_that_takes_the_request_and_says_nothing_is_left() {
    let receiver = Receiver::start(Manner::Silent).await;
    let begun = Instant::now();
    let refused = post(&parcel(&receiver.url(), &["127.0.0.1/32"])).await.expect_err("no answer");
    assert!(refused.contains("did not answer within 10 s"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

#[tokio::test]
async fn an_answer_without_end_and_an_answer_without_sense_are_bounded() {
    let receiver = Receiver::start(Manner::Endless).await;
    assert_eq!(post(&parcel(&receiver.url(), &["127.0.0.1/32"])).await, Ok(200));
    receiver.set(Manner::Garbage);
    let refused = post(&parcel(&receiver.url(), &["127.0.0.1/32"])).await.expect_err("no HTTP");
    assert!(refused.contains("broke"), "{refused}");
    let gone = receiver.url();
    drop(receiver);
    tokio::time::sleep(Duration::from_millis(50)).await;
    let refused = post(&parcel(&gone, &["127.0.0.1/32"])).await.expect_err("nobody there");
    assert!(refused.contains("No connection to 127.0.0.1"), "{refused}");
    let unknown = post(&parcel("http://nowhere.invalid/", &[])).await.expect_err("no such name");
    assert!(unknown.contains("nowhere.invalid was not found"), "{unknown}");
}

#[tokio::test]
async fn over_tls_the_receiver_is_known_by_an_authority_that_the_machine_trusts() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let key = KeyPair::generate().expect("a key");
    let mut params = CertificateParams::new(Vec::new()).expect("valid");
    params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
    let authority = CertifiedIssuer::self_signed(params, key).expect("an authority");
    let own = KeyPair::generate().expect("a key");
    let params = CertificateParams::new(vec!["127.0.0.1".to_owned()]).expect("valid");
    let certificate = params.signed_by(&own, &authority).expect("a certificate");
    let chain = vec![CertificateDer::from(certificate.der().to_vec())];
    let private = PrivateKeyDer::from(PrivatePkcs8KeyDer::from(own.serialize_der()));
    let tls = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_safe_default_protocol_versions()
        .expect("versions")
        .with_no_client_auth()
        .with_single_cert(chain, private)
        .expect("a configuration");
    let receiver = Receiver::with_tls(Manner::Code(204), Some(TlsAcceptor::from(Arc::new(tls)))).await;
    let url = receiver.url().replace("http://", "https://");
    let trusted = folder.path().join("trusted.pem");
    std::fs::write(&trusted, authority.pem()).expect("written");
    let parcel = parcel(&url, &["127.0.0.1/32"]);
    assert_eq!(HttpCourier::new(&trusted).post(&parcel).await.map_err(|error| error.to_string()), Ok(204));

    let other = rcgen::generate_simple_self_signed(vec!["other".to_owned()]).expect("a certificate");
    let stranger = folder.path().join("stranger.pem");
    std::fs::write(&stranger, other.cert.pem()).expect("written");
    let refused = HttpCourier::new(&stranger).post(&parcel).await.expect_err("unknown").to_string();
    assert!(refused.contains("No TLS with 127.0.0.1") && refused.contains("certificate"), "{refused}");
    let refused = post(&parcel).await.expect_err("no authorities");
    assert!(refused.contains("ca-certificates"), "{refused}");
    assert_eq!(receiver.sent().len(), 1);
}
