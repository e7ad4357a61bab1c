//! The life of an installed server: it loses the Control Center, restarts, and loses its power.

use std::time::Duration;

use crate::story::{Story, wait_until};

/// Agents ask again after growing pauses, the longest a minute.
const RECONNECT_LIMIT: Duration = Duration::from_secs(120);
/// From power on to the agent, without an install.
const BOOT_LIMIT: Duration = Duration::from_secs(300);
/// What is promised for a server that answers neither by agent nor by echo.
const SILENT_LIMIT: Duration = Duration::from_secs(15);

pub fn agents_come_back_after_the_control_center(story: &mut Story, names: &[&str]) {
    let status = story.live.center.stop().unwrap_or_else(|error| panic!("{error:#}"));
    assert!(status.success(), "rackwrightd ended with {status} when it was asked to");
    story.live.center.start_again().unwrap_or_else(|error| panic!("{error:#}"));
    for name in names {
        assert_ne!(story.act.server(name)["summary"]["state"], "failed");
    }
    story.wait_until_online(names, RECONNECT_LIMIT);
}

/// Both at once, for each is mostly waiting.
pub fn a_server_restarts_and_another_loses_power(story: &Story, restarts: &str, dark: &str) {
    let before = booted_at(story, restarts).expect("an online server has a heartbeat");
    let environments = [restarts, dark].map(|name| environments_of(story, name));

    story.power(dark, "off");
    story.wait_for_state(dark, "unreachable", SILENT_LIMIT);
    let why = story.act.server(dark)["summary"]["reason"].as_str().unwrap_or_default().to_owned();
    assert!(why.contains("Neither its agent nor its address"), "{why}");

    story.act.done(&["server", "reboot", restarts]);
    story.power(dark, "on");
    // Uptimes are in whole seconds and heartbeats take their time.
    let second = 2_000;
    wait_until(&format!("{restarts} has restarted and its agent reports"), BOOT_LIMIT, || {
        booted_at(story, restarts).filter(|booted| *booted > before + second)
    });
    story.wait_until_online(&[restarts, dark], BOOT_LIMIT);

    for (name, was) in [restarts, dark].into_iter().zip(environments) {
        assert_eq!(story.act.jobs_of(name).len(), 1, "nothing was installed again on {name}");
        assert_eq!(environments_of(story, name), was, "{name} did not boot its disk");
    }
}

/// When the system started, by its own uptime; milliseconds since the epoch.
fn booted_at(story: &Story, name: &str) -> Option<i64> {
    let load = &story.act.server(name)["load"];
    Some(load["at"].as_i64()? - load["uptime_s"].as_i64()? * 1_000)
}

/// How often the provisioning environment has come up there: it says so on the console.
fn environments_of(story: &Story, name: &str) -> usize {
    story.machine(name).console().matches("connected to the Control Center at").count()
}
