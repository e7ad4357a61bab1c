//! `server watch` and what else goes on until Ctrl-C.

use std::io::{BufRead, BufReader, Read};
use std::process::{Command, Stdio};

use rackwright_catalog::{Fault, FaultCode};
use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

fn watched(id: i64) -> Result<Value, Fault> {
    let event = json!({"id": id, "at": id * 1000, "server": "r1", "kind": "state", "text": format!("event\u{1b} {id}")});
    Ok(json!({"items": [event], "next": id}))
}

fn away() -> Result<Value, Fault> {
    Err(Fault::new(FaultCode::Unavailable, "watch", "the Control Center restarts", "Wait."))
}

fn follow(center: &Center, arguments: &[&str], lines: usize) -> (Vec<String>, String) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_rackwright"))
        .args(arguments)
        .env("RACKWRIGHT_SOCKET", center.socket())
        .env("TZ", "UTC")
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let lines: Vec<String> = output.lines().take(lines).map(|line| line.expect("UTF-8")).collect();
    // Ctrl-C, as a terminal sends it.
    let kill = Command::new("kill").args(["-INT", &child.id().to_string()]).status().expect("kill runs");
    assert!(kill.success());
    let mut told = String::new();
    child.stderr.take().expect("piped").read_to_string(&mut told).expect("UTF-8");
    assert!(child.wait().expect("it ends").success(), "{told}");
    (lines, told)
}

#[test]
fn it_goes_on_over_a_restart_and_ends_clean() {
    let center = Center::start([watched(1), watched(2), away(), watched(3)]);
    let (lines, told) = follow(&center, &["server", "watch", "r1"], 3);
    assert_eq!(lines[0], "1970-01-01T00:00:01+00:00  r1           state   event\u{fffd} 1");
    assert!(lines[2].ends_with(" 3"), "{lines:?}");
    assert!(told.contains("the Control Center restarts; waiting"), "{told}");
    let asked: Vec<Value> = center.calls().into_iter().map(|(_, input)| input).collect();
    assert_eq!(asked[0], json!({"server": "r1", "wait_s": 20}));
    assert_eq!(asked[1]["after"], 1);
    assert_eq!((&asked[2]["after"], &asked[3]["after"]), (&json!(2), &json!(2)));
}

#[test]
fn as_json_it_is_a_line_per_event() {
    let center = Center::start([watched(1), watched(2)]);
    let (lines, _) = follow(&center, &["--json", "server", "watch"], 2);
    let ids: Vec<Value> =
        lines.iter().map(|line| serde_json::from_str::<Value>(line).expect(line)["id"].clone()).collect();
    assert_eq!(ids, [json!(1), json!(2)]);
}

#[test]
fn who_was_never_there_is_not_waited_for() {
    let told = complaint(&mut Center::start([away()]).command("server watch"), 1);
    assert!(told.contains("the Control Center restarts"), "{told}");
}

#[test]
fn events_are_followed_from_now_on_in_every_form() {
    let center = Center::start([watched(1), watched(2)]);
    let (lines, _) = follow(&center, &["events", "--follow", "--server", "r1", "--output", "csv"], 3);
    assert_eq!(
        lines,
        [
            "id,at,server,private_server,kind,text",
            "1,1000,r1,,state,event\u{fffd} 1",
            "2,2000,r1,,state,event\u{fffd} 2"
        ]
    );
    assert_eq!(center.calls()[0], ("server.watch".to_owned(), json!({"server": "r1", "wait_s": 20})));
    let center = Center::start([watched(1), watched(2)]);
    let (lines, _) = follow(&center, &["events", "-f", "--json"], 2);
    assert_eq!(serde_json::from_str::<Value>(&lines[1]).expect("JSON")["id"], 2);
}

#[test]
fn events_that_are_there_are_shown_and_it_ends() {
    let none = || Ok(json!({"items": [], "next": 2}));
    let center = Center::start([watched(1), watched(2), none(), none()]);
    let text = output(&mut center.command("events"));
    assert_eq!(text.lines().count(), 2, "{text}");
    let asked: Vec<Value> = center.calls().into_iter().map(|(_, input)| input["after"].clone()).collect();
    assert_eq!(asked, [json!(0), json!(1), json!(2)]);
    assert!(complaint(&mut center.command("events"), 0).contains("There are none."));
}

#[test]
fn a_list_is_shown_again_when_it_changed() {
    let list = |name: &str| Ok(json!({"items": [{"name": name}], "next": null}));
    let center = Center::start([list("a"), list("a"), away(), list("b")]);
    let (lines, told) = follow(&center, &["server", "list", "--watch=1", "--json"], 2);
    let names: Vec<Value> = lines
        .iter()
        .map(|line| serde_json::from_str::<Value>(line).expect(line)["items"][0]["name"].clone())
        .collect();
    assert_eq!(names, [json!("a"), json!("b")]);
    assert!(told.contains("the Control Center restarts; waiting"), "{told}");
    for line in ["server list --watch=0", "server reboot r1 --watch", "server watch --watch"] {
        complaint(&mut center.command(line), 2);
    }
}

fn written(at: &[i64], newest: Option<&str>) -> Result<Value, Fault> {
    let line = |at: &i64| json!({"at": at * 1000, "from": "cron", "severity": 6, "text": format!("line\u{1b} {at}")});
    let items: Vec<Value> = at.iter().map(line).collect();
    Ok(json!({"items": items, "cut": false, "newest": newest}))
}

#[test]
fn a_log_is_followed_from_its_newest_line_on() {
    let center = Center::start([
        written(&[2, 1], Some("s=1;i=2")),
        away(),
        written(&[], Some("s=1;i=2")),
        written(&[4, 3], Some("s=1;i=4")),
    ]);
    let (lines, told) =
        follow(&center, &["private-server", "journal", "web1", "--follow", "--lines", "2"], 4);
    let texts: Vec<&str> = lines.iter().filter_map(|line| line.rsplit("  ").next()).collect();
    assert_eq!(texts, ["line\u{fffd} 1", "line\u{fffd} 2", "line\u{fffd} 3", "line\u{fffd} 4"]);
    assert_eq!(lines[0], "1970-01-01T00:00:01+00:00  cron             info     line\u{fffd} 1");
    assert!(told.contains("the Control Center restarts; waiting"), "{told}");
    let asked: Vec<Value> = center.calls().into_iter().map(|(_, input)| input).collect();
    assert_eq!(asked[0], json!({"private_server": "web1", "lines": 2}));
    let on = json!({"private_server": "web1", "lines": 200, "after": "s=1;i=2"});
    assert!(asked[1..4].iter().all(|input| *input == on), "{asked:?}");
}

#[test]
fn a_log_without_a_place_to_go_on_from_is_not_followed() {
    let center = Center::start([written(&[1], None)]);
    let told = complaint(&mut center.command("private-server journal web1 -f"), 1);
    assert!(told.contains("Update the agent"), "{told}");
    complaint(&mut center.command("private-server journal web1 --follow --watch"), 2);
}
