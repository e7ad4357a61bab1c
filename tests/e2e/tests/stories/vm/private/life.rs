//! The life of a private server, from its first sign-in to the restart of its server.

use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use super::inside::size;
use super::{HOST, ONE, PASSWORD, TWO, V6};
use crate::story::{SshKey, Story, wait_until};

/// From the order to restart to the agent.
const BOOT_LIMIT: Duration = Duration::from_secs(300);

const HEALTH: &str = "systemctl is-system-running --wait; systemctl --failed --no-legend | wc -l; id -un";

pub fn both_let_their_people_in(story: &Story, key: &SshKey) {
    let private = key.private();
    let with_key = ["-i", &*private.to_string_lossy(), "-o", "BatchMode=yes"];
    let said = story.signed_in(&with_key, &[], "root", &story.private_address(ONE), HEALTH);
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["running", "0", "root"], "{said}");
    let answers = private.with_file_name("answers");
    std::fs::write(&answers, format!("#!/bin/sh\necho {PASSWORD}\n")).expect("writes");
    std::fs::set_permissions(&answers, std::fs::Permissions::from_mode(0o700)).expect("may be run");
    let answers = answers.to_string_lossy().into_owned();
    let asked = [("SSH_ASKPASS", &*answers), ("SSH_ASKPASS_REQUIRE", "force")];
    let with_password = ["-o", "PubkeyAuthentication=no"];
    let said = story.signed_in(&with_password, &asked, "root", &story.private_address(TWO), HEALTH);
    assert_eq!(said.split_whitespace().collect::<Vec<_>>(), ["running", "0", "root"], "{said}");
}

pub fn they_reach_each_other(story: &Story) {
    for (from, to) in [(ONE, TWO), (TWO, ONE)] {
        let (status, said) = story.inside(from, &format!("ping -q -c 2 -W 5 {}", story.private_address(to)));
        assert_eq!(status, 0, "{from} does not reach {to}: {said}");
    }
    for (from, to) in [(ONE, V6[1]), (TWO, V6[0])] {
        let (status, said) = story.inside(from, &format!("ping -6 -q -c 2 -W 5 {to}"));
        assert_eq!(status, 0, "{from} does not reach {to}: {said}");
    }
}

pub fn commands_end_with_their_status(story: &Story) {
    assert_eq!(story.inside(ONE, "hostname; exit 3"), (3, ONE.to_owned()));
    let (status, said) = story.inside(ONE, "seq 1 20000");
    assert!(status == 0 && said.ends_with("\n20000") && said.len() > 100_000, "{} bytes", said.len());
    // Beside what its systemd counts as one with itself, and ended by the kernel before the agent.
    let place = "cat /proc/self/cgroup /proc/self/oom_score_adj /proc/1/oom_score_adj";
    assert_eq!(story.inside(ONE, place), (0, "0::/commands\n1\n1".to_owned()));
}

/// The template's lists of access name nobody whom it has not, so that the log has its own, and copies can be made.
pub fn lists_of_access_are_its_own(story: &Story) {
    let failed = "journalctl -b --no-pager | grep -c 'ACL.*failed'; true";
    assert_eq!(story.inside(TWO, failed), (0, "0".to_owned()));
    story.act.done(&["private-server", "clone", TWO, "--name", "early"]);
    story.wait_for_private("early", "running");
    story.act.done(&["private-server", "remove", "early", "--confirm", "early"]);
}

pub fn a_stop_and_a_reboot_keep_files(story: &Story, key: &SshKey) {
    assert_eq!(story.inside(ONE, "echo kept > /root/note && sync").0, 0);
    story.act.done(&["private-server", "stop", ONE]);
    story.wait_for_private(ONE, "stopped");
    assert!(!story.answers(ONE), "it is stopped");
    story.act.done(&["private-server", "start", ONE]);
    story.wait_for_private(ONE, "running");
    let before = story.init_of(key, ONE);
    story.act.done(&["private-server", "reboot", ONE]);
    wait_until("one has another first process", BOOT_LIMIT, || {
        story.init_if_any(key, ONE).filter(|now| *now != before).map(drop)
    });
    story.wait_for_private(ONE, "running");
    assert_eq!(story.inside(ONE, "cat /root/note"), (0, "kept".to_owned()));
}

