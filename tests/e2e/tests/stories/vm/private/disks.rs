//! The disk of the server, when it is what all wait for.

use super::inside::size;
use super::{HOST, ONE, TWO};
use crate::story::{SshKey, Story};

/// Requests that the disk carries out in a second, few enough that no processor is what is waited for.
const SLOW: u32 = 200;
/// Reads past all caches, four at a time, for twenty seconds.
const READ: &str = "head -c 16M /dev/urandom > /root/read; sync; for reader in 1 2 3 4; do \
    timeout 20 sh -c 'while :; do dd if=/root/read of=/dev/null bs=16k iflag=direct 2>/dev/null; done' & done; wait; rm /root/read";

/// Three times the share is three times the disk, where both want all of it.
pub fn a_slow_disk_is_shared_out_by_weight(story: &Story, key: &SshKey) {
    story.act.done(&[&["private-server", "resize", ONE][..], &size(300, 320)].concat());
    let read = |name: &str| {
        let stat = format!("cat /sys/fs/cgroup/private.slice/rackwright-{}.scope/io.stat", story.tag(name));
        let said = story.outside(key, &stat);
        let bytes = said.split_whitespace().filter_map(|word| word.strip_prefix("rbytes="));
        bytes.map(|bytes| bytes.parse::<u64>().expect("a number")).sum::<u64>()
    };
    let slow = |requests| story.live.rack.machine(HOST).and_then(|machine| machine.slow_disk(requests));
    slow(SLOW).expect("slow");
    let of_each = std::thread::scope(|scope| {
        let readers = [ONE, TWO].map(|name| scope.spawn(move || story.inside(name, READ)));
        std::thread::sleep(std::time::Duration::from_secs(8));
        let before = [ONE, TWO].map(read);
        std::thread::sleep(std::time::Duration::from_secs(10));
        let after = [ONE, TWO].map(read);
        for reader in readers {
            let (status, said) = reader.join().expect("read");
            assert_eq!(status, 0, "{said}");
        }
        [after[0] - before[0], after[1] - before[1]]
    });
    slow(0).expect("fast again");
    eprintln!("  bytes read by each: {of_each:?}");
    // One to one where weights do not count.
    assert!(of_each[1] > 0 && of_each[0] > 2 * of_each[1], "{of_each:?}");
}
