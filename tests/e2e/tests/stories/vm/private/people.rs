//! Work inside a private server by its people: files, services, users, the log; and what root inside makes of that.

use serde_json::Value;

use super::ONE;
use crate::story::{SshKey, Story};

/// The output of an action that must go well.
#[track_caller]
fn done(story: &Story, verb: &str, rest: &[&str]) -> Value {
    story.act.done(&[&["private-server", verb, ONE], rest].concat())
}

/// Puts a text into a file.
#[track_caller]
fn upload(story: &Story, path: &str, base64: &str, bytes: &str, over: &[&str]) -> Value {
    let key = ["--path", path, "--upload", "0123456789abcdef"];
    let piece = ["private-server", "file-write", ONE, "--offset", "0", "--base64-file", "-"];
    story.act.tried(&[&piece[..], &key].concat(), base64).unwrap_or_else(|why| panic!("{path}: {why:?}"));
    done(story, "file-finish", &[&key[..], &["--bytes", bytes], over].concat())
}

/// What a line prints that somebody runs inside over SSH.
#[track_caller]
fn over_ssh(story: &Story, key: &SshKey, user: &str, line: &str) -> String {
    let private = key.private();
    let with_key = ["-i", &*private.to_string_lossy(), "-o", "BatchMode=yes"];
    story.signed_in(&with_key, &[], user, &story.private_address(ONE), line).trim().to_owned()
}

pub fn files_services_and_users_are_worked_on(story: &Story, key: &SshKey) {
    upload(story, "/srv/hello.txt", "aGVsbG8K", "6", &[]);
    let address = story.private_address(ONE);
    let over_ssh = |line: &str| over_ssh(story, key, "root", line);
    assert_eq!(over_ssh("stat -c '%a %U' /srv/hello.txt; cat /srv/hello.txt"), "644 root\nhello");
    let read = done(story, "file-read", &["--path", "/srv/hello.txt"]);
    assert_eq!(read["base64"], "aGVsbG8K");
    let version = read["version"].as_str().expect("a version").to_owned();
    upload(story, "/srv/hello.txt", "YWdhaW4K", "6", &["--version", &version]);
    assert_eq!(over_ssh("cat /srv/hello.txt"), "again");
    let late =
        ["private-server", "file-finish", ONE, "--path", "/srv/hello.txt", "--upload", "0123456789abcdef"];
    let late = story.act.tried(&[&late[..], &["--bytes", "0", "--version", &version]].concat(), "");
    assert!(format!("{late:?}").contains("was changed since it was read"), "{late:?}");
    done(story, "file-abandon", &["--path", "/srv/hello.txt", "--upload", "0123456789abcdef"]);

    done(story, "file-permit", &["--path", "/srv/hello.txt", "--mode", "600"]);
    assert_eq!(over_ssh("stat -c %a /srv/hello.txt"), "600");
    done(story, "file-pack", &["--folder", "/srv", "--names", "hello.txt", "--to", "/srv/all.tar.gz"]);
    done(story, "file-unpack", &["--path", "/srv/all.tar.gz", "--to", "/srv/unpacked"]);
    assert_eq!(over_ssh("cat /srv/unpacked/hello.txt; ls -A /srv"), "again\nall.tar.gz\nhello.txt\nunpacked");

    done(story, "login-add", &["--login", "bob"]);
    done(story, "login-set-keys", &["--login", "bob", "--keys", &key.public()]);
    let bob = |line: &str| self::over_ssh(story, key, "bob", line);
    assert_eq!(bob("id -un; stat -c %a ~/.ssh/authorized_keys"), "bob\n600");
    let logins = done(story, "login-list", &[]).to_string();
    assert!(logins.contains("\"bob\""), "{logins}");

    done(story, "service-do", &["--service", "cron.service", "--deed", "stop"]);
    let services = done(story, "service-list", &[]);
    let cron =
        services["items"].as_array().into_iter().flatten().find(|one| one["service"] == "cron.service");
    assert_eq!(cron.expect("is listed")["active"], "inactive");
    done(story, "service-do", &["--service", "cron.service", "--deed", "start"]);
    let journal = done(story, "journal", &["--service", "cron.service"]).to_string();
    assert!(journal.to_lowercase().contains("cron"), "{journal}");
    let processes = done(story, "process-list", &[]);
    let first = &processes["items"][0];
    assert_eq!((&first["process"], &first["user"]), (&Value::from(1), &Value::from("root")));
    let network = done(story, "network", &[]).to_string();
    assert!(network.contains(&address), "{network}");
    done(story, "set-zone", &["--zone", "Europe/Berlin"]);
    assert!(["CET", "CEST"].contains(&over_ssh("date +%Z").as_str()));
}

/// Links out of the private server, as only its root can make them, lead nobody there.
pub fn root_inside_leads_nobody_out(story: &Story, key: &SshKey) {
    story.outside(key, "echo precious > /root/precious");
    let links = "ln -s /proc/1/root/root /srv/out; ln -s ../../../../../../../../root /srv/up; mkfifo /srv/pipe; \
                 ln -s /dev/zero /srv/zero; mknod /srv/disk b 254 0 2>/dev/null; true";
    assert_eq!(story.inside(ONE, links).0, 0);
    for path in ["/srv/out/precious", "/srv/up/precious", "/srv/pipe", "/srv/zero"] {
        let read = story.act.tried(&["private-server", "file-read", ONE, "--path", path], "");
        assert!(!format!("{read:?}").contains("cHJlY2lvdXMK"), "{path}: {read:?}");
        assert!(read.is_err(), "{path}: {read:?}");
    }
    // What the kernel tells there it would tell of the server.
    let views = ["/proc/sys/kernel/hostname", "/srv/kernel/hostname", "/sys/fs/cgroup/cgroup.procs"];
    assert_eq!(story.inside(ONE, "ln -s /proc/sys/kernel /srv/kernel").0, 0);
    for path in views {
        let read = story.act.tried(&["private-server", "file-read", ONE, "--path", path], "");
        assert!(format!("{read:?}").contains("view of the kernel"), "{path}: {read:?}");
    }
    // /srv/up is root's own home inside.
    upload(story, "/srv/up/planted", "eA==", "1", &[]);
    assert_eq!(story.inside(ONE, "cat /root/planted").1, "x");
    assert_eq!(
        story.outside(key, "cat /root/precious; ls /root/planted 2>&1 | tail -c 26"),
        "precious\nNo such file or directory"
    );
    done(story, "file-remove", &["--path", "/srv", "--confirm", "srv"]);
    assert_eq!(story.outside(key, "cat /root/precious; test -b /dev/vda && echo disk"), "precious\ndisk");
}
