//! The connection against a real TLS server: whom it trusts, and what it does with a hostile one.

use std::net::{SocketAddr, TcpListener};
use std::time::{Duration, Instant};

use rackwright_proto::{FromMachine, ToMachine};

use super::link::{Event, Link, LinkError};
use super::{explain, tls};
use crate::center::{Authority, Presented, listen};

fn soon() -> Instant {
    Instant::now() + Duration::from_secs(20)
}

fn refusal(center: SocketAddr, pin: [u8; 32]) -> String {
    match Link::open(center, tls::pinned(pin).expect("settings")) {
        Ok(_) => panic!("the server must not be trusted"),
        Err(why) => explain(&why),
    }
}

#[test]
fn the_pinned_authority_is_found_in_the_chain_and_messages_pass_both_ways() {
    let authority = Authority::new();
    let center = listen(&authority, &Presented::default(), |peer, _| {
        assert_eq!(peer.hear(), Some(FromMachine::CommandDone { command: 1, error: None }));
        peer.say(&ToMachine::Wait);
    });
    let mut link = Link::open(center, tls::pinned(authority.pin()).expect("settings")).expect("trusted");
    link.send(&FromMachine::CommandDone { command: 1, error: None }).expect("sent");
    assert_eq!(link.receive(soon(), None).expect("open"), Event::Message(ToMachine::Wait));
    assert!(matches!(link.receive(soon(), None), Err(LinkError::Closed)));
}

#[test]
fn another_authority_another_name_and_an_unrelated_signature_are_refused() {
    let (ours, other) = (Authority::new(), Authority::new());
    let stranger = listen(&other, &Presented::default(), |peer, _| drop(peer.hear()));
    assert!(refusal(stranger, ours.pin()).contains("rackwright.ca"));
    let elsewhere =
        listen(&ours, &Presented { name: "127.0.0.2", ..Presented::default() }, |peer, _| drop(peer.hear()));
    assert!(
        refusal(elsewhere, ours.pin()).contains("not valid for name"),
        "{}",
        refusal(elsewhere, ours.pin())
    );
}

#[test]
fn a_clock_that_is_behind_does_not_lock_the_machine_out() {
    let authority = Authority::new();
    let center = listen(&authority, &Presented { first_year: 2100, ..Presented::default() }, |peer, _| {
        drop(peer.hear())
    });
    assert!(Link::open(center, tls::pinned(authority.pin()).expect("settings")).is_ok());
}

#[test]
fn a_frame_that_claims_four_gigabytes_ends_the_session() {
    let authority = Authority::new();
    let center = listen(&authority, &Presented::default(), |peer, _| {
        peer.say_bytes(&[0xff; 64]);
        drop(peer.hear());
    });
    let mut link = Link::open(center, tls::pinned(authority.pin()).expect("settings")).expect("trusted");
    let why = link.receive(soon(), None).expect_err("hostile");
    assert!(matches!(why, LinkError::Frame(_)), "{why}");
}

#[test]
fn a_message_before_the_end_is_still_heard() {
    let authority = Authority::new();
    let refused = ToMachine::Refused { reason: "unknown machine".into(), retry_after_s: 9 };
    let center = listen(&authority, &Presented::default(), {
        let refused = refused.clone();
        move |peer, _| peer.say(&refused)
    });
    let mut link = Link::open(center, tls::pinned(authority.pin()).expect("settings")).expect("trusted");
    assert_eq!(link.receive(soon(), None).expect("open"), Event::Message(refused));
}

#[test]
fn a_large_message_passes_in_pieces() {
    let authority = Authority::new();
    let (heard, hear) = std::sync::mpsc::channel();
    let center =
        listen(&authority, &Presented::default(), move |peer, _| heard.send(peer.hear()).expect("waiting"));
    let mut link = Link::open(center, tls::pinned(authority.pin()).expect("settings")).expect("trusted");
    let message = FromMachine::CommandDone { command: 2, error: Some("x".repeat(900_000)) };
    link.send(&message).expect("sent");
    assert_eq!(hear.recv_timeout(Duration::from_secs(20)).expect("arrived"), Some(message));
}

#[test]
fn a_server_that_never_speaks_tls_is_given_up() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
    let center = listener.local_addr().expect("bound");
    let silent = std::thread::spawn(move || listener.accept());
    let why = refusal(center, [0; 32]);
    assert!(why.contains("TLS handshake"), "{why}");
    drop(silent.join());
}
