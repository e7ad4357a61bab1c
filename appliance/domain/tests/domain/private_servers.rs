//! Private servers, from create to gone, with an agent that does as it is told.

mod addresses;
mod consoles;
mod failover;
mod hostile;
mod inside;
mod keeping;
mod moving;
mod nas;
mod others;
mod people;
mod placement;
mod quarantine;
mod usage;
mod vault;

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::reconcile::private_servers::Reminder;
use rackwright_model::private_server::{Intent, Phase};
use rackwright_proto::{AgentHello, FromMachine, ToMachine, VERSION};
use rackwright_store::certificate::certificate_insert;
use serde_json::{Value, json};

use crate::support::private::{input, seen, size};
use crate::support::{START, Sent, World};

fn one(name: &str) -> Value {
    json!({"private_server": name})
}

#[tokio::test]
async fn from_create_to_gone() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let made = world.done("private-server.create", input("web1")).await;
    assert_eq!((&made["state"], &made["server"]), (&json!("creating"), &json!("h1")), "{made}");
    assert_eq!((&made["number"], &made["address"]), (&json!(1), &json!("10.78.0.3")), "{made}");
    let told = world.obeys(host).await;
    let [wanted] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((wanted.generation, wanted.intent), (1, Intent::On));
    assert_eq!(wanted.template.url, format!("http://10.77.0.1/images/{}.tar.zst", "a".repeat(64)));
    assert_eq!(wanted.dns, ["10.78.0.2".parse::<std::net::IpAddr>().expect("an address")]);
    assert_eq!(wanted.operator, ["10.77.0.1".parse::<std::net::IpAddr>().expect("an address")]);
    let hash = wanted.access.password_hash.as_deref().expect("a hash");
    assert!(hash.starts_with("$6$") && !format!("{wanted:?}").contains(hash));
    assert_eq!(world.state("web1").await, "running");
    for (action, intent, state) in [
        ("stop", Intent::Off, "stopped"),
        ("start", Intent::On, "running"),
        ("reboot", Intent::On, "running"),
        ("suspend", Intent::Off, "suspended"),
        ("resume", Intent::On, "running"),
        ("quarantine", Intent::On, "running"),
        ("release", Intent::On, "running"),
    ] {
        let before = world.done("private-server.show", one("web1")).await["summary"].clone();
        world.done(&format!("private-server.{action}"), one("web1")).await;
        let told = world.obeys(host).await;
        assert_eq!(told.len(), 1, "{action}");
        assert_eq!(told[0].intent, intent, "{action}");
        assert_eq!(world.state("web1").await, state, "{action} after {before}");
    }
    let told = {
        world.done("private-server.reboot", one("web1")).await;
        world.done("private-server.rebuild", json!({"private_server": "web1", "confirm": "web1"})).await;
        world.obeys(host).await
    };
    assert_eq!((told[1].boots, told[1].edition), (2, 1));
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    assert_eq!(world.state("web1").await, "removing");
    let fault = world.refused("private-server.start", one("web1")).await;
    assert!(fault.reason.contains("is being removed"), "{fault}");
    assert_eq!(world.obeys(host).await[0].intent, Intent::Gone);
    let gone = world.refused("private-server.show", one("web1")).await;
    assert_eq!((gone.code, gone.reason.as_str()), (FaultCode::NotFound, "there is no private server web1"));
    // Number and address are free again.
    let next = world.done("private-server.create", input("web2")).await;
    assert_eq!((&next["number"], &next["address"]), (&json!(1), &json!("10.78.0.3")));
}

#[tokio::test]
async fn what_is_destroyed_wants_the_name_repeated() {
    let world = World::with_room().await;
    world.done("private-server.create", input("web1")).await;
    for action in ["private-server.remove", "private-server.rebuild"] {
        for (confirm, wrong) in [(Value::Null, false), (json!("web2"), true)] {
            let fault = world.refused(action, json!({"private_server": "web1", "confirm": confirm})).await;
            assert_eq!(fault.code, FaultCode::ConfirmationNeeded, "{action}");
            let told = fault.reason.starts_with("\"web2\" is not the name web1; ");
            assert_eq!(told, wrong, "{fault}");
            assert!(fault.reason.contains("all its files"), "{fault}");
        }
    }
    assert_eq!(world.state("web1").await, "creating");
}

#[tokio::test]
async fn a_suspended_one_is_not_started_by_its_owner() {
    let world = World::with_room().await;
    let shop = world.session(Role::AccountManager).await;
    let mut draft = input("web1");
    draft["account"] = json!("acme-shop");
    world.done("private-server.create", draft).await;
    world.call(&shop, "private-server.stop", one("web1")).await.expect("its own");
    let started = world.call(&shop, "private-server.start", one("web1")).await.expect("its own");
    assert_eq!(started["server"], Value::Null, "where it stands is not its owner's business");
    world.done("private-server.suspend", one("web1")).await;
    for action in ["start", "stop", "reboot", "rebuild"] {
        let mut given = one("web1");
        if action == "rebuild" {
            given["confirm"] = json!("web1");
        }
        let fault =
            world.call(&shop, &format!("private-server.{action}"), given).await.expect_err("is suspended");
        assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::Conflict, "it is suspended"), "{action}");
    }
    for action in ["suspend", "resume"] {
        let fault = world.call(&shop, &format!("private-server.{action}"), one("web1")).await;
        assert_eq!(fault.expect_err("is for those above").code, FaultCode::Forbidden, "{action}");
    }
    let fault = world.refused("private-server.suspend", one("web1")).await;
    assert!(fault.reason.contains("already"), "{fault}");
}

