//! What private servers stand on is not taken from under them.

use rackwright_catalog::FaultCode;
use serde_json::json;

use super::one;
use crate::support::private::{input, seen};
use crate::support::{World, tree};
use rackwright_model::private_server::Phase;
use rackwright_proto::FromMachine;

#[tokio::test]
async fn their_server_stays_where_and_whose_it_is() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    world.write(|tx| tree::grow(tx, &"acme".parse().expect("a name")).map(drop)).await;
    let cases = [
        ("server.assign", json!({"server": "h1", "account": "acme"})),
        ("server.retire", json!({"server": "h1", "confirm": "h1"})),
        ("server.remove", json!({"server": "h1", "confirm": "h1"})),
        ("server.install", json!({"server": "h1", "profile": "web", "confirm_wipe": "h1"})),
    ];
    for (action, input) in &cases {
        let fault = world.refused(action, input.clone()).await;
        assert_eq!(fault.reason, "private servers stand on it: web1", "{action}");
        assert!(fault.advice.ends_with("rackwright private-server drain h1"), "{action}: {fault}");
    }
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    let fault = world.refused("server.retire", cases[1].1.clone()).await;
    assert!(fault.reason.contains("are being removed from it: web1"), "{fault}");
    // Its agent is away for good: nobody will ever say that it is gone.
    world.domain.agent_gone(host).await;
    world.done("server.retire", cases[1].1.clone()).await;
    assert_eq!(world.refused("private-server.show", one("web1")).await.code, FaultCode::NotFound);
}

#[tokio::test]
async fn a_template_stays_while_it_is_needed() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    let remove = json!({"image": "debian-12-ps", "confirm": "debian-12-ps"});
    let fault = world.refused("image.remove", remove.clone()).await;
    assert_eq!(fault.reason, "private servers are being made from it: web1");
    let number = world.told()[0].number;
    for phase in [Phase::Fetching, Phase::Making, Phase::Failed] {
        world.says(host, FromMachine::PrivateServers { seen: vec![seen(number, 1, phase)] }).await;
        world.refused("image.remove", remove.clone()).await;
    }
    world.says(host, FromMachine::PrivateServers { seen: vec![seen(number, 1, Phase::Running)] }).await;
    let file = world.directory.path().join("images").join(format!("{}.tar.zst", "a".repeat(64)));
    std::fs::write(&file, "files").expect("written");
    let fault = world.refused("image.remove", json!({"image": "debian-12-ps"})).await;
    assert_eq!(fault.code, FaultCode::ConfirmationNeeded);
    assert!(fault.reason.contains("cannot be rebuilt from it any more: web1"), "{fault}");
    let done = world.done("image.remove", remove).await;
    assert!(done["message"].as_str().is_some_and(|text| text.ends_with("run on: web1.")), "{done}");
    assert!(file.exists(), "its server may have to fetch it again");
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.obeys(host).await;
}

#[tokio::test]
async fn a_newer_template_is_said_and_taken_by_a_rebuild() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    world.obeys(host).await;
    world.template("debian-12-ps", 'b').await;
    let shown = world.done("private-server.show", one("web1")).await;
    assert_eq!((&shown["template_is_old"], &shown["has_password"]), (&json!(true), &json!(true)));
    world.done("private-server.rebuild", json!({"private_server": "web1", "confirm": "web1"})).await;
    assert_eq!(world.obeys(host).await[0].template.sha256, "b".repeat(64));
    let shown = world.done("private-server.show", one("web1")).await;
    assert_eq!(shown["template_is_old"], false);
    assert_eq!(world.done("private-server.templates", json!({})).await["items"][0]["used"], 1);
}

#[tokio::test]
async fn templates_and_images_of_servers_are_not_mistaken_for_each_other() {
    let world = World::with_room().await;
    let profile = json!({"name": "web", "image": "debian-12-ps", "root_keys": ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAA ops"]});
    let fault = world.refused("profile.create", profile).await;
    assert_eq!(fault.fields[0].field, "image");
    assert!(fault.fields[0].problem.contains("is for private servers"), "{fault}");
}

#[tokio::test]
async fn an_account_with_private_servers_is_not_removed() {
    let world = World::with_room().await;
    world.write(|tx| tree::grow(tx, &"solo".parse().expect("a name")).map(drop)).await;
    let mut draft = input("web1");
    draft["account"] = json!("solo");
    world.done("private-server.create", draft).await;
    let fault = world.refused("account.remove", json!({"account": "solo", "confirm": "solo"})).await;
    assert_eq!(fault.reason, "it holds 1 private servers");
}
