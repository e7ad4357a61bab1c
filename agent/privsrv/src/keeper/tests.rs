//! Decisions and records, without a kernel.

use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::sync::Arc;

use proptest::prelude::*;
use rackwright_model::private_server::{Intent, Number, Origin, RootAccess, Size, Template, Wanted};

use super::record::{self, Done, Made, Record, Records};
use super::step::{Step, next};
use super::worker::{Course, turn};
use super::{Keeper, Site, origin};
use crate::bell::Bell;
use crate::firewall::Cable;
use crate::places::Places;
use crate::runtime::Host;
use crate::shaping::Link;

/// What is wanted of one that runs, for tests of other parts.
pub fn wanted_for_tests(number: u32) -> Wanted {
    wanted(number, Intent::On)
}

pub fn wanted(number: u32, intent: Intent) -> Wanted {
    Wanted {
        number: Number::try_from(number).expect("a number"),
        generation: 5,
        intent,
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
        v4: Some("10.0.0.7".parse().expect("an address")),
        v6: None,
        mac: "02:00:00:00:00:07".parse().expect("an address"),
        dns: Vec::new(),
        template: Template {
            name: "debian".parse().expect("a name"),
            sha256: "ab".repeat(32),
            url: "http://10.0.0.1/t".into(),
            bytes: 1,
            unpacked_bytes: 1,
        },
        access: RootAccess::default(),
        edition: 2,
        boots: 1,
        quarantine: false,
        operator: Vec::new(),
        nas: None,
        shares: Vec::new(),
        origin: None,
    }
}

fn done(generation: u64, edition: u32, boots: u32) -> Done {
    let made = Some(Made { edition, template: "ab".repeat(32) });
    Done { generation, made, boots, ..Done::default() }
}

#[test]
fn steps_follow_from_what_is_kept_and_whether_it_runs() {
    use Intent::{Gone, Left, Near, Off, On};
    let unmade = Done::default();
    let answers = Done { addresses: vec!["10.0.0.7".parse().expect("an address")], ..done(5, 2, 1) };
    let Wanted { number, v4, v6, mac, .. } = wanted(7, On);
    let lies = Done { laid: Some(Cable { number, v4, v6, mac, quarantine: None }), ..done(5, 2, 1) };
    let cases = [
        (On, unmade.clone(), false, Step::Make),
        (Off, unmade.clone(), false, Step::Make),
        (Gone, unmade, false, Step::Remove),
        // A rebuild.
        (On, done(4, 1, 1), true, Step::Stop),
        (On, done(4, 1, 1), false, Step::Make),
        (On, done(4, 2, 1), false, Step::Start),
        (On, done(4, 2, 1), true, Step::Adapt),
        (On, lies, true, Step::Rest),
        // Killed in the middle of a start.
        (On, done(5, 2, 1), true, Step::Adapt),
        // It ended by itself, or the server was restarted.
        (On, done(5, 2, 1), false, Step::Start),
        // A reboot.
        (On, done(4, 2, 0), true, Step::Stop),
        (Off, done(4, 2, 1), true, Step::Stop),
        (Off, answers, false, Step::Stop),
        (Off, done(4, 2, 1), false, Step::Adapt),
        (Off, done(5, 2, 1), false, Step::Rest),
        (Gone, done(5, 2, 1), true, Step::Remove),
        // Its files are elsewhere.
        (Near, Done::default(), false, Step::Fetch),
        (Near, done(4, 2, 1), true, Step::Stop),
        (Near, done(5, 2, 1), false, Step::Rest),
        (Left, done(4, 2, 1), true, Step::Leave),
        (Left, Done::default(), false, Step::Leave),
    ];
    for (intent, done, runs, step) in cases {
        let record = Record { wanted: wanted(7, intent), done };
        assert_eq!(next(&record, runs), step, "{intent:?} {:?} {runs}", record.done);
    }
}

#[test]
fn records_come_back_in_order_and_damaged_ones_are_told() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let records = Records(dir.path().join("private-servers"));
    for number in [12, 3] {
        let record = Record { wanted: wanted(number, Intent::On), done: done(5, 2, 1) };
        records.keep(&record).expect("kept");
    }
    std::fs::write(records.0.join("ps5.json"), "{").expect("written");
    std::fs::copy(records.0.join("ps3.json"), records.0.join("ps4.json")).expect("copied");
    let (all, bad) = records.load().expect("read");
    assert_eq!(all.keys().copied().collect::<Vec<_>>(), [3, 12]);
    let mut bad: Vec<String> = bad.iter().map(ToString::to_string).collect();
    bad.sort();
    assert!(bad[0].contains("ps4.json") && bad[0].contains("that of ps3"), "{bad:?}");
    assert!(bad[1].contains("ps5.json"), "{bad:?}");
    let claimed = super::sweep::claimed(&records.0);
    assert_eq!(claimed.into_iter().collect::<Vec<_>>(), [3, 4, 5, 12]);
}

