//! Guarantees are promised only while there is room for them.

use rackwright_catalog::{FaultCode, Role};
use rackwright_model::ServerState;
use rackwright_proto::FromMachine;
use rackwright_store::server::server_set_state;
use serde_json::{Value, json};

use super::inside::rented;
use crate::support::private::{input, room, size};
use crate::support::{World, tree};

fn on(server: &str, name: &str) -> Value {
    let mut draft = input(name);
    draft["server"] = json!(server);
    draft
}

#[tokio::test]
async fn a_refusal_says_the_sums_and_where_there_is_room() {
    let world = World::with_room().await;
    world.done("private-server.create", on("h1", "web1")).await;
    world.done("private-server.create", on("h1", "web2")).await;
    let full = world.refused("private-server.create", on("h1", "web3")).await;
    assert_eq!(full.code, FaultCode::Conflict);
    assert_eq!(
        full.reason,
        "h1: CPU is short: 80.0 % is promised, 40.0 % is asked for, and there is 90.0 %. \
         memory is short: 3000 MiB is promised, 1500 MiB is asked for, and there is 3600 MiB"
    );
    assert!(full.advice.contains("private-server room"), "{full}");
    let nowhere = world.refused("private-server.create", input("web3")).await;
    assert_eq!(
        nowhere.reason,
        "none of your servers has room for it: h1 lacks CPU: 10.0 % is free, less than 40.0 %. \
         h1 lacks memory: 600 MiB is free, less than 1.5 GiB"
    );
    world.host("h2", 10).await;
    let full = world.refused("private-server.create", on("h1", "web3")).await;
    assert_eq!(full.advice, "There is room on: h2");
    // Without a choice it goes where there is most room.
    let placed = world.done("private-server.create", input("web3")).await;
    assert_eq!(placed["server"], "h2");
    let shown = world.done("private-server.room", json!({})).await;
    assert_eq!(
        (&shown["items"][0]["name"], &shown["items"][0]["free"]["memory_mib"]),
        (&json!("h1"), &json!(600))
    );
    assert_eq!(shown["items"][0]["shares"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn of_many_servers_without_room_some_are_named_and_the_rest_counted() {
    let world = World::with_room().await;
    for last in 2..=7 {
        world.host(&format!("h{last}"), 10 + last).await;
    }
    let mut draft = input("web1");
    draft["size"]["memory_mib"] = json!(4_000);
    let fault = world.refused("private-server.create", draft).await;
    assert!(fault.reason.contains("h5 lacks memory: 3.5 GiB is free, less than 4.0 GiB. 2 more"), "{fault}");
    assert!(fault.reason.ends_with("2 more have no room either"), "{fault}");
}

#[tokio::test]
async fn a_server_that_cannot_hold_any_says_why() {
    let world = World::with_room().await;
    let h2 = world.host("h2", 10).await;
    let missing = vec!["crun is not installed.".to_owned(), "/srv has no quota.".to_owned()];
    world.says(h2, FromMachine::Room(room(missing))).await;
    let fault = world.refused("private-server.create", on("h2", "web1")).await;
    assert_eq!(fault.reason, "h2 cannot hold private servers: crun is not installed. /srv has no quota");
    assert_eq!(fault.advice, "There is room on: h1");
    world.says(h2, FromMachine::Room(room(vec![]))).await;
    world.write(move |tx| Ok(server_set_state(tx, h2, ServerState::Unreachable, None)?)).await;
    let fault = world.refused("private-server.create", on("h2", "web1")).await;
    assert_eq!(fault.reason, "h2 is not online, but unreachable");
    let shown = world.done("private-server.room", json!({})).await;
    assert_eq!(shown["items"][1]["reason"], "h2 is not online, but unreachable.");
}

#[tokio::test]
async fn other_sizes_are_admitted_and_never_below_what_is_used() {
    let world = World::with_room().await;
    world.done("private-server.create", on("h1", "web1")).await;
    world.done("private-server.create", on("h1", "web2")).await;
    let resize = |field: &str, to: u32| {
        let mut size = size();
        size[field] = json!(to);
        json!({"private_server": "web1", "size": size})
    };
    let fault = world.refused("private-server.resize", resize("cpu_permille", 501)).await;
    assert!(
        fault.reason.contains("40.0 % is promised, 50.1 % is asked for"),
        "its own share is not counted: {fault}"
    );
    let done = world.done("private-server.resize", resize("cpu_permille", 500)).await;
    assert_eq!(done["size"]["cpu_permille"], 500);
    super::usage::used(&world, 1, 0, 700 << 20, (2_000 << 20) + 1).await;
    world.clock.pass(540_000);
    let fault = world.refused("private-server.resize", resize("disk_mib", 2_000)).await;
    assert_eq!(fault.fields[0].field, "size.disk_mib");
    assert_eq!(fault.fields[0].problem, "is less than the 2001 MiB that were in use 240 s ago");
    let fault = world.refused("private-server.resize", resize("memory_mib", 600)).await;
    assert!(fault.fields[0].problem.contains("700 MiB"), "{fault}");
    world.done("private-server.resize", resize("disk_mib", 2_001)).await;
}

#[tokio::test]
async fn sizes_that_are_not_named_stay_as_they_are() {
    let world = World::with_room().await;
    let made = world.done("private-server.create", on("h1", "web1")).await;
    let resize = |change: Value| json!({"private_server": "web1", "size": change});
    let mut expected = made["size"].clone();
    for (change, ceiling) in [
        (json!({"memory_mib": 200}), Value::Null),
        (json!({"ceiling_kbit": 20_000}), json!(20_000)),
        (json!({"swap_mib": 64}), json!(20_000)),
        (json!({"ceiling_kbit": 0}), Value::Null),
    ] {
        for (field, value) in change.as_object().expect("an object") {
            expected[field] = value.clone();
        }
        expected["ceiling_kbit"] = ceiling;
        let done = world.done("private-server.resize", resize(change.clone())).await;
        assert_eq!(done["size"], expected, "{change}");
    }
    // The rules between the fields hold for what comes of it.
    world.done("private-server.resize", resize(json!({"ceiling_kbit": 15_000}))).await;
    let fault = world.refused("private-server.resize", resize(json!({"bandwidth_kbit": 15_001}))).await;
    assert_eq!((fault.code, fault.fields[0].field.as_str()), (FaultCode::InvalidInput, "size.ceiling_kbit"));
    let fault = world.refused("private-server.resize", resize(json!({"ceiling_kbit": 7}))).await;
    assert_eq!((fault.code, fault.fields[0].field.as_str()), (FaultCode::InvalidInput, "size.ceiling_kbit"));
    // A whole size names everything: without a ceiling it leaves that, and with null, as it is shown, it takes it away.
    let done = world.done("private-server.resize", resize(size())).await;
    assert_eq!(done["size"]["ceiling_kbit"], 15_000);
    let done = world.done("private-server.resize", resize(expected.clone())).await;
    assert_eq!(done["size"], expected);
    let fault = world.refused("private-server.resize", json!({"private_server": "web1"})).await;
    assert_eq!((fault.code, fault.fields[0].field.as_str()), (FaultCode::InvalidInput, "size"));
}

#[tokio::test]
async fn a_reseller_places_on_its_own_servers_alone() {
    let world = World::with_room().await;
    let acme = world.session(Role::Reseller).await;
    let mut draft = input("acme-web");
    let fault = world.call(&acme, "private-server.create", draft.clone()).await.expect_err("no server");
    assert_eq!(fault.reason, "none of your servers has room for it");
    draft["server"] = json!("h1");
    let foreign = world.call(&acme, "private-server.create", draft.clone()).await.expect_err("foreign");
    assert_eq!((foreign.code, foreign.reason.as_str()), (FaultCode::NotFound, "there is no server h1"));
    world.write(|tx| tree::grow(tx, &"acme".parse().expect("a name")).map(drop)).await;
    world.done("server.assign", json!({"server": "h1", "account": "acme"})).await;
    let made = world.call(&acme, "private-server.create", draft.clone()).await.expect("its own");
    assert_eq!((&made["account"], &made["server"]), (&json!("acme"), &json!("h1")));
    draft["name"] = json!("web1");
    let fault = world.call(&acme, "private-server.create", draft).await.expect_err("not its name");
    assert_eq!(fault.fields[0].problem, "must begin with acme-");
}

#[tokio::test]
async fn a_template_must_be_one() {
    let world = World::with_room().await;
    let server = crate::images::with_image("debian-12").await;
    drop(server);
    let mut draft = input("web1");
    draft["template"] = json!("nothing");
    let fault = world.refused("private-server.create", draft.clone()).await;
    assert_eq!(fault.reason, "there is no template nothing");
    draft["template"] = json!("debian-12-ps");
    world
        .write(|tx| {
            let name = "debian-12-ps".parse().expect("a name");
            Ok(rackwright_store::image::image_mark(tx, &name, crate::support::START, Some("torn"))?)
        })
        .await;
    let fault = world.refused("private-server.create", draft).await;
    assert!(fault.reason.contains("is broken"), "{fault}");
    assert_eq!(world.done("private-server.templates", json!({})).await["items"], json!([]));
}

#[tokio::test]
async fn a_reseller_gives_no_more_of_a_server_of_the_provider() {
    let (world, _) = rented().await;
    let reseller = world.session(Role::Reseller).await;
    let resize = |mib: u32| json!({"private_server": "web1", "size": {"memory_mib": mib}});
    let fault = world.call(&reseller, "private-server.resize", resize(600)).await.expect_err("is not theirs");
    assert_eq!(
        (fault.code, fault.reason.as_str()),
        (FaultCode::Conflict, "the server that it stands on is not yours")
    );
    world.call(&reseller, "private-server.resize", resize(400)).await.expect("gives back");
    world.done("private-server.resize", resize(600)).await;
}

#[tokio::test]
async fn whoever_has_one_learns_nothing_of_a_full_server() {
    let (world, _) = rented().await;
    let shop = world.session(Role::AccountManager).await;
    world
        .done("private-server.resize", json!({"private_server": "web2", "size": {"disk_mib": 34_000}}))
        .await;
    let snapshot = json!({"private_server": "web1", "note": "one"});
    let full = world.refused("private-server.snapshot-create", snapshot.clone()).await;
    assert!(full.reason.contains("h1: disk is short"), "{full}");
    let told = world.call(&shop, "private-server.snapshot-create", snapshot).await.expect_err("is full");
    assert_eq!(told.reason, "its server has no room for as much as its disk now");
    assert!(!told.to_string().contains("h1"), "{told}");
}
