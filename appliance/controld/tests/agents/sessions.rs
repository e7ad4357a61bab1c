//! Sessions as they should be.

use std::net::Ipv4Addr;

use rackwright_controld::agents::Limits;
use rackwright_domain::ports::Machines;
use rackwright_model::InstallId;
use rackwright_model::private_server::{Number, UsageBatch};
use rackwright_proto::private::OUTPUT;
use rackwright_proto::{
    AgentHello, Console, ConsoleOrder, ConsoleOutput, Exec, ExecDone, FromMachine, HostRoom, ToMachine,
    VERSION,
};

use super::certificates::papers;
use super::desk::SERVER;
use super::machine::{Machine, beat, provision};
use super::port::{Port, short};

fn log(line: &str) -> FromMachine {
    FromMachine::Log { install: InstallId(1), line: line.into() }
}

#[tokio::test]
async fn the_provisioning_environment_reports_and_is_given_orders() {
    let port = Port::open(Limits::default()).await;
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.provision("n1").await;
    machine.say(&log("hello")).await;
    assert_eq!(machine.hear().await, Some(ToMachine::Wait));
    let abort = ToMachine::Abort { install: InstallId(1), reason: "cancelled".into() };
    assert!(port.registry.send_to_boot("n1", abort.clone()));
    assert_eq!(machine.hear().await, Some(abort));
    drop(machine);
    port.notes.heard(&["hello n1 from 127.0.0.1", "n1: hello", "gone n1"]).await;
    assert!(!port.registry.send_to_boot("n1", ToMachine::Wait));
}