pub fn a_resize_takes_hold_at_once(story: &Story, key: &SshKey) {
    let before = story.init_of(key, ONE);
    story.act.done(&[&["private-server", "resize", ONE][..], &size(250, 320)].concat());
    let tag = story.tag(ONE);
    let cgroup = format!("/sys/fs/cgroup/private.slice/rackwright-{tag}.scope");
    let look = format!("cat {cgroup}/memory.max {cgroup}/cpu.weight; tc class show dev rackwright-in");
    wait_until("the new size stands in the kernel", Duration::from_secs(30), || {
        let said = story.outside(key, &look);
        let stands = said.contains(&(320_u64 << 20).to_string())
            && said.contains("\n2500\n")
            && said.contains("ls m1 0bit d 0us m2 25Mbit");
        stands.then_some(())
    });
    assert_eq!(story.init_of(key, ONE), before, "it was not restarted");
    assert_eq!(story.inside(ONE, "free -m | awk '/^Mem/ {print $2}'"), (0, "320".to_owned()));
}

/// It goes on with the disk that it had, also after a restart, until what is wanted can be done; people get in meanwhile.
pub fn a_disk_is_not_shrunk_below_what_is_in_use(story: &Story, key: &SshKey) {
    let disk = || story.inside(ONE, "df -m --output=size / | tail -n 1").1.trim().to_owned();
    assert_eq!(disk(), "256");
    assert_eq!(story.inside(ONE, "head -c 100M /dev/zero > /root/large").0, 0);
    story.act.done(&["private-server", "resize", ONE, "--size-disk-mib", "64"]);
    let refused = || {
        let view = story.private(ONE);
        let reason = view["reason"].as_str().unwrap_or_default();
        (view["state"] == "failed" && reason.contains("do not fit into 64 MiB")).then_some(())
    };
    wait_until("it is too small", Duration::from_secs(60), refused);
    assert_eq!(disk(), "256");
    let before = story.init_of(key, ONE);
    story.act.done(&["private-server", "reboot", ONE]);
    wait_until("it has been restarted, and is too small still", Duration::from_secs(120), || {
        refused()?;
        story.init_if_any(key, ONE).filter(|now| *now != before).map(drop)
    });
    assert_eq!(disk(), "256");
    assert_eq!(story.inside(ONE, "rm /root/large").0, 0);
    story.wait_for_private(ONE, "running");
    assert_eq!(disk(), "64");
    story.act.done(&["private-server", "resize", ONE, "--size-disk-mib", "256"]);
    wait_until("it is large again", Duration::from_secs(30), || (disk() == "256").then_some(()));
}

pub fn a_new_name_stands(story: &Story) {
    story.act.done(&["private-server", "rename", ONE, "--name", "uno"]);
    story.wait_for_private("uno", "running");
    assert_eq!(story.inside("uno", "true").0, 0);
    story.act.done(&["private-server", "rename", "uno", "--name", ONE]);
    story.wait_for_private(ONE, "running");
}

pub fn quarantine_cuts_off_and_release_does_not_forget(story: &Story) {
    let ping = format!("ping -q -c 1 -W 2 {}", story.private_address(ONE));
    story.act.done(&["private-server", "quarantine", ONE]);
    let limit = Duration::from_secs(60);
    wait_until("one is cut off", limit, || (story.inside(TWO, &ping).0 != 0).then_some(()));
    assert_eq!(story.inside(ONE, "echo still").1, "still", "the command reaches it in quarantine");
    story.act.done(&["private-server", "release", ONE]);
    wait_until("one is back", limit, || (story.inside(TWO, &ping).0 == 0).then_some(()));
}

