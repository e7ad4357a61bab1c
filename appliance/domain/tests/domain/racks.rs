//! Racks, and servers that are placed in them.

use rackwright_catalog::{FaultCode, Role};
use rackwright_model::MacAddr;
use rackwright_store::server::server_insert;
use serde_json::{Value, json};

use crate::support::{START, World};

/// A rack of ten units at fra-1, and three servers.
async fn room() -> World {
    let world = World::new();
    world.done("rack.create", json!({"name": "a1", "site": "fra-1", "height": 10})).await;
    world
        .write(|tx| {
            for (name, last) in [("r1", 1), ("r2", 2), ("r3", 3)] {
                server_insert(
                    tx,
                    &name.parse().expect("a name"),
                    true,
                    &[MacAddr([2, 0, 0, 0, 0, last])],
                    START,
                )?;
            }
            Ok(())
        })
        .await;
    world
}

fn place(server: &str, unit: u32, height: u32) -> Value {
    json!({"server": server, "rack": "a1", "unit": unit, "height": height})
}

async fn names(world: &World, input: Value) -> Vec<String> {
    let list = world.done("server.list", input).await;
    let items = list["items"].as_array().expect("a list").iter();
    items.map(|server| server["name"].as_str().expect("a name").to_owned()).collect()
}

#[tokio::test]
async fn a_placed_server_says_where_it_stands_and_moves_on() {
    let world = room().await;
    let placed = world.done("server.place", place("r1", 3, 2)).await;
    assert_eq!(
        (&placed["rack"], &placed["site"], &placed["unit"], &placed["height"]),
        (&json!("a1"), &json!("fra-1"), &json!(3), &json!(2))
    );
    world.done("server.place", place("r2", 9, 2)).await;
    // It may overlap itself: it is moved up by one.
    world.done("server.place", place("r1", 4, 2)).await;
    let shown = world.done("rack.show", json!({"rack": "a1"})).await;
    let order: Vec<_> = shown["servers"].as_array().expect("a list").iter().map(|one| &one["name"]).collect();
    assert_eq!(order, ["r2", "r1"], "from the top");
    assert_eq!((&shown["rack"]["used"], &shown["rack"]["free"]), (&json!(4), &json!(6)));
    assert_eq!(names(&world, json!({"rack": "a1"})).await, ["r1", "r2"]);
    assert_eq!(names(&world, json!({"site": "fra-1", "search": "r2"})).await, ["r2"]);
    assert!(names(&world, json!({"site": "ams-2"})).await.is_empty());
    for (search, found) in [("FRA R", 2), ("02:00:00:00:00:02", 1), ("a1 r1", 1), ("%", 0)] {
        assert_eq!(names(&world, json!({"search": search})).await.len(), found, "{search}");
    }
    let out = world.done("server.place", json!({"server": "r1"})).await;
    assert_eq!((&out["rack"], &out["unit"]), (&Value::Null, &Value::Null));
}

#[tokio::test]
async fn a_clash_names_who_is_there() {
    let world = room().await;
    world.done("server.place", place("r1", 3, 2)).await;
    world.done("server.place", place("r2", 6, 1)).await;
    for (unit, height, there) in
        [(4, 1, "r1 (units 3 to 4)"), (1, 3, "r1"), (2, 9, "r1 (units 3 to 4) and r2 (unit 6)")]
    {
        let fault = world.refused("server.place", place("r3", unit, height)).await;
        assert_eq!(fault.code, FaultCode::Conflict);
        assert!(fault.reason.contains(there), "{fault}");
    }
    world.done("server.place", place("r3", 5, 1)).await;
    let fault = world.refused("server.place", place("r1", 10, 2)).await;
    assert!(fault.reason.contains("has 10 units: units 10 to 11"), "{fault}");
    let kept = world.done("server.show", json!({"server": "r1"})).await;
    assert_eq!(kept["summary"]["unit"], 3, "a refusal moves nothing");
}

