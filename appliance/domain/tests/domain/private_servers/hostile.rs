//! An agent is heard only about the private servers on its own server.

use rackwright_model::private_server::{Number, Phase, Seen};
use rackwright_proto::{ConsoleOutput, ExecDone, FromMachine};
use serde_json::json;

use super::one;
use crate::support::World;
use crate::support::private::{input, seen};

#[tokio::test]
async fn of_others_private_servers_nothing_is_taken() {
    let world = World::with_room().await;
    let h1 = world.domain.presence.connected_servers()[0];
    let evil = world.host("h2", 10).await;
    let mut draft = input("web1");
    draft["server"] = json!("h1");
    world.done("private-server.create", draft).await;
    let number = world.obeys(h1).await[0].number;
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    for phase in [Phase::Gone, Phase::Failed] {
        world.says(evil, FromMachine::PrivateServers { seen: vec![seen(number, 2, phase)] }).await;
    }
    assert_eq!(world.state("web1").await, "removing");
    super::usage::used_on(&world, evil, 1, 0, 5, 5).await;
    let shown = world.done("private-server.show", one("web1")).await;
    assert_eq!(shown["usage"], json!(null));
    for done in [7, world.domain.now().0.unsigned_abs()] {
        let done = ExecDone { command: done, status: Some(0), output: "x".into(), cut: false, error: None };
        world.says(evil, FromMachine::ExecDone(done)).await;
        let output = ConsoleOutput { console: 7, bytes: vec![0; 9], ended: None };
        world.says(evil, FromMachine::Console(output)).await;
    }
}

#[tokio::test]
async fn it_cannot_have_done_what_nobody_wanted_yet_and_gone_counts_only_when_it_was_asked_for() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    let number = world.told()[0].number;
    for (generation, phase) in [(u64::MAX, Phase::Running), (2, Phase::Running)] {
        world.says(host, FromMachine::PrivateServers { seen: vec![seen(number, generation, phase)] }).await;
        assert_eq!(world.state("web1").await, "creating");
    }
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(number, 1, Phase::Gone)] }).await;
    assert_eq!(world.state("web1").await, "creating");
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(number, 1, Phase::Gone)] }).await;
    assert_eq!(world.state("web1").await, "removing", "that was of an earlier wish");
    let unknown = Number::try_from(999).expect("a number");
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(unknown, 1, Phase::Gone)] }).await;
}

#[tokio::test]
async fn its_words_are_cut_to_what_a_screen_can_use() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    let number = world.told()[0].number;
    let seen = Seen {
        reason: Some(format!("\u{1b}[2J{}", "x".repeat(9_000))),
        progress: Some(u32::MAX),
        ..seen(number, 1, Phase::Failed)
    };
    world.says(host, FromMachine::PrivateServers { seen: vec![seen] }).await;
    let shown = world.done("private-server.show", one("web1")).await["summary"].clone();
    assert_eq!((&shown["state"], &shown["progress"]), (&json!("failed"), &json!(1_000)));
    let reason = shown["reason"].as_str().expect("a reason");
    assert!(reason.len() == 2_000 && !reason.contains('\u{1b}'), "{reason}");
    // Whoever starts it wants it tried again at once.
    world.done("private-server.start", one("web1")).await;
    assert_eq!(world.told()[0].generation, 2);
}
