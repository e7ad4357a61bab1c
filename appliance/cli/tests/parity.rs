//! What a form, a call and a command line say is the same: the line that is shown for an input gives that input back.

#[path = "support/line.rs"]
mod line;

use std::collections::VecDeque;
use std::sync::Mutex;

use proptest::prelude::*;
use rackwright_catalog::{Action, ENTRIES, Entry, Fault, Handle, dispatch, entry};
use rackwright_cli::{chosen, command, input};
use rackwright_client::cli_line;
use rackwright_client::command::flags;
use serde_json::{Value, json};

use crate::line::{Pipe, parse, piped};

/// The input as the action itself reads it: defaults filled in, checked.
fn read_by_action(entry: &Entry, input: Value) -> std::result::Result<Value, Fault> {
    struct Reader;
    impl<A: Action> Handle<A, Mutex<Value>> for Reader {
        async fn handle(
            &self,
            kept: &Mutex<Value>,
            input: A::Input,
        ) -> std::result::Result<A::Output, Fault> {
            *kept.lock().expect("no panic") = serde_json::to_value(input).expect("JSON");
            Ok(A::sample_output())
        }
    }
    let kept = Mutex::new(Value::Null);
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    runtime.block_on(dispatch(&Reader, &kept, entry.spec.name, input))?;
    Ok(kept.into_inner().expect("no panic"))
}

fn assert_same(entry: &Entry, sample: &Value) {
    let line = cli_line(entry, sample);
    let (chosen, parsed) = parse(&line, &mut piped(entry, sample));
    assert_eq!(chosen.spec.name, entry.spec.name, "{line}");
    let (parsed, sample) = (read_by_action(entry, parsed), read_by_action(entry, sample.clone()));
    assert_eq!(parsed.expect("a good input"), sample.expect("a good input"), "{line}");
}

#[test]
fn the_tree_is_sound() {
    command().debug_assert();
}

#[test]
fn every_line_of_a_sample_gives_the_sample_back() {
    for entry in ENTRIES {
        assert_same(entry, &(entry.sample_input)());
    }
}

#[test]
fn every_help_names_its_flags_and_gives_an_example() {
    for entry in ENTRIES {
        let words = ["rackwright", entry.spec.noun(), entry.spec.verb(), "--help"];
        let help = command().try_get_matches_from(words).expect_err("help is shown").to_string();
        assert!(help.contains(&cli_line(entry, &(entry.sample_input)())), "{help}");
        for flag in flags(entry).iter().filter(|flag| !flag.is_main(entry)) {
            assert!(help.contains(&format!("--{}", flag.long)), "{help}");
        }
    }
}

