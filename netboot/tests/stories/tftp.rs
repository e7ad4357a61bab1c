//! Real TFTP clients against the server: curl and busybox, and packets by hand for what firmware does and they do not.

use std::fs;
use std::net::{SocketAddr, UdpSocket};
use std::time::Duration;

use crate::rack::{CLIENT, Rack, SERVER, bytes};
use rackwright_model::BootStage;
use tftpd::{ErrorCode, OptionType, Packet, TransferOption};

fn curl(rack: &Rack, options: &str, name: &str) -> Vec<u8> {
    let out = rack.path("out");
    rack.succeed(&format!("curl -sS --max-time 60 {options} -o {} tftp://{SERVER}/{name}", out.display()));
    fs::read(out).expect("fetched")
}

#[test]
fn curl_fetches_with_and_without_options_and_the_plan_is_told() {
    let rack = Rack::with_client();
    for options in
        ["", "--tftp-no-options", "--tftp-blksize 1468", "--tftp-blksize 65464", "--tftp-blksize 8"]
    {
        assert_eq!(curl(&rack, options, "undionly.kpxe"), bytes(70_001), "{options}");
    }
    assert_eq!(curl(&rack, "", "snponly.efi"), bytes(1_024 * 512), "ends with an empty block");
    // curl takes a told size of 0 for an error.
    assert_eq!(curl(&rack, "--tftp-no-options", "empty"), b"");
    rack.until("seven transfers", |rack| rack.counters().tftp_transfers == 7);
    assert_eq!(rack.stages()[0], BootStage::BootProgram);
    let detail = rack.plan.with(|state| state.facts[0].detail.clone());
    assert!(detail.starts_with("Sent undionly.kpxe by TFTP: 70.0 kB in "), "{detail}");
}

#[test]
fn busybox_fetches() {
    let rack = Rack::with_client();
    let out = rack.path("out");
    rack.succeed(&format!("busybox tftp -g -b 1428 -r snponly.efi -l {} {SERVER}", out.display()));
    assert_eq!(fs::read(out).expect("fetched"), bytes(1_024 * 512));
}

#[test]
fn rule_11_block_numbers_roll_over_in_a_large_file() {
    let rack = Rack::with_client();
    // 34 MB in blocks of 512 bytes are 66407 of them.
    assert!(curl(&rack, "--tftp-blksize 512", "large") == bytes(34_000_000));
}

#[test]
fn only_named_files_are_given_and_nothing_is_taken() {
    let rack = Rack::with_client();
    for name in ["secret", "../secret", "boot/agent.cpio", "/etc/passwd", "missing"] {
        let output = rack.client(&format!("curl -sS --path-as-is --max-time 10 tftp://{SERVER}/{name}"));
        assert_eq!(output.status.code(), Some(68), "{name}: curl says that the file is not there");
    }
    let upload = format!("busybox tftp -p -l {} -r undionly.kpxe {SERVER}", rack.path("secret").display());
    assert!(!rack.client(&upload).status.success());
    assert_eq!(rack.counters().tftp_refused, 6);
    assert_eq!(fs::read(rack.path("undionly.kpxe")).expect("still there"), bytes(70_001));
}

/// A client in slow motion.
struct Hand {
    socket: UdpSocket,
    peer: Option<SocketAddr>,
}

fn option(option: OptionType, value: u64) -> TransferOption {
    TransferOption { option, value }
}

impl Hand {
    fn new() -> Self {
        let socket = UdpSocket::bind((CLIENT, 0)).expect("a port");
        socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        Self { socket, peer: None }
    }

    fn ask(&self, file: &str, options: Vec<TransferOption>) {
        let request = Packet::Rrq { filename: file.into(), mode: "octet".into(), options };
        self.socket.send_to(&request.serialize().expect("encodes"), (SERVER, 69)).expect("sent");
    }

    fn hear(&mut self) -> Packet {
        let mut bytes = [0; 2_048];
        let (length, peer) = self.socket.recv_from(&mut bytes).expect("a packet");
        assert_eq!(*self.peer.get_or_insert(peer), peer, "one transfer, one port");
        Packet::deserialize(&bytes[..length]).expect("readable")
    }

    fn say(&self, packet: &Packet) {
        let peer = self.peer.expect("heard from before");
        self.socket.send_to(&packet.serialize().expect("encodes"), peer).expect("sent");
    }

    fn block(&mut self) -> u16 {
        match self.hear() {
            Packet::Data { block_num, .. } => block_num,
            other => panic!("no data: {other:?}"),
        }
    }
}

#[test]
fn rule_11_edk2_asks_for_the_size_and_leaves_and_that_is_no_failure() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let mut probe = Hand::new();
        probe.ask(
            "snponly.efi",
            vec![option(OptionType::TransferSize, 0), option(OptionType::BlockSize, 1_468)],
        );
        let size = Packet::Oack(vec![
            option(OptionType::TransferSize, 524_288),
            option(OptionType::BlockSize, 1_468),
        ]);
        assert_eq!(probe.hear(), size);
        probe.say(&Packet::Error { code: ErrorCode::RefusedOption, msg: "User aborted the transfer".into() });
    });
    rack.until("the probe", |rack| rack.counters().tftp_probes == 1);
    let counters = rack.counters();
    assert_eq!((counters.tftp_aborted, counters.tftp_errors, counters.tftp_transfers), (0, 0, 0));
    assert_eq!(rack.stages(), []);
}