#[tokio::test]
async fn every_wrong_field_of_a_place_is_named() {
    let world = room().await;
    let fault = world.refused("server.place", json!({"server": "r1", "rack": "a1"})).await;
    assert_eq!(fault.fields[0].field, "unit");
    let fault = world.refused("server.place", json!({"server": "r1", "unit": 3, "height": 1})).await;
    assert_eq!(fault.fields.iter().map(|wrong| wrong.field.as_str()).collect::<Vec<_>>(), ["unit", "height"]);
    let fault = world.refused("server.place", json!({"server": "r1", "rack": "b1", "unit": 1})).await;
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::NotFound, "there is no rack b1"));
}

#[tokio::test]
async fn a_rack_goes_only_when_it_is_empty_and_keeps_its_servers_when_renamed() {
    let world = room().await;
    world.done("rack.create", json!({"name": "a2"})).await;
    world.done("server.place", place("r1", 1, 1)).await;
    assert_eq!(
        world.refused("rack.rename", json!({"rack": "a1", "name": "a2"})).await.code,
        FaultCode::Conflict
    );
    assert_eq!(world.refused("rack.create", json!({"name": "a2"})).await.code, FaultCode::Conflict);
    world.done("rack.rename", json!({"rack": "a1", "name": "b1"})).await;
    assert_eq!(names(&world, json!({"rack": "b1"})).await, ["r1"]);
    let fault = world.refused("rack.remove", json!({"rack": "b1", "confirm": "b1"})).await;
    assert!(fault.reason.contains("r1"), "{fault}");
    world.done("server.place", json!({"server": "r1"})).await;
    let fault = world.refused("rack.remove", json!({"rack": "b1"})).await;
    assert_eq!(fault.code, FaultCode::ConfirmationNeeded);
    world.done("rack.remove", json!({"rack": "b1", "confirm": "b1"})).await;
    let left = world.done("rack.list", json!({})).await;
    assert_eq!(left["items"].as_array().map(Vec::len), Some(1));
    assert_eq!((&left["items"][0]["name"], &left["items"][0]["height"]), (&json!("a2"), &json!(42)));
}

#[tokio::test]
async fn whoever_does_not_look_after_racks_learns_nothing_of_them() {
    let world = room().await;
    let reseller = world.session(Role::Reseller).await;
    world.done("server.place", place("r1", 3, 2)).await;
    world.done("server.assign", json!({"server": "r1", "account": "acme"})).await;
    let shown = world.call(&reseller, "server.show", json!({"server": "r1"})).await.expect("its own");
    for field in ["rack", "site", "unit", "height"] {
        assert_eq!(shown["summary"][field], Value::Null, "{field}");
    }
    for (search, found) in [("r1", 1), ("a1", 0), ("fra", 0)] {
        let list = world.call(&reseller, "server.list", json!({"search": search})).await.expect("a list");
        assert_eq!(list["items"].as_array().map(Vec::len), Some(found), "{search}");
    }
    for (action, input) in
        [("server.list", json!({"rack": "a1"})), ("server.count", json!({"site": "fra-1"}))]
    {
        let found = world.call(&reseller, action, input).await.expect("a list");
        assert_eq!(found["items"], json!([]), "as of a rack that there is not");
    }
}

#[tokio::test]
async fn only_those_who_look_after_racks_are_told_where_a_bmc_is() {
    let world = room().await;
    let reseller = world.session(Role::Reseller).await;
    let bmc = json!({"address": "10.77.0.201", "user": "admin", "password": "hush"});
    world.done("server.set-bmc", json!({"server": "r1", "bmc": bmc})).await;
    world.done("server.assign", json!({"server": "r1", "account": "acme"})).await;
    world.bmc.fail(Some("could not power on through the BMC at 10.77.0.201: it does not answer"));
    let order = json!({"server": "r1", "order": "on"});
    let told = world.call(&reseller, "server.power", order.clone()).await.expect_err("refused");
    assert_eq!((told.code, told.to_string().contains("10.77")), (FaultCode::Unavailable, false), "{told}");
    assert!(world.refused("server.power", order).await.reason.contains("10.77.0.201"));
}
