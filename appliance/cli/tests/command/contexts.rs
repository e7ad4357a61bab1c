//! Control Centers that are remembered by name.

use std::os::unix::fs::PermissionsExt;
use std::path::Path;

use rackwright_client::Credential;
use serde_json::{Value, json};

use crate::center::{Center, complaint, output};

/// The command of somebody whose home is `home`, who is told of no Control Center.
fn command(center: &Center, home: &Path, line: &str) -> assert_cmd::Command {
    let mut command = center.command(line);
    command.env_remove("RACKWRIGHT_SOCKET").env("XDG_CONFIG_HOME", home);
    command
}

fn rows(center: &Center, home: &Path) -> Vec<Value> {
    let text = output(&mut command(center, home, "context list --json"));
    assert!(!text.contains("rwt_"), "{text}");
    serde_json::from_str::<Value>(&text).expect(&text)["items"].as_array().expect("items").clone()
}

#[test]
fn an_unknown_certificate_is_shown_with_the_command_that_trusts_it() {
    let (center, home) = (Center::start([]), tempfile::tempdir().expect("a folder"));
    let (port, print) = center.listen();
    let url = format!("https://127.0.0.1:{port}");
    let told = complaint(&mut command(&center, home.path(), &format!("context add lab --url {url}")), 1);
    assert!(told.contains(&print.to_string()), "{told}");
    assert_eq!(rows(&center, home.path()).len(), 1, "nothing was remembered");
    let line = told.lines().last().expect("a line").trim().strip_prefix("rackwright ").expect("a command");
    let added = output(
        command(&center, home.path(), line).args(["--token-file", "-", "--use"]).write_stdin("rwt_a\n"),
    );
    assert!(added.contains("lab is remembered"), "{added}");
    output(&mut command(&center, home.path(), "server list"));
    assert_eq!(center.caller().credential, Credential::Bearer("rwt_a".into()));
    let lab =
        json!({"name": "lab", "url": url, "trust": format!("sha256:{print}"), "token": true, "in_use": true});
    assert_eq!(rows(&center, home.path())[0], lab);
}

#[test]
fn another_certificate_is_refused_with_the_command_and_the_token_stays() {
    let (center, home) = (Center::start([]), tempfile::tempdir().expect("a folder"));
    let (port, print) = center.listen();
    let add = format!(
        "context add lab --url https://127.0.0.1:{port} --fingerprint {} --token-file -",
        "0".repeat(64)
    );
    output(command(&center, home.path(), &add).write_stdin("rwt_a"));
    let told = complaint(&mut command(&center, home.path(), "--context lab server list"), 1);
    assert!(told.contains(&format!("run: rackwright context add lab --fingerprint {print}")), "{told}");
    assert!(center.calls().is_empty(), "no token was sent to it");
    output(&mut command(&center, home.path(), &format!("context add lab --fingerprint {print}")));
    output(command(&center, home.path(), "server list").env("RACKWRIGHT_CONTEXT", "lab"));
    assert_eq!(center.caller().credential, Credential::Bearer("rwt_a".into()));
    // At another address the token of the old one is nobody's.
    let moved = format!("context add lab --url https://localhost:{port} --fingerprint {print}");
    assert!(output(&mut command(&center, home.path(), &moved)).contains("no token yet"));
}

#[test]
fn what_is_said_on_the_line_goes_before_what_is_in_use() {
    let (center, other) = (Center::start([]), Center::start([]));
    let home = tempfile::tempdir().expect("a folder");
    let (port, print) = other.listen();
    let add = format!("context add lab --url https://127.0.0.1:{port} --fingerprint {print} --use");
    output(&mut command(&center, home.path(), &add));
    let socket = center.socket().display().to_string();
    output(&mut command(&center, home.path(), &format!("--socket {socket} server list")));
    output(command(&center, home.path(), "server list").env("RACKWRIGHT_SOCKET", &socket));
    assert_eq!((center.calls().len(), other.calls().len()), (2, 0));
    output(&mut command(&center, home.path(), "server list"));
    assert_eq!((center.calls().len(), other.calls().len()), (2, 1));
    let line = format!("--context lab --socket {socket} server list");
    assert!(complaint(&mut command(&center, home.path(), &line), 2).contains("--context and --socket"));
    assert!(
        complaint(&mut command(&center, home.path(), "context use nowhere"), 2)
            .contains("no context nowhere")
    );
    output(&mut command(&center, home.path(), "context use local"));
    assert_eq!(rows(&center, home.path())[1]["in_use"], true);
    output(&mut command(&center, home.path(), "context remove lab"));
    assert!(
        complaint(&mut command(&center, home.path(), "--context lab server list"), 2)
            .contains("no context lab")
    );
}

#[test]
fn a_token_that_others_may_read_is_refused_with_the_chmod() {
    let (center, home) = (Center::start([]), tempfile::tempdir().expect("a folder"));
    let file = home.path().join("my token");
    std::fs::write(&file, "rwt_a\n").expect("written");
    let socket = center.socket();
    let run = || {
        let mut command = command(&center, home.path(), "server list");
        command.arg("--socket").arg(&socket).arg("--token-file").arg(&file);
        command
    };
    for mode in [0o644, 0o640, 0o602] {
        std::fs::set_permissions(&file, std::fs::Permissions::from_mode(mode)).expect("set");
        let told = complaint(&mut run(), 2);
        assert!(told.contains(&format!("chmod 600 '{}'", file.display())), "{told}");
    }
    assert!(center.calls().is_empty());
    std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o600)).expect("set");
    output(&mut run());
    assert_eq!(center.caller().credential, Credential::Bearer("rwt_a".into()));
}
