//! kill -9 of the Control Center between any two steps: the install completes or fails with a reason; never twice.

use rackwright_model::BootStage;
use rackwright_proto::{FromMachine, ToMachine};

use super::{Room, stage};
use crate::support::Sent;

#[tokio::test]
async fn killed_before_the_machine_reports() {
    let mut room = Room::new().await;
    room.install().await;
    room.kill_and_restart().await;
    room.reaches_phase("awaiting").await;
    let boot = room.netboot().await;
    room.kill_and_restart().await;
    room.report(&boot, None).await;
    room.order().await;
}

#[tokio::test]
async fn killed_while_the_machine_writes() {
    let mut room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    room.says(&boot, stage(order.install, BootStage::Disk)).await;
    room.kill_and_restart().await;
    room.report(&boot, Some(order.install)).await;
    room.says(&boot, stage(order.install, BootStage::Image)).await;
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    let again: Vec<Sent> = room.world.machines.take_sent();
    assert!(
        !again.iter().any(|sent| matches!(sent, Sent::ToBoot(_, ToMachine::Install(_)))),
        "ordered twice: {again:?}"
    );
    room.first_boot(&order).await;
    room.reaches_state("online").await;
}

#[tokio::test]
async fn killed_between_the_record_of_the_order_and_the_machine() {
    let mut room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let lost = room.order().await;
    room.kill_and_restart().await;
    // The machine says that it carries nothing out, so the order never reached it.
    room.report(&boot, None).await;
    let order = room.order().await;
    assert_eq!(order.install, lost.install, "the same install, not a second one");
    assert!(
        room.world.domain.enrol(&lost.agent.token, "csr of key 1").await.is_err(),
        "the lost token is void"
    );
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    room.first_boot(&order).await;
    room.reaches_state("online").await;
}

#[tokio::test]
async fn killed_after_the_disk_is_complete() {
    let mut room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    room.kill_and_restart().await;
    // It never heard that it may restart, so it says again that its disk is complete.
    room.report(&boot, Some(order.install)).await;
    let answer = room.says(&boot, FromMachine::Written { install: order.install }).await;
    assert!(matches!(answer, Some(ToMachine::Restart { .. })), "{answer:?}");
    room.kill_and_restart().await;
    room.first_boot(&order).await;
    room.reaches_state("online").await;
}

#[tokio::test]
async fn a_machine_that_restarts_in_the_middle_fails_with_a_reason() {
    let room = Room::new().await;
    room.install().await;
    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    room.says(&boot, stage(order.install, BootStage::Disk)).await;
    room.world.domain.provision_gone(&boot);
    let second = room.netboot().await;
    assert_ne!(boot, second);
    room.report(&second, None).await;
    let server = room.reaches_state("failed").await;
    let reason = server["summary"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("restarted in the middle"), "{reason}");
    let sent = room.world.machines.take_sent();
    assert!(!sent.iter().any(|sent| matches!(sent, Sent::ToBoot(_, ToMachine::Install(_)))), "{sent:?}");
}
