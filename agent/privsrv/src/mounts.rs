//! Mounts and their peers (proc(5), "/proc/pid/mountinfo"; mount_namespaces(7), "SHARED SUBTREES").

use std::collections::BTreeSet;

/// Where the first mount of `inside` is that hands on what is mounted below it to one of `outside`; none when all stand apart.
#[must_use]
pub fn in_common<'a>(inside: &'a str, outside: &str) -> Option<&'a str> {
    let known: BTreeSet<&str> = outside.lines().filter_map(peers).collect();
    let mut shared = inside.lines().filter(|line| peers(line).is_some_and(|group| known.contains(group)));
    shared.next().map(|line| line.split(' ').nth(4).unwrap_or(line))
}

/// The group of peers that the mount of a line is of: "36 35 98:0 /mnt1 /mnt2 rw,noatime master:1 shared:7 - ext3 /dev/root rw".
fn peers(line: &str) -> Option<&str> {
    let fields = line.split(' ').skip(6).take_while(|field| *field != "-");
    fields.filter_map(|field| field.strip_prefix("shared:")).next()
}

#[cfg(test)]
mod tests {
    use super::*;

    const SERVER: &str = "26 1 0:23 / /run rw shared:5 - tmpfs tmpfs rw\n40 1 0:30 / /var/lib/lxcfs rw shared:120 - fuse.lxcfs lxcfs rw\n";

    #[test]
    fn peers_of_the_server_are_named_and_nothing_else() {
        let apart =
            "1 2 0:47 / / rw - overlay overlay rw\n3 1 0:30 /proc/stat /proc/stat rw - fuse.lxcfs lxcfs rw\n";
        // What follows the server without being followed, and peers of its own.
        let own = "4 1 0:5 /null /proc/kcore rw master:5 - devtmpfs udev rw\n5 1 0:6 / /tmp rw shared:77 - tmpfs shared:5 rw\n";
        assert_eq!(in_common(&format!("{apart}{own}"), SERVER), None);
        let peer = "6 1 0:30 /proc/stat /proc/stat rw,nosuid master:3 shared:120 - fuse.lxcfs lxcfs rw\n";
        assert_eq!(in_common(&format!("{apart}{peer}{own}"), SERVER), Some("/proc/stat"));
    }
}
