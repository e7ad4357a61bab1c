//! The Control Center's data disk is full.

use std::fs::File;
use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};

use rackwright_rack::center::{ControlCenter, Place};
use rackwright_rack::hardware::{Hardware, Rack};

use crate::story::{Act, Refused, programs};

/// Bytes of the data disk: room for the database, not for an image.
const DISK: &str = "size=16m";
/// Changes that a database may still take from the room it has.
const CHANGES: u32 = 2_000;
/// Within which room on the disk is noticed without a change.
const HEALS: Duration = Duration::from_secs(60);

#[test]
fn a_full_data_disk_refuses_changes_and_goes_on_serving() {
    let programs = programs();
    let rack = Rack::create(&[]).unwrap_or_else(|error| panic!("{error:#}"));
    // Unmounted with the rack.
    mount_small_disk(&rack.data_dir());
    let center = ControlCenter::start(Place::in_rack(&rack, Hardware::Virtio), &programs);
    let center = center.unwrap_or_else(|error| panic!("{error:#}"));
    let act = Act::new(&programs, center.rackwright().socket());
    act.done(&["server", "add", "before", "--macs", "52:54:00:00:00:01"]);
    assert!(act.done(&["system", "status"])["storage_problem"].is_null());

    let ballast = rack.data_dir().join("ballast");
    fill(&ballast);
    let (added, refused) = change_until_refused(&act);
    assert_eq!(refused.fault["code"], "storage_full", "{refused:?}\n{}", center.log_tail(20));
    for part in ["attempted", "reason", "advice"] {
        assert!(refused.fault[part].as_str().is_some_and(|text| !text.is_empty()), "{refused:?}");
    }
    let status = act.done(&["system", "status"]);
    assert!(status["storage_problem"].as_str().is_some_and(|said| !said.is_empty()), "{status}");
    assert_eq!(servers(&act), added + 1, "the lists are served, and hold what was taken");
    assert!(act.done(&["audit", "list"])["items"].is_array());

    std::fs::remove_file(&ballast).expect("room is made");
    let begun = Instant::now();
    while !act.done(&["system", "status"])["storage_problem"].is_null() {
        assert!(begun.elapsed() < HEALS, "the room was not noticed in {HEALS:?}\n{}", center.log_tail(20));
        sleep(Duration::from_millis(200));
    }
    act.done(&["server", "add", "after", "--macs", "52:54:00:00:00:02"]);
    assert_eq!(servers(&act), added + 2);
}

fn mount_small_disk(at: &Path) {
    let mut mount = Command::new("mount");
    mount.args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(at);
    assert!(mount.status().expect("mount starts").success(), "a small disk at {}", at.display());
}

/// Writes until there is no room.
fn fill(ballast: &Path) {
    let mut file = File::create(ballast).expect("a file");
    for piece in [&[7u8; 65_536][..], &[7u8; 512][..]] {
        while file.write_all(piece).is_ok() {}
    }
}

/// How many changes went through before the first that was refused.
fn change_until_refused(act: &Act) -> (usize, Refused) {
    for at in 0..CHANGES {
        let (name, mac) = (format!("more-{at}"), format!("52:54:01:00:{:02x}:{:02x}", at >> 8, at & 0xff));
        if let Err(refused) = act.tried(&["server", "add", &name, "--macs", &mac], "") {
            return (usize::try_from(at).expect("a small number"), refused);
        }
    }
    panic!("{CHANGES} changes found room on a full disk");
}

fn servers(act: &Act) -> usize {
    act.done(&["server", "list"])["items"].as_array().map_or(0, Vec::len)
}
