//! `--wait`.

use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

fn started() -> Value {
    json!({"job": 7, "message": "Installing r1 is job 7."})
}

fn job(state: &str, lines: std::ops::Range<i64>, reason: Option<&str>) -> Value {
    let log: Vec<Value> = lines.map(|at| json!({"at": at * 1000, "text": format!("line {at}")})).collect();
    json!({"job": {
        "id": 7, "title": "install r1", "state": state, "step": "image", "progress_permille": 500, "server": "r1",
        "started_by": "admin", "started_at": 0, "ended_at": null, "reason": reason,
    }, "log": log})
}

#[test]
fn the_log_is_printed_once_until_the_job_succeeds() {
    let center = Center::start([
        Ok(started()),
        Ok(job("running", 0..2, None)),
        Ok(job("running", 1..3, None)),
        Ok(job("succeeded", 1..4, None)),
    ]);
    assert_eq!(
        output(&mut center.command("server install r1 --profile a --wait")),
        "Installing r1 is job 7.\n\
         1970-01-01T00:00:00+00:00  line 0\n\
         1970-01-01T00:00:01+00:00  line 1\n\
         1970-01-01T00:00:02+00:00  line 2\n\
         1970-01-01T00:00:03+00:00  line 3\n\
         Job 7 (install r1) succeeded.\n"
    );
    assert_eq!(center.calls()[1], ("job.show".to_owned(), json!({"job": 7})));
}

#[test]
fn a_failed_job_fails_the_command_and_says_why() {
    let failed = || job("failed", 0..1, Some("the image has another SHA-256"));
    let center = Center::start([Ok(started()), Ok(failed()), Ok(started()), Ok(failed())]);
    let told = complaint(&mut center.command("server install r1 --profile a --wait"), 1);
    assert!(
        told.contains("could not install r1") && told.contains("the image has another SHA-256"),
        "{told}"
    );
    let assert = center.command("server install r1 --profile a --wait --json").assert().code(1);
    assert_eq!(serde_json::from_slice::<Value>(&assert.get_output().stdout).expect("one JSON"), failed());
}
