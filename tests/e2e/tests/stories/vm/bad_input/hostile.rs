//! Bytes that make no sense, from a strange machine on the wire.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr, TcpStream, UdpSocket};
use std::time::Duration;

use rackwright_rack::hardware::address::CENTER;

use crate::story::{Story, Stranger, wait_until};

const COUNT_LIMIT: Duration = Duration::from_secs(30);
/// Malformed messages per port; far below what is dropped as an overload.
const MESSAGES: usize = 20;

#[test]
fn malformed_bytes_are_dropped_and_counted() {
    let story = Story::begin(&[], &[]);
    let stranger = Stranger::plug_in(&story.live.rack);

    stranger.does(|| {
        for number in 0..MESSAGES {
            let nonsense = nonsense(number);
            send(67, &nonsense);
            send(4011, &nonsense);
            send(69, &[&[0, 9][..], &nonsense].concat());
            call(8444, &nonsense);
            call(80, &nonsense);
            call(8443, &nonsense);
        }
    });

    for counter in ["dhcp.malformed", "tftp.malformed", "agents.handshake_failed", "http.broken"] {
        wait_until(&format!("{counter} has counted"), COUNT_LIMIT, || {
            let counted = story.act.done(&["system", "status"])["counters"][counter].as_u64();
            (counted.unwrap_or_default() > 0).then_some(())
        });
    }
    assert!(!story.log().contains("panicked"), "a part of the daemon panicked");
    // It still does its work.
    story.act.done(&["server", "add", "after", "--macs", "52:54:00:00:00:99"]);
}

/// Bytes that differ from call to call, of many lengths, never a message.
fn nonsense(number: usize) -> Vec<u8> {
    let length = number * number * 3;
    (0..length).map(|at| u8::try_from((at * 31 + number * 7) % 251).unwrap_or_default()).collect()
}

fn send(port: u16, bytes: &[u8]) {
    let socket = UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).expect("a socket");
    socket.send_to(bytes, (CENTER, port)).expect("the wire takes it");
}

/// Says it and reads what comes until the other side hangs up or a moment has passed.
fn call(port: u16, bytes: &[u8]) {
    let to = SocketAddr::from((CENTER, port));
    let mut stream = TcpStream::connect_timeout(&to, COUNT_LIMIT).expect("the port is open");
    stream.set_read_timeout(Some(Duration::from_millis(100))).expect("a limit");
    // A daemon that hangs up in the middle has heard enough.
    drop(stream.write_all(bytes));
    drop(stream.read(&mut [0; 512]));
}
