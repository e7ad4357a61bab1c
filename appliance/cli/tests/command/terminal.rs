//! What is asked on a terminal; `script` (util-linux) makes one.

use std::io::Write;
use std::process::{Command, Stdio};

use rackwright_catalog::{Fault, FaultCode};
use serde_json::json;

use crate::center::Center;

/// Run the command on a terminal, type `typed`, and give back what the screen showed and the exit code.
fn on_a_terminal(center: &Center, line: &str, typed: &str) -> (String, Option<i32>) {
    let mut child = Command::new("script")
        .args([
            "--quiet",
            "--return",
            "--command",
            &format!("{} {line}", env!("CARGO_BIN_EXE_rackwright")),
            "/dev/null",
        ])
        .env("RACKWRIGHT_SOCKET", center.socket())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("script runs");
    child.stdin.take().expect("piped").write_all(typed.as_bytes()).expect("typed");
    let output = child.wait_with_output().expect("it ends");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

fn asks() -> Result<serde_json::Value, Fault> {
    Err(Fault::new(
        FaultCode::ConfirmationNeeded,
        "install server r1",
        "r1 is online and would be wiped",
        "Confirm it.",
    ))
}

#[test]
fn destruction_goes_on_when_the_name_is_typed() {
    let center = Center::start([asks()]);
    let (screen, code) = on_a_terminal(&center, "server install r1 --profile a", "r1\n");
    assert_eq!(code, Some(0), "{screen}");
    assert!(
        screen.contains("r1 is online and would be wiped") && screen.contains("Type r1 to go on"),
        "{screen}"
    );
    assert_eq!(center.calls()[1].1, json!({"server": "r1", "profile": "a", "confirm_wipe": "r1"}));
}

#[test]
fn anything_else_leaves_it() {
    let center = Center::start([asks()]);
    let (screen, code) = on_a_terminal(&center, "server install r1 --profile a", "yes\n");
    assert_eq!(code, Some(3), "{screen}");
    assert_eq!(center.calls().len(), 1, "{screen}");
}

#[test]
fn a_secret_is_asked_for_and_not_shown() {
    let center = Center::start([]);
    let (screen, code) = on_a_terminal(&center, "user create robin --role owner", "correct horse battery\n");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("password: "), "{screen}");
    assert_eq!(center.calls()[0].1["password"], "correct horse battery");
}
