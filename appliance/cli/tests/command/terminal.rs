//! What is asked on a terminal; `script` (util-linux) makes one.

use std::io::{Read, Write};
use std::process::{Child, Command, Stdio};

use rackwright_catalog::{Fault, FaultCode};
use serde_json::json;

use crate::center::Center;

/// Run the command on a terminal, type `typed`, and give back what the screen showed and the exit code.
fn on_a_terminal(center: &Center, line: &str, typed: &str) -> (String, Option<i32>) {
    let mut child = terminal(center, line);
    child.stdin.take().expect("piped").write_all(typed.as_bytes()).expect("typed");
    let output = child.wait_with_output().expect("it ends");
    (String::from_utf8_lossy(&output.stdout).into_owned(), output.status.code())
}

/// The same, but typed only after the screen has shown `shown`.
fn on_a_terminal_after(center: &Center, line: &str, shown: &str, typed: &str) -> (String, Option<i32>) {
    let mut child = terminal(center, line);
    let mut keys = child.stdin.take().expect("piped");
    let mut screen = Vec::new();
    let mut output = child.stdout.take().expect("piped");
    while !String::from_utf8_lossy(&screen).contains(shown) {
        let mut byte = [0];
        output.read_exact(&mut byte).expect("the screen shows it");
        screen.push(byte[0]);
    }
    keys.write_all(typed.as_bytes()).expect("typed");
    output.read_to_end(&mut screen).expect("it ends");
    let status = child.wait().expect("it ends");
    (String::from_utf8_lossy(&screen).into_owned(), status.code())
}

fn terminal(center: &Center, line: &str) -> Child {
    Command::new("script")
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
        .expect("script runs")
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

#[test]
fn a_console_is_typed_into_until_somebody_leaves() {
    let opened = json!({"console": 7});
    let written = json!({"base64": "cm9vdEB3ZWIxOn4jIA==", "next": 13, "ended": null});
    let center = Center::answering(move |action, _| match action {
        "private-server.console" => Some(Ok(opened.clone())),
        "private-server.console-read" => {
            std::thread::sleep(std::time::Duration::from_millis(100));
            Some(Ok(written.clone()))
        }
        _ => None,
    });
    let (screen, code) = on_a_terminal_after(&center, "private-server console web1", "leaves", "ls\r\x1d");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("Ctrl-] leaves") && screen.contains("The console is closed."), "{screen}");
    let calls = center.calls();
    let typed: String = calls
        .iter()
        .filter(|(action, _)| action == "private-server.console-type")
        .map(|(_, input)| input["text"].as_str().expect("text").to_owned())
        .collect();
    assert_eq!(typed, "ls\r", "{calls:?}");
    // The reads go on by themselves; one of them may still be under way when it is closed.
    let closed: Vec<_> =
        calls.iter().filter(|(action, _)| action == "private-server.console-close").collect();
    assert_eq!(closed.len(), 1, "{calls:?}");
    assert_eq!(closed[0].1, json!({"console": 7}));
}

#[test]
fn a_console_that_ends_says_why_and_shows_what_was_written() {
    let center = Center::answering(|action, _| match action {
        "private-server.console-read" => {
            Some(Ok(json!({"base64": "cm9vdEB3ZWIxOn4jIA==", "next": 13, "ended": "The shell ended."})))
        }
        _ => None,
    });
    let (screen, code) = on_a_terminal(&center, "private-server console web1", "");
    assert_eq!(code, Some(0), "{screen}");
    assert!(screen.contains("root@web1:~# ") && screen.contains("The shell ended."), "{screen}");
}
