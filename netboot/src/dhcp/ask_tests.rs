use proptest::prelude::*;

use super::*;
use crate::dhcp::samples::{Sample, discover};

fn read(sample: &Sample) -> Ask {
    parse(&sample.bytes()).expect("readable")
}

#[test]
fn a_plain_discover() {
    let ask = read(&discover());
    assert_eq!(ask.kind, Kind::Discover);
    assert_eq!(ask.mac, MacAddr([0x52, 0x54, 0, 0, 0, 1]));
    assert_eq!(ask.max_size, 548);
    assert!(!ask.netboot());
}

#[test]
fn one_bad_option_costs_only_itself() {
    let ask =
        read(&discover().option(50, &[1, 2]).option(12, b"-bad-").option(93, &[0]).option(60, b"PXEClient"));
    assert_eq!((ask.wanted, ask.host_name, ask.arch), (None, None, None));
    assert_eq!(ask.firmware, Some(Firmware::Pxe));
}

#[test]
fn a_cut_off_option_does_not_hide_those_before_it() {
    let mut bytes = discover().option(60, b"PXEClient:Arch:00000").bytes();
    bytes.pop();
    bytes.extend([97, 17, 0]);
    assert_eq!(parse(&bytes).expect("readable").firmware, Some(Firmware::Pxe));
}

#[test]
fn messages_that_are_nobodys_are_malformed() {
    let good = discover().bytes();
    let broken = |at: usize, byte: u8| {
        let mut bytes = good.clone();
        bytes[at] = byte;
        bytes
    };
    for (bytes, what) in [
        (good[..239].to_vec(), "too short"),
        (broken(0, 2), "a reply"),
        (broken(1, 6), "another hardware type"),
        (broken(2, 255), "an address longer than the message"),
        (broken(3, 17), "too many hops"),
        (broken(28, 0x01), "a multicast address"),
        (broken(236, 0), "no magic cookie"),
        (broken(242, 2), "an OFFER from a client"),
    ] {
        assert!(parse(&bytes).is_err(), "{what}");
    }
}

#[test]
fn rule_3_a_machine_id_counts_only_with_its_proper_length() {
    let id = |byte: u8| [[0].as_slice(), &[byte; 16]].concat();
    assert_eq!(read(&discover()).machine_id, None, "missing");
    assert_eq!(read(&discover().option(97, &[0; 16])).machine_id, None, "short");
    assert_eq!(read(&discover().option(97, &id(0xff))).machine_id, Some(id(0xff)), "all FF");
    let twice = discover().option(97, &id(1)).option(12, b"x").option(97, &id(2));
    assert_eq!(read(&twice).machine_id, Some(id(1)), "twice");
    let in_a_row = discover().option(97, &id(1)).option(97, &id(2));
    assert_eq!(read(&in_a_row).machine_id, Some(id(1)), "twice in a row");
}

#[test]
fn rule_7_the_size_limit_is_held_between_what_all_take_and_what_a_link_carries() {
    for (said, bytes) in [(0, 548), (300, 548), (576, 548), (1_260, 1_232), (1_500, 1_472), (u16::MAX, 1_472)]
    {
        assert_eq!(read(&discover().option(57, &u16::to_be_bytes(said))).max_size, bytes, "{said}");
    }
}

#[test]
fn rule_10_ipxe_is_known_framed_and_unframed_and_by_its_own_option() {
    let http = [0x13, 1, 1];
    for (sample, ipxe) in [
        (discover(), None),
        (discover().option(77, b"iPXE"), Some(Ipxe { http: true })),
        (discover().option(77, b"\x04iPXE"), Some(Ipxe { http: true })),
        (discover().option(77, b"\x03abc\x04iPXE"), Some(Ipxe { http: true })),
        (discover().option(77, b"\x09iPXE-like"), None),
        (discover().option(77, b"\xffiPXE"), None),
        (discover().option(175, &http), Some(Ipxe { http: true })),
        (discover().option(175, &[0x15, 1, 1]), Some(Ipxe { http: false })),
        (discover().option(77, b"iPXE").option(175, &[0x15, 1, 1, 0x13]), Some(Ipxe { http: false })),
    ] {
        assert_eq!(read(&sample).ipxe, ipxe, "{sample:?}");
    }
}

#[test]
fn a_host_name_is_cut_to_one_label() {
    for (text, name) in [
        (&b"Web-1.example.net"[..], Some("web-1")),
        (b"web\0", Some("web")),
        (b"", None),
        (b"-x", None),
        (b"a b", None),
        (b"$(reboot)", None),
        ([b'a'; 64].as_slice(), None),
    ] {
        assert_eq!(read(&discover().option(12, text)).host_name.as_deref(), name);
    }
}

proptest! {
    #[test]
    fn any_bytes_are_a_message_or_an_error(bytes in proptest::collection::vec(any::<u8>(), 0..800)) {
        let _ = parse(&bytes);
    }

    /// Bytes that get past the fixed part: everything after it is hostile.
    #[test]
    fn any_options_are_read_within_their_bounds(options in proptest::collection::vec(any::<u8>(), 0..600)) {
        let mut bytes = discover().bytes();
        bytes.truncate(243);
        bytes.push(0);
        bytes.extend(options);
        let ask = parse(&bytes).expect("the message type stands before them");
        prop_assert!(ask.host_name.is_none_or(|name| name.len() <= 63));
        prop_assert!(ask.client_id.is_none_or(|id| id.len() <= 255));
        prop_assert!(ask.relay_info.is_none_or(|info| info.len() <= 255));
        prop_assert!((548..=1_472).contains(&ask.max_size));
    }
}
