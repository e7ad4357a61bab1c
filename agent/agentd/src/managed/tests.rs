//! The session of a managed server against a real TLS server.

use std::fs;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rackwright_proto::{FromMachine, ToMachine};
use rustls::ClientConfig;

use super::{Restart, Session, SessionError};
use crate::center::{Authority, Presented, listen};
use crate::enrol::request;
use crate::session::tls;

/// Notes what would restart the machine.
#[derive(Default)]
struct Recorded {
    claimed: Mutex<Vec<u64>>,
    begun: Mutex<usize>,
    refuses: bool,
}

impl Restart for Recorded {
    fn claim(&self, command: u64) -> Result<bool, String> {
        let mut claimed = self.claimed.lock().expect("unpoisoned");
        let fresh = !claimed.contains(&command);
        claimed.push(command);
        Ok(fresh)
    }

    fn begin(&self) -> Result<(), String> {
        *self.begun.lock().expect("unpoisoned") += 1;
        if self.refuses { Err("systemd is busy".into()) } else { Ok(()) }
    }
}

fn identity(authority: &Authority) -> Arc<ClientConfig> {
    let directory = tempfile::tempdir().expect("temporary directory");
    let path = directory.path().join("agent.key");
    let key = request::key(&path).expect("a key");
    let certificate = authority.sign(&request::sign(&key).expect("a request"));
    tls::identified(&authority.pem, &certificate, &fs::read_to_string(path).expect("there")).expect("fit")
}

fn welcome() -> ToMachine {
    ToMachine::Welcome { name: "r1-u07".into() }
}

#[test]
fn shows_its_certificate_says_who_it_is_and_how_it_is() {
    let authority = Authority::new();
    let (heard, hear) = std::sync::mpsc::channel();
    let center = listen(&authority, &Presented::default(), move |peer, _| {
        let hello = peer.hear();
        peer.say(&welcome());
        let beat = peer.hear();
        peer.say(&ToMachine::Heard);
        heard.send((peer.knows_client(), hello, beat)).expect("waiting");
    });
    let restart = Recorded::default();
    let why = Session { center, config: identity(&authority), restart: &restart }.hold();
    assert!(matches!(why, SessionError::Link(_)), "{why}");
    let (known, hello, beat) = hear.recv_timeout(Duration::from_secs(20)).expect("heard");
    assert!(known);
    assert!(matches!(hello, Some(FromMachine::Agent(hello)) if !hello.boot_id.is_empty()));
    assert!(matches!(beat, Some(FromMachine::Heartbeat(beat)) if beat.memory_kb > 0));
}

#[test]
fn a_restart_is_answered_first_and_carried_out_once() {
    let authority = Authority::new();
    let (heard, hear) = std::sync::mpsc::channel();
    let center = listen(&authority, &Presented::default(), move |peer, _| {
        peer.hear();
        peer.say(&ToMachine::Restart { command: 7 });
        peer.say(&ToMachine::Restart { command: 7 });
        heard.send([peer.hear(), peer.hear()]).expect("waiting");
    });
    let restart = Recorded::default();
    drop(Session { center, config: identity(&authority), restart: &restart }.hold());
    let done = Some(FromMachine::CommandDone { command: 7, error: None });
    assert_eq!(hear.recv_timeout(Duration::from_secs(20)).expect("heard"), [done.clone(), done]);
    assert_eq!(*restart.begun.lock().expect("unpoisoned"), 1);
}

#[test]
fn a_restart_that_fails_is_told() {
    let authority = Authority::new();
    let (heard, hear) = std::sync::mpsc::channel();
    let center = listen(&authority, &Presented::default(), move |peer, _| {
        peer.hear();
        peer.say(&ToMachine::Restart { command: 8 });
        heard.send([peer.hear(), peer.hear()]).expect("waiting");
    });
    let restart = Recorded { refuses: true, ..Recorded::default() };
    drop(Session { center, config: identity(&authority), restart: &restart }.hold());
    let [_, second] = hear.recv_timeout(Duration::from_secs(20)).expect("heard");
    assert!(
        matches!(second, Some(FromMachine::CommandDone { command: 8, error: Some(why) }) if why.contains("busy"))
    );
}

#[test]
fn a_refusal_sets_the_pause_within_bounds() {
    for (asked, pause) in [(0, 1), (30, 30), (u32::MAX, 300)] {
        let authority = Authority::new();
        let center = listen(&authority, &Presented::default(), move |peer, _| {
            peer.hear();
            peer.say(&ToMachine::Refused { reason: "retired".into(), retry_after_s: asked });
        });
        let restart = Recorded::default();
        let why = Session { center, config: identity(&authority), restart: &restart }.hold();
        assert_eq!(why.retry_after(), Some(Duration::from_secs(pause)), "{why}");
    }
}

#[test]
fn a_center_that_falls_silent_is_given_up() {
    let authority = Authority::new();
    let (done, wait) = std::sync::mpsc::channel::<()>();
    let wait = Mutex::new(wait);
    let center = listen(&authority, &Presented::default(), move |peer, _| {
        peer.hear();
        peer.say(&welcome());
        // Reads nothing and says nothing, but keeps the connection.
        wait.lock().expect("unpoisoned").recv_timeout(Duration::from_secs(60)).ok();
    });
    let restart = Recorded::default();
    let why = Session { center, config: identity(&authority), restart: &restart }.hold();
    drop(done);
    assert!(matches!(why, SessionError::Silent), "{why}");
}
