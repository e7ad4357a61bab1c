//! Removing the record of a server.

use rackwright_catalog::FaultCode;
use rackwright_store::certificate::certificate_server;
use rackwright_store::lease::lease_of_mac;
use rackwright_store::server::server_of_mac;

use super::*;

/// Rows of every table that hangs on a server.
async fn rows(world: &World) -> Vec<i64> {
    world
        .read(|tx| {
            let count = |table| {
                let sql = format!("SELECT COUNT(*) FROM {table}");
                tx.query_row(&sql, [], |row| row.get(0)).expect("a number")
            };
            Ok(["server", "server_mac", "boot_record", "lease", "install", "certificate"].map(count).to_vec())
        })
        .await
}

#[tokio::test]
async fn an_announcement_with_a_mistyped_address_goes_and_its_address_is_free_again() {
    let world = World::new();
    world.done("server.add", json!({"name": "r1", "macs": [MAC]})).await;
    let fault = world.refused("server.remove", json!({"server": "r1"})).await;
    assert_eq!(fault.code, FaultCode::ConfirmationNeeded, "{fault}");
    assert!(fault.advice.contains("--confirm r1"), "{fault}");
    world.refused("server.remove", json!({"server": "r1", "confirm": "r2"})).await;
    world.done("server.remove", json!({"server": "r1", "confirm": "r1"})).await;
    assert_eq!(world.done("server.list", json!({})).await["items"], json!([]));
    let fault = world.refused("server.remove", json!({"server": "r1", "confirm": "r1"})).await;
    assert_eq!(fault.code, FaultCode::NotFound, "{fault}");
    world.done("server.add", json!({"name": "r1", "macs": [MAC]})).await;
    let audit = world.done("audit.list", json!({"action": "server.remove"})).await;
    let results: Vec<bool> = audit["items"]
        .as_array()
        .expect("rows")
        .iter()
        .map(|row| row["input"] == json!({"server": "r1", "confirm": "r1"}) && row["result"] == "done")
        .collect();
    assert_eq!(results, [false, true, false, false], "newest first: {audit}");
}

#[tokio::test]
async fn a_server_in_use_stays_and_a_retired_one_goes_with_all_that_hangs_on_it() {
    let room = Room::new().await;
    let (world, remove) = (&room.world, json!({"server": "r1", "confirm": "r1"}));
    room.install().await;
    let fault = world.refused("server.remove", remove.clone()).await;
    assert_eq!(fault.code, FaultCode::Conflict, "{fault}");
    assert!(fault.reason.contains("installing") && fault.advice.contains("job cancel"), "{fault}");

    let boot = room.netboot().await;
    room.report(&boot, None).await;
    let order = room.order().await;
    room.says(&boot, stage(order.install, BootStage::Disk)).await;
    room.says(&boot, FromMachine::Written { install: order.install }).await;
    room.first_boot(&order).await;
    room.reaches_state("online").await;
    let fault = world.refused("server.remove", remove.clone()).await;
    assert!(
        fault.reason.contains("online") && fault.advice.contains("rackwright server retire r1"),
        "{fault}"
    );
    assert!(rows(world).await.iter().all(|count| *count > 0), "{:?}", rows(world).await);

    // Whoever cannot be heard any more needs no retirement first.
    world
        .write(|tx| {
            Ok(rackwright_store::server::server_set_state(
                tx,
                AGENT,
                rackwright_model::ServerState::Unreachable,
                None,
            )?)
        })
        .await;
    let print = world
        .read(|tx| {
            Ok(tx
                .query_row("SELECT fingerprint FROM certificate", [], |row| row.get::<_, String>(0))
                .expect("one"))
        })
        .await;
    world.machines.take_sent();
    world.done("server.remove", remove).await;
    assert_eq!(rows(world).await, [0; 6]);
    world
        .read(move |tx| {
            assert_eq!(certificate_server(tx, &print)?, None);
            assert_eq!((server_of_mac(tx, MAC)?, lease_of_mac(tx, MAC)?), (None, None));
            Ok(())
        })
        .await;
    assert_eq!(world.machines.take_sent(), [Sent::Dropped(AGENT)]);

    room.netboot().await;
    let servers = world.done("server.list", json!({})).await;
    assert_eq!(servers["items"][0]["state"], "discovered", "{servers}");
}

#[tokio::test]
async fn a_retired_server_can_be_removed() {
    let world = World::new();
    world.done("server.add", json!({"name": "r1", "macs": [MAC]})).await;
    world.done("server.retire", json!({"server": "r1", "confirm": "r1"})).await;
    world.done("server.remove", json!({"server": "r1", "confirm": "r1"})).await;
    assert_eq!(world.refused("server.show", json!({"server": "r1"})).await.code, FaultCode::NotFound);
}
