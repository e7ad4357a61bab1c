//! What was used is in the books once, however often it is told.

use rackwright_model::private_server::{Number, UsageBatch, UsageSample};
use rackwright_model::{Millis, ServerId};
use rackwright_proto::{FromMachine, ToMachine};
use serde_json::json;

use crate::support::private::input;
use crate::support::{START, World};

/// The multiple of five minutes in which the test begins.
fn began() -> Millis {
    Millis(START.0.div_euclid(300_000) * 300_000)
}

fn sample(number: u32, span: i64, memory: u64, disk: u64) -> UsageSample {
    UsageSample {
        number: Number::try_from(number).expect("a number"),
        at: began().plus(span * 300_000),
        span_ms: 300_000,
        cpu_us: 2_000_000,
        memory_bytes: memory,
        disk_bytes: disk,
        in_bytes: 10,
        out_bytes: 20,
    }
}

/// The server of the world says what a private server used in a span after the start.
pub async fn used(world: &World, number: u32, span: i64, memory: u64, disk: u64) {
    let host = world.domain.presence.connected_servers()[0];
    used_on(world, host, number, span, memory, disk).await;
}

pub async fn used_on(world: &World, server: ServerId, number: u32, span: i64, memory: u64, disk: u64) {
    let batch = UsageBatch { batch: 7, samples: vec![sample(number, span, memory, disk)] };
    assert_eq!(world.says(server, FromMachine::Usage(batch)).await, Some(ToMachine::UsageTaken { batch: 7 }));
}

#[tokio::test]
async fn a_sample_counts_once() {
    let world = World::with_room().await;
    world.done("private-server.create", input("web1")).await;
    for _ in 0..3 {
        used(&world, 1, 0, 96 << 20, 5).await;
    }
    used(&world, 1, 1, 96 << 20, 6).await;
    world.clock.pass(600_000);
    let series = world.done("private-server.usage", json!({"private_server": "web1"})).await;
    assert_eq!(
        (series["items"].as_array().map(Vec::len), &series["in_bytes"]),
        (Some(2), &json!(20)),
        "{series}"
    );
    assert_eq!((&series["cpu_ms"], &series["memory_mib_hours"]), (&json!(4_000), &json!(16)));
    let week = world.done("private-server.usage", json!({"private_server": "web1", "range": "month"})).await;
    assert_eq!(week["items"].as_array().map(Vec::len), Some(1));
    let shown = world.done("private-server.show", json!({"private_server": "web1"})).await;
    assert_eq!(shown["usage"]["disk_bytes"], 6);
}

#[tokio::test]
async fn samples_of_times_that_cannot_be_are_not_taken() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    let crooked = UsageSample { at: began().plus(1), ..sample(1, 0, 1, 1) };
    let samples = vec![sample(1, -2, 1, 1), sample(1, 12, 1, 1), crooked];
    let taken = world.says(host, FromMachine::Usage(UsageBatch { batch: 1, samples })).await;
    assert_eq!(taken, Some(ToMachine::UsageTaken { batch: 1 }), "or it would be told for ever");
    world.clock.pass(9_000_000);
    let series = world.done("private-server.usage", json!({"private_server": "web1"})).await;
    assert_eq!(series["items"], json!([]));
    let many = UsageBatch { batch: 2, samples: vec![sample(1, 0, 1, 1); 501] };
    assert!(world.domain.agent_said(host, FromMachine::Usage(many)).await.is_err());
}

#[tokio::test]
async fn absurd_numbers_are_cut_and_thirteen_months_are_kept() {
    let world = World::with_room().await;
    world.done("private-server.create", input("web1")).await;
    used(&world, 1, 0, u64::MAX, u64::MAX).await;
    used(&world, 1, 1, u64::MAX, u64::MAX).await;
    world.clock.pass(600_000);
    world.done("private-server.usage", json!({"private_server": "web1"})).await;
    let kept = async || {
        let shown = world.done("private-server.show", json!({"private_server": "web1"})).await;
        !shown["usage"].is_null()
    };
    world.clock.pass(390 * 24 * 3_600_000);
    world.domain.forget().await.expect("forgets");
    assert!(kept().await);
    world.clock.pass(7 * 24 * 3_600_000);
    world.domain.forget().await.expect("forgets");
    assert!(!kept().await);
}