/// Its root leaves a program in the network that the server gave it, and goes on in another one.
pub fn quarantine_cuts_off_a_network_that_its_init_has_left(story: &Story) {
    let init = "#!/bin/sh\npython3 -m http.server 8090 --directory /run &\nexec unshare --net /lib/systemd/systemd\n";
    let replace = format!("rm /sbin/init && printf '%s' '{init}' > /sbin/init && chmod 755 /sbin/init");
    assert_eq!(story.inside(ONE, &replace), (0, String::new()));
    story.act.done(&["private-server", "reboot", ONE]);
    story.wait_for_private(ONE, "running");
    let fetch = format!("timeout 3 bash -c ': > /dev/tcp/{}/8090'", story.private_address(ONE));
    let limit = Duration::from_secs(60);
    wait_until("its program answers", limit, || (story.inside(TWO, &fetch).0 == 0).then_some(()));
    let (_, cards) = story.inside(ONE, "ls /sys/class/net /proc/self/ns; cat /proc/net/dev");
    assert!(!cards.contains("eth0:"), "its init is in another network: {cards}");
    story.act.done(&["private-server", "quarantine", ONE]);
    wait_until("its program is cut off", limit, || (story.inside(TWO, &fetch).0 != 0).then_some(()));
    story.act.done(&["private-server", "release", ONE]);
    wait_until("its program is back", limit, || (story.inside(TWO, &fetch).0 == 0).then_some(()));
    assert_eq!(story.inside(ONE, "ln -sf /lib/systemd/systemd /sbin/init"), (0, String::new()));
    story.act.done(&["private-server", "reboot", ONE]);
    wait_until("one is as it was", limit, || story.answers(ONE).then_some(()));
    story.wait_for_private(ONE, "running");
    assert!(story.inside(ONE, "cat /proc/net/dev").1.contains("eth0:"));
}

pub fn suspended_ones_do_not_run(story: &Story) {
    story.act.done(&["private-server", "suspend", ONE]);
    story.wait_for_private(ONE, "suspended");
    assert!(!story.answers(ONE), "it is suspended");
    story.act.done(&["private-server", "resume", ONE]);
    story.wait_for_private(ONE, "running");
}

pub fn the_agent_may_end_without_them(story: &Story, key: &SshKey) {
    let before = [ONE, TWO].map(|name| story.init_of(key, name));
    for end in ["systemctl restart rackwright-agent", "systemctl kill --signal KILL rackwright-agent"] {
        story.outside(key, end);
        wait_until("a command reaches one by the agent", Duration::from_secs(120), || {
            story.act.tried(&["private-server", "exec", ONE, "--", "true"], "").ok()
        });
        assert_eq!([ONE, TWO].map(|name| story.init_of(key, name)), before, "after {end}");
        let report = story.outside(key, "rackwright-agent private-servers --json");
        let report: serde_json::Value = serde_json::from_str(&report).expect("JSON");
        assert_eq!(report["strays"], serde_json::json!([]), "after {end}: {report:#}");
    }
}

pub fn a_rebuild_begins_again(story: &Story) {
    let host_key = "cat /etc/ssh/ssh_host_ed25519_key.pub";
    let (_, before) = story.inside(ONE, host_key);
    assert!(before.starts_with("ssh-ed25519"), "{before}");
    let refused = story.act.refused(&["private-server", "rebuild", ONE], "");
    assert_eq!(refused.fault["code"], "confirmation_needed", "{refused:?}");
    story.act.done(&["private-server", "rebuild", ONE, "--confirm", ONE]);
    let after = wait_until("one has other host keys", Duration::from_secs(180), || {
        let words = ["private-server", "exec", ONE, "--", host_key];
        let said = story.act.tried(&words, "").ok()?["output"].as_str()?.trim().to_owned();
        (said.starts_with("ssh-ed25519") && said != before).then_some(said)
    });
    assert_ne!(before, after);
    story.wait_for_private(ONE, "running");
    assert_ne!(story.inside(ONE, "cat /root/note").0, 0, "its files are gone");
}

pub fn a_restart_of_the_server_brings_back_those_that_were_on(story: &Story) {
    story.act.done(&["private-server", "stop", TWO]);
    story.wait_for_private(TWO, "stopped");
    let boot = story.inside(ONE, "cat /proc/sys/kernel/random/boot_id").1;
    story.act.done(&["server", "reboot", HOST]);
    wait_until("one runs on a server that has restarted", BOOT_LIMIT, || {
        let words = ["private-server", "exec", ONE, "--", "cat /proc/sys/kernel/random/boot_id"];
        let now = story.act.tried(&words, "").ok()?["output"].as_str()?.trim().to_owned();
        (now != boot).then_some(())
    });
    assert!(story.answers(ONE));
    assert_eq!(story.private(TWO)["state"], "stopped");
    assert!(!story.answers(TWO), "it was off");
}
