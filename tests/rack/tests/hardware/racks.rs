//! Racks live side by side, and leave nothing behind.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use rackwright_rack::hardware::{Firmware, MachineSpec, PanelProxy, PowerOrder, Rack, address, sweep};

const LIMIT: Duration = Duration::from_secs(20);

fn traces(id: &str) -> Vec<PathBuf> {
    vec![
        Path::new("/run/rackwright-rack").join(id),
        Path::new("/var/tmp/rackwright-rack").join(id),
        Path::new("/run/netns").join(format!("rackwright-{id}")),
    ]
}

fn powered_rack() -> Rack {
    let rack = Rack::create(&[MachineSpec::new("alpha", Firmware::Bios)]).unwrap();
    rack.machines()[0].ipmi().power(PowerOrder::On).unwrap();
    rack
}

#[test]
fn two_racks_do_not_touch_each_other() {
    let one = powered_rack();
    let two = powered_rack();
    assert_ne!(one.id(), two.id());
    one.machines()[0].ipmi().power(PowerOrder::Off).unwrap();
    assert!(two.machines()[0].ipmi().is_on().unwrap(), "same addresses, other rack");
    drop(one);
    assert!(two.machines()[0].ipmi().is_on().unwrap());
    two.machines()[0].wait_for_console("SeaBIOS", 1, LIMIT).unwrap();
}

#[test]
fn a_dropped_rack_leaves_no_trace() {
    let rack = powered_rack();
    let id = rack.id().to_owned();
    let processes = rack.namespace().pids().unwrap();
    assert!(processes.len() >= 3, "BMC, mainboard and QEMU: {processes:?}");
    for trace in traces(&id) {
        assert!(trace.exists(), "{}", trace.display());
    }
    drop(rack);
    assert_gone(&id, &processes);
}

#[test]
fn a_killed_owner_leaves_a_wreck_that_the_next_run_removes() {
    let me = std::env::current_exe().unwrap();
    let mut owner = Command::new(me)
        .args(["--ignored", "--exact", "racks::owner_for_another_test", "--nocapture"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(owner.stdout.take().unwrap()).lines();
    let id = lines.find_map(|line| line.unwrap().strip_prefix("rack id ").map(str::to_owned)).unwrap();
    let processes = rackwright_rack::hardware::Namespace::named(format!("rackwright-{id}")).pids().unwrap();
    assert!(processes.len() >= 3, "{processes:?}");
    assert!(!sweep().unwrap().contains(&id), "its owner lives");
    assert!(processes.iter().all(|pid| is_running(*pid)));

    owner.kill().unwrap();
    owner.wait().unwrap();
    // Another test's new rack may have swept it already: gone is what counts.
    sweep().unwrap();
    assert_gone(&id, &processes);
}

#[test]
#[ignore = "run as a process of its own by the test of killed owners"]
fn owner_for_another_test() {
    let rack = powered_rack();
    println!("\nrack id {}", rack.id());
    std::io::stdin().read_to_end(&mut Vec::new()).unwrap();
}

#[test]
fn the_panel_is_reachable_from_outside() {
    let rack = Rack::create(&[]).unwrap();
    let panel =
        rack.namespace().enter(|| Ok(TcpListener::bind((address::CENTER, address::PANEL_PORT))?)).unwrap();
    let answering = std::thread::spawn(move || {
        let (mut caller, _) = panel.accept().unwrap();
        let mut asked = String::new();
        caller.read_to_string(&mut asked).unwrap();
        caller.write_all(format!("you said {asked}").as_bytes()).unwrap();
    });
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let wished = taken.local_addr().unwrap().port();
    let proxy = PanelProxy::open(rack.namespace(), wished).unwrap();
    assert_ne!(proxy.port(), wished, "that one is taken");

    let mut browser = TcpStream::connect(("127.0.0.1", proxy.port())).unwrap();
    browser.write_all(b"hello").unwrap();
    browser.shutdown(std::net::Shutdown::Write).unwrap();
    let mut answer = String::new();
    browser.read_to_string(&mut answer).unwrap();
    assert_eq!(answer, "you said hello");
    answering.join().unwrap();
}

fn assert_gone(id: &str, processes: &[i32]) {
    for trace in traces(id) {
        assert!(!trace.exists(), "{} is still there", trace.display());
    }
    let left: Vec<_> = processes.iter().filter(|pid| is_running(**pid)).collect();
    assert!(left.is_empty(), "still running: {left:?}");
}

/// Zombies that their parent has yet to collect do not run.
fn is_running(pid: i32) -> bool {
    std::fs::read_link(format!("/proc/{pid}/exe")).is_ok()
}