#[tokio::test]
async fn an_agent_that_connects_is_told_everything_and_no_frame_is_too_long() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let mut draft = input("small");
    draft["size"]["cpu_permille"] = json!(1);
    draft["size"]["memory_mib"] = json!(32);
    draft["size"]["disk_mib"] = json!(64);
    let key = format!("ssh-ed25519 {}", "A".repeat(8_000));
    draft["ssh_keys"] = json!(vec![key; 16]);
    for at in 1..=70 {
        draft["name"] = json!(format!("web{at}"));
        world.done("private-server.create", draft.clone()).await;
    }
    world.machines.take_sent();
    world.write(move |tx| Ok(certificate_insert(tx, "print", host, START)?)).await;
    let hello = AgentHello {
        version: VERSION,
        agent_version: "1".into(),
        boot_id: "b".into(),
        host_name: "h1".into(),
        kernel: "6".into(),
        os: "Debian".into(),
    };
    let peer = "10.78.0.9".parse().expect("an address");
    world.domain.agent_hello("print", peer, hello).await.expect("is welcome");
    let mut all = 0;
    for sent in world.machines.take_sent() {
        let Sent::ToAgent(server, message) = sent else { panic!("{sent:?}") };
        assert_eq!(server, host);
        rackwright_proto::frame::encode(&message).expect("fits a frame");
        let ToMachine::PrivateServers { wanted } = message else { panic!("{message:?}") };
        assert!(wanted.len() <= rackwright_proto::private::A_FRAME);
        all += wanted.len();
    }
    assert_eq!(all, 70);
}

#[tokio::test]
async fn what_is_not_carried_out_is_told_again_after_half_a_minute() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let mut reminder = Reminder::default();
    world.done("private-server.create", input("web1")).await;
    let first = world.told();
    for passed in [0, 29_999] {
        world.clock.pass(passed);
        reminder.tick(&world.domain).await.expect("looks");
        assert_eq!(world.told(), []);
    }
    world.clock.pass(1);
    reminder.tick(&world.domain).await.expect("looks");
    assert_eq!(world.told(), first, "the same again");
    let number = first[0].number;
    let seen = vec![seen(number, 1, Phase::Running)];
    world.says(host, FromMachine::PrivateServers { seen }).await;
    world.clock.pass(60_000);
    for _ in 0..2 {
        reminder.tick(&world.domain).await.expect("looks");
        world.clock.pass(60_000);
    }
    assert_eq!(world.told(), []);
}

#[tokio::test]
async fn a_restart_of_the_control_center_between_any_two_steps_loses_nothing() {
    let mut world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    let back = |world: &mut World| {
        world.restart();
        world.domain.presence.connected(host, true);
    };
    world.done("private-server.create", input("web1")).await;
    back(&mut world);
    assert_eq!(world.state("web1").await, "creating");
    let told = world.obeys(host).await;
    back(&mut world);
    assert_eq!(world.state("web1").await, "running");
    world.done("private-server.resize", json!({"private_server": "web1", "size": size()})).await;
    world.done("private-server.stop", one("web1")).await;
    // The word was lost with the process; the reminder says it again.
    world.told();
    back(&mut world);
    assert_eq!(world.state("web1").await, "stopping");
    let mut reminder = Reminder::default();
    reminder.tick(&world.domain).await.expect("looks");
    world.clock.pass(30_000);
    reminder.tick(&world.domain).await.expect("looks");
    let again = world.obeys(host).await;
    assert_eq!((again[0].number, again[0].intent), (told[0].number, Intent::Off));
    assert_eq!(world.state("web1").await, "stopped");
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    back(&mut world);
    assert_eq!(world.state("web1").await, "removing");
    world.obeys(host).await;
    back(&mut world);
    assert_eq!(world.done("private-server.list", json!({})).await["items"], json!([]));
}

#[tokio::test]
async fn whoever_watches_hears_of_private_servers_and_an_owner_not_of_the_server() {
    let world = World::with_room().await;
    let shop = world.session(Role::AccountManager).await;
    let other = world.session_in("zeta-shop", "zeta-shop-kim", Role::AccountManager).await;
    let before = world.domain.events.newest();
    let mut draft = input("web1");
    draft["account"] = json!("acme-shop");
    world.done("private-server.create", draft).await;
    let watch = json!({"after": before, "wait_s": 0});
    let heard = world.call(&shop, "server.watch", watch.clone()).await.expect("hears");
    let event = &heard["items"][0];
    assert_eq!((&event["private_server"], &event["server"]), (&json!("web1"), &Value::Null), "{heard}");
    let none = world.call(&other, "server.watch", watch).await.expect("hears");
    assert_eq!(none["items"], json!([]));
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.remove", json!({"private_server": "web1", "confirm": "web1"})).await;
    world.obeys(host).await;
    let last = world.call(&shop, "server.watch", json!({"after": heard["next"], "wait_s": 0})).await;
    assert!(last.expect("hears").to_string().contains("web1 is gone."), "its last words");
    let whole = json!({"after": before, "wait_s": 0, "server": "h1"});
    let heard = world.done("server.watch", whole.clone()).await;
    assert_eq!(heard["items"][0]["server"], "h1");
    let fault = world.call(&shop, "server.watch", whole).await.expect_err("a server of somebody else");
    assert_eq!(fault.code, FaultCode::NotFound);
}

#[tokio::test]
async fn away_from_its_server_it_is_unreachable_and_comes_back() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    world.obeys(host).await;
    world.domain.agent_gone(host).await;
    assert_eq!(world.state("web1").await, "unreachable");
    let found = world.done("private-server.list", json!({"state": "unreachable"})).await;
    assert_eq!(found["items"][0]["name"], "web1");
    world.domain.presence.connected(host, true);
    assert_eq!(world.state("web1").await, "running");
    let found = world.done("private-server.list", json!({"state": "running", "search": "h1 10.78"})).await;
    assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "{found}");
}
