//! Consoles: each is one person's, in one session.

use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use rackwright_domain::reconcile::private_servers::Reminder;
use rackwright_model::ServerId;
use rackwright_proto::{Console, ConsoleOrder, ConsoleOutput, FromMachine, ToMachine};
use serde_json::{Value, json};

use super::inside::{rented, running};
use super::one;
use crate::support::{Sent, World};

async fn open(world: &World) -> u64 {
    let opened = world.done("private-server.console", one("web1")).await;
    opened["console"].as_u64().expect("a number")
}

async fn wrote(world: &World, host: ServerId, console: u64, bytes: &[u8], ended: Option<&str>) {
    let output = ConsoleOutput { console, bytes: bytes.to_vec(), ended: ended.map(str::to_owned) };
    world.says(host, FromMachine::Console(output)).await;
}

fn read(console: u64, after: u64) -> Value {
    json!({"console": console, "after": after, "wait_s": 0})
}

fn bytes(answer: &Value) -> Vec<u8> {
    BASE64.decode(answer["base64"].as_str().expect("text")).expect("base64")
}

fn orders(world: &World) -> Vec<Console> {
    let sent = world.machines.take_sent().into_iter();
    sent.filter_map(|sent| match sent {
        Sent::ToAgent(_, ToMachine::Console(console)) => Some(console),
        _ => None,
    })
    .collect()
}

#[tokio::test]
async fn what_is_typed_goes_in_and_what_is_written_comes_out() {
    let (world, host) = running().await;
    let console = open(&world).await;
    world.done("private-server.console-type", json!({"console": console, "text": "ls\r"})).await;
    world
        .done("private-server.console-resize", json!({"console": console, "rows": 40, "columns": 120}))
        .await;
    let told: Vec<ConsoleOrder> = orders(&world).into_iter().map(|order| order.order).collect();
    assert!(matches!(told[0], ConsoleOrder::Open { rows: 24, columns: 80, .. }));
    assert!(told[1] == ConsoleOrder::Input { bytes: b"ls\r".to_vec() });
    assert!(told[2] == ConsoleOrder::Resize { rows: 40, columns: 120 });
    wrote(&world, host, console, b"root@web1", None).await;
    let first = world.done("private-server.console-read", read(console, 0)).await;
    assert_eq!((bytes(&first).as_slice(), &first["next"]), (b"root@web1".as_slice(), &json!(9)));
    let waits = json!({"console": console, "after": 9, "wait_s": 30});
    let later = async {
        tokio::time::sleep(Duration::from_millis(50)).await;
        wrote(&world, host, console, b":~# ", None).await;
    };
    let (second, ()) = tokio::join!(world.done("private-server.console-read", waits), later);
    assert_eq!(bytes(&second), b":~# ");
    wrote(&world, host, console, b"logout", Some("The shell ended.")).await;
    let last = world.done("private-server.console-read", read(console, 13)).await;
    assert_eq!((bytes(&last).as_slice(), &last["ended"]), (b"logout".as_slice(), &json!("The shell ended.")));
    let fault = world.refused("private-server.console-type", json!({"console": console, "text": "x"})).await;
    assert!(fault.reason.contains("it has ended: The shell ended"), "{fault}");
    world.done("private-server.console-close", json!({"console": console})).await;
    assert!(orders(&world).is_empty(), "its end needs no order");
    let fault = world.refused("private-server.console-read", read(console, 0)).await;
    assert_eq!(fault.code, FaultCode::NotFound);
    let audit = world.done("audit.list", json!({})).await.to_string();
    assert!(audit.contains("private-server.console\"") && audit.contains("console-close"));
    assert!(!audit.contains("console-type"), "keys are not on record");
}

#[tokio::test]
async fn anothers_console_is_answered_like_none() {
    let (world, host) = running().await;
    let console = open(&world).await;
    let ann = world.session_in("provider", "ann", Role::Engineer).await;
    let hers = world.call(&ann, "private-server.console", one("web1")).await.expect("may");
    let hers = hers["console"].as_u64().expect("a number");
    let other_session = world.session_in("provider", "ann", Role::Engineer).await;
    for (who, console) in [(&ann, console), (&other_session, hers), (&Credential::LocalRoot, hers)] {
        for (action, input) in [
            ("read", read(console, 0)),
            ("type", json!({"console": console, "text": "x"})),
            ("resize", json!({"console": console, "rows": 9, "columns": 90})),
            ("close", json!({"console": console})),
        ] {
            let action = format!("private-server.console-{action}");
            let fault = world.call(who, &action, input.clone()).await.expect_err("is another's");
            let mut unknown = input;
            unknown["console"] = json!(987_654);
            let missing = world.call(who, &action, unknown).await.expect_err("is missing");
            let blotted = fault.to_string().replace(&console.to_string(), "987654");
            assert_eq!((fault.code, blotted), (missing.code, missing.to_string()));
        }
    }
    // Another server's agent writes into none.
    wrote(&world, ServerId(host.0 + 1), console, b"evil", None).await;
    assert_eq!(bytes(&world.done("private-server.console-read", read(console, 0)).await), b"");
}

