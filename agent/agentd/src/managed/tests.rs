//! The session of a managed server against a real TLS server.

use std::fs;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use rackwright_model::private_server::{Intent, Number, Phase, RootAccess, Size, Template, Wanted};
use rackwright_proto::{Console, ConsoleOrder, ConsoleOutput, Exec, FromMachine, ToMachine};
use rustls::ClientConfig;

use rackwright_privsrv::keeper::Site;

use super::{Private, Restart, Session, SessionError};
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

/// A session of a server without private servers.
fn hold(center: SocketAddr, authority: &Authority, restart: &Recorded) -> SessionError {
    let directory = tempfile::tempdir().expect("temporary directory");
    let site = Site { records: directory.path().into(), ..Site::of_server(center) };
    let mut private = Private::open(site).expect("a bell");
    Session { center, config: identity(authority), restart, private: &mut private }.hold()
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
        let (room, beat) = (peer.hear(), peer.hear());
        peer.say(&ToMachine::Heard);
        heard.send((peer.knows_client(), hello, room, beat)).expect("waiting");
    });
    let restart = Recorded::default();
    let why = hold(center, &authority, &restart);
    assert!(matches!(why, SessionError::Link(_)), "{why}");
    let (known, hello, room, beat) = hear.recv_timeout(Duration::from_secs(20)).expect("heard");
    assert!(known);
    assert!(matches!(hello, Some(FromMachine::Agent(hello)) if !hello.boot_id.is_empty()));
    assert!(matches!(room, Some(FromMachine::Room(room)) if room.memory_mib > 0));
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
    drop(hold(center, &authority, &restart));
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
    drop(hold(center, &authority, &restart));
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
        let why = hold(center, &authority, &restart);
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
    let why = hold(center, &authority, &restart);
    drop(done);
    assert!(matches!(why, SessionError::Silent), "{why}");
}

fn wanted(sha256: &str) -> Wanted {
    Wanted {
        number: Number::try_from(7).expect("a number"),
        generation: 3,
        intent: Intent::On,
        name: "web1".parse().expect("a name"),
        size: Size {
            cpu_permille: 100,
            memory_mib: 256,
            swap_mib: 0,
            disk_mib: 1024,
            bandwidth_kbit: 1000,
            ceiling_kbit: None,
            sessions: 100,
            processes: 100,
        },
        v4: None,
        v6: None,
        mac: "02:00:00:00:00:07".parse().expect("an address"),
        dns: Vec::new(),
        template: Template {
            name: "debian".parse().expect("a name"),
            sha256: sha256.into(),
            url: "http://127.0.0.1/t".into(),
            bytes: 1,
            unpacked_bytes: 1,
        },
        access: RootAccess::default(),
        edition: 1,
        boots: 0,
        quarantine: false,
        operator: Vec::new(),
        nas: None,
        shares: Vec::new(),
        origin: None,
    }
}

#[test]
fn what_cannot_be_done_for_a_private_server_is_answered() {
    let authority = Authority::new();
    let (heard, hear) = std::sync::mpsc::channel();
    let center = listen(&authority, &Presented::default(), move |peer, _| {
        peer.hear();
        peer.say(&welcome());
        peer.hear();
        peer.say(&ToMachine::PrivateServers { wanted: vec![wanted("../../etc")] });
        let number = Number::try_from(65_000).expect("a number");
        peer.say(&ToMachine::Exec(Exec { command: 4, number, argv: vec!["true".into()], limit_s: 5 }));
        let order = ConsoleOrder::Open { number, rows: 24, columns: 80 };
        peer.say(&ToMachine::Console(Console { console: 5, order }));
        heard.send((0..4).filter_map(|_| peer.hear()).collect::<Vec<_>>()).expect("waiting");
    });
    drop(hold(center, &authority, &Recorded::default()));
    let all = hear.recv_timeout(Duration::from_secs(20)).expect("heard");
    let seen = all.iter().find_map(|said| match said {
        FromMachine::PrivateServers { seen } => seen.first(),
        _ => None,
    });
    let seen = seen.expect("told");
    assert_eq!((seen.generation, seen.phase), (3, Phase::Failed));
    assert!(seen.reason.as_deref().is_some_and(|why| why.contains("SHA-256")), "{seen:?}");
    let done = all.iter().find_map(|said| match said {
        FromMachine::ExecDone(done) => Some(done),
        _ => None,
    });
    let why = done.and_then(|done| done.error.as_deref()).unwrap_or_default();
    assert!(why.contains("ps65000 does not run"), "{done:?}");
    let ended = |said: &FromMachine| {
        matches!(said, FromMachine::Console(ConsoleOutput { console: 5, ended: Some(_), .. }))
    };
    assert!(all.iter().any(ended), "{all:?}");
}
