//! Racks, and servers that are placed in them.

use rackwright_catalog::FaultCode;
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
