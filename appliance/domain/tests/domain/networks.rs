//! Served networks.

use rackwright_catalog::FaultCode;
use rackwright_model::MacAddr;
use rackwright_store::lease::{LeaseRow, lease_put};
use rackwright_store::network::network_list;
use serde_json::{Value, json};

use crate::support::{START, World};

fn network(name: &str, cidr: &str, start: &str) -> Value {
    json!({
        "name": name, "cidr": cidr, "pool_first": format!("{start}.50"), "pool_last": format!("{start}.59"),
        "router": format!("{start}.1"),
    })
}

#[tokio::test]
async fn networks_that_overlap_are_refused_by_both_names() {
    let world = World::new();
    world.done("network.set", network("rack-1", "10.77.0.0/24", "10.77.0")).await;
    world.done("network.set", network("rack-2", "10.77.1.0/24", "10.77.1")).await;
    for (cidr, start) in
        [("10.77.0.0/16", "10.77.0"), ("10.77.0.0/25", "10.77.0"), ("10.77.0.0/24", "10.77.0")]
    {
        let fault = world.refused("network.set", network("rack-3", cidr, start)).await;
        assert_eq!(fault.code, FaultCode::Conflict, "{cidr}");
        assert!(fault.reason.contains("rack-1") && fault.reason.contains("rack-3"), "{fault}");
    }
    let changed = world.done("network.set", network("rack-1", "10.77.0.0/25", "10.77.0")).await;
    assert_eq!(changed["cidr"], "10.77.0.0/25", "a network does not overlap itself");
    assert_eq!(world.done("network.list", json!({})).await["items"].as_array().map(Vec::len), Some(2));
}

#[tokio::test]
async fn a_list_counts_the_leases_in_force() {
    let world = World::new();
    world.done("network.set", network("rack-1", "10.77.0.0/24", "10.77.0")).await;
    world
        .write(|tx| {
            let id = network_list(tx)?[0].id;
            for (last, until) in [(50, START.plus(1)), (51, START), (52, START.plus(60_000))] {
                let mac = MacAddr([2, 0, 0, 0, 0, last]);
                lease_put(tx, &LeaseRow { mac, address: [10, 77, 0, last].into(), network: id, until })?;
            }
            Ok(())
        })
        .await;
    let list = world.done("network.list", json!({})).await;
    assert_eq!((&list["items"][0]["leased"], &list["items"][0]["pool_size"]), (&json!(2), &json!(10)));
}

#[tokio::test]
async fn a_pool_belongs_to_mode_pool_alone() {
    let world = World::new();
    let proxy = json!({"name": "office", "cidr": "192.168.7.0/24", "mode": "proxy", "router": "192.168.7.1"});
    let set = world.done("network.set", proxy.clone()).await;
    assert_eq!(
        (&set["mode"], &set["pool_first"], &set["pool_size"]),
        (&json!("proxy"), &Value::Null, &json!(0))
    );
    let mut with_pool = proxy.clone();
    with_pool["pool_first"] = json!("192.168.7.50");
    with_pool["pool_last"] = json!("192.168.7.60");
    let mut without = proxy;
    without["mode"] = json!("pool");
    for (input, word) in [(with_pool, "must be left out"), (without, "is missing")] {
        let fault = world.refused("network.set", input).await;
        let fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
        assert_eq!(fields, ["pool_first", "pool_last"], "{fault}");
        assert!(fault.fields[0].problem.contains(word), "{fault}");
    }
    let pool = world.done("network.set", network("rack-1", "10.77.0.0/24", "10.77.0")).await;
    assert_eq!((&pool["mode"], &pool["pool_size"]), (&json!("pool"), &json!(10)), "the mode by default");
}

#[tokio::test]
async fn removing_wants_the_name_repeated() {
    let world = World::new();
    world.done("network.set", network("rack-1", "10.77.0.0/24", "10.77.0")).await;
    for confirm in [Value::Null, json!("rack-2")] {
        let fault = world.refused("network.remove", json!({"network": "rack-1", "confirm": confirm})).await;
        assert_eq!(fault.code, FaultCode::ConfirmationNeeded);
        assert!(fault.advice.contains("--confirm rack-1"), "{fault}");
    }
    world.done("network.remove", json!({"network": "rack-1", "confirm": "rack-1"})).await;
    let gone = world.refused("network.remove", json!({"network": "rack-1", "confirm": "rack-1"})).await;
    assert_eq!(gone.code, FaultCode::NotFound);
}

#[tokio::test]
async fn every_wrong_field_is_named_at_once() {
    let world = World::new();
    let input = json!({"name": "Rack 1", "cidr": "10.77.0.0", "pool_first": 5, "pool_last": "10.77.0.60", "extra": true});
    let fault = world.refused("network.set", input).await;
    let mut fields: Vec<&str> = fault.fields.iter().map(|field| field.field.as_str()).collect();
    fields.sort_unstable();
    assert_eq!(fields, ["cidr", "extra", "name", "pool_first"], "{fault}");
}
