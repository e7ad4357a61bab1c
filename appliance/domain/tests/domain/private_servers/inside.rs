//! Commands inside private servers.

use std::time::Duration;

use rackwright_catalog::{FaultCode, Role};
use rackwright_domain::Credential;
use rackwright_model::ServerId;
use rackwright_model::private_server::Phase;
use rackwright_proto::{Exec, ExecDone, FromMachine, ToMachine};
use serde_json::{Value, json};

use super::one;
use crate::support::private::{input, seen};
use crate::support::{Sent, World};

fn run(command: &str) -> Value {
    json!({"private_server": "web1", "command": command, "limit_s": 1})
}

/// A world with a private server that runs.
pub(super) async fn running() -> (World, ServerId) {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    world.obeys(host).await;
    (world, host)
}

/// A world in which acme-shop has two private servers that run, web1 and web2.
pub(super) async fn rented() -> (World, ServerId) {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.session(Role::AccountManager).await;
    for name in ["web1", "web2"] {
        let mut draft = input(name);
        draft["account"] = json!("acme-shop");
        draft["size"]["cpu_permille"] = json!(100);
        draft["size"]["memory_mib"] = json!(500);
        world.done("private-server.create", draft).await;
    }
    world.obeys(host).await;
    (world, host)
}

/// The next command that the agent is told to run.
async fn ordered(world: &World) -> Exec {
    for _ in 0..500 {
        for sent in world.machines.take_sent() {
            if let Sent::ToAgent(_, ToMachine::Exec(exec)) = sent {
                return exec;
            }
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing was ordered");
}

fn done(command: u64, status: Option<i32>, error: Option<&str>) -> FromMachine {
    FromMachine::ExecDone(ExecDone {
        command,
        status,
        output: "running\n".into(),
        cut: false,
        error: error.map(str::to_owned),
    })
}

#[tokio::test]
async fn what_came_of_a_command_comes_back() {
    let (world, host) = running().await;
    let answer = async {
        let exec = ordered(&world).await;
        assert_eq!(
            (exec.argv.as_slice(), exec.limit_s),
            (["/bin/sh", "-c", "uptime"].map(str::to_owned).as_slice(), 1)
        );
        let evil = ServerId(host.0 + 1);
        world.says(evil, done(exec.command, Some(0), None)).await;
        world.says(host, done(exec.command, Some(3), None)).await;
    };
    let (result, ()) = tokio::join!(world.done("private-server.exec", run("uptime")), answer);
    assert_eq!(result, json!({"status": 3, "output": "running\n", "cut": false}));
    let audit = world.done("audit.list", json!({})).await.to_string();
    assert!(audit.contains("private-server.exec") && !audit.contains("uptime"), "{audit}");
}

/// It may run all the same: whoever has to remove files for a smaller disk gets in.
#[tokio::test]
async fn one_of_which_something_failed_is_entered() {
    let world = World::with_room().await;
    let host = world.domain.presence.connected_servers()[0];
    world.done("private-server.create", input("web1")).await;
    let number = world.obeys(host).await[0].number;
    world.done("private-server.resize", json!({"private_server": "web1", "size": {"disk_mib": 64}})).await;
    let generation = world.told()[0].generation;
    let seen = vec![seen(number, generation, Phase::Failed)];
    world.says(host, FromMachine::PrivateServers { seen }).await;
    assert_eq!(world.state("web1").await, "failed");
    let answer = async {
        let exec = ordered(&world).await;
        world.says(host, done(exec.command, Some(0), None)).await;
    };
    let (result, ()) = tokio::join!(world.done("private-server.exec", run("rm /root/large")), answer);
    assert_eq!(result["status"], 0);
}

#[tokio::test]
async fn why_there_is_no_answer_is_said() {
    let (world, host) = running().await;
    let answer = async {
        let exec = ordered(&world).await;
        world.says(host, done(exec.command, None, Some("it took longer than 1 s"))).await;
    };
    let (fault, ()) = tokio::join!(world.refused("private-server.exec", run("sleep 9")), answer);
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::Unavailable, "it took longer than 1 s"));
    let leaves = async {
        ordered(&world).await;
        world.domain.agent_gone(host).await;
    };
    let (fault, ()) = tokio::join!(world.refused("private-server.exec", run("sleep 9")), leaves);
    assert!(fault.reason.contains("does not answer"), "{fault}");
    let fault = world.refused("private-server.exec", run("uptime")).await;
    assert!(fault.reason.contains("does not answer"), "{fault}");
    world.domain.presence.connected(host, true);
    world.done("private-server.stop", one("web1")).await;
    let fault = world.refused("private-server.exec", run("uptime")).await;
    assert_eq!((fault.code, fault.reason.as_str()), (FaultCode::Conflict, "it is not running, but stopping"));
    assert!(fault.advice.contains("rackwright private-server start web1"), "{fault}");
}

