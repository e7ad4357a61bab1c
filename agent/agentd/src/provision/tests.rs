//! The conversation of the provisioning environment with a real TLS server; only the installer is a fake.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use rackwright_model::{BootStage, InstallId, MacAddr};
use rackwright_proto::{Failure, FromMachine, Order, ToMachine};

use super::conversation::{Conversation, Ended, Identity};
use super::journal::{Journal, Outcome};
use super::outbox::Outbox;
use crate::center::{Authority, Peer, Presented, listen};
use crate::command::Cancel;
use crate::install::{Installer, Report};
use crate::inventory::Kernel;
use crate::session::tls;

/// Installs when the test lets it, and counts.
struct Fake {
    installs: AtomicUsize,
    go: Mutex<Receiver<()>>,
}

impl Installer for Fake {
    fn install(&self, _: &Order, _: MacAddr, report: &dyn Report, cancel: &Cancel) -> Result<(), Failure> {
        self.installs.fetch_add(1, Ordering::SeqCst);
        report.stage(BootStage::Disk, "cut".into());
        let deadline = Instant::now() + Duration::from_secs(30);
        while Instant::now() < deadline && !cancel.is_cancelled() {
            if self.go.lock().expect("unpoisoned").recv_timeout(Duration::from_millis(20)).is_ok() {
                return Ok(());
            }
        }
        Err(failure("cancelled"))
    }
}

fn failure(reason: &str) -> Failure {
    Failure { stage: BootStage::Image, reason: reason.into(), advice: String::new(), disk_touched: true }
}

struct Machine {
    conversation: Conversation,
    installer: Arc<Fake>,
    go: Sender<()>,
    _directory: tempfile::TempDir,
}

/// A machine that talks to `script`.
fn machine(prepare: impl FnOnce(&Journal), script: impl Fn(&mut Peer, usize) + Send + 'static) -> Machine {
    let authority = Authority::new();
    let center = listen(&authority, &Presented::default(), script);
    let directory = tempfile::tempdir().expect("temporary directory");
    let journal = Journal::at(&directory.path().join("installs"));
    prepare(&journal);
    let (go, wait) = channel();
    let installer = Arc::new(Fake { installs: AtomicUsize::new(0), go: Mutex::new(wait) });
    let mac = MacAddr([2, 0, 0, 0, 0, 1]);
    let conversation = Conversation::new(
        center,
        tls::pinned(authority.pin()).expect("settings"),
        Identity { boot: "nonce".into(), mac, uplink: mac },
        Kernel::default(),
        journal,
        Arc::new(Outbox::new().expect("descriptors")),
        Arc::clone(&installer) as Arc<dyn Installer>,
    );
    Machine { conversation, installer, go, _directory: directory }
}

/// Hello and inventory, as every session begins; the install that the machine says it is in.
fn greet(peer: &mut Peer) -> Option<InstallId> {
    let Some(FromMachine::Provision(hello)) = peer.hear() else { panic!("no hello") };
    assert_eq!(hello.boot, "nonce");
    peer.say(&ToMachine::Welcome { name: "r1-u07".into() });
    assert!(matches!(peer.hear(), Some(FromMachine::Inventory { .. })));
    hello.resuming
}

fn order(install: i64) -> ToMachine {
    let text = format!(
        r#"{{"say":"install","install":{install},"host_name":"r1-u07","disk":"vda",
        "image":{{"url":"http://10.77.0.1/images/x","format":"tar-zst","sha256":"00","bytes":1,"unpacked_bytes":1}},
        "profile":{{"image":"debian-12"}},
        "network":{{"address":"10.77.0.20","prefix":24,"router":null,"dns":[]}},
        "agent":{{"server":4,"center":"10.77.0.1:8444","authority_pem":"","token":"t"}}}}"#
    );
    serde_json::from_str(&text).expect("an order")
}

fn disk_stage(install: i64) -> FromMachine {
    FromMachine::Stage { install: InstallId(install), stage: BootStage::Disk, detail: "cut".into() }
}

fn written(install: i64) -> FromMachine {
    FromMachine::Written { install: InstallId(install) }
}

#[test]
fn an_install_is_carried_out_reported_and_ends_in_a_restart() {
    let mut machine = machine(
        |_| {},
        |peer, _| {
            assert_eq!(greet(peer), None);
            peer.say(&ToMachine::Wait);
            peer.say(&order(1));
            assert_eq!(peer.hear(), Some(disk_stage(1)));
            assert_eq!(peer.hear(), Some(written(1)));
            peer.say(&ToMachine::Restart { command: 9 });
            assert_eq!(peer.hear(), Some(FromMachine::CommandDone { command: 9, error: None }));
        },
    );
    machine.go.send(()).expect("waiting");
    assert_eq!(machine.conversation.session(), Ended { restart: true, ..Ended::default() });
    assert_eq!(machine.installer.installs.load(Ordering::SeqCst), 1);
}

