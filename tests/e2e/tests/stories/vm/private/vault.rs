//! Snapshots, backups and a clone of a private server that runs.

use std::time::Duration;

use serde_json::Value;

use super::{HOST, ONE};
use crate::story::{SshKey, Story};

/// One piece of work on its files, on two busy processors.
const WORK_LIMIT: Duration = Duration::from_secs(300);
const CLONE: &str = "clone";

/// Does something that is a job, and waits for its end.
#[track_caller]
fn work(story: &Story, words: &[&str]) {
    let job = story.act.done(&[&["private-server"], words].concat())["job"].to_string();
    let (state, reason) = story.wait_for_end(&job, WORK_LIMIT);
    assert_eq!(
        (state.as_str(), reason.as_str()),
        ("succeeded", ""),
        "{words:?}: {:#?}",
        story.act.job_log(&job)
    );
}

fn newest(list: &Value) -> String {
    list["items"][0]["id"].to_string()
}

#[track_caller]
fn reads(story: &Story, command: &str, said: &str) {
    assert_eq!(story.inside(ONE, command), (0, said.to_owned()), "{command}");
}

pub fn a_snapshot_takes_back_what_was_done(story: &Story) {
    reads(story, "echo first > /root/vault && rm -f /etc/motd && sync", "");
    work(story, &["snapshot-create", ONE, "--note", "first"]);
    let taken = newest(&story.act.done(&["private-server", "snapshot-list", ONE]));
    reads(story, "echo second > /root/vault && echo here > /etc/motd && rm /etc/hosts", "");
    work(story, &["snapshot-restore", ONE, "--snapshot", &taken, "--confirm", ONE]);
    story.wait_for_private(ONE, "running");
    reads(
        story,
        "cat /root/vault; test -e /etc/motd || echo gone; test -s /etc/hosts && echo hosts",
        "first\ngone\nhosts",
    );
    // What it was before can be had again.
    let before = newest(&story.act.done(&["private-server", "snapshot-list", ONE]));
    assert_ne!(before, taken);
    work(story, &["snapshot-restore", ONE, "--snapshot", &before, "--confirm", ONE]);
    story.wait_for_private(ONE, "running");
    reads(story, "cat /root/vault /etc/motd", "second\nhere");
    let list = story.act.done(&["private-server", "snapshot-list", ONE]);
    for one in list["items"].as_array().expect("items") {
        work(story, &["snapshot-remove", ONE, "--snapshot", &one["id"].to_string(), "--confirm", ONE]);
    }
}

pub fn a_backup_gives_back_files_and_all(story: &Story, key: &SshKey) {
    let prepare = "mkdir -p /root/kept && echo old > /root/kept/file && chown 33:33 /root/kept/file && chmod 640 /root/kept/file \
                   && ln -sf file /root/kept/link && sync";
    reads(story, prepare, "");
    work(story, &["backup-create", ONE]);
    let backup = newest(&story.act.done(&["private-server", "backup-list", ONE]));
    let shown = story.act.done(&["private-server", "backup-files", &backup, "--path", "/root/kept"]);
    assert_eq!(shown["items"].as_array().map(Vec::len), Some(2), "{shown}");
    // Files of the template are there too.
    let shown = story.act.done(&["private-server", "backup-files", &backup, "--path", "/usr/bin"]);
    assert!(shown["items"].to_string().contains("/usr/bin/tar"), "{shown}");

    work(story, &["backup-test", ONE, "--backup", &backup]);
    let tested = story.act.done(&["private-server", "backup-list", ONE]);
    assert!(
        tested["items"][0]["test"].as_str().expect("said").contains("were restored and read"),
        "{tested}"
    );

    reads(story, "rm -r /root/kept && echo new > /root/other && sync", "");
    let files = ["backup-restore-files", ONE, "--backup", &backup, "--paths", "/root/kept"];
    work(story, &files);
    let look = "cat /root/kept/link; stat -c '%u %g %a' /root/kept/file; cat /root/other";
    reads(story, look, "old\n33 33 640\nnew");
    work(story, &[&files[..], &["--into", "/root/aside"]].concat());
    reads(story, "cat /root/aside/root/kept/file", "old");

    // Only what is new is sent.
    work(story, &["backup-create", ONE]);
    let list = story.act.done(&["private-server", "backup-list", ONE]);
    let added = |at: usize| list["items"][at]["added_bytes"].as_u64().expect("a number");
    assert!(added(0) * 5 < added(1), "{list}");

    work(story, &["backup-restore", ONE, "--backup", &backup, "--confirm", ONE]);
    story.wait_for_private(ONE, "running");
    reads(
        story,
        "cat /root/kept/link; test -e /root/other || echo gone; test -e /root/aside || echo gone",
        "old\ngone\ngone",
    );
    let before = newest(&story.act.done(&["private-server", "snapshot-list", ONE]));
    work(story, &["snapshot-remove", ONE, "--snapshot", &before, "--confirm", ONE]);
    // Snapshots and what is restored beside it have a project of their own, numbered behind those of all private servers.
    let project = 65_536 + story.private(ONE)["number"].as_u64().expect("a number");
    let hard = format!("xfs_quota -x -c 'report -pnN -b' /srv | awk '$1 == \"#{project}\" {{ print $4 }}'");
    let hard: u64 = story.on_server(key, "root", HOST, &hard).trim().parse().expect("KiB");
    assert!(hard >= 256 << 10, "{hard} KiB");
    let left = story.on_server(
        key,
        "root",
        HOST,
        "ls -A /srv/snapshots/*; ls /run/rackwright-private/ | grep vault; grep -c views /proc/mounts; true",
    );
    assert!(!left.contains(".room") && !left.contains("vault-") && left.trim().ends_with('0'), "{left}");
}

pub fn a_clone_is_another(story: &Story) {
    let keys = story.inside(ONE, "cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id").1;
    let one = story.private_address(ONE);
    story.act.done(&["private-server", "clone", ONE, "--name", CLONE]);
    story.wait_for_private(CLONE, "running");
    let (status, said) = story.inside(CLONE, "cat /root/kept/link; hostname; cat /etc/hostname");
    assert_eq!((status, said.as_str()), (0, "old\nclone\nclone"));
    assert_ne!(story.private_address(CLONE), one);
    story.wait_for_services(CLONE);
    let (_, said) = story.inside(CLONE, "stat -c '%u %g %a' /root/kept/file");
    assert_eq!(said, "33 33 640");
    let others = story.inside(CLONE, "cat /etc/ssh/ssh_host_ed25519_key.pub /etc/machine-id").1;
    assert!(
        !others.is_empty() && keys.lines().zip(others.lines()).all(|(mine, other)| mine != other),
        "{keys}\n{others}"
    );
    story.act.done(&["private-server", "remove", CLONE, "--confirm", CLONE]);
}
