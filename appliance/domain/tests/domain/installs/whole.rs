//! The way from intent to online, and what each station leaves behind.

use rackwright_domain::ports::{BootDevice, Power};
use rackwright_model::BootStage;
use rackwright_proto::{FromMachine, ToMachine};
use serde_json::json;

use super::{Room, stage};
use crate::support::BmcCall;

#[tokio::test]
async fn a_blank_machine_becomes_a_managed_server() {
    let room = Room::new().await;
    let started = room.install().await;
    room.reaches_phase("awaiting").await;
    let calls = room.world.bmc.take_calls();
    assert!(calls.contains(&BmcCall::BootOnce { from: BootDevice::Network, uefi: false }), "{calls:?}");
    assert!(calls.contains(&BmcCall::Power(Power::On)), "{calls:?}");

    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    assert_eq!((order.host_name.as_str(), order.disk.as_str()), ("r1", "vda"));
    assert_eq!(order.network.address.to_string(), "10.77.0.50");
    for passed in [BootStage::Disk, BootStage::Image, BootStage::Configure, BootStage::Bootloader] {
        room.says(&boot, stage(order.install, passed)).await;
    }
    let answer = room.says(&boot, FromMachine::Written { install: order.install }).await;
    assert!(matches!(answer, Some(ToMachine::Restart { .. })), "{answer:?}");
    assert!(room.world.bmc.take_calls().contains(&BmcCall::BootOnce { from: BootDevice::Disk, uefi: true }));
    room.first_boot(&order).await;

    let server = room.reaches_state("online").await;
    assert_eq!(server["summary"]["profile"], "plain");
    let stages: Vec<&str> = server["timeline"]
        .as_array()
        .expect("records")
        .iter()
        .filter_map(|record| record["stage"].as_str())
        .collect();
    for wanted in
        ["power", "environment", "inventory", "disk", "image", "bootloader", "first_boot", "enrol", "agent"]
    {
        assert!(stages.contains(&wanted), "{wanted} is missing in {stages:?}");
    }
    let job = room.world.done("job.show", json!({"job": started["job"]})).await;
    assert_eq!(job["job"]["state"], "succeeded", "{job:#}");
    assert!(!job.to_string().contains(&order.agent.token), "the token must not be in the log");
}

#[tokio::test]
async fn a_token_opens_once_and_only_for_one_key() {
    let room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    let early = room.world.domain.enrol(&order.agent.token, "csr of key 1").await;
    assert!(early.is_err(), "the disk is not complete yet");
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    room.first_boot(&order).await;
    let again = room.world.domain.enrol(&order.agent.token, "csr of key 1").await;
    assert!(again.is_ok(), "the answer may have been lost: {again:?}");
    let thief = room.world.domain.enrol(&order.agent.token, "csr of key 2").await;
    assert!(thief.is_err(), "another key must get nothing");
    assert!(room.world.domain.enrol("rwe_0000", "csr of key 1").await.is_err());
}

#[tokio::test]
async fn discovery_installs_by_itself_when_told_to() {
    let room = Room::new().await;
    room.world.done("discovery.set", json!({"policy": "auto-install", "profile": "plain"})).await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    assert_eq!(room.order().await.host_name, "r1");
    let audit = room.world.done("audit.list", json!({"action": "server.install"})).await;
    assert_eq!(audit["items"][0]["user"], "system", "{audit:#}");
}