#[tokio::test]
async fn one_person_runs_four_at_once() {
    let (world, host) = running().await;
    let calls = async {
        tokio::join!(
            world.root("private-server.exec", run("1")),
            world.root("private-server.exec", run("2")),
            world.root("private-server.exec", run("3")),
            world.root("private-server.exec", run("4")),
            world.root("private-server.exec", run("5")),
        )
    };
    let answers = async {
        let mut commands = Vec::new();
        while commands.len() < 4 {
            commands.extend(ordered_all(&world).await);
        }
        for command in commands {
            world.says(host, done(command, Some(0), None)).await;
        }
    };
    let ((one, two, three, four, five), ()) = tokio::join!(calls, answers);
    let results = [one, two, three, four, five];
    assert_eq!(results.iter().filter(|result| result.is_ok()).count(), 4);
    let refused = results.iter().find_map(|result| result.as_ref().err()).expect("one too many");
    assert_eq!(refused.code, FaultCode::TooMany);
}

/// Somebody begins a command and hangs up: its number.
async fn left(world: &World, who: &Credential, private_server: &str) -> u64 {
    let mut input = run("sleep 9");
    input["private_server"] = json!(private_server);
    tokio::select! {
        result = world.call(who, "private-server.exec", input) => panic!("it ended: {result:?}"),
        exec = ordered(world) => exec.command,
    }
}

#[tokio::test]
async fn one_account_runs_four_at_once_whoever_of_it_asks_and_also_when_nobody_waits() {
    let (world, host) = rented().await;
    let mut commands = Vec::new();
    for (person, on) in [("ann", "web1"), ("bob", "web1"), ("cay", "web2"), ("dan", "web2")] {
        let session = world.session_in("acme-shop", person, Role::AccountManager).await;
        commands.push(left(&world, &session, on).await);
    }
    let eve = world.session_in("acme-shop", "eve", Role::AccountManager).await;
    let reseller = world.session(Role::Reseller).await;
    for who in [&eve, &reseller] {
        let fault = world.call(who, "private-server.exec", run("uptime")).await.expect_err("one too many");
        let told = (fault.code, fault.reason.as_str());
        assert_eq!(told, (FaultCode::TooMany, "4 commands of account acme-shop run already"));
    }
    // The provider gets in.
    left(&world, &Credential::LocalRoot, "web1").await;
    world.says(host, done(commands[0], Some(0), None)).await;
    left(&world, &eve, "web1").await;
    world.clock.pass(5_999);
    let fault = world.call(&eve, "private-server.exec", run("uptime")).await.expect_err("one too many");
    assert_eq!(fault.code, FaultCode::TooMany);
    // What the agent never answered is over at last.
    world.clock.pass(1);
    left(&world, &eve, "web1").await;
}

async fn ordered_all(world: &World) -> Vec<u64> {
    tokio::time::sleep(Duration::from_millis(10)).await;
    let sent = world.machines.take_sent().into_iter();
    sent.filter_map(|sent| match sent {
        Sent::ToAgent(_, ToMachine::Exec(exec)) => Some(exec.command),
        _ => None,
    })
    .collect()
}
