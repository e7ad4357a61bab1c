//! Installs that must not happen, and what they leave as it was.

use rackwright_model::BootStage;
use rackwright_proto::{Failure, FromMachine};
use serde_json::json;

use super::{MAC, Room, inventory};

#[tokio::test]
async fn a_corrupt_image_is_refused_with_both_hashes_before_anything_is_touched() {
    let room = Room::new().await;
    let image = room.world.done("image.show", json!({"image": "debian"})).await;
    let recorded = image["sha256"].as_str().expect("a hash").to_owned();
    let path = room.world.directory.path().join("images").join(format!("{recorded}.tar.zst"));
    std::fs::write(&path, b"bit rot").expect("the file can be spoiled");
    let found = rackwright_images::repository::file_sha256(&path).expect("a hash");
    room.install().await;
    let server = room.reaches_state("failed").await;
    let reason = server["summary"]["reason"].as_str().expect("a reason");
    assert!(reason.contains(&recorded) && reason.contains(&found), "{reason}");
    assert_eq!(room.world.bmc.take_calls(), [], "the machine must not even be powered");
    let image = room.world.done("image.show", json!({"image": "debian"})).await;
    assert!(image["broken"].is_string(), "{image:#}");
}

#[tokio::test]
async fn a_disk_too_small_is_refused_before_the_order() {
    let room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.world.machines.boot_connects(&boot);
    let hello = rackwright_proto::ProvisionHello {
        version: rackwright_proto::VERSION,
        boot: boot.clone(),
        mac: MAC,
        macs: vec![MAC],
        resuming: None,
    };
    let address = room.offered(MAC, None).await;
    room.world.domain.provision_hello(address, hello).await.expect("a session");
    room.says(&boot, FromMachine::Inventory { inventory: inventory(1_000) }).await;
    let server = room.reaches_state("failed").await;
    let reason = server["summary"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("vda has 1000 MiB") && reason.contains("Nothing was wiped"), "{reason}");
    assert!(room.world.machines.take_sent().iter().all(|sent| !format!("{sent:?}").contains("Install(")));
}

#[tokio::test]
async fn an_online_server_is_wiped_only_when_its_name_is_repeated() {
    let room = online().await;
    let input = json!({"server": "r1", "profile": "plain"});
    let fault = room.world.refused("server.install", input).await;
    assert_eq!(serde_json::to_value(fault.code).expect("a word"), "confirmation_needed");
    assert!(fault.advice.contains("--confirm-wipe r1"), "{}", fault.advice);
    let wrong = json!({"server": "r1", "profile": "plain", "confirm_wipe": "r2"});
    room.world.refused("server.install", wrong).await;
    assert_eq!(room.server().await["summary"]["state"], "online");
    room.world
        .done("server.install", json!({"server": "r1", "profile": "plain", "confirm_wipe": "r1"}))
        .await;
    assert_eq!(room.server().await["summary"]["state"], "installing");
}

#[tokio::test]
async fn a_second_install_is_refused_while_one_is_under_way() {
    let room = Room::new().await;
    room.install().await;
    let fault = room.world.refused("server.install", json!({"server": "r1", "profile": "plain"})).await;
    assert!(fault.reason.contains("installing"), "{fault}");
}

#[tokio::test]
async fn a_failure_on_the_machine_ends_the_job_with_its_words() {
    let room = Room::new().await;
    let started = room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    let failure = Failure {
        stage: BootStage::Image,
        reason: "the hash is wrong.".into(),
        advice: "Verify the image.".into(),
        disk_touched: true,
    };
    room.says(&boot, FromMachine::InstallFailed { install: order.install, failure }).await;
    room.reaches_state("failed").await;
    let job = room.world.done("job.show", json!({"job": started["job"]})).await;
    let reason = job["job"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("the hash is wrong") && reason.contains("The disk was changed"), "{reason}");
}

#[tokio::test]
async fn a_bmc_that_does_not_start_the_machine_is_blamed_without_saying_where_it_is() {
    let room = Room::new().await;
    let why = "it refused the password of user \"admin\"; set the right one";
    room.world.bmc.fail(Some(&format!("could not read the power state through the BMC at 10.77.1.1: {why}")));
    let started = room.install().await;
    room.reaches_state("failed").await;
    let job = room.world.done("job.show", json!({"job": started["job"]})).await;
    let reason = job["job"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("through the BMC: it refused the password of user; set"), "{reason}");
    assert!(!job.to_string().contains("10.77.1.1"), "whoever owns the server reads it too: {job:#}");
}

#[tokio::test]
async fn a_cancelled_install_of_a_blank_machine_leaves_it_ready() {
    let room = Room::new().await;
    let started = room.install().await;
    room.reaches_phase("awaiting").await;
    room.world.done("job.cancel", json!({"job": started["job"]})).await;
    room.reaches_state("ready").await;
}

#[tokio::test]
async fn every_phase_has_a_time_limit_that_says_where_the_machine_stopped() {
    let room = Room::new().await;
    room.install().await;
    room.reaches_phase("awaiting").await;
    room.world.clock.pass(700_000);
    let server = room.reaches_state("failed").await;
    let reason = server["summary"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("Power on") && reason.contains("boot order"), "{reason}");
}

#[tokio::test]
async fn a_machine_on_somebody_elses_address_gets_no_session() {
    let room = Room::new().await;
    let boot = room.netboot().await;
    let hello = rackwright_proto::ProvisionHello {
        version: rackwright_proto::VERSION,
        boot,
        mac: MAC,
        macs: vec![MAC],
        resuming: None,
    };
    let elsewhere = std::net::Ipv4Addr::new(10, 77, 0, 59);
    assert!(room.world.domain.provision_hello(elsewhere, hello).await.is_err());
}

pub(super) async fn online() -> Room {
    let room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    room.first_boot(&order).await;
    room.reaches_state("online").await;
    room
}

#[tokio::test]
async fn a_machine_with_another_boots_nonce_gets_no_session() {
    let room = Room::new().await;
    room.netboot().await;
    let hello = rackwright_proto::ProvisionHello {
        version: rackwright_proto::VERSION,
        boot: "0011223344556677".into(),
        mac: MAC,
        macs: vec![MAC],
        resuming: None,
    };
    let address = room.offered(MAC, None).await;
    let refused =
        room.world.domain.provision_hello(address, hello).await.expect_err("a boot nobody gave out");
    assert!(refused.to_string().contains("boot script"), "{refused}");
}
