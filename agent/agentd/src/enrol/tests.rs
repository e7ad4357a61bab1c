//! Enrolment against a real TLS server.

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rackwright_model::ServerId;
use rackwright_proto::{AgentSeed, FromMachine, ToMachine};

use super::{EnrolError, carry_out};
use crate::center::{Authority, Peer, Presented, listen};
use crate::managed::Identity;

const LIMIT: Duration = Duration::from_secs(30);

struct Disk {
    directory: tempfile::TempDir,
}

impl Disk {
    fn with_seed(authority: &Authority, center: String) -> Self {
        let directory = tempfile::tempdir().expect("temporary directory");
        let seed = AgentSeed {
            server: ServerId(4),
            center,
            authority_pem: authority.pem.clone(),
            token: "one-time-token".into(),
        };
        fs::write(directory.path().join("enrol.json"), serde_json::to_vec(&seed).expect("JSON"))
            .expect("written");
        Self { directory }
    }

    fn seed(&self) -> PathBuf {
        self.directory.path().join("enrol.json")
    }
}

fn enrolled(authority: &Authority, csr: &str) -> ToMachine {
    ToMachine::Enrolled {
        server: ServerId(4),
        certificate_pem: authority.sign(csr),
        authority_pem: authority.pem.clone(),
    }
}

fn request(peer: &mut Peer) -> Option<String> {
    match peer.hear()? {
        FromMachine::Enrol { token, csr_pem, .. } => {
            assert_eq!(token, "one-time-token");
            Some(csr_pem)
        }
        other => panic!("not an enrolment: {other:?}"),
    }
}

#[test]
fn the_token_becomes_an_identity_and_is_gone() {
    let authority = Arc::new(Authority::new());
    let center = listen(&authority, &Presented::default(), {
        let authority = Arc::clone(&authority);
        move |peer, _| {
            let csr = request(peer).expect("a request");
            peer.say(&enrolled(&authority, &csr));
        }
    });
    let disk = Disk::with_seed(&authority, center.to_string());
    carry_out(&disk.seed(), LIMIT).expect("enrolled");
    assert!(!disk.seed().exists());
    let identity = Identity::load(disk.directory.path()).expect("whole");
    assert_eq!((identity.server, identity.center), (ServerId(4), center));
    let mode = fs::metadata(disk.directory.path().join("agent.key")).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
    crate::session::tls::identified(&identity.authority_pem, &identity.certificate_pem, &identity.key_pem)
        .expect("certificate and key fit");
    carry_out(&disk.seed(), LIMIT).expect("nothing left to do");
}

#[test]
fn a_lost_answer_is_asked_for_again_with_the_same_key() {
    let authority = Arc::new(Authority::new());
    let requests = Arc::new(Mutex::new(Vec::new()));
    let center = listen(&authority, &Presented::default(), {
        let (authority, requests) = (Arc::clone(&authority), Arc::clone(&requests));
        move |peer, number| {
            let csr = request(peer).expect("a request");
            let params = rcgen::CertificateSigningRequestParams::from_pem(&csr).expect("a request");
            requests
                .lock()
                .expect("unpoisoned")
                .push(rcgen::PublicKeyData::der_bytes(&params.public_key).to_vec());
            if number > 0 {
                peer.say(&enrolled(&authority, &csr));
            }
        }
    });
    let disk = Disk::with_seed(&authority, center.to_string());
    carry_out(&disk.seed(), LIMIT).expect("enrolled");
    let requests = requests.lock().expect("unpoisoned");
    assert_eq!(requests.len(), 2);
    assert_eq!(requests[0], requests[1]);
}

#[test]
fn a_refusal_is_told_and_keeps_the_token_for_the_next_start() {
    let authority = Authority::new();
    let center = listen(&authority, &Presented::default(), |peer, _| {
        request(peer);
        peer.say(&ToMachine::Refused { reason: "the token has expired".into(), retry_after_s: 60 });
    });
    let disk = Disk::with_seed(&authority, center.to_string());
    let why = carry_out(&disk.seed(), Duration::from_secs(5)).expect_err("refused");
    assert!(why.to_string().contains("the token has expired"), "{why}");
    assert!(disk.seed().exists() && !disk.directory.path().join("agent.crt").exists());
}

#[test]
fn the_token_is_not_shown_to_a_stranger() {
    let (ours, stranger) = (Authority::new(), Authority::new());
    let heard = Arc::new(Mutex::new(0));
    let center = listen(&stranger, &Presented::default(), {
        let heard = Arc::clone(&heard);
        move |peer, _| *heard.lock().expect("unpoisoned") += usize::from(peer.hear().is_some())
    });
    let disk = Disk::with_seed(&ours, center.to_string());
    assert!(carry_out(&disk.seed(), Duration::ZERO).is_err());
    assert_eq!(*heard.lock().expect("unpoisoned"), 0);
}

#[test]
fn a_damaged_seed_is_named_without_its_content() {
    let directory = tempfile::tempdir().expect("temporary directory");
    let seed = directory.path().join("enrol.json");
    fs::write(&seed, "{\"token\": \"one-time-token\", ").expect("written");
    let why = carry_out(&seed, LIMIT).expect_err("damaged");
    assert!(matches!(why, EnrolError::Seed { .. }) && !why.to_string().contains("one-time"), "{why}");
}
