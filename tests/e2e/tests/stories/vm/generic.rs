//! Machines with the devices of real servers, on the kernel that has the drivers for those: nothing paravirtual.

use rackwright_rack::hardware::Hardware;

use super::install::{inventory, timeline};
use crate::story::{INSTALL_LIMIT, SshKey, Story, bios, uefi};

/// The kernel, the driver of the network card, and every module that is loaded.
const FACTS: &str = r#"
echo "kernel=$(uname -r)"
echo "network=$(basename "$(readlink /sys/class/net/en*/device/driver)")"
lsmod | cut -d ' ' -f 1
"#;

#[test]
fn machines_without_virtual_devices_become_managed_servers() {
    let key = SshKey::make();
    let specs = [bios("epsilon"), uefi("zeta")].map(|spec| spec.with_hardware(Hardware::Generic));
    let story = Story::begin_on(Hardware::Generic, &specs, &["--root-keys", &key.public()]);
    let both = ["epsilon", "zeta"];

    story.install_on_discovery();
    both.iter().for_each(|name| story.power(name, "on"));
    story.wait_until_online(&both, INSTALL_LIMIT);

    for (name, network, disk) in [("epsilon", "e1000", "ahci"), ("zeta", "e1000e", "nvme")] {
        timeline::is_complete_and_in_order(&story, name);
        inventory::is_what_the_machine_is_made_of(&story, name);
        let said = story.on_server(&key, "root", name, FACTS);
        assert!(said.contains(&format!("network={network}\n")), "{said}");
        for driver in [network, disk] {
            assert!(said.lines().any(|line| line == driver), "{driver} is not loaded:\n{said}");
        }
        assert!(!said.contains("cloud") && !said.contains("virtio_net"), "{said}");
    }
}