#[test]
fn an_install_goes_on_while_sessions_break() {
    let (go_on, wait) = channel();
    let go_on = Mutex::new(go_on);
    let mut machine = machine(
        |_| {},
        move |peer, number| match number {
            0 => {
                assert_eq!(greet(peer), None);
                peer.say(&order(1));
                assert_eq!(peer.hear(), Some(disk_stage(1)));
            }
            1 => {
                assert_eq!(greet(peer), Some(InstallId(1)));
                // The stage may have been lost with the first session.
                assert_eq!(peer.hear(), Some(disk_stage(1)));
                go_on.lock().expect("unpoisoned").send(()).expect("waiting");
                assert_eq!(peer.hear(), Some(written(1)));
            }
            _ => {
                assert_eq!(greet(peer), Some(InstallId(1)));
                assert_eq!(peer.hear(), Some(disk_stage(1)));
                assert_eq!(peer.hear(), Some(written(1)));
                peer.say(&ToMachine::Restart { command: 9 });
                peer.hear();
            }
        },
    );
    let go = machine.go.clone();
    std::thread::spawn(move || wait.recv().map(|()| go.send(())));
    assert!(!machine.conversation.session().restart);
    assert!(!machine.conversation.session().restart);
    assert!(machine.conversation.session().restart);
    assert_eq!(machine.installer.installs.load(Ordering::SeqCst), 1);
}

#[test]
fn no_install_is_carried_out_twice() {
    let mut machine = machine(
        |_| {},
        |peer, _| {
            greet(peer);
            peer.say(&order(1));
            assert_eq!(peer.hear(), Some(disk_stage(1)));
            assert_eq!(peer.hear(), Some(written(1)));
            peer.say(&order(1));
            assert_eq!(peer.hear(), Some(written(1)));
            peer.say(&ToMachine::Restart { command: 9 });
            peer.hear();
        },
    );
    machine.go.send(()).expect("waiting");
    assert!(machine.conversation.session().restart);
    assert_eq!(machine.installer.installs.load(Ordering::SeqCst), 1);
}

#[test]
fn a_second_install_while_one_runs_is_refused_and_so_is_a_restart() {
    let mut machine = machine(
        |_| {},
        |peer, _| {
            greet(peer);
            peer.say(&order(1));
            assert_eq!(peer.hear(), Some(disk_stage(1)));
            peer.say(&order(2));
            let Some(FromMachine::InstallFailed { install: InstallId(2), failure }) = peer.hear() else {
                panic!("not refused")
            };
            assert!(failure.reason.contains("install 1") && !failure.disk_touched, "{failure:?}");
            peer.say(&ToMachine::Restart { command: 9 });
            assert!(matches!(peer.hear(), Some(FromMachine::CommandDone { command: 9, error: Some(_) })));
            peer.say(&ToMachine::Abort { install: InstallId(1), reason: "not wanted".into() });
            assert!(matches!(peer.hear(), Some(FromMachine::InstallFailed { install: InstallId(1), .. })));
            peer.say(&order(3));
            assert_eq!(peer.hear(), Some(disk_stage(3)));
        },
    );
    machine.conversation.session();
    assert_eq!(machine.installer.installs.load(Ordering::SeqCst), 2);
}

#[test]
fn a_worker_that_crashed_is_told_by_the_next_one() {
    let mut machine = machine(
        |journal| assert!(journal.begin(InstallId(4)).expect("noted")),
        |peer, _| {
            assert_eq!(greet(peer), Some(InstallId(4)));
            let Some(FromMachine::InstallFailed { install: InstallId(4), failure }) = peer.hear() else {
                panic!("silent")
            };
            assert!(failure.reason.contains("stopped in the middle"), "{failure:?}");
            peer.say(&order(4));
            assert!(matches!(peer.hear(), Some(FromMachine::InstallFailed { install: InstallId(4), .. })));
        },
    );
    machine.conversation.session();
    assert_eq!(machine.installer.installs.load(Ordering::SeqCst), 0);
}

#[test]
fn a_written_disk_is_told_by_the_next_worker_too() {
    let mut machine = machine(
        |journal| {
            journal.begin(InstallId(4)).expect("noted");
            journal.end(InstallId(4), &Outcome::Written).expect("noted");
        },
        |peer, _| {
            greet(peer);
            assert_eq!(peer.hear(), Some(written(4)));
        },
    );
    machine.conversation.session();
}

#[test]
fn a_refusal_names_its_reason_and_pause() {
    let mut machine = machine(
        |_| {},
        |peer, _| {
            peer.hear();
            peer.say(&ToMachine::Refused { reason: "no lease for this address".into(), retry_after_s: 20 });
        },
    );
    let ended = machine.conversation.session();
    assert!(ended.why.contains("no lease"), "{ended:?}");
    assert_eq!(ended.retry_after, Some(Duration::from_secs(20)));
}
