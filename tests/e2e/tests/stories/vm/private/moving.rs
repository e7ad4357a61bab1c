//! A private server changes its server while it runs, keeps its name, address and files, and leaves nothing behind; one whose
//! move is cancelled stays.

use std::time::Duration;

use rackwright_rack::prepare::TEMPLATE;

use super::ONE;
use super::inside::size;
use super::nas::{LEFT as FROM, RIGHT as TO};
use crate::story::{SshKey, Story, wait_until};

/// Making the target ready, three passes, stop and start, on two busy processors.
const MOVE_LIMIT: Duration = Duration::from_secs(300);
/// Changed all the time while it is copied.
const BUSY: &str =
    "systemd-run --quiet --unit=busy sh -c 'while :; do date +%s%N > /root/now; sleep 0.2; done'";

pub fn files_and_all(story: &Story, key: &SshKey) {
    let words = ["private-server", "create", ONE, "--server", FROM, "--template", TEMPLATE];
    story.act.done(&[&words[..], &["--ssh-keys", &key.public()], &size(100, 256)].concat());
    story.wait_for_private(ONE, "running");

    let address = story.private_address(ONE);
    // Services can be started only when those of the start stand.
    story.wait_for_services(ONE);
    let files = format!("echo kept > /root/note && rm /etc/motd && ln -s note /root/link && {BUSY} && sync");
    assert_eq!(story.inside(ONE, &files), (0, String::new()));
    let hosts = story.inside(ONE, "cat /etc/ssh/ssh_host_ed25519_key.pub").1;

    a_cancelled_move_changes_nothing(story, key);
    let job = begin(story);
    let (state, reason) = story.wait_for_end(&job, MOVE_LIMIT);
    assert_eq!((state.as_str(), reason.as_str()), ("succeeded", ""), "{:#?}", story.act.job_log(&job));
    for line in story.act.job_log(&job) {
        eprintln!("  {line}");
    }
    assert_eq!(place(story), TO);
    assert_eq!(story.private_address(ONE), address);
    assert!(story.answers(ONE), "it is found at its address at once");
    let (status, said) =
        story.inside(ONE, "cat /root/link; ls /etc/motd; cat /etc/ssh/ssh_host_ed25519_key.pub");
    assert!(status == 0 && said.contains("kept") && said.contains(&hosts), "{said}");
    assert!(said.contains("'/etc/motd'"), "what was removed stays so: {said}");
    story.wait_for_services(ONE);
    wait_until("nothing of it is left where it was", MOVE_LIMIT, || {
        let left = story.on_server(key, "root", FROM, "ls /srv/private; ip neigh show proxy; true");
        left.trim().is_empty().then_some(())
    });
    it_comes_back_by_a_drain(story);
    story.act.done(&["private-server", "remove", ONE, "--confirm", ONE]);
    wait_until("its name is free", MOVE_LIMIT, || {
        let all = story.act.done(&["private-server", "list"])["items"].clone();
        all.as_array()?.is_empty().then_some(())
    });
}

fn begin(story: &Story) -> String {
    story.act.done(&["private-server", "move", ONE, "--to", TO])["job"].to_string()
}

fn place(story: &Story) -> String {
    story.private(ONE)["server"].as_str().expect("a server").to_owned()
}

fn a_cancelled_move_changes_nothing(story: &Story, key: &SshKey) {
    let job = begin(story);
    let refused = story.act.refused(&["private-server", "stop", ONE], "");
    assert_eq!(refused.fault["code"], "conflict", "{refused:?}");
    story.act.done(&["job", "cancel", &job]);
    assert_eq!(story.wait_for_end(&job, MOVE_LIMIT).0, "cancelled");
    assert_eq!(place(story), FROM);
    story.wait_for_private(ONE, "running");
    assert_eq!(story.inside(ONE, "systemctl is-active busy"), (0, "active".to_owned()), "it never stopped");
    wait_until("nothing of it is left at the target", MOVE_LIMIT, || {
        let left = story.on_server(key, "root", TO, "ls /srv/private 2>/dev/null; true");
        left.trim().is_empty().then_some(())
    });
}

fn it_comes_back_by_a_drain(story: &Story) {
    let begun = story.act.done(&["private-server", "drain", TO]);
    let job = begun["jobs"][0].to_string();
    assert_eq!(story.wait_for_end(&job, MOVE_LIMIT).0, "succeeded", "{:#?}", story.act.job_log(&job));
    assert_eq!(place(story), FROM);
    assert_eq!(story.inside(ONE, "cat /root/note"), (0, "kept".to_owned()));
}
