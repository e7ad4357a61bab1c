//! The agent is killed while it makes, stops, starts, rebuilds and removes: it finishes what it was told, and leaves nothing.

use std::time::Duration;

use serde_json::json;

use super::{ONE, remains};
use crate::story::{SshKey, Story, wait_until};

const KILL: &str = "systemctl kill --signal KILL rackwright-agent";
const LIMIT: Duration = Duration::from_secs(180);
const THREE: &str = "three";
/// At another point of the work each time.
const DELAYS_MS: [u64; 3] = [100, 900, 2_500];

pub fn the_agent_finishes_what_it_was_killed_in(story: &Story, key: &SshKey) {
    let mut former: Option<String> = None;
    for (number, delay) in DELAYS_MS.into_iter().enumerate() {
        // The next one has the number of the one before. systemd keeps the name of a unit that has failed, as that of a crun
        // which is killed as it begins may: here it takes too long.
        if let Some(tag) = &former {
            let failed = format!(
                "systemd-run --quiet --scope --unit=rackwright-{tag}.scope --property=RuntimeMaxSec=1 sleep 30; \
                 systemctl is-failed rackwright-{tag}.scope"
            );
            assert_eq!(story.outside(key, &failed), "failed");
        }
        let kill = |what: &str| {
            std::thread::sleep(Duration::from_millis(delay));
            story.outside(key, KILL);
            eprintln!("  the agent was killed {delay} ms after the order to {what}");
        };
        let name = format!("{THREE}-{number}");
        story.make_private(&name, &["--ssh-keys", &key.public()], "");
        kill("create");
        stands(story, &name, "running");
        story.act.done(&["private-server", "stop", &name]);
        kill("stop");
        stands(story, &name, "stopped");
        story.act.done(&["private-server", "start", &name]);
        kill("start");
        stands(story, &name, "running");
        story.act.done(&["private-server", "rebuild", &name, "--confirm", &name]);
        kill("rebuild");
        stands(story, &name, "running");
        let tag = story.tag(&name);
        assert!(former.is_none_or(|former| former == tag), "it has another number than the one before");
        story.act.done(&["private-server", "remove", &name, "--confirm", &name]);
        kill("remove");
        wait_until(&format!("{name} is gone"), LIMIT, || {
            let all = story.act.done(&["private-server", "list"])["items"].clone();
            (!all.as_array()?.iter().any(|one| one["name"] == name.as_str())).then_some(())
        });
        let traces = story.outside(key, remains::TRACES);
        assert!(!traces.contains(&tag), "left of {tag}:\n{traces}");
        former = Some(tag);
    }
    let report = story.outside(key, "rackwright-agent private-servers --json");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!(report["strays"], json!([]), "{report:#}");
    assert!(story.answers(ONE), "the others ran on");
}

/// The state is reported, and the agent has nothing more to do for it.
fn stands(story: &Story, name: &str, state: &str) {
    let mut last = String::new();
    wait_until(&format!("{name} is {state}"), LIMIT, || {
        let now = story.act.tried(&["private-server", "show", name], "").ok()?["summary"].take();
        // Why it is not so yet.
        let seen = format!("{} {}", now["state"], now["reason"]);
        if seen != last {
            eprintln!("  {name}: {seen}");
            last = seen;
        }
        (now["state"] == state).then_some(())
    });
}
