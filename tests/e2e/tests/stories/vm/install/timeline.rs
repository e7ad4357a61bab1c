//! The boot timeline after an install.

use rackwright_rack::hardware::{Firmware, NicKind};

use crate::story::Story;

/// Every station, in the order in which a machine passes them.
const STAGES: [&str; 16] = [
    "power",
    "dhcp_offer",
    "dhcp_ack",
    "boot_program",
    "script",
    "kernel",
    "ram_disk",
    "environment",
    "inventory",
    "disk",
    "image",
    "configure",
    "bootloader",
    "first_boot",
    "enrol",
    "agent",
];

pub fn is_complete_and_in_order(story: &Story, name: &str) {
    let timeline = story.act.timeline(name);
    let stages: Vec<&str> = timeline.iter().map(|station| station.0.as_str()).collect();
    // Where the network card's own program is iPXE already, it asks for its script at once.
    let spec = story.machine(name).spec();
    let fetches_a_program = (spec.firmware, spec.nic) == (Firmware::Uefi, NicKind::Virtio);
    let expected: Vec<&str> =
        STAGES.into_iter().filter(|stage| *stage != "boot_program" || fetches_a_program).collect();
    assert_eq!(stages, expected, "the stations of {name}");
    for pair in timeline.windows(2) {
        assert!(pair[0].1 <= pair[1].1, "{:?} came after {:?}", pair[0], pair[1]);
    }
    assert!(timeline.iter().all(|station| !station.2.is_empty()), "a station without a fact: {timeline:?}");
    assert!(story.act.server(name)["stopped"].is_null(), "it is complete");
}
