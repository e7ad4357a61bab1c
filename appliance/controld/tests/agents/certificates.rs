//! From a token to a certificate, and which certificates open the port.

use rackwright_controld::agents::Limits;
use rackwright_controld::authority::{Authority, Names, ServerCertificate};
use rackwright_domain::ports;
use rackwright_model::ServerId;
use rackwright_proto::{FromMachine, ToMachine, VERSION};
use rcgen::KeyPair;

use super::desk::{SERVER, TOKEN};
use super::machine::{Machine, Papers, agent, provision, request};
use super::port::{Port, authority};

/// A certificate of `authority` for this server.
pub fn papers(authority: &Authority, server: ServerId) -> (Papers, String) {
    let key = KeyPair::generate().expect("a key");
    let issued = ports::Authority::issue(authority, server, &request(&key)).expect("issued");
    (Papers { key, certificate_pem: issued.certificate_pem }, issued.fingerprint)
}

async fn refused(port: &Port, papers: &Papers) {
    // With TLS 1.3 a client learns of a refused certificate only when it reads.
    let Ok(mut machine) = Machine::dial(port, Some(papers)).await else { return };
    drop(tokio::io::AsyncWriteExt::write_all(&mut machine.stream, &[0]).await);
    assert_eq!(machine.hear().await, None);
    assert_eq!(port.counters.snapshot().agents_sessions, 0);
}

#[tokio::test]
async fn a_token_becomes_a_certificate_that_opens_a_session() {
    let port = Port::open(Limits::default()).await;
    let key = KeyPair::generate().expect("a key");
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.say(&FromMachine::Enrol { version: VERSION, token: TOKEN.into(), csr_pem: request(&key) }).await;
    let Some(ToMachine::Enrolled { server, certificate_pem, authority_pem }) = machine.hear().await else {
        panic!("not enrolled");
    };
    assert_eq!(server, SERVER);
    assert_eq!(authority_pem, ports::Authority::certificate_pem(&*port.authority));
    assert_eq!(machine.hear().await, None, "nothing more is said");

    let mut machine = Machine::dial(&port, Some(&Papers { key, certificate_pem })).await.expect("TLS");
    machine.report_in("r1").await;
    drop(machine);
    port.notes.heard(&["agent r1", "agent 7 gone"]).await;
}

#[tokio::test]
async fn a_wrong_token_and_a_bad_request_are_refused_with_a_sentence() {
    let port = Port::open(Limits::default()).await;
    let good = request(&KeyPair::generate().expect("a key"));
    // One flipped letter in the signature.
    let spoiled = {
        let mut lines: Vec<String> = good.lines().map(str::to_owned).collect();
        let last = lines.len() - 2;
        let letter = if lines[last].starts_with('A') { "B" } else { "A" };
        lines[last].replace_range(0..1, letter);
        lines.join("\n")
    };
    for (token, csr_pem, reason) in [
        ("guessed", good.clone(), "there is no such token"),
        (TOKEN, "no request at all".into(), "the certificate request is not valid"),
        (TOKEN, spoiled, "the certificate request is not valid"),
        (TOKEN, "x".repeat(9_000), "at most 8192 are taken"),
    ] {
        let mut machine = Machine::dial(&port, None).await.expect("TLS");
        machine.say(&FromMachine::Enrol { version: VERSION, token: token.into(), csr_pem }).await;
        let said = machine.refusal().await;
        assert!(said.contains(reason), "{said}");
    }
}

#[tokio::test]
async fn certificates_of_others_and_old_ones_do_not_open_the_port() {
    let port = Port::open(Limits::default()).await;
    let elsewhere = tempfile::tempdir().expect("temporary folder");
    let (stranger, _) = papers(&authority(elsewhere.path(), 0), SERVER);
    refused(&port, &stranger).await;
    // The same authority as it was twelve years ago, when it gave certificates for ten.
    let (expired, _) = papers(&authority(port.folder.path(), -12 * 366), SERVER);
    refused(&port, &expired).await;
    assert_eq!(port.counters.snapshot().agents_handshake_failed, 2);
}

#[tokio::test]
async fn the_ports_own_certificate_is_no_agents() {
    let port = Port::open(Limits::default()).await;
    let pem = std::fs::read_to_string(port.folder.path().join("ca/server.pem")).expect("there");
    let key = KeyPair::from_pem(&pem).expect("a key");
    refused(&port, &Papers { key, certificate_pem: pem }).await;
}

