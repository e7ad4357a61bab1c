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
    let (was_restarts, was_dark) = (environment_at(story, restarts), environment_at(story, dark));

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

    for (name, was) in [(restarts, was_restarts), (dark, was_dark)] {
        assert_eq!(story.act.jobs_of(name).len(), 1, "nothing was installed again on {name}");
        let timeline = story.act.timeline(name);
        let again = timeline.iter().find(|station| station.0 == "environment");
        assert!(again.is_none_or(|station| station.1 == was), "{name} did not boot its disk: {timeline:?}");
    }
}

/// When the system started, by its own uptime; milliseconds since the epoch.
fn booted_at(story: &Story, name: &str) -> Option<i64> {
    let load = &story.act.server(name)["load"];
    Some(load["at"].as_i64()? - load["uptime_s"].as_i64()? * 1_000)
}

/// When the provisioning environment last ran there.
fn environment_at(story: &Story, name: &str) -> i64 {
    let timeline = story.act.timeline(name);
    timeline.iter().find(|station| station.0 == "environment").map_or(0, |station| station.1)
}