#[test]
fn nothing_of_a_record_leads_out_of_its_directory() {
    let mut record = Record { wanted: wanted(7, Intent::On), done: done(5, 2, 1) };
    record.done.made = Some(Made { edition: 2, template: "../../etc".into() });
    assert!(record::parse(&serde_json::to_vec(&record).expect("text")).is_err());
    assert!(super::check(&wanted(7, Intent::On)).is_ok());
    let mut bad = wanted(7, Intent::On);
    bad.access.password_hash = Some("$y$x:0:0\nroot2:".into());
    assert!(super::check(&bad).is_err());
}

/// Fetches nothing.
struct NoTemplates;

impl super::Templates for NoTemplates {
    fn fetch(&self, _: &Template, _: &Path, _: &mut dyn FnMut(u64)) -> Result<(), String> {
        Err("there are none".to_owned())
    }
}

/// Nothing is carried out: no worker begins.
fn keeper(directory: &Path) -> Keeper {
    let site = Site {
        records: directory.join("records"),
        usage: directory.join("usage"),
        places: Places { data: directory.join("data"), run: directory.join("run") },
        lxcfs: directory.join("lxcfs"),
        center: "10.0.0.1:8443".parse().expect("an address"),
    };
    Keeper::open(site, Arc::new(NoTemplates), Bell::new().expect("a bell")).expect("opened")
}

#[test]
fn files_that_were_put_in_place_right_before_a_crash_lie_over_their_own_template() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let places = Places { data: dir.path().join("data"), run: dir.path().join("run") };
    let one = Number::try_from(7).expect("a number");
    let upper = places.upper(one);
    std::fs::create_dir_all(&upper).expect("made");
    let (inode, restored) = (upper.metadata().expect("there").ino(), "cd".repeat(32));
    let records = Records(dir.path().join("records"));
    // What an agent that starts keeps when this is noted beside the files. Its worker has no disk to stand on.
    let started = |note: String, made: Done| {
        std::fs::write(places.own(one).join("restored"), note).expect("written");
        let done = Done { name: "web1".into(), ..made };
        records.keep(&Record { wanted: wanted(7, Intent::On), done }).expect("kept");
        let known = keeper(dir.path()).shared.lock().records[&7].clone();
        assert_eq!(records.load().expect("read").0[&7], known);
        (known.done.made.map(|made| made.template), known.done.name)
    };
    let former = (Some("ab".repeat(32)), "web1".to_owned());
    let note = format!("9 {inode} {restored}\n");
    assert_eq!(started(note.clone(), done(5, 2, 1)), (Some(restored.clone()), String::new()));
    assert_eq!(started(note, Done::default()), (None, "web1".to_owned()), "a rebuild is under way");
    for note in [format!("9 {} {restored}", inode + 1), format!("9 {inode}"), format!("9 {inode} ../x")] {
        assert_eq!(started(note, done(5, 2, 1)), former);
    }
}

#[test]
fn what_is_left_over_stays_while_somebody_works_on_the_files() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let shared = keeper(dir.path()).shared;
    let one = Number::try_from(7).expect("a number");
    shared.take(&mut shared.lock(), wanted(7, Intent::Off)).expect("taken");
    shared.lock().records.get_mut(&7).expect("there").done = done(5, 2, 1);
    let places = &shared.site.places;
    let fresh = places.own(one).join("fresh");
    std::fs::create_dir_all(&fresh).expect("made");
    let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 1000 };
    let host = Host { places, link, lxcfs: &shared.site.lxcfs };
    let mut course = Course::default();
    shared.lock().held.insert(7, false);
    assert!(!turn(&shared, &NoTemplates, &mut course, one, host));
    assert!(fresh.is_dir());
    shared.lock().held.clear();
    assert!(!turn(&shared, &NoTemplates, &mut course, one, host));
    assert!(!fresh.exists());
}

