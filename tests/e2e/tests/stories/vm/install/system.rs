//! The installed system, seen by somebody who signs in.

use crate::story::{SshKey, Story, archive};

/// One sign-in for all facts: each line is a name and a value.
const FACTS: &str = r#"
fact() { printf '%s=%s\n' "$1" "$(eval "$2" 2>&1 | tr '\n' ' ' | sed 's/ *$//')"; }
fact host 'hostname'
fact fqdn 'hostname -f'
fact zone 'readlink -f /etc/localtime'
fact srv 'findmnt -no FSTYPE,OPTIONS /srv'
fact root 'findmnt -no FSTYPE /'
fact label 'blkid -o value -s PTTYPE /dev/vda'
fact parts 'lsblk -no PARTLABEL /dev/vda'
fact agent 'systemctl is-active rackwright-agent'
fact failed 'systemctl list-units --failed --no-legend --plain'
fact running 'systemctl is-system-running --wait'
fact package 'cat /usr/share/rackwright-story/note'
fact made 'test -e /etc/story/made && echo yes'
fact cmdline 'cat /proc/cmdline'
fact seed 'ls /etc/rackwright'
fact machine 'cat /etc/machine-id'
"#;

pub fn is_as_ordered(story: &Story, key: &SshKey, name: &str) {
    let said = story.on_server(key, "root", name, FACTS);
    let fact = |wanted: &str| {
        let start = format!("{wanted}=");
        let line = said.lines().find_map(|line| line.strip_prefix(&start));
        line.unwrap_or_else(|| panic!("no fact {wanted} in:\n{said}")).to_owned()
    };
    assert_eq!(fact("host"), name, "{said}");
    assert_eq!(fact("fqdn"), format!("{name}.example.net"), "{said}");
    assert_eq!(fact("zone"), "/usr/share/zoneinfo/Europe/Berlin", "{said}");
    assert!(fact("srv").starts_with("xfs ") && fact("srv").contains("prjquota"), "{said}");
    assert_eq!(fact("root"), "ext4", "{said}");
    assert_eq!(fact("label"), "gpt", "{said}");
    assert_eq!(
        fact("parts").split_whitespace().collect::<Vec<_>>(),
        ["bios", "esp", "root", "data"],
        "{said}"
    );
    assert_eq!(fact("agent"), "active", "{said}");
    assert_eq!(fact("failed"), "", "{said}");
    assert_eq!(fact("running"), "running", "{said}");
    assert_eq!(fact("made"), "yes", "{said}");
    assert_eq!(fact("package"), archive::NOTE, "{said}");
    assert_eq!(fact("machine").len(), 32, "{said}");
    assert!(!fact("seed").contains("enrol.json"), "the one-time token is still there: {said}");
    let somebody = story.on_server(key, "kim", name, "sudo -n id -un");
    assert_eq!(somebody.trim(), "root");
}