#[tokio::test]
async fn a_revoked_certificate_is_refused_and_does_not_disturb_the_valid_one() {
    let port = Port::open(Limits::default()).await;
    let (old, old_print) = papers(&port.authority, SERVER);
    let (new, _) = papers(&port.authority, SERVER);
    port.notes.revoke(&old_print);
    let mut valid = Machine::dial(&port, Some(&new)).await.expect("TLS");
    valid.report_in("r1").await;

    let mut revoked = Machine::dial(&port, Some(&old)).await.expect("TLS");
    revoked.say(&agent("old-disk")).await;
    assert_eq!(revoked.refusal().await, "its certificate was revoked");
    assert!(ports::Machines::send_to_agent(&*port.registry, SERVER, ToMachine::Restart { command: 3 }));
    assert_eq!(valid.hear().await, Some(ToMachine::Restart { command: 3 }));
}

#[tokio::test]
async fn a_certificate_for_another_server_than_the_records_say_is_refused() {
    let port = Port::open(Limits::default()).await;
    let (other, _) = papers(&port.authority, ServerId(8));
    let mut machine = Machine::dial(&port, Some(&other)).await.expect("TLS");
    machine.say(&agent("r8")).await;
    assert!(machine.refusal().await.contains("names another server"));
}

#[tokio::test]
async fn with_and_without_a_certificate_there_are_different_things_to_say() {
    let port = Port::open(Limits::default()).await;
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.say(&agent("r1")).await;
    assert!(machine.refusal().await.contains("needs its certificate"));

    let (papers, _) = papers(&port.authority, SERVER);
    let mut machine = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    machine.say(&provision("n")).await;
    assert!(machine.refusal().await.contains("without its certificate"));
}

#[test]
fn the_authority_is_made_once_and_never_replaced() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let first = authority(folder.path(), 0).fingerprint();
    assert_eq!(authority(folder.path(), 0).fingerprint(), first);
    assert_eq!(first.len(), 64);
    let mode = |name: &str| {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(folder.path().join("ca").join(name)).expect("there").permissions().mode() & 0o777
    };
    assert_eq!(mode("ca.key"), 0o600);

    // A start that was cut short leaves only the folder beside it.
    let cut = tempfile::tempdir().expect("temporary folder");
    std::fs::create_dir(cut.path().join("ca.new")).expect("made");
    std::fs::write(cut.path().join("ca.new/ca.key"), "half a k").expect("written");
    assert_eq!(authority(cut.path(), 0).fingerprint().len(), 64);

    let other = tempfile::tempdir().expect("temporary folder");
    authority(other.path(), 0);
    std::fs::copy(other.path().join("ca/ca.key"), folder.path().join("ca/ca.key")).expect("copied");
    for damage in ["belong to the key", "missing"] {
        let opened = Authority::open(&folder.path().join("ca"), std::sync::Arc::new(super::port::Shifted(0)));
        let error = opened.err().expect("damaged").to_string();
        assert!(error.contains(damage) && error.contains("restore the folder from a backup"), "{error}");
        std::fs::remove_file(folder.path().join("ca/ca.key")).ok();
    }
}

#[test]
fn the_server_certificate_is_kept_until_it_is_due_or_the_names_change() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let pem = || std::fs::read_to_string(folder.path().join("ca/server.pem")).expect("there");
    let names = |texts: &[&str]| {
        let mut names = Names::default();
        names.add(texts.iter().map(|text| (*text).to_owned()));
        names
    };
    let open = |days, texts: &[&str]| {
        let authority = authority(folder.path(), days);
        let certificate = ServerCertificate::open(&authority, names(texts)).expect("made");
        (authority, certificate)
    };
    let both = ["10.77.0.1", "fe80::1", "center.example.com"];
    open(0, &both);
    let first = pem();
    let (authority, certificate) = open(0, &both);
    assert_eq!(pem(), first, "kept");
    assert!(!certificate.renew(&authority, &names(&both)).expect("looked"));
    assert!(certificate.renew(&authority, &names(&["10.77.0.2"])).expect("renewed"));
    let second = pem();
    assert_ne!(second, first, "another address");
    open(360, &["10.77.0.2"]);
    assert_eq!(pem(), second, "kept");
    open(370, &["10.77.0.2"]);
    assert_ne!(pem(), second, "a month before its end");
}

#[test]
fn the_key_of_a_request_stays_the_same_from_request_to_request() {
    let folder = tempfile::tempdir().expect("temporary folder");
    let authority = authority(folder.path(), 0);
    let key = KeyPair::generate().expect("a key");
    let of = |csr: &str| ports::Authority::key_of(&*authority, csr).expect("valid");
    assert_eq!(of(&request(&key)), of(&request(&key)));
    assert_ne!(of(&request(&key)), of(&request(&KeyPair::generate().expect("a key"))));
    let issued = ports::Authority::issue(&*authority, SERVER, &request(&key)).expect("issued");
    assert_eq!(issued.key, of(&request(&key)));
}