#[test]
fn a_lost_answer_and_a_lost_block_are_sent_again() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let mut hand = Hand::new();
        hand.ask("undionly.kpxe", vec![option(OptionType::Timeout, 1)]);
        let first = hand.hear();
        assert!(matches!(first, Packet::Oack(_)));
        assert_eq!(hand.hear(), first, "the answer to the options, when nothing came back");
        hand.say(&Packet::Ack(0));
        assert_eq!((hand.block(), hand.block()), (1, 1), "the block, when nothing came back");
        hand.say(&Packet::Ack(1));
        hand.say(&Packet::Ack(1));
        assert_eq!(hand.block(), 2);
        hand.say(&Packet::Ack(2));
        assert_eq!(hand.block(), 3, "a repeated acknowledgement doubles nothing");
        hand.say(&Packet::Error { code: ErrorCode::DiskFull, msg: "enough".into() });
    });
    rack.until("the end", |rack| rack.counters().tftp_aborted == 1);
    assert_eq!(rack.counters().tftp_resent, 2);
}

#[test]
fn whoever_never_answers_is_sent_little_and_may_ask_again() {
    let rack = Rack::with_client();
    for (options, sent) in [(vec![], 516), (vec![option(OptionType::BlockSize, 1_400)], 15)] {
        let before = rack.counters();
        let mut silent = rack.on_client(Hand::new);
        silent.ask("undionly.kpxe", options.clone());
        rack.until("the end", |rack| rack.counters().tftp_timeouts == before.tftp_timeouts + 1);
        assert_eq!(rack.counters().tftp_resent, before.tftp_resent + 1);
        silent.socket.set_nonblocking(true).expect("set");
        let mut bytes = [0; 2_048];
        let lengths: Vec<usize> = std::iter::from_fn(|| silent.socket.recv(&mut bytes).ok()).collect();
        assert_eq!(lengths, [sent; 2]);

        silent.socket.set_nonblocking(false).expect("set");
        silent.ask("undionly.kpxe", options);
        silent.hear();
        silent.say(&Packet::Error { code: ErrorCode::NotDefined, msg: String::new() });
    }
}

#[test]
fn whoever_answered_is_tried_longer() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let mut hand = Hand::new();
        hand.ask("undionly.kpxe", vec![option(OptionType::Timeout, 1)]);
        hand.hear();
        hand.say(&Packet::Ack(0));
        for sending in 1..=6 {
            assert_eq!(hand.block(), 1, "sending {sending}");
        }
    });
    rack.until("the end", |rack| rack.counters().tftp_timeouts == 1);
    assert_eq!(rack.counters().tftp_resent, 5);
}

#[test]
fn a_window_is_sent_at_once_and_repaired_from_its_gap() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let mut hand = Hand::new();
        hand.ask("undionly.kpxe", vec![option(OptionType::WindowSize, 4)]);
        assert_eq!(hand.hear(), Packet::Oack(vec![option(OptionType::WindowSize, 4)]));
        hand.say(&Packet::Ack(0));
        assert_eq!([hand.block(), hand.block(), hand.block(), hand.block()], [1, 2, 3, 4]);
        hand.say(&Packet::Ack(2));
        assert_eq!([hand.block(), hand.block(), hand.block(), hand.block()], [3, 4, 5, 6]);
        hand.say(&Packet::Error { code: ErrorCode::NotDefined, msg: String::new() });
    });
}

#[test]
fn a_repeated_request_is_one_transfer() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let mut hand = Hand::new();
        hand.ask("undionly.kpxe", vec![]);
        assert_eq!(hand.block(), 1);
        hand.ask("undionly.kpxe", vec![]);
        assert_eq!(hand.block(), 1, "again from the same port: its own repetition");
        hand.say(&Packet::Error { code: ErrorCode::NotDefined, msg: String::new() });
    });
}

#[test]
fn one_client_cannot_take_every_transfer() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let hands: Vec<Hand> = (0..9).map(|_| Hand::new()).collect();
        for hand in &hands {
            hand.ask("large", vec![]);
        }
        let refused = hands
            .into_iter()
            .filter_map(|mut hand| matches!(hand.hear(), Packet::Error { .. }).then_some(()))
            .count();
        assert_eq!(refused, 1);
    });
    assert_eq!(rack.counters().tftp_overload, 1);
}

#[test]
fn garbage_is_dropped_and_counted() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let hand = Hand::new();
        for garbage in [&b""[..], b"\0", b"\0\x01", b"\0\x01name", b"\0\x04\0\0", &[0xff; 900]] {
            hand.socket.send_to(garbage, (SERVER, 69)).expect("sent");
        }
    });
    rack.until("six dropped packets", |rack| rack.counters().tftp_malformed == 6);
    assert_eq!(curl(&rack, "", "undionly.kpxe"), bytes(70_001));
}
