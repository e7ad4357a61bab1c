//! `--wait` of actions on private servers, which come to rest some time after they were answered.

use rackwright_catalog::actions::private_server::PrivateServerShow;
use rackwright_catalog::{Action, Fault, FaultCode};
use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

fn summary(state: &str, reason: Option<&str>) -> Value {
    let mut one = json!(PrivateServerShow::sample_output())["summary"].take();
    one["state"] = json!(state);
    one["reason"] = json!(reason);
    one
}

fn looked(state: &str, reason: Option<&str>) -> Result<Value, Fault> {
    let mut detail = json!(PrivateServerShow::sample_output());
    detail["summary"] = summary(state, reason);
    Ok(detail)
}

#[test]
fn it_is_shown_when_it_has_come_to_rest() {
    let center = Center::start([
        Ok(summary("starting", None)),
        looked("starting", None),
        looked("unreachable", Some("It waits for its server.")),
        looked("running", None),
    ]);
    let assert = center.command("private-server start web1 --wait").assert().success();
    let written = assert.get_output();
    let (out, told) = (String::from_utf8_lossy(&written.stdout), String::from_utf8_lossy(&written.stderr));
    assert!(out.lines().any(|line| line.starts_with("state") && line.ends_with("running")), "{out}");
    assert_eq!(told, "web1 is starting\nweb1 is unreachable: It waits for its server.\n");
    assert_eq!(center.calls()[1].1, json!({"private_server": "web1"}));
}

#[test]
fn what_could_not_be_done_fails_the_command_and_says_why() {
    let center = Center::start([
        Ok(summary("changing", None)),
        looked("failed", Some("900 MiB are in use")),
        Ok(summary("changing", None)),
        looked("failed", Some("900 MiB are in use")),
    ]);
    let line = "private-server resize web1 --size-disk-mib 512 --wait";
    let told = complaint(&mut center.command(line), 1);
    assert!(told.contains("900 MiB are in use") && told.contains("private-server show web1"), "{told}");
    let told = complaint(&mut center.command(&format!("{line} --json")), 1);
    assert_eq!(serde_json::from_str::<Value>(&told).expect("one JSON")["reason"], "900 MiB are in use");
}

#[test]
fn one_that_is_renamed_is_waited_for_by_its_new_name() {
    let mut named = summary("running", None);
    named["name"] = json!("shop");
    let center = Center::start([Ok(named), looked("running", None)]);
    output(&mut center.command("private-server rename web1 --name shop --wait"));
    assert_eq!(center.calls()[1].1, json!({"private_server": "shop"}));
}

#[test]
fn one_that_is_removed_is_waited_for_until_it_is_gone() {
    let gone = Fault::new(FaultCode::NotFound, "show web1", "there is no private server web1", "");
    let center = Center::start([
        Ok(json!({"message": "web1 is being removed."})),
        looked("removing", None),
        Err(gone),
    ]);
    let line = "private-server remove web1 --confirm web1 --wait";
    assert_eq!(output(&mut center.command(line)), "web1 is removed.\n");
}

#[test]
fn a_drain_follows_each_of_its_jobs() {
    let ended = |job: i64, state: &str, reason: Option<&str>| {
        Ok(json!({"job": {
            "id": job, "title": format!("move web{job}"), "state": state, "step": "", "progress_permille": 1000,
            "server": "r1", "started_by": "admin", "started_at": 0, "ended_at": 1, "reason": reason,
        }, "log": []}))
    };
    let began = json!({"jobs": [1, 2], "message": "Moving 2 private servers away from r1."});
    let center = Center::start([Ok(began), ended(1, "failed", Some("no room")), ended(2, "succeeded", None)]);
    let assert = center.command("private-server drain r1 --wait").assert().code(1);
    let written = assert.get_output();
    let (out, told) = (String::from_utf8_lossy(&written.stdout), String::from_utf8_lossy(&written.stderr));
    assert_eq!(out, "Moving 2 private servers away from r1.\nJob 2 (move web2) succeeded.\n");
    assert!(told.contains("could not move web1") && told.contains("no room"), "{told}");
}

#[test]
fn without_a_terminal_no_console_is_opened() {
    let center = Center::start([]);
    let told = complaint(&mut center.command("private-server console web1"), 2);
    assert!(told.contains("rackwright private-server exec NAME -- COMMAND"), "{told}");
    assert_eq!(center.calls(), []);
    output(&mut center.command("private-server console web1 --json"));
    assert_eq!(center.calls().len(), 1);
}