#[test]
fn a_whole_input_comes_from_standard_input_and_flags_change_it() {
    for entry in ENTRIES.iter().filter(|entry| !flags(entry).is_empty()) {
        let sample = (entry.sample_input)();
        let mut pipe = Pipe { rest: Some(sample.to_string()), ..Pipe::default() };
        let line = format!("rackwright {} {} --input -", entry.spec.noun(), entry.spec.verb());
        assert_eq!(parse(&line, &mut pipe).1, sample, "{line}");
    }
    let mut pipe = Pipe { rest: Some(r#"{"server": "r1", "order": "off"}"#.into()), ..Pipe::default() };
    let (_, parsed) = parse("rackwright server power --input - --order cycle", &mut pipe);
    assert_eq!(parsed, json!({"server": "r1", "order": "cycle"}));
}

fn refused(line: &str) -> String {
    let words = shlex::split(line).expect("quoted well");
    match command().try_get_matches_from(words) {
        Err(error) => error.to_string(),
        Ok(matches) => {
            let (entry, arguments) = chosen(&matches).expect("a verb was chosen");
            let mut pipe = Pipe { lines: VecDeque::from(["hush".to_owned()]), rest: Some("{}".to_owned()) };
            input(entry, arguments, &mut pipe).expect_err(line).0
        }
    }
}

#[test]
fn wrong_lines_say_what_would_be_right() {
    for (line, told) in [
        ("rackwright server install r1", "--profile <PROFILE>"),
        ("rackwright server power r1 --order up", "shutdown"),
        ("rackwright token create ci --days 0", "from 1 to 3650"),
        ("rackwright token create ci --days many", "not a whole number"),
        (
            "rackwright private-server resize web1 --size-memory-mib 1G",
            "not a whole number; give MiB, for example 1024",
        ),
        (
            "rackwright private-server resize web1 --size-cpu-permille 10%",
            "not a whole number; give thousandths, for example 100 for 10 %",
        ),
        (
            "rackwright private-server create web1 --size-bandwidth-kbit 10Mbit",
            "not a whole number; give kbit/s, for example 10000",
        ),
        ("rackwright user create robin --role owner", "--password-file"),
        ("rackwright user create robin --role owner --password hush", "--password-file"),
        (
            "rackwright server add r1 --macs 52:54:00:12:34:56 --bmc-address 10.0.0.1 --bmc-user a",
            "--bmc-password-file",
        ),
        (
            r#"rackwright profile create a --image b --users '{"name":"x","password_hash":"$y$hush"}'"#,
            "--users-file",
        ),
        ("rackwright profile create a --image b --users nonsense", "not valid JSON"),
        (
            "rackwright user create robin --role owner --input - --password-file -",
            "--input reads standard input",
        ),
        (
            "rackwright user create robin --role owner --password-file /nonexistent",
            "/nonexistent cannot be read",
        ),
    ] {
        let error = refused(line);
        assert!(error.contains(told), "{line}\n{error}");
        assert!(!error.contains("$y$hush"), "{error}");
    }
}

#[test]
fn a_missing_object_asks_for_no_secret() {
    let (_, parsed) = parse("rackwright server add r1 --macs 52:54:00:12:34:56", &mut Pipe::default());
    assert_eq!(parsed, json!({"name": "r1", "macs": ["52:54:00:12:34:56"]}));
}

#[test]
fn a_resize_asks_for_what_is_named_and_nothing_else() {
    let line = "rackwright private-server resize web1 --size-memory-mib 200 --size-ceiling-kbit 0";
    let (_, parsed) = parse(line, &mut Pipe::default());
    assert_eq!(parsed, json!({"private_server": "web1", "size": {"memory_mib": 200, "ceiling_kbit": 0}}));
}

#[test]
fn several_secrets_are_lines_in_the_order_of_the_schema() {
    let mut pipe = Pipe { lines: VecDeque::from(["old".to_owned(), "new new new".to_owned()]), rest: None };
    let (_, parsed) = parse("rackwright user passwd --password-file - --current-file -", &mut pipe);
    assert_eq!(parsed, json!({"current": "old", "password": "new new new"}));
}

fn disk() -> impl Strategy<Value = Value> {
    let field = |words: &'static [&'static str]| proptest::option::of(proptest::sample::select(words));
    (
        field(&["first", "vda"]),
        proptest::option::of(proptest::sample::select(&[3_072_u32, 8_192][..])),
        field(&["xfs", "none"]),
    )
        .prop_map(|(target, root_mib, data)| {
            let mut disk = json!({});
            for (key, value) in
                [("target", json!(target)), ("root_mib", json!(root_mib)), ("data", json!(data))]
            {
                if !value.is_null() {
                    disk[key] = value;
                }
            }
            disk
        })
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_profile_comes_back(
        commands in proptest::collection::vec("[^\0]{1,20}|-{1,3}[a-z=]{0,5}", 0..4),
        names in proptest::collection::vec("[a-z]{1,8}", 0..3),
        hash in proptest::option::of("\\$y\\$[a-z]{1,8}"),
        disk in disk(),
    ) {
        let mut names = names;
        names.sort();
        names.dedup();
        let users: Vec<Value> = names.iter().filter(|name| *name != "root")
            .map(|name| json!({"name": name, "ssh_keys": [], "password_hash": hash, "sudo": true})).collect();
        let sample = json!({"name": "a", "image": "b", "disk": disk, "users": users, "post_install": commands});
        assert_same(entry("profile.create").expect("known"), &sample);
    }

    #[test]
    fn no_words_break_the_tree(words in proptest::collection::vec("\\PC{0,12}|--?[a-z-]{1,9}|server|show|-", 0..8)) {
        let words = std::iter::once("rackwright".to_owned()).chain(words);
        if let Ok(matches) = command().try_get_matches_from(words)
            && let Some((entry, arguments)) = chosen(&matches)
        {
            let _ = input(entry, arguments, &mut Pipe::default());
        }
    }
}
