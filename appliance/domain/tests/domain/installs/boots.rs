//! What machines that netboot are given, and who is alive.

use std::net::Ipv4Addr;

use rackwright_domain::boot::{Choice, Grant};
use rackwright_model::{BootStage, MacAddr};
use serde_json::json;

use super::{LIMIT, LINK, MAC, Room};

const STRANGER: MacAddr = MacAddr([0x52, 0x54, 0, 0xaa, 0xbb, 0xcc]);

#[tokio::test]
async fn an_unknown_machine_appears_as_discovered() {
    let room = Room::new().await;
    let domain = &room.world.domain;
    domain.lease_offer(STRANGER, None, LINK, None, true).await.expect("an offer");
    domain.boot_passed(STRANGER, BootStage::DhcpOffer, "offered".into());
    room.until("the station", || Some(())).await;
    tokio::time::sleep(std::time::Duration::from_millis(100)).await;
    assert!(matches!(domain.boot_choice(STRANGER).await, Ok(Choice::Provision { .. })));
    let server = room.world.done("server.show", json!({"server": "srv-aabbcc"})).await;
    assert_eq!(server["summary"]["state"], "discovered");
    assert_eq!(
        server["timeline"][0]["stage"], "dhcp_offer",
        "stations before it had a name are kept: {server:#}"
    );
}

#[tokio::test]
async fn the_timeline_shows_every_file_of_the_ram_disk() {
    let room = Room::new().await;
    room.netboot().await;
    for detail in [
        "provision.cpio.zst: 38.0 MB in 3.10 s",
        "provision.cpio.zst: 38.0 MB in 3.10 s; agent.cpio: 4.1 MB in 0.30 s",
    ] {
        room.world.clock.pass(1_000);
        room.world.domain.boot_passed(MAC, BootStage::RamDisk, detail.into());
        let shown = async {
            while room.server().await["timeline"][0]["detail"] != detail {
                tokio::time::sleep(std::time::Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(LIMIT, shown).await.unwrap_or_else(|_| panic!("{detail} is not shown"));
    }
}

#[tokio::test]
async fn leases_are_kept_by_their_machines_and_survive_a_kill() {
    let mut room = Room::new().await;
    let first = room.offered(MAC, None).await;
    room.world.domain.lease_commit(MAC, first, LINK, None).await.expect("a lease");
    room.kill_and_restart().await;
    let domain = &room.world.domain;
    let taken = domain.lease_commit(STRANGER, first, LINK, None).await;
    assert!(taken.is_err_and(|silent| silent.refuse), "the address is still leased");
    let other = room.offered(STRANGER, Some(first)).await;
    assert_ne!(other, first);
    assert_eq!(room.offered(MAC, None).await, first);
}

#[tokio::test]
async fn a_declined_address_rests() {
    let room = Room::new().await;
    let domain = &room.world.domain;
    let first = room.offered(MAC, None).await;
    domain.lease_commit(MAC, first, LINK, None).await.expect("a lease");
    assert!(domain.lease_decline(STRANGER, first).await.is_err(), "only its holder may decline it");
    domain.lease_decline(MAC, first).await.expect("declined");
    for mac in [MAC, STRANGER] {
        assert_ne!(room.offered(mac, Some(first)).await, first);
    }
}

#[tokio::test]
async fn an_empty_pool_and_an_unserved_link_are_silence_with_a_reason() {
    let room = Room::new().await;
    let domain = &room.world.domain;
    let elsewhere = domain.lease_offer(MAC, None, Ipv4Addr::new(192, 0, 2, 1), None, true).await;
    assert!(elsewhere.is_err_and(|silent| silent.reason.contains("no served network")));
    for last in 0..11u8 {
        let mac = MacAddr([2, 0, 0, 0, 1, last]);
        let address = room.offered(mac, None).await;
        domain.lease_commit(mac, address, LINK, None).await.expect("a lease");
    }
    let full = domain.lease_offer(MAC, None, LINK, None, true).await;
    assert!(full.is_err_and(|silent| silent.reason.contains("is empty")));
}

#[tokio::test]
async fn a_retired_machine_loses_its_door_and_comes_back_as_discovered() {
    let room = Room::new().await;
    room.netboot().await;
    room.world.refused("server.retire", json!({"server": "r1"})).await;
    room.world.done("server.retire", json!({"server": "r1", "confirm": "r1"})).await;
    assert_eq!(room.server().await["summary"]["state"], "retired");
    room.netboot().await;
    assert_eq!(room.server().await["summary"]["state"], "discovered");
}

#[tokio::test]
async fn beside_another_server_addresses_are_its_own_and_still_known() {
    let room = Room::new().await;
    let (world, domain) = (&room.world, &room.world.domain);
    let theirs = Ipv4Addr::new(10, 77, 0, 150);
    let early = domain.lease_elsewhere(MAC, theirs, LINK).await;
    assert!(early.is_err(), "in a pool of ours there should be no other server");
    world.done("network.set", json!({"name": "rack", "cidr": "10.77.0.0/24", "mode": "proxy"})).await;

    assert_eq!(domain.lease_offer(MAC, None, LINK, None, true).await, Ok(Grant::Elsewhere));
    assert_eq!(domain.lease_commit(MAC, theirs, LINK, None).await, Ok(Grant::Elsewhere));
    assert!(domain.lease_holder(theirs).await.is_err(), "nobody took it");
    domain.lease_elsewhere(MAC, theirs, LINK).await.expect("taken");
    assert_eq!(domain.lease_holder(theirs).await, Ok(MAC));
    let server = world.done("server.show", json!({"server": "r1"})).await;
    assert_eq!(server["summary"]["address"], "10.77.0.150");
    assert_eq!(server["leases"][0]["address"], "10.77.0.150");

    domain
        .lease_elsewhere(STRANGER, theirs, LINK)
        .await
        .expect("the other server gave it to another machine");
    assert_eq!(domain.lease_holder(theirs).await, Ok(STRANGER));
    let outside = domain.lease_elsewhere(MAC, Ipv4Addr::new(192, 168, 1, 5), LINK).await;
    assert!(outside.is_err_and(|silent| silent.reason.contains("not an address of network rack")));
}
