//! The panel in a real Chromium. The stories themselves are in `browser/`; here are the racks that they look at.

mod outside;
mod wall;

use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use rackwright_rack::workspace;

use crate::story::{Story, bios};

const NAME: &str = "delta";

#[test]
fn an_operator_brings_a_machine_online() {
    let story = Story::begin_unannounced(&[bios(NAME)], &[]);
    let password = story.live.admin_password().unwrap_or_else(|error| panic!("{error:#}"));
    let machine = story.machine(NAME);
    let bmc = machine.bmc();
    let told = serde_json::json!({
        "url": story.live.proxy.url(),
        "password": password,
        "server": { "name": NAME, "mac": machine.mac() },
        "bmc": { "address": bmc.address, "user": bmc.user, "password": bmc.password },
        "screenshots": workspace::target().join("screenshots"),
        "panels": workspace::root().join("panels/package.json"),
    });
    tell("story.mjs", &told);

    story.wait_until_online(&[NAME], Duration::from_secs(30));
    assert_eq!(story.act.jobs_of(NAME).len(), 1, "one install was ordered in the panel");
}

/// Tells the story in `browser/` of this name, of what it needs to know.
fn tell(name: &str, told: &serde_json::Value) {
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("browser").join(name);
    // Its words go to the test's own output. The passwords go through the environment, not the command line.
    let status = Command::new("node")
        .arg(&script)
        .env("STORY", told.to_string())
        .stdin(Stdio::null())
        .status()
        .expect("node starts");
    assert!(status.success(), "{} ended with {status}: what it saw stands above", script.display());
}
