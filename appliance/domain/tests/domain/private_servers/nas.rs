//! Private servers on a NAS: where they are placed, what they read, and how they move.

use rackwright_catalog::{FaultCode, Role};
use rackwright_model::private_server::Intent;
use rackwright_proto::{FromMachine, HostRoom, ToMachine};
use serde_json::{Value, json};

use super::one;
use crate::support::private::{input, room};
use crate::support::{Sent, World};

async fn with_nas() -> World {
    let world = World::with_room().await;
    for (name, purpose, capacity) in
        [("disks", "roots", Some(12_000)), ("tools", "shared", None), ("more", "shared", None)]
    {
        let input = json!({
            "name": name, "purpose": purpose, "address": "10.78.0.20", "path": format!("/srv/{name}"),
            "capacity_mib": capacity,
        });
        world.done("nas.create", input).await;
    }
    world
}

fn on_nas(name: &str) -> Value {
    let mut draft = input(name);
    draft["nas"] = json!("disks");
    draft["size"]["cpu_permille"] = json!(100);
    draft["size"]["memory_mib"] = json!(500);
    draft
}

#[tokio::test]
async fn its_server_is_told_where_its_disk_is_and_what_it_reads() {
    let world = with_nas().await;
    let mut draft = on_nas("web1");
    draft["shares"] = json!([{"nas": "tools", "at": "/srv/tools"}]);
    let view = world.done("private-server.create", draft).await;
    assert_eq!((&view["nas"], &view["priority"]), (&json!("disks"), &json!(5)));
    let told = world.told();
    let nas = told[0].nas.as_ref().expect("a disk on a NAS");
    assert_eq!((nas.export.path.as_str(), nas.epoch), ("/srv/disks", 1));
    assert!(nas.directory.starts_with("rackwright-"), "{nas:?}");
    assert_eq!(told[0].shares[0].at.as_str(), "/srv/tools");
    let shown = world.done("private-server.show", one("web1")).await;
    assert_eq!(shown["shares"], json!([{"nas": "tools", "at": "/srv/tools"}]));
    let nas = world.done("nas.show", json!({"nas": "disks"})).await;
    assert_eq!((&nas["nas"]["promised_mib"], &nas["nas"]["used"]), (&json!(5_000), &json!(1)));
    assert_eq!(nas["private_servers"][0]["name"], "web1");
    let room = world.done("private-server.room", json!({})).await;
    assert_eq!(room["items"][0]["promised"]["disk_mib"], 0, "nothing of its disk is on the server");
    assert_eq!(room["items"][0]["shares"][0]["size"]["disk_mib"], 0);
}

#[tokio::test]
async fn shares_change_and_are_kept_apart() {
    let world = with_nas().await;
    world.done("private-server.create", on_nas("web1")).await;
    let host = world.domain.presence.connected_servers()[0];
    world.obeys(host).await;
    let share = |nas: &str, at: &str| json!({"private_server": "web1", "nas": nas, "at": at});
    world.done("private-server.share", share("tools", "/srv/tools")).await;
    assert_eq!(world.obeys(host).await[0].shares.len(), 1);
    for (input, field) in [
        (share("more", "/srv/tools/more"), "at"),
        (share("disks", "/srv/disks"), "nas"),
        (share("tools", "/etc"), "at"),
        (share("tools", "/srv/../etc"), "at"),
    ] {
        let fault = world.refused("private-server.share", input.clone()).await;
        assert_eq!(
            (fault.code, fault.fields[0].field.as_str()),
            (FaultCode::InvalidInput, field),
            "{input}: {fault}"
        );
    }
    let fault = world.refused("nas.remove", json!({"nas": "tools", "confirm": "tools"})).await;
    assert!(fault.reason.contains("web1") && fault.advice.contains("private-server unshare"), "{fault}");
    world.done("private-server.unshare", json!({"private_server": "web1", "at": "/srv/tools"})).await;
    assert_eq!(world.obeys(host).await[0].shares, []);
    world.done("nas.remove", json!({"nas": "tools", "confirm": "tools"})).await;
}

