//! Following what happens to servers.

use std::time::Duration;

use rackwright_catalog::{FaultCode, Role};
use serde_json::{Value, json};

use crate::support::World;

async fn watch(world: &World, server: &str, after: &Value) -> Value {
    world.done("server.watch", json!({"server": server, "after": after, "wait_s": 0})).await
}

#[tokio::test]
async fn a_server_that_is_not_there_is_named_instead_of_waited_for() {
    let world = World::new();
    let fault = world.refused("server.watch", json!({"server": "r9", "wait_s": 60})).await;
    assert_eq!(fault.code, FaultCode::NotFound, "{fault}");
    assert!(fault.attempted.contains("watch") && fault.reason.contains("no server r9"), "{fault}");
}

#[tokio::test]
async fn the_last_words_about_a_server_are_heard_before_it_is_not_there() {
    let world = World::new();
    world.done("server.add", json!({"name": "r1", "macs": ["52:54:00:00:00:01"]})).await;
    let start = watch(&world, "r1", &Value::Null).await;
    assert_eq!(start["items"], json!([]), "only what happens from now on");
    world.done("server.remove", json!({"server": "r1", "confirm": "r1"})).await;
    let last = watch(&world, "r1", &start["next"]).await;
    assert_eq!(last["items"][0]["text"], "r1 is removed.", "{last}");
    let fault =
        world.refused("server.watch", json!({"server": "r1", "after": last["next"], "wait_s": 60})).await;
    assert_eq!(fault.code, FaultCode::NotFound, "{fault}");
}

#[tokio::test]
async fn whoever_is_signed_out_while_waiting_hears_nothing_more() {
    let world = World::new();
    world.done("server.add", json!({"name": "r1", "macs": ["52:54:00:00:00:01"]})).await;
    let session = world.session(Role::Engineer).await;
    let waiting = world.call(&session, "server.watch", json!({"wait_s": 60}));
    let news = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        world.clock.pass(5_000);
        world.call(&session, "session.close", json!({})).await.expect("signs out");
        world.done("server.rename", json!({"server": "r1", "name": "r2"})).await;
    };
    let (heard, ()) = tokio::join!(waiting, news);
    assert_eq!(heard.expect_err("is signed out").code, FaultCode::NotSignedIn);
}

#[tokio::test]
async fn what_happened_under_a_name_before_is_not_told_to_the_owner_of_the_next() {
    let world = World::new();
    let reseller = world.session(Role::Reseller).await;
    for (name, mac) in [("r1", "52:54:00:00:00:01"), ("r2", "52:54:00:00:00:02")] {
        world.done("server.add", json!({"name": name, "macs": [mac]})).await;
    }
    world.done("server.assign", json!({"server": "r1", "account": "provider"})).await;
    world.done("server.assign", json!({"server": "r2", "account": "acme"})).await;
    world.done("server.rename", json!({"server": "r1", "name": "r9"})).await;
    world.done("server.rename", json!({"server": "r2", "name": "r1"})).await;
    let heard =
        world.call(&reseller, "server.watch", json!({"after": 0, "wait_s": 0})).await.expect("may look");
    let texts: Vec<&Value> =
        heard["items"].as_array().expect("a list").iter().map(|event| &event["text"]).collect();
    assert_eq!(texts, ["r2 is now called r1."]);
}