#[tokio::test]
async fn it_is_lost_with_the_right_to_its_private_server() {
    let (world, _) = rented().await;
    let boss = world.session_in("acme-shop", "ann", Role::AccountManager).await;
    let made = json!({
        "user": "acme-shop-pia", "role": "ps-administrator", "account": "acme-shop", "private_server": "web1",
        "password": "correct horse battery",
    });
    world.call(&boss, "user.create", made).await.expect("may");
    let pia = world.session_in("acme-shop", "acme-shop-pia", Role::PsAdministrator).await;
    let opened = world.call(&pia, "private-server.console", one("web1")).await.expect("may");
    let typed = json!({"console": opened["console"], "text": "id\r"});
    world.call(&pia, "private-server.console-type", typed.clone()).await.expect("its own");
    let elsewhere = json!({"user": "acme-shop-pia", "private_server": "web2"});
    world.call(&boss, "user.change", elsewhere).await.expect("may");
    let fault = world.call(&pia, "private-server.console-type", typed).await.expect_err("not any more");
    assert_eq!(fault.code, FaultCode::NotFound);
}

#[tokio::test]
async fn a_console_keeps_a_quarter_of_a_mebibyte() {
    let (world, host) = running().await;
    let console = open(&world).await;
    for letter in 0..20_u8 {
        wrote(&world, host, console, &vec![letter; 16 * 1024], None).await;
    }
    let all = world.done("private-server.console-read", read(console, 0)).await;
    let kept = bytes(&all);
    assert_eq!((kept.len(), kept[0], kept.last()), (256 * 1024, 4, Some(&19)));
    assert_eq!(all["next"], 20 * 16 * 1024);
    let last = world.done("private-server.console-read", read(console, 20 * 16 * 1024 - 3)).await;
    assert_eq!(bytes(&last), [19; 3]);
    let beyond = world.done("private-server.console-read", read(console, u64::from(u32::MAX))).await;
    assert_eq!((bytes(&beyond).len(), &beyond["next"]), (0, &all["next"]));
}

#[tokio::test]
async fn there_are_four_for_a_person_and_sixteen_for_a_server() {
    let (world, host) = running().await;
    let mine = open(&world).await;
    for _ in 0..3 {
        open(&world).await;
    }
    let fault = world.refused("private-server.console", one("web1")).await;
    assert_eq!(fault.reason, "you have 4 consoles open");
    for person in ["ann", "bob", "cay"] {
        let session = world.session_in("provider", person, Role::Engineer).await;
        for _ in 0..4 {
            world.call(&session, "private-server.console", one("web1")).await.expect("is opened");
        }
    }
    let dan = world.session_in("provider", "dan", Role::Engineer).await;
    let fault = world.call(&dan, "private-server.console", one("web1")).await.expect_err("full");
    assert_eq!(fault.reason, "16 consoles are open on its server");
    // One that has ended makes room.
    wrote(&world, host, mine, b"", Some("The shell ended.")).await;
    open(&world).await;
}

#[tokio::test]
async fn there_are_four_for_an_account_and_the_provider_gets_in() {
    let (world, _) = rented().await;
    for (person, on) in [("ann", "web1"), ("bob", "web1"), ("cay", "web2"), ("dan", "web2")] {
        let session = world.session_in("acme-shop", person, Role::AccountManager).await;
        world.call(&session, "private-server.console", one(on)).await.expect("is opened");
    }
    let eve = world.session_in("acme-shop", "eve", Role::AccountManager).await;
    let fault = world.call(&eve, "private-server.console", one("web1")).await.expect_err("one too many");
    assert_eq!(fault.reason, "4 consoles of account acme-shop are open");
    open(&world).await;
}

#[tokio::test]
async fn it_ends_when_nobody_reads_or_its_server_is_gone() {
    let (world, host) = running().await;
    let (read_from, left) = (open(&world).await, open(&world).await);
    orders(&world);
    let mut reminder = Reminder::default();
    world.clock.pass(59_999);
    reminder.tick(&world.domain).await.expect("looks");
    assert!(orders(&world).is_empty());
    world.done("private-server.console-read", read(read_from, 0)).await;
    world.clock.pass(1);
    reminder.tick(&world.domain).await.expect("looks");
    let closed = orders(&world);
    assert_eq!(closed.len(), 1);
    assert!(closed[0].console == left && closed[0].order == ConsoleOrder::Close);
    world.domain.agent_gone(host).await;
    let ended = world.done("private-server.console-read", read(read_from, 0)).await;
    assert_eq!(ended["ended"], "Its server does not answer any more.");
}
