//! Decisions and records, without a kernel.

use proptest::prelude::*;
use rackwright_model::private_server::{Intent, Number, RootAccess, Size, Template, Wanted};

use super::record::{self, Done, Made, Record, Records};
use super::step::{Step, next};

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
    }
}

fn done(generation: u64, edition: u32, boots: u32) -> Done {
    let made = Some(Made { edition, template: "ab".repeat(32) });
    Done { generation, made, boots, ..Done::default() }
}

#[test]
fn steps_follow_from_what_is_kept_and_whether_it_runs() {
    use Intent::{Gone, Off, On};
    let unmade = Done::default();
    let lies = Done { addresses: vec!["10.0.0.7".parse().expect("an address")], ..done(5, 2, 1) };
    let cases = [
        (On, unmade.clone(), false, Step::Make),
        (Off, unmade.clone(), false, Step::Make),
        (Gone, unmade, false, Step::Remove),
        // A rebuild.
        (On, done(4, 1, 1), true, Step::Stop),
        (On, done(4, 1, 1), false, Step::Make),
        (On, done(4, 2, 1), false, Step::Start),
        (On, done(4, 2, 1), true, Step::Adapt),
        (On, done(5, 2, 1), true, Step::Rest),
        // It ended by itself, or the server was restarted.
        (On, done(5, 2, 1), false, Step::Start),
        // A reboot.
        (On, done(4, 2, 0), true, Step::Stop),
        (Off, done(4, 2, 1), true, Step::Stop),
        (Off, lies, false, Step::Stop),
        (Off, done(4, 2, 1), false, Step::Adapt),
        (Off, done(5, 2, 1), false, Step::Rest),
        (Gone, done(5, 2, 1), true, Step::Remove),
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
