//! Outputs, faults and exit codes.

use rackwright_catalog::{ENTRIES, Fault, FaultCode};
use rackwright_client::cli_line;
use rackwright_client::command::{Secrecy, flags};
use rackwright_client::line::at;
use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

#[test]
fn every_action_runs_and_prints_its_output_as_json() {
    let center = Center::start([]);
    for entry in ENTRIES.iter().filter(|entry| entry.spec.name != "server.watch") {
        let sample = (entry.sample_input)();
        let line = cli_line(entry, &sample);
        let secrets: Vec<&str> = flags(entry)
            .iter()
            .filter(|flag| flag.secrecy == Secrecy::Secret)
            .filter_map(|flag| at(&sample, &flag.path)?.as_str())
            .collect();
        let words = line.strip_prefix("rackwright ").expect("the name first");
        let text = output(center.command(words).arg("--json").write_stdin(secrets.join("\n")));
        assert_eq!(serde_json::from_str::<Value>(&text).expect(&text), (entry.sample_output)(), "{line}");
        assert_eq!(center.calls().last().expect("a call").0, entry.spec.name);
        if entry.spec.name == "private-server.console" {
            // People need a terminal for it.
            continue;
        }
        let text = output(center.command(words).write_stdin(secrets.join("\n")));
        assert!(!text.trim().is_empty() && !text.contains('{'), "{line}\n{text}");
    }
}