#[test]
fn a_restore_whose_template_could_not_be_noted_lies_over_it_all_the_same() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let keeper = keeper(dir.path());
    let shared = &keeper.shared;
    let one = Number::try_from(7).expect("a number");
    shared.take(&mut shared.lock(), wanted(7, Intent::Off)).expect("taken");
    shared.lock().records.get_mut(&7).expect("there").done = done(5, 2, 1);
    let places = &shared.site.places;
    let upper = places.upper(one);
    std::fs::create_dir_all(&upper).expect("made");
    let link = Link { card: "eth0", inward: "in", answers: "lo", kbit: 1000 };
    let host = Host { places, link, lxcfs: &shared.site.lxcfs };
    let hands = keeper.hands();
    let still = std::thread::scope(|scope| {
        let still = scope.spawn(|| hands.still(one, &|| false));
        while !still.is_finished() {
            turn(shared, &NoTemplates, &mut Course::default(), one, host);
            std::thread::sleep(std::time::Duration::from_millis(1));
        }
        still.join().expect("ended").expect("stands still")
    });
    let (inode, restored) = (upper.metadata().expect("there").ino(), "cd".repeat(32));
    std::fs::write(places.own(one).join("restored"), format!("9 {inode} {restored}\n")).expect("written");
    // Where records are is no directory for a moment.
    std::fs::remove_dir_all(&shared.site.records).expect("removed");
    std::fs::write(&shared.site.records, "").expect("written");
    hands.lies_over(one, &restored).expect_err("records cannot be written");
    drop(still);
    let made = shared.lock().records[&7].done.made.clone();
    assert_eq!(made.map(|made| made.template), Some(restored));
    assert!(shared.lock().held.is_empty());
}

fn clone_of(number: u32, origin: u32) -> Wanted {
    let origin = Some(Origin { number: Number::try_from(origin).expect("a number") });
    let name = format!("clone{number}").parse().expect("a name");
    Wanted { origin, edition: 0, name, ..wanted(number, Intent::On) }
}

#[test]
fn the_files_that_a_clone_begins_with_stay_until_it_has_them() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let shared = keeper(dir.path()).shared;
    let mut state = shared.lock();
    let origin = Number::try_from(7).expect("a number");
    shared.take(&mut state, wanted(7, Intent::On)).expect("taken");
    state.records.get_mut(&7).expect("there").done = done(5, 2, 1);
    assert_eq!(origin::needed(&state.records, origin), None);
    shared.take(&mut state, clone_of(8, 7)).expect("taken");
    assert!(origin::needed(&state.records, origin).expect("needed").starts_with("clone8 begins"));
    // A removal and a rebuild take them; a first making and a start do not.
    let record = state.records[&7].clone();
    assert!(Step::Remove.ends_files(&record) && Step::Make.ends_files(&record));
    assert!(!Step::Start.ends_files(&record) && !Step::Make.ends_files(&state.records[&8]));
    // It has them, or shall go itself.
    state.records.get_mut(&8).expect("there").done.made = record.done.made.clone();
    assert_eq!(origin::needed(&state.records, origin), None);
    shared.take(&mut state, clone_of(9, 7)).expect("taken");
    state.records.get_mut(&9).expect("there").wanted.intent = Intent::Gone;
    assert_eq!(origin::needed(&state.records, origin), None);
}

#[test]
fn a_clone_that_came_too_late_never_takes_the_files_of_the_next_with_that_number() {
    let dir = tempfile::tempdir().expect("temporary directory");
    let shared = keeper(dir.path()).shared;
    let mut state = shared.lock();
    // The first is gone already, or about to go.
    shared.take(&mut state, clone_of(8, 7)).expect("taken");
    shared.take(&mut state, wanted(6, Intent::Gone)).expect("taken");
    state.records.get_mut(&6).expect("there").done = done(4, 2, 1);
    shared.take(&mut state, clone_of(9, 6)).expect("taken");
    for number in [6, 7] {
        // Another one has the number, and its files are made.
        let next = Wanted { generation: 6, ..wanted(number, Intent::On) };
        shared.take(&mut state, next).expect("taken");
        state.records.get_mut(&number).expect("there").done = done(6, 2, 1);
        let number = Number::try_from(number).expect("a number");
        assert_eq!(origin::needed(&state.records, number), None, "nobody waits for it");
    }
    // It is told again, and kept over a restart.
    shared.take(&mut state, Wanted { generation: 6, ..clone_of(8, 7) }).expect("taken");
    assert!(state.records[&8].done.origin_lost && state.records[&9].done.origin_lost);
    assert!(shared.records.load().expect("read").0[&8].done.origin_lost);
}

proptest! {
    #[test]
    fn damaged_records_are_refused_and_never_a_panic(at in 0_usize..2000, byte: u8, cut in 0_usize..2000) {
        let record = Record { wanted: wanted(7, Intent::On), done: done(5, 2, 1) };
        let mut text = serde_json::to_vec(&record).expect("text");
        prop_assert_eq!(&record::parse(&text), &Ok(record));
        let last = text.len() - 1;
        text[at.min(last)] = byte;
        drop(record::parse(&text));
        prop_assert!(record::parse(&text[..cut.min(last)]).is_err());
    }
}
