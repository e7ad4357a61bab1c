//! Machines boot and are installed on a network where somebody else's DHCP server leases the addresses.

use std::time::Duration;

use rackwright_rack::hardware::address;

use crate::story::{ForeignDhcp, INSTALL_LIMIT, Story, Stranger, bios, uefi};

/// From power on to the inventory; firmware waits for further offers before it goes on.
const NETBOOT_LIMIT: Duration = Duration::from_secs(400);

#[test]
fn machines_boot_beside_another_dhcp_server() {
    let story = Story::begin(&[bios("eta"), uefi("theta")], &[]);
    let both = ["eta", "theta"];
    let set = story.act.done(&["network", "set", "rack", "--cidr", address::SUBNET, "--mode", "proxy"]);
    assert_eq!(set["pool_size"], 0, "{set}");
    let foreign = ForeignDhcp::start(Stranger::plug_in(&story.live.rack));

    both.iter().for_each(|name| story.power(name, "on"));
    for name in both {
        story.wait_for_stage(name, "inventory", NETBOOT_LIMIT);
        it_booted_with_an_address_of_the_other_server(&story, &foreign, name);
    }
    let job = story.act.install("eta", &[]);
    story.wait_until_online(&["eta"], INSTALL_LIMIT);
    assert_eq!(story.act.job(&job), ("succeeded".to_owned(), String::new()));
    assert!(story.act.timeline("eta").iter().any(|station| station.0 == "agent"));

    let network = &story.act.done(&["network", "list"])["items"][0];
    assert_eq!((&network["mode"], &network["leased"]), (&"proxy".into(), &2.into()), "{network}");
    let counters = &story.act.done(&["system", "status"])["counters"];
    assert_eq!(counters["dhcp.naks"], 0, "{counters:#}");
    assert!(!story.log().contains("Leased "), "the Control Center leased an address");
}

fn it_booted_with_an_address_of_the_other_server(story: &Story, foreign: &ForeignDhcp, name: &str) {
    let server = story.act.server(name);
    let address = server["summary"]["address"].as_str().unwrap_or_default();
    let mac = story.machine(name).mac();
    let gave = |line: &String| line.contains(&format!(" {address} ")) && line.contains(mac);
    assert!(foreign.given().iter().any(gave), "{address} for {mac} is not among {:#?}", foreign.given());

    let timeline = story.act.timeline(name);
    let detail = |stage: &str| {
        let station = timeline.iter().find(|station| station.0 == stage);
        station.unwrap_or_else(|| panic!("{name} did not pass {stage}: {timeline:#?}")).2.clone()
    };
    assert!(detail("dhcp_offer").contains("beside another DHCP server"), "{timeline:#?}");
    let took = format!("Took {address} from the DHCP server {}.", ForeignDhcp::address());
    assert_eq!(detail("dhcp_ack"), took, "{timeline:#?}");
    assert!(detail("script").contains("provisioning environment"), "{timeline:#?}");
}