#[tokio::test]
async fn a_nas_promises_no_more_than_it_has_and_stays_where_it_is_used() {
    let world = with_nas().await;
    world.done("private-server.create", on_nas("web1")).await;
    world.done("private-server.create", on_nas("web2")).await;
    let fault = world.refused("private-server.create", on_nas("web3")).await;
    let sum = "10000 MiB is promised, 5000 MiB is asked for, and there is 12000 MiB";
    assert!(fault.reason.contains(sum), "{fault}");
    let resize = |disk: u32| {
        let mut size = on_nas("web1")["size"].clone();
        size["disk_mib"] = json!(disk);
        json!({"private_server": "web1", "size": size})
    };
    let fault = world.refused("private-server.resize", resize(4_000)).await;
    assert!(fault.to_string().contains("can grow, but not shrink"), "{fault}");
    assert!(world.refused("private-server.resize", resize(8_000)).await.reason.contains("is short"));
    world.done("private-server.resize", resize(6_000)).await;
    let fault = world.refused("nas.change", json!({"nas": "disks", "address": "10.78.0.21"})).await;
    assert!(fault.reason.contains("private servers use it: 2"), "{fault}");
    let fault = world.refused("nas.change", json!({"nas": "disks", "capacity_mib": 10_000})).await;
    assert!(fault.to_string().contains("11000 MiB that are promised"), "{fault}");
    world.done("nas.change", json!({"nas": "disks", "name": "fast", "capacity_mib": 20_000})).await;
    world.done("nas.change", json!({"nas": "more", "path": "/srv/other"})).await;
}

#[tokio::test]
async fn only_servers_that_can_mount_are_chosen() {
    let world = with_nas().await;
    let host = world.domain.presence.connected_servers()[0];
    world.says(host, FromMachine::Room(HostRoom { nfs: false, ..room(vec![]) })).await;
    let mut draft = on_nas("web1");
    draft["server"] = json!("h1");
    let fault = world.refused("private-server.create", draft).await;
    assert!(fault.reason.contains("h1 cannot mount the exports of a NAS"), "{fault}");
    let other = world.host("h2", 10).await;
    world.done("private-server.create", on_nas("web1")).await;
    let sent = world.machines.take_sent();
    assert!(
        matches!(&sent[..], [Sent::ToAgent(to, ToMachine::PrivateServers { .. })] if *to == other),
        "{sent:?}"
    );
}

#[tokio::test]
async fn those_who_do_not_look_after_the_racks_see_no_addresses() {
    let world = with_nas().await;
    let reseller = world.session(Role::Reseller).await;
    let seen = world.call(&reseller, "nas.list", json!({})).await.expect("may look");
    assert!(!seen.to_string().contains("10.78.0.20") && !seen.to_string().contains("/srv"), "{seen}");
    assert!(seen.to_string().contains("disks"), "{seen}");
}

#[tokio::test]
async fn it_moves_without_its_files() {
    let world = with_nas().await;
    let from = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", on_nas("web1")).await;
    world.obeys(from).await;
    let to = world.host("h2", 10).await;
    let job =
        world.done("private-server.move", json!({"private_server": "web1", "to": "h2"})).await["job"].clone();
    let mut intents = Vec::new();
    for _ in 0..8 {
        for sent in world.machines.take_sent() {
            let Sent::ToAgent(server, message) = sent else { continue };
            let ToMachine::PrivateServers { wanted } = message else { panic!("{message:?}") };
            for wanted in wanted {
                intents.push((server == to, wanted.intent));
                let phase = crate::support::private::phase(wanted.intent);
                let seen = vec![crate::support::private::seen(wanted.number, wanted.generation, phase)];
                world.says(server, FromMachine::PrivateServers { seen }).await;
            }
        }
        world.domain.step_moves().await.expect("looked");
    }
    let job = world.done("job.show", json!({"job": job})).await["job"].clone();
    assert_eq!(job["state"], "succeeded", "{job}");
    let expected = [(true, Intent::Near), (false, Intent::Off), (true, Intent::On), (false, Intent::Left)];
    assert_eq!(intents, expected, "its template first, and its disk is left where it is");
}
