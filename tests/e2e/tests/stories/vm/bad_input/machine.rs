//! An image that is not what it was, and a machine that is too small for it.

use std::fs::OpenOptions;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::PathBuf;
use std::time::Duration;

use super::words;
use crate::story::{Story, bios};

const NAME: &str = "small";
/// Less than the profile's root file system alone, MiB.
const DISK_MIB: u64 = 1_024;
const CHECK_LIMIT: Duration = Duration::from_secs(120);
/// From power on to the inventory.
const NETBOOT_LIMIT: Duration = Duration::from_secs(300);

#[test]
fn nothing_is_wiped_for_a_corrupt_image_or_a_small_disk() {
    let story = Story::begin(&[bios(NAME).with_disk_mib(DISK_MIB)], &[]);
    words::all_wrong_fields_are_named(&story);
    words::unknown_names_are_refused(&story);

    flip_a_byte(&story);
    a_corrupt_image_starts_nothing(&story);
    flip_a_byte(&story);
    let mended = story.act.done(&["image", "verify", rackwright_rack::prepare::IMAGE]);
    assert!(mended["broken"].is_null(), "{mended}");

    a_small_disk_is_left_as_it_is(&story);
}

fn image(story: &Story) -> PathBuf {
    story.live.rack.data_dir().join("images").join(format!("{}.tar.zst", story.prepared.sha256))
}

/// Twice is as it was.
fn flip_a_byte(story: &Story) {
    let file = OpenOptions::new().read(true).write(true).open(image(story)).expect("the image's file");
    let middle = file.metadata().expect("its size").len() / 2;
    let mut byte = [0];
    file.read_exact_at(&mut byte, middle).expect("a byte of it");
    file.write_all_at(&[byte[0] ^ 0xff], middle).expect("another byte");
}

fn a_corrupt_image_starts_nothing(story: &Story) {
    let job = story.act.install(NAME, &[]);
    let (state, reason) = story.wait_for_end(&job, CHECK_LIMIT);
    assert_eq!(state, "failed", "{reason}");
    let hashes = reason.split(|c: char| !c.is_ascii_hexdigit()).filter(|word| word.len() == 64);
    let mut hashes: Vec<&str> = hashes.collect();
    assert!(hashes.contains(&story.prepared.sha256.as_str()), "the hash on record is missing: {reason}");
    hashes.sort_unstable();
    hashes.dedup();
    assert_eq!(hashes.len(), 2, "the hash that was found is missing: {reason}");
    assert_eq!(story.act.state(NAME), "failed");
    let power = story.act.done(&["server", "power", NAME, "--order", "status"]);
    assert_eq!(power["on"], false, "the machine was switched on for an image that cannot be installed");
    assert_eq!(story.machine(NAME).console(), "", "the machine was on");
    the_disk_is_blank(story);
    let image = story.act.done(&["image", "show", rackwright_rack::prepare::IMAGE]);
    assert!(image["broken"].is_string(), "the repository still offers it: {image}");
}

fn a_small_disk_is_left_as_it_is(story: &Story) {
    let job = story.act.install(NAME, &[]);
    let (state, reason) = story.wait_for_end(&job, NETBOOT_LIMIT);
    assert_eq!(state, "failed", "{reason}");
    // 130 MiB before the root file system, 3072 for it, 320 for data.
    for size in [DISK_MIB.to_string(), "3522".to_owned()] {
        assert!(reason.contains(&size), "{size} MiB is not in: {reason}");
    }
    the_disk_is_blank(story);
}

/// Nothing was ever written to it: the sparse file has no blocks.
fn the_disk_is_blank(story: &Story) {
    let disk = story.machine(NAME).disk_path().metadata().expect("the disk's file");
    assert_eq!(disk.blocks(), 0, "the disk was written to");
}
