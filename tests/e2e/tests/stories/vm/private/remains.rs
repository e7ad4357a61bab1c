//! What is left of private servers that were removed: nothing.

use std::time::Duration;

use serde_json::json;

use super::{ONE, TWO};
use crate::story::{SshKey, Story, wait_until};

/// Lists everything that carries the name of a private server, or its files, or its quota.
pub const TRACES: &str = r##"
grep -E '/ps[0-9]+' /proc/self/mounts
for device in rackwright-in $(ip -o route get 10.77.0.1 | sed 's/.* dev \([^ ]*\).*/\1/'); do
    tc class show dev "$device" | grep -vE '^class hfsc 1:(fff[ef])? '
    tc filter show dev "$device" parent 1: | grep -E '(src|dst)_ip'
    tc filter show dev "$device" ingress 2>/dev/null | grep arp_tip
done
find /sys/fs/cgroup/private.slice -mindepth 1 -type d
ls /run/systemd/transient | grep rackwright-ps
ls /srv/private /run/rackwright-crun
ip neigh show proxy
xfs_quota -x -c 'report -p -N' /srv | awk '$1 != "#0" && ($2 > 0 || $4 > 0)'
true
"##;

pub fn nothing_after_removal(story: &Story, key: &SshKey) {
    let before = story.outside(key, TRACES);
    for name in [ONE, TWO] {
        let tag = story.tag(name);
        assert!(before.contains(&tag), "{name} shows nowhere, so this looks at the wrong places:\n{before}");
        let refused = story.act.refused(&["private-server", "remove", name], "");
        assert_eq!(refused.fault["code"], "confirmation_needed", "{refused:?}");
        story.act.done(&["private-server", "remove", name, "--confirm", name]);
    }
    wait_until("both are gone", Duration::from_secs(120), || {
        (story.act.done(&["private-server", "list"])["items"] == json!([])).then_some(())
    });
    let after = story.outside(key, TRACES);
    let left: Vec<&str> = after.lines().filter(|line| !line.is_empty() && !line.ends_with(':')).collect();
    assert_eq!(left, Vec::<&str>::new(), "left of what was:\n{before}");
    let report = story.outside(key, "rackwright-agent private-servers --json");
    let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
    assert_eq!((&report["kept"], &report["strays"]), (&json!([]), &json!([])), "{report:#}");
}