#[tokio::test]
async fn a_newer_session_replaces_the_older_without_the_machine_being_gone() {
    let port = Port::open(Limits::default()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    let mut old = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    old.report_in("old").await;
    let mut new = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    new.report_in("new").await;
    assert_eq!(old.hear().await, None, "the older one is closed");
    new.say(&beat()).await;
    assert_eq!(new.hear().await, Some(ToMachine::Heard));
    drop(new);
    port.notes.heard(&["agent old", "agent new", "agent 7 gone"]).await;
    assert_eq!(port.counters.snapshot().agents_replaced, 1);
}

#[tokio::test]
async fn a_managed_server_may_say_as_much_as_a_frame_holds() {
    let port = Port::open(Limits::default()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    let mut machine = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    machine.report_in("r1").await;
    // Every character of it takes two bytes of a frame.
    let output = "\n".repeat(OUTPUT);
    let done = ExecDone { command: 1, status: Some(0), output, cut: false, error: None };
    machine.say(&FromMachine::ExecDone(done)).await;
    machine.say(&beat()).await;
    assert_eq!(machine.hear().await, Some(ToMachine::Heard));
    assert_eq!(port.counters.snapshot().agents_malformed, 0);
}

#[tokio::test]
async fn another_machine_cannot_take_over_a_boot_by_its_nonce() {
    let port = Port::open(Limits::default()).await;
    let mut owner = Machine::dial(&port, None).await.expect("TLS");
    owner.provision("n1").await;
    let mut thief = Machine::dial_from(&port, None, Ipv4Addr::new(127, 0, 0, 2)).await.expect("TLS");
    thief.say(&provision("n1")).await;
    assert!(thief.refusal().await.contains("another machine"));
    assert!(port.registry.send_to_boot("n1", ToMachine::Wait));
    assert_eq!(owner.hear().await, Some(ToMachine::Wait));
    port.notes.heard(&["hello n1 from 127.0.0.1"]).await;
}

#[tokio::test]
async fn a_revoked_server_is_dropped_at_once() {
    let port = Port::open(Limits::default()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    let mut machine = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    machine.report_in("r1").await;
    port.registry.drop_agent(SERVER);
    assert_eq!(machine.hear().await, None);
    port.notes.heard(&["agent r1", "agent 7 gone"]).await;
}

#[tokio::test]
async fn a_refused_hello_is_told_why_and_when_to_come_back() {
    let port = Port::open(Limits::default()).await;
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.say(&provision("unwanted")).await;
    let refused = ToMachine::Refused { reason: "nobody holds a lease".into(), retry_after_s: 5 };
    assert_eq!(machine.hear().await, Some(refused));
    assert!(!port.registry.send_to_boot("unwanted", ToMachine::Wait));
    assert_eq!(port.counters.snapshot().agents_refused, 1);
}

#[tokio::test]
async fn another_version_is_told_which_side_to_update() {
    let port = Port::open(Limits::default()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    for (version, advice) in [(VERSION - 1, "update the agent"), (VERSION + 1, "update the Control Center")] {
        let mut machine = Machine::dial(&port, Some(&papers)).await.expect("TLS");
        let hello = AgentHello {
            version,
            agent_version: String::new(),
            boot_id: String::new(),
            host_name: String::new(),
            kernel: String::new(),
            os: String::new(),
        };
        machine.say(&FromMachine::Agent(hello)).await;
        assert!(machine.refusal().await.contains(advice));
    }
}

#[tokio::test]
async fn a_silent_agent_is_dropped_and_a_silent_environment_is_not() {
    let port = Port::open(short()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    let mut waiting = Machine::dial(&port, None).await.expect("TLS");
    waiting.provision("n1").await;
    let mut agent = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    agent.report_in("r1").await;
    assert_eq!(agent.hear().await, None);
    port.notes.heard(&["hello n1 from 127.0.0.1", "agent r1", "agent 7 gone"]).await;
    assert_eq!(port.counters.snapshot().agents_silent, 1);
    waiting.say(&log("still here")).await;
    assert_eq!(waiting.hear().await, Some(ToMachine::Wait));
}

#[tokio::test]
async fn a_domain_that_does_not_answer_holds_nobody_up_for_ever() {
    let port = Port::open(short()).await;
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.say(&provision("stuck")).await;
    assert!(machine.refusal().await.contains("too busy"));
}

#[tokio::test]
async fn private_servers_are_the_business_of_agents_alone() {
    let said = || {
        let room = HostRoom {
            missing: vec![],
            processors: 1,
            memory_mib: 1,
            swap_mib: 0,
            disk_mib: 1,
            link_kbit: 1,
            nfs: true,
        };
        let done = ExecDone { command: 1, status: None, output: String::new(), cut: false, error: None };
        let output = ConsoleOutput { console: 1, bytes: vec![], ended: None };
        [
            FromMachine::Room(room),
            FromMachine::PrivateServers { seen: vec![] },
            FromMachine::Usage(UsageBatch { batch: 1, samples: vec![] }),
            FromMachine::ExecDone(done),
            FromMachine::Console(output),
        ]
    };
    let port = Port::open(Limits::default()).await;
    let (papers, _) = papers(&port.authority, SERVER);
    let mut agent = Machine::dial(&port, Some(&papers)).await.expect("TLS");
    agent.report_in("r1").await;
    for message in said() {
        agent.say(&message).await;
    }
    agent.say(&beat()).await;
    assert_eq!(agent.hear().await, Some(ToMachine::Heard), "all were taken");
    let number = Number::try_from(1).expect("a number");
    let orders = [
        ToMachine::PrivateServers { wanted: vec![] },
        ToMachine::UsageTaken { batch: 1 },
        ToMachine::Exec(Exec { command: 1, number, argv: vec![], limit_s: 1 }),
        ToMachine::Console(Console { console: 1, order: ConsoleOrder::Close }),
    ];
    for order in orders {
        assert!(port.registry.send_to_agent(SERVER, order.clone()));
        assert_eq!(agent.hear().await, Some(order));
    }
    for message in said() {
        let mut machine = Machine::dial(&port, None).await.expect("TLS");
        machine.provision("n1").await;
        machine.say(&message).await;
        assert_eq!(machine.hear().await, None, "{message:?} ends the session");
    }
}