#[test]
fn a_wrong_command_line_is_a_fault_for_programs() {
    let center = Center::start([]);
    for line in ["private-server exec web1 --json", "server shwo r1 --json", "server samples --json"] {
        let told = complaint(&mut center.command(line), 2);
        let fault: Value = serde_json::from_str(&told).expect(&told);
        assert_eq!(fault["code"], "invalid_input", "{line}");
        assert!(fault["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{line}: {fault}");
        assert!(fault["advice"].as_str().is_some_and(|advice| advice.contains("--help")), "{line}: {fault}");
    }
    assert_eq!(center.calls(), []);
}

#[test]
fn lists_are_tables_and_details_are_readable() {
    let center = Center::start([]);
    let text = output(&mut center.command("server list"));
    assert_eq!(
        text,
        "NAME    ACCOUNT   STATE   SITE   RACK  UNIT  ADDRESS     MACS               REASON  SEEN\n\
         r1-u07  provider  online  fra-1  r1    7     10.77.0.50  52:54:00:12:34:56  -       2025-11-24T16:00:00+00:00\n"
    );
    let text = output(&mut center.command("server show r1-u07"));
    for part in [
        "boot timeline from 2025-11-24T16:00:00+00:00:",
        "+0.0 s  Power on",
        "\n  memory:   128.0 GiB\n",
        "inventory at: 2025",
        "NAME     SIZE",
    ] {
        assert!(text.contains(part), "no {part:?} in\n{text}");
    }
    let text = output(&mut center.command("server samples r1-u07 --range day"));
    assert!(text.lines().any(|line| line.contains("12.0 %") && line.contains("17.7 KiB/s")), "{text}");
    assert_eq!(center.calls().last().expect("a call").1["range"], "day");
    assert_eq!(output(&mut center.command("server reboot r1-u07")), "r1-u07 is restarting.\n");
}

#[test]
fn empty_lists_and_further_pages_are_said_beside_the_table() {
    let center = Center::start([Ok(json!({"items": [], "next": null}))]);
    assert!(complaint(&mut center.command("server list"), 0).contains("There are none."));
    assert!(complaint(&mut center.command("job list"), 0).contains("--after 6"));
}

#[test]
fn the_line_that_undoes_a_change_is_said_beside_its_outcome() {
    let center = Center::start([]);
    let told = complaint(&mut center.command("server rename r1-u07 --name web-1"), 0);
    assert_eq!(told, "Undo it with: rackwright audit undo 41\n");
    let text = output(&mut center.command("rack remove r1 --confirm r1"));
    assert_eq!(text, "Rack r1 is removed.\n");
    assert_eq!(output(&mut center.command("audit undo")), "Undone: server rename.\n");
    assert_eq!(center.calls().last().expect("a call").1, json!({}));
    let mut answer = (rackwright_catalog::entry("server.rename").expect("known").sample_output)();
    answer["undo"] = Value::Null;
    let center = Center::start([Ok(answer)]);
    assert_eq!(complaint(&mut center.command("server rename r1-u07 --name r1-u07"), 0), "");
}

#[test]
fn a_hostile_name_does_not_steer_the_terminal() {
    let mut answer = (rackwright_catalog::entry("server.list").expect("known").sample_output)();
    answer["items"][0]["reason"] = json!("\u{1b}]0;owned\u{7}\u{1b}[2J");
    let text = output(&mut Center::start([Ok(answer)]).command("server list"));
    assert!(!text.contains('\u{1b}') && text.contains("owned"), "{text:?}");
}

#[test]
fn a_fault_says_what_why_and_what_to_do() {
    let fault = Fault::new(FaultCode::Conflict, "install server r1", "it is installing", "Wait for job 7.");
    let center = Center::start([Err(fault.clone()), Err(fault.clone())]);
    let told = complaint(&mut center.command("server install r1 --profile debian-12"), 1);
    assert_eq!(
        told,
        "error: could not install server r1\n  why:         it is installing\n  what to do:  Wait for job 7.\n"
    );
    let told = complaint(&mut center.command("server install r1 --profile debian-12 --json"), 1);
    assert_eq!(serde_json::from_str::<Fault>(&told).expect(&told), fault);
}

#[test]
fn wrong_fields_are_named_with_their_flags() {
    let center = Center::start([]);
    let told = complaint(&mut center.command("server add Bad_Name --macs x"), 1);
    assert!(told.contains("    name: \"Bad_Name\"") && told.contains("macs.0 (--macs): "), "{told}");
}

#[test]
fn a_missing_confirmation_names_its_flag() {
    let fault = Fault::new(FaultCode::ConfirmationNeeded, "install server r1", "r1 is online", "Confirm it.");
    let told = complaint(&mut Center::start([Err(fault)]).command("server install r1 --profile a"), 3);
    assert!(told.contains("add --confirm-wipe NAME"), "{told}");
}

#[test]
fn a_missing_daemon_says_how_to_start_it() {
    let center = Center::start([]);
    let told = complaint(&mut center.command("--socket /nonexistent server list"), 1);
    assert!(
        told.contains("no socket at /nonexistent") && told.contains("systemctl start rackwrightd"),
        "{told}"
    );
}

#[test]
fn wrong_command_lines_end_with_two() {
    let center = Center::start([]);
    for line in [
        "",
        "server",
        "server explode",
        "server show",
        "user create robin --role owner",
        "--url http://x server list",
        "--url https://x --fingerprint zz server list",
        "--token-file /nonexistent server list",
    ] {
        assert!(!complaint(center.command(line).write_stdin(""), 2).is_empty(), "{line}");
    }
    assert!(center.calls().is_empty());
}

#[test]
fn a_command_inside_is_shown_as_it_is_and_its_status_is_ours() {
    let ran = |status: i32, cut: bool| Ok(json!({"status": status, "output": "a\nb\n", "cut": cut}));
    let center = Center::start([ran(0, false), ran(3, true), ran(137, false), ran(7, false), ran(0, false)]);
    let mut fine = center.command("private-server exec web1 -- systemctl status nginx");
    assert_eq!(output(&mut fine), "a\nb\n");
    assert_eq!(center.calls()[0].1, json!({"private_server": "web1", "command": "systemctl status nginx"}));
    let cut = complaint(&mut center.command("private-server exec web1 -- false"), 3);
    assert_eq!(cut, "It wrote more than is shown.\n");
    complaint(&mut center.command("private-server exec web1 --json -- false"), 137);
    complaint(&mut center.command("private-server exec web1 -- sh -c 'exit 7'"), 7);
    assert_eq!(center.calls()[3].1["command"], "sh -c 'exit 7'", "each word as it was typed");
    output(&mut center.command("private-server exec web1 -- 'cd /srv && ls'"));
    assert_eq!(center.calls()[4].1["command"], "cd /srv && ls", "one word is a line");
    let missing = complaint(&mut center.command("private-server exec web1"), 2);
    assert!(missing.contains("command is missing"), "{missing}");
}
