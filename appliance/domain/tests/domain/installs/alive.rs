//! Who is alive, and the buttons that work on a live server.

use std::net::Ipv4Addr;

use rackwright_proto::ToMachine;
use serde_json::json;

use super::refused::online;
use super::{AGENT, Room};
use crate::support::Sent;

const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 50);

#[tokio::test]
async fn a_silent_server_is_unreachable_and_comes_back_by_an_echo_alone() {
    let room = online().await;
    room.world.domain.agent_gone(AGENT).await;
    room.world.clock.pass(13_000);
    let server = room.reaches_state("unreachable").await;
    assert!(
        server["summary"]["reason"].as_str().is_some_and(|reason| reason.contains("Neither")),
        "{server:#}"
    );
    room.world.ping.set(ADDRESS, true);
    room.world.clock.pass(3_000);
    let server = room.reaches_state("online").await;
    assert_eq!(server["summary"]["reason"], json!(null));
}

#[tokio::test]
async fn a_restart_of_the_control_center_gives_everybody_the_benefit_of_the_doubt() {
    let mut room = online().await;
    room.world.clock.pass(3_600_000);
    room.kill_and_restart().await;
    tokio::time::sleep(std::time::Duration::from_millis(1_500)).await;
    assert_eq!(room.server().await["summary"]["state"], "online");
}

#[tokio::test]
async fn power_goes_through_the_bmc_with_its_password_and_says_why_it_failed() {
    let room = Room::new().await;
    let on = room.world.done("server.power", json!({"server": "r1", "order": "on"})).await;
    assert_eq!(on["on"], true);
    assert!(room.world.bmc.passwords().iter().all(|password| password == "hush"));
    room.world.bmc.fail(Some("the BMC at 10.77.1.1 does not answer"));
    let fault = room.world.refused("server.power", json!({"server": "r1", "order": "off"})).await;
    assert!(fault.reason.contains("does not answer"), "{fault}");
    let audit = room.world.done("audit.list", json!({"action": "server.power"})).await;
    assert_eq!(audit["items"].as_array().map(Vec::len), Some(2), "{audit:#}");
}

#[tokio::test]
async fn a_running_install_is_not_robbed_of_its_power() {
    let room = Room::new().await;
    room.install().await;
    let fault = room.world.refused("server.power", json!({"server": "r1", "order": "off"})).await;
    assert!(fault.advice.contains("job cancel"), "{fault}");
}

#[tokio::test]
async fn a_reboot_goes_through_the_agent_or_says_what_to_do() {
    let room = online().await;
    let fault = room.world.refused("server.reboot", json!({"server": "r1"})).await;
    assert!(fault.advice.contains("power r1 --order cycle"), "{fault}");
    room.world.machines.agent_connects(AGENT);
    room.world.done("server.reboot", json!({"server": "r1"})).await;
    let sent = room.world.machines.take_sent();
    assert!(
        sent.iter().any(|sent| matches!(sent, Sent::ToAgent(AGENT, ToMachine::Restart { .. }))),
        "{sent:?}"
    );
}
