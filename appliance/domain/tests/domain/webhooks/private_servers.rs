//! What webhooks hear of private servers: their owner of its own alone, and nothing twice.

use rackwright_catalog::Role;
use rackwright_domain::Credential;
use rackwright_model::ServerId;
use rackwright_model::private_server::{Number, Phase, Seen};
use rackwright_proto::FromMachine;
use serde_json::{Value, json};

use super::Running;
use crate::support::World;
use crate::support::private::{input, seen};

/// What an agent's reports can tell.
const REPORTED: [&str; 3] = ["private-server.failed", "private-server.frozen", "private-server.running"];
/// What follows from whether its server answers.
const REACH: [&str; 2] = ["private-server.unreachable", "private-server.reachable"];

/// One of an account, in half of the server.
async fn made_for(world: &World, name: &str, account: &str) {
    let mut draft = input(name);
    draft["account"] = json!(account);
    world.done("private-server.create", draft).await;
}

/// The agent says this of a private server.
async fn reports(world: &World, host: ServerId, number: Number, generation: u64, phase: Phase) {
    let reason = (phase == Phase::Failed).then(|| "There is no\nroom.".to_owned());
    let seen = vec![Seen { reason, ..seen(number, generation, phase) }];
    world.says(host, FromMachine::PrivateServers { seen }).await;
}

/// What it was told happened to which, all by machines.
fn named(told: &[Value]) -> Vec<(&str, &str)> {
    told.iter().map(pair).collect()
}

fn pair(one: &Value) -> (&str, &str) {
    let body = &one["body"];
    assert_eq!(body["by"], "machine", "{body}");
    let name = body["object"]["private_server"].as_str().expect("a name");
    (body["event"].as_str().expect("an event"), name)
}

#[tokio::test]
async fn an_owner_hears_of_its_own_alone_and_those_above_of_all() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let acme = world.session(Role::Reseller).await;
    let shop = world.session(Role::AccountManager).await;
    let club = world.session_in("acme-club", "acme-club-jo", Role::AccountManager).await;
    let zeta = world.session_in("zeta", "zeta-kim", Role::Reseller).await;
    let mut hooks = Vec::new();
    for credential in [&Credential::LocalRoot, &acme, &shop, &club, &zeta] {
        hooks.push(world.hook(credential, &REPORTED).await);
    }
    made_for(&world, "web1", "acme-shop").await;
    made_for(&world, "web2", "acme-club").await;
    world.obeys(host).await;
    let (web1, web2) = (("private-server.running", "web1"), ("private-server.running", "web2"));
    let expected = [vec![web1, web2], vec![web1, web2], vec![web1], vec![web2], vec![]];
    for (hook, expected) in hooks.into_iter().zip(expected) {
        let told = world.queue(hook).await;
        assert_eq!(named(&told), expected, "{told:?}");
        assert!(!format!("{told:?}").contains("h1"), "where it stands is not its owner's business: {told:?}");
    }
}

#[tokio::test]
async fn what_an_agent_tries_again_and_says_again_is_told_once() {
    let mut world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let hook = world.hook(&Credential::LocalRoot, &REPORTED).await;
    world.done("private-server.create", input("web1")).await;
    let number = world.told()[0].number;
    for phase in
        [Phase::Fetching, Phase::Making, Phase::Failed, Phase::Failed, Phase::Starting, Phase::Failed]
    {
        reports(&world, host, number, 1, phase).await;
    }
    let told = world.queue(hook).await;
    assert_eq!(named(&told), [("private-server.failed", "web1")]);
    assert_eq!(told[0]["body"]["reason"], "There is no room.");
    for phase in
        [Phase::Starting, Phase::Running, Phase::Running, Phase::Frozen, Phase::Frozen, Phase::Running]
    {
        reports(&world, host, number, 1, phase).await;
    }
    let so_far = [
        "private-server.failed",
        "private-server.running",
        "private-server.frozen",
        "private-server.running",
    ];
    assert_eq!(world.events(hook).await, so_far);
    // It goes on running while something else is carried out.
    world.done("private-server.quarantine", json!({"private_server": "web1"})).await;
    reports(&world, host, number, 2, Phase::Running).await;
    assert_eq!(world.events(hook).await, so_far);
    // A failure is a new one after it ran, and stays the same one when the Control Center starts again.
    reports(&world, host, number, 2, Phase::Failed).await;
    world.restart();
    world.domain.presence.connected(host, true);
    for phase in [Phase::Failed, Phase::Starting, Phase::Failed] {
        reports(&world, host, number, 2, phase).await;
    }
    assert_eq!(world.events(hook).await[4..], ["private-server.failed"]);
    // Whoever starts it again hears when that fails too.
    world.done("private-server.start", json!({"private_server": "web1"})).await;
    reports(&world, host, number, 2, Phase::Failed).await;
    reports(&world, host, number, 3, Phase::Failed).await;
    assert_eq!(world.events(hook).await[5..], ["private-server.failed"]);
    // What fails of a removal is not told: it is no failure of something that anybody wants to run.
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    reports(&world, host, number, 4, Phase::Failed).await;
    assert_eq!(world.events(hook).await.len(), 6);
}

#[tokio::test]
async fn an_owner_hears_when_the_server_of_its_own_falls_silent_and_answers_again() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let shop = world.session(Role::AccountManager).await;
    let club = world.session_in("acme-club", "acme-club-jo", Role::AccountManager).await;
    let (own, others) = (world.hook(&shop, &REACH).await, world.hook(&club, &REACH).await);
    made_for(&world, "web1", "acme-shop").await;
    world.obeys(host).await;
    world.clock.pass(20_000);
    let _running = Running::on(&world);
    world.sends(1).await;
    world.domain.presence.echo(host, world.domain.now());
    world.sends(2).await;
    let told = world.queue(own).await;
    assert_eq!(named(&told), [(REACH[0], "web1"), (REACH[1], "web1")]);
    let reason = told[0]["body"]["reason"].as_str().expect("a reason");
    assert!(reason.contains("its files are there") && !reason.contains("h1"), "{reason}");
    assert_eq!(told[1]["body"]["reason"], Value::Null);
    assert_eq!(world.events(others).await, Vec::<String>::new());
}
