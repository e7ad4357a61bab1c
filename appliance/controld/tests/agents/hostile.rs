//! Peers that mean harm.

use std::net::Ipv4Addr;

use proptest::prelude::*;
use rackwright_controld::agents::Limits;
use rackwright_proto::{FromMachine, ToMachine, VERSION, frame};
use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::machine::{Machine, beat, provision, tcp};
use super::port::{Port, short};

/// The port still welcomes an honest machine.
async fn serves(port: &Port) {
    let mut machine = Machine::dial_from(port, None, Ipv4Addr::new(127, 0, 0, 9)).await.expect("TLS");
    machine.provision("honest").await;
}

#[tokio::test]
async fn bytes_that_are_no_tls_are_dropped_and_counted() {
    let port = Port::open(Limits::default()).await;
    for bytes in
        [b"GET / HTTP/1.1\r\n\r\n".to_vec(), vec![0; 4_096], vec![0xff; 70_000], vec![0x16, 3, 1, 0xff, 0xff]]
    {
        let mut stream = tcp(port.address, Ipv4Addr::LOCALHOST).await;
        // The port may have closed before all of it was written.
        drop(stream.write_all(&bytes).await);
        drop(stream.shutdown().await);
        drop(stream.read_to_end(&mut Vec::new()).await);
    }
    serves(&port).await;
    assert_eq!(port.counters.snapshot().agents_handshake_failed, 4);
}

#[tokio::test]
async fn a_slow_loris_is_dropped_at_every_station() {
    let port = Port::open(short()).await;
    // Says nothing at all.
    let mut mute = tcp(port.address, Ipv4Addr::LOCALHOST).await;
    assert_eq!(mute.read(&mut [0; 16]).await.unwrap_or(0), 0);
    assert_eq!(port.counters.snapshot().agents_handshake_failed, 1);
    // Completes TLS and says nothing more.
    let mut shy = Machine::dial(&port, None).await.expect("TLS");
    assert_eq!(shy.hear().await, None);
    // Begins a first frame and does not end it.
    let mut slow = Machine::dial(&port, None).await.expect("TLS");
    slow.stream.write_all(&[0, 0, 0, 100, b'{']).await.expect("sent");
    assert_eq!(slow.hear().await, None);
    // Is welcomed, and then begins a frame and does not end it.
    let mut late = Machine::dial(&port, None).await.expect("TLS");
    late.provision("late").await;
    late.stream.write_all(&[0, 0, 0, 100, b'{']).await.expect("sent");
    assert_eq!(late.hear().await, None);
    assert_eq!(port.counters.snapshot().agents_silent, 3);
    serves(&port).await;
}

#[tokio::test]
async fn oversized_frames_are_refused_by_their_length() {
    let port = Port::open(Limits::default()).await;
    for len in [frame::MAX as u32 + 1, u32::MAX, 64 << 10] {
        let mut machine = Machine::dial(&port, None).await.expect("TLS");
        machine.stream.write_all(&len.to_be_bytes()).await.expect("sent");
        assert_eq!(machine.hear().await, None);
    }
    // After the hello an inventory may be long, but no longer than a frame.
    let mut machine = Machine::dial(&port, None).await.expect("TLS");
    machine.provision("n").await;
    machine.stream.write_all(&(frame::MAX as u32 + 1).to_be_bytes()).await.expect("sent");
    assert_eq!(machine.hear().await, None);
    assert_eq!(port.counters.snapshot().agents_malformed, 4);
}

#[tokio::test]
async fn messages_in_the_wrong_place_end_the_session() {
    let port = Port::open(Limits::default()).await;
    let mut early = Machine::dial(&port, None).await.expect("TLS");
    early.say(&beat()).await;
    assert_eq!(early.hear().await, None);
    let mut twice = Machine::dial(&port, None).await.expect("TLS");
    twice.provision("n").await;
    twice.say(&provision("n")).await;
    assert_eq!(twice.hear().await, None);
    let mut sly = Machine::dial(&port, None).await.expect("TLS");
    sly.provision("n").await;
    sly.say(&FromMachine::Enrol { version: VERSION, token: "t".into(), csr_pem: "c".into() }).await;
    assert_eq!(sly.hear().await, None);
    for nonce in ["", "with blank", "new\nline", &"x".repeat(129)] {
        let mut odd = Machine::dial(&port, None).await.expect("TLS");
        odd.say(&provision(nonce)).await;
        assert_eq!(odd.hear().await, None, "{nonce:?}");
    }
    assert_eq!(port.counters.snapshot().agents_malformed, 7);
    serves(&port).await;
}

#[tokio::test]
async fn one_address_cannot_take_all_places() {
    let port = Port::open(Limits { per_address: 3, connections: 5, ..Limits::default() }).await;
    let mut held = Vec::new();
    for n in 0..3 {
        let mut machine = Machine::dial(&port, None).await.expect("TLS");
        machine.provision(&format!("n{n}")).await;
        held.push(machine);
    }
    assert!(Machine::dial(&port, None).await.is_err(), "a fourth is closed");
    serves(&port).await;
    assert_eq!(port.counters.snapshot().agents_overload, 1);
}

/// Whatever a peer says after TLS: it is answered or dropped within its time, and the port serves on.
#[test]
fn any_bytes_after_tls_are_answered_or_dropped() {
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let port = runtime.block_on(Port::open(Limits::default()));
    let config = ProptestConfig { cases: 48, failure_persistence: None, ..ProptestConfig::default() };
    let json = "\\{\"say\":\"(provision|enrol|agent|log|heartbeat|x)\"(,\"(version|boot|mac|macs|token|csr_pem)\":(1|-1|null|\"\\PC{0,8}\"|\\[\\])){0,6}\\}?";
    let bodies = prop_oneof![
        proptest::collection::vec(any::<u8>(), 0..600).boxed(),
        json.prop_map(|text| {
            let mut bytes = u32::try_from(text.len()).expect("short").to_be_bytes().to_vec();
            bytes.extend(text.as_bytes());
            bytes
        })
        .boxed(),
    ];
    proptest!(config, |(bytes in bodies)| {
        runtime.block_on(async {
            let mut machine = Machine::dial(&port, None).await.expect("TLS");
            drop(machine.stream.write_all(&bytes).await);
            drop(machine.stream.shutdown().await);
            while let Some(answer) = machine.hear().await {
                let harmless = matches!(answer, ToMachine::Refused { .. } | ToMachine::Welcome { .. });
                assert!(harmless, "{answer:?}");
            }
        });
    });
    runtime.block_on(serves(&port));
}
