//! What servers reported, from heartbeats to the series that a person looks at.

use rackwright_catalog::FaultCode;
use rackwright_domain::reconcile::sampler::Sampler;
use rackwright_model::{MacAddr, ServerId};
use rackwright_proto::{CpuTicks, DiskUse, FromMachine, Heartbeat, NetworkBytes};
use rackwright_store::server::server_insert;
use serde_json::json;

use crate::support::{START, World};

fn beat(busy: u64, total: u64, received: u64) -> FromMachine {
    FromMachine::Heartbeat(Heartbeat {
        uptime_s: 60,
        load_centi: [0; 3],
        memory_kb: 4_000,
        memory_available_kb: 3_000,
        disks: vec![DiskUse { mount: "/".into(), bytes: 900, free_bytes: 300 }],
        cpu: Some(CpuTicks { busy, total }),
        network: Some(NetworkBytes { received, sent: 0 }),
    })
}

async fn server(world: &World, name: &'static str, last: u8) -> ServerId {
    world
        .write(move |tx| {
            let name = name.parse().expect("a name");
            Ok(server_insert(tx, &name, true, &[MacAddr([2, 0, 0, 0, 0, last])], START)?)
        })
        .await
}

#[tokio::test]
async fn heartbeats_become_a_series() {
    let world = World::new();
    let (one, silent) = (server(&world, "r1", 1).await, server(&world, "r2", 2).await);
    let mut sampler = Sampler::new(world.domain.now());
    for step in 1..=4_u64 {
        world.clock.pass(15_000);
        world.domain.agent_said(one, beat(step * 250, step * 1_000, step * 30_000)).await.expect("taken");
        if step == 1 {
            world.domain.agent_said(silent, beat(1, 2, 3)).await.expect("taken");
        }
        sampler.tick(&world.domain).await.expect("kept");
        // The same span is kept once.
        sampler.tick(&world.domain).await.expect("kept");
    }
    let series = world.done("server.samples", json!({"server": "r1", "range": "hour"})).await;
    let items = series["items"].as_array().expect("a list");
    assert_eq!((items.len(), &series["span_s"]), (4, &json!(15)), "{series:#}");
    assert_eq!(items[0]["cpu_permille"], json!(null), "one heartbeat tells no share");
    for item in &items[1..] {
        assert_eq!((&item["cpu_permille"], &item["net_in_bytes_per_s"]), (&json!(250), &json!(2_000)));
        assert_eq!((&item["memory_used_bytes"], &item["disk_used_bytes"]), (&json!(1_024_000), &json!(600)));
    }
    let silent = world.done("server.samples", json!({"server": "r2"})).await;
    assert_eq!(silent["items"].as_array().map(Vec::len), Some(1), "silence leaves no samples: {silent:#}");
    let month = world.done("server.samples", json!({"server": "r1", "range": "month"})).await;
    assert_eq!((&month["span_s"], month["items"].as_array().map(Vec::len)), (&json!(7_200), Some(1)));
}

#[tokio::test]
async fn a_new_owner_does_not_see_what_was_reported_before() {
    let world = World::new();
    let id = server(&world, "r1", 1).await;
    world.done("account.create", json!({"name": "acme", "tier": "reseller"})).await;
    let mut sampler = Sampler::new(world.domain.now());
    world.clock.pass(15_000);
    world.domain.agent_said(id, beat(1, 2, 3)).await.expect("taken");
    sampler.tick(&world.domain).await.expect("kept");
    let kept = async || {
        let series = world.done("server.samples", json!({"server": "r1"})).await;
        series["items"].as_array().map(Vec::len)
    };
    assert_eq!(kept().await, Some(1));
    world.done("server.assign", json!({"server": "r1", "account": "acme"})).await;
    assert_eq!(kept().await, Some(0));
}

#[tokio::test]
async fn a_wrong_range_and_an_unknown_server_are_named() {
    let world = World::new();
    let fault = world.refused("server.samples", json!({"server": "r1", "range": "year"})).await;
    assert_eq!((fault.code, fault.fields[0].field.as_str()), (FaultCode::InvalidInput, "range"));
    let fault = world.refused("server.samples", json!({"server": "r1"})).await;
    assert_eq!(fault.code, FaultCode::NotFound);
}
