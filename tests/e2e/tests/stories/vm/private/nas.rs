//! Two servers: a private server goes from one to the other with its files. One whose disk is on a NAS reads shared files, moves
//! without its files, and stands still while the NAS is away; when its server is cut off it starts on the other: after that one
//! was powered off, and never before.

use std::path::PathBuf;
use std::time::Duration;

use rackwright_rack::prepare::{TEMPLATE, prepare_template};
use rackwright_rack::progress::step;
use serde_json::Value;

use super::ONE;
use super::inside::size;
use super::moving;
use crate::story::{INSTALL_LIMIT, NfsServer, SshKey, Story, bios, programs, wait_until};

pub const LEFT: &str = "left";
pub const RIGHT: &str = "right";
/// On two busy processors.
const LIMIT: Duration = Duration::from_secs(300);
/// Where the shared files appear inside.
const TOOLS: &str = "/srv/tools";

#[test]
fn private_servers_change_their_server_and_outlive_it_on_a_nas() {
    let template = step("Template", |step| prepare_template(&programs(), TEMPLATE, &[], step));
    let template = template.unwrap_or_else(|error| panic!("{error:#}"));
    let key = SshKey::make();
    let story = Story::begin(&[bios(LEFT), bios(RIGHT)], &["--root-keys", &key.public()]);
    let nas = NfsServer::start(&story.live.rack, &["disks", "tools"]);
    std::fs::write(nas.files("tools").join("hello"), "from the NAS\n").expect("written");
    story.install_on_discovery();
    story.power(LEFT, "on");
    story.power(RIGHT, "on");
    story.wait_until_online(&[LEFT, RIGHT], INSTALL_LIMIT);
    let offered = step("Template", |step| story.live.offer_template(&template, step));
    offered.unwrap_or_else(|error| panic!("{error:#}"));
    for (name, purpose, path) in [("disks", "roots", "/srv/disks"), ("tools", "shared", "/srv/tools")] {
        let words = ["nas", "create", name, "--purpose", purpose, "--address", crate::story::NAS_ADDRESS];
        story.act.done(&[&words[..], &["--path", path]].concat());
    }

    both_have_room(&story);
    moving::files_and_all(&story, &key);
    made_on_the_nas(&story, &key);
    its_root_may_do_what_root_may(&story);
    shared_files_are_read_and_not_written(&story);
    it_moves_without_its_files(&story, &nas, &key);
    it_stands_still_while_the_nas_is_away(&story, &nas, &key);
    a_server_that_is_cut_off_is_powered_off_first(&story, &nas);
    the_dead_one_comes_back_without_it(&story, &key);
    nothing_is_left_on_the_nas(&story, &nas);
}

fn both_have_room(story: &Story) {
    wait_until("both have said what they can give", LIMIT, || {
        let room = story.act.done(&["private-server", "room"]);
        let both = room["items"].as_array().filter(|items| items.len() == 2)?;
        both.iter().all(|server| server["reason"].is_null()).then_some(())
    });
}

fn made_on_the_nas(story: &Story, key: &SshKey) {
    let words = ["private-server", "create", ONE, "--server", LEFT, "--template", TEMPLATE, "--nas", "disks"];
    let more = ["--ssh-keys", &key.public(), "--power", "off", "--priority", "1"];
    story.act.done(&[&words[..], &more, &size(100, 256)].concat());
    story.wait_for_private(ONE, "stopped");
    story.act.done(&["private-server", "share", ONE, "--nas", "tools", "--at", TOOLS]);
    story.act.done(&["private-server", "start", ONE]);
    story.wait_for_private(ONE, "running");
    story.wait_for_services(ONE);
}

/// What an NFS server would refuse the root of a private server, were its files there one by one.
fn its_root_may_do_what_root_may(story: &Story) {
    let line = "echo kept > /root/note && cp /root/note /srv/theirs && chown nobody:nogroup /srv/theirs && \
                chmod 600 /srv/theirs && cat /srv/theirs && stat -c %U /srv/theirs && mknod /root/pipe p && sync";
    assert_eq!(story.inside(ONE, line), (0, "kept\nnobody".to_owned()));
    let (status, said) = story.inside(ONE, "df -m --output=size / | tail -1");
    let mib: u32 = said.trim().parse().unwrap_or_else(|_| panic!("{said}"));
    assert!(status == 0 && (200..=256).contains(&mib), "the disk ends where it was limited: {mib} MiB");
    let (status, said) = story.inside(ONE, "fallocate -l 400M /root/big; rm /root/big");
    assert!(status == 0 && said.contains("No space left on device"), "{said}");
}

fn shared_files_are_read_and_not_written(story: &Story) {
    assert_eq!(story.inside(ONE, "cat /srv/tools/hello"), (0, "from the NAS".to_owned()));
    let (status, said) = story.inside(ONE, "touch /srv/tools/mine; mount -o remount,rw /srv/tools");
    assert!(status != 0 && said.contains("Read-only file system"), "{said}");
    let (_, options) = story.inside(ONE, "grep ' /srv/tools ' /proc/mounts");
    let has = |option: &str| options.split([' ', ',']).any(|one| one == option);
    assert!(["ro", "nosuid", "nodev"].into_iter().all(has), "{options}");
}

fn it_moves_without_its_files(story: &Story, nas: &NfsServer, key: &SshKey) {
    assert_eq!(claim(nas)["epoch"], 1);
    let job = story.act.done(&["private-server", "move", ONE, "--to", RIGHT])["job"].to_string();
    let (state, reason) = story.wait_for_end(&job, LIMIT);
    assert_eq!((state.as_str(), reason.as_str()), ("succeeded", ""), "{:#?}", story.act.job_log(&job));
    for line in story.act.job_log(&job) {
        eprintln!("  {line}");
    }
    assert!(!story.act.job_log(&job).iter().any(|line| line.contains("pass ")), "nothing was copied");
    assert_eq!(story.private(ONE)["server"], RIGHT);
    assert_eq!(story.inside(ONE, "cat /root/note /srv/theirs"), (0, "kept\nkept".to_owned()));
    assert_eq!(claim(nas)["epoch"], 2);
    wait_until("the other has let go of it", LIMIT, || {
        let left =
            story.on_server(key, "root", LEFT, "losetup -l -n; grep rackwright-nas/disk /proc/mounts; true");
        left.trim().is_empty().then_some(())
    });
}

fn it_stands_still_while_the_nas_is_away(story: &Story, nas: &NfsServer, key: &SshKey) {
    assert_eq!(story.inside(ONE, "touch /run/mark"), (0, String::new()));
    nas.hold();
    story.wait_for_private(ONE, "frozen");
    let reason = story.private(ONE)["reason"].clone();
    assert!(reason.to_string().contains("nothing of it is lost"), "{reason}");
    assert_eq!(story.act.state(RIGHT), "online", "its server is well");
    let freezer =
        format!("cat /sys/fs/cgroup/private.slice/rackwright-{}.scope/cgroup.freeze", story.tag(ONE));
    assert_eq!(story.on_server(key, "root", RIGHT, &freezer).trim(), "1");
    nas.go_on();
    story.wait_for_private(ONE, "running");
    let line = "test -e /run/mark && echo after >> /root/note && sync && cat /root/note";
    assert_eq!(story.inside(ONE, line), (0, "kept\nafter".to_owned()), "it was never started anew");
}

fn a_server_that_is_cut_off_is_powered_off_first(story: &Story, nas: &NfsServer) {
    story.act.done(&["failover", "set", "--after-s", "30"]);
    wire(story, "down");
    story.wait_for_state(RIGHT, "unreachable", LIMIT);
    assert!(story.machine(RIGHT).ipmi().is_on().expect("the BMC answers"), "it runs, and is cut off");
    let mut said = String::new();
    wait_until("it belongs to the other", LIMIT, || {
        // In this order: what is read first was true first.
        let on = story.machine(RIGHT).ipmi().is_on().expect("the BMC answers");
        let now = story.private(ONE);
        let words = format!("{}: {} {} (power of {RIGHT}: {on})", now["server"], now["state"], now["reason"]);
        if words != said {
            eprintln!("  {words}");
            said = words;
        }
        (now["server"] == LEFT).then_some(())
    });
    assert!(!story.machine(RIGHT).ipmi().is_on().expect("the BMC answers"), "it was off before");
    story.wait_for_private(ONE, "running");
    assert!(!story.machine(RIGHT).ipmi().is_on().expect("the BMC answers"), "and still is");
    assert_eq!(claim(nas)["epoch"], 3);
    assert_eq!(story.inside(ONE, "cat /root/note"), (0, "kept\nafter".to_owned()));
    let log = story.log();
    assert!(!log.contains("panicked"), "{log}");
}

fn the_dead_one_comes_back_without_it(story: &Story, key: &SshKey) {
    wire(story, "up");
    story.power(RIGHT, "on");
    story.wait_for_state(RIGHT, "online", INSTALL_LIMIT);
    wait_until("it was told that it has nothing any more", LIMIT, || {
        let kept = story.on_server(key, "root", RIGHT, "ls /var/lib/rackwright/private-servers");
        kept.trim().is_empty().then_some(())
    });
    let runs = story.on_server(key, "root", RIGHT, "ls /run/rackwright-crun 2>/dev/null; true");
    assert_eq!(runs.trim(), "", "nothing runs there");
    assert_eq!(
        (story.private(ONE)["server"].clone(), story.private(ONE)["state"].clone()),
        (LEFT.into(), "running".into())
    );
}

fn nothing_is_left_on_the_nas(story: &Story, nas: &NfsServer) {
    story.act.done(&["private-server", "remove", ONE, "--confirm", ONE]);
    wait_until("its disk is gone", LIMIT, || crate::story::names_in(&ours(nas)).is_empty().then_some(()));
    for name in ["disks", "tools"] {
        wait_until("nobody uses the NAS", LIMIT, || {
            story.act.tried(&["nas", "remove", name, "--confirm", name], "").ok()
        });
    }
}

/// The network of the second machine.
fn wire(story: &Story, order: &str) {
    let mut ip = story.live.rack.command("ip");
    assert!(ip.args(["link", "set", "tap1", order]).status().expect("ip starts").success());
}

/// The directory of the Control Center on the NAS.
fn ours(nas: &NfsServer) -> PathBuf {
    let disks = nas.files("disks");
    let names = crate::story::names_in(&disks);
    assert_eq!(names.len(), 1, "{names:?}");
    disks.join(&names[0])
}

/// Who may use the disk.
fn claim(nas: &NfsServer) -> Value {
    let ours = ours(nas);
    let names = crate::story::names_in(&ours);
    let text = std::fs::read(ours.join(&names[0]).join("claim")).expect("a claim");
    serde_json::from_slice(&text).expect("JSON")
}
