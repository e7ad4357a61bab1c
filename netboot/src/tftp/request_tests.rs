use proptest::prelude::*;

use super::*;

fn rrq(words: &[&str]) -> Vec<u8> {
    let mut bytes = vec![0, 1];
    for word in words {
        bytes.extend(word.as_bytes());
        bytes.push(0);
    }
    bytes
}

fn terms(words: &[&str]) -> Terms {
    let all = [&["x", "octet"], words].concat();
    settle(&parse(&rrq(&all)).expect("a request").options, 1_000_000)
}

fn granted(terms: &Terms) -> Vec<(OptionType, u64)> {
    terms.granted.iter().map(|option| (option.option, option.value)).collect()
}

#[test]
fn a_name_with_leading_slashes_or_a_junk_byte_is_the_same_name() {
    for name in ["ipxe.efi", "/ipxe.efi", "//ipxe.efi"] {
        assert_eq!(parse(&rrq(&[name, "OCTET"])).expect("a request").file, "ipxe.efi");
    }
    let junk = [&[0, 1][..], b"ipxe.efi\xff\0octet\0"].concat();
    assert_eq!(parse(&junk).expect("a request").file, "ipxe.efi");
}

#[test]
fn unreadable_options_cost_only_themselves() {
    for tail in [&b"\0"[..], b"blksize\0many\0", b"tsize\0", b"multicast\0\0", b"\xff\xfe\0\0"] {
        let bytes = [&rrq(&["x", "octet"])[..], tail].concat();
        let request = parse(&bytes).unwrap_or_else(|refusal| panic!("{refusal:?} for {tail:?}"));
        assert_eq!(request, Request { file: "x".into(), options: vec![] });
    }
}

#[test]
fn writes_and_other_modes_are_refused() {
    let mut write = rrq(&["x", "octet"]);
    write[1] = 2;
    assert_eq!(parse(&write), Err(Refusal::ReadOnly));
    assert_eq!(parse(&rrq(&["x", "netascii"])), Err(Refusal::Mode));
    for bytes in [
        &b""[..],
        b"\0",
        b"\0\x01",
        b"\0\x01x",
        b"\0\x01x\0",
        b"\0\x03\0\x01",
        b"\0\x04\0\0",
        b"\0\x09x\0octet\0",
    ] {
        assert_eq!(parse(bytes), Err(Refusal::Malformed), "{bytes:?}");
    }
}

#[test]
fn rule_11_without_options_blocks_have_512_bytes_and_the_window_is_1() {
    let terms = terms(&[]);
    assert_eq!((terms.block, terms.window, terms.granted.len()), (512, 1, 0));
}

#[test]
fn rule_11_the_block_size_asked_is_never_exceeded() {
    for (asked, block) in [("512", 512), ("1432", 1_432), ("1468", 1_468), ("65464", 1_468), ("8", 8)] {
        let terms = terms(&["blksize", asked]);
        assert_eq!((terms.block, granted(&terms)), (block, vec![(OptionType::BlockSize, block as u64)]));
        assert_eq!(terms.window, 1, "nobody asked for a window");
    }
    for asked in ["0", "7"] {
        assert_eq!(terms(&["blksize", asked]).granted, [], "{asked}");
    }
}

#[test]
fn rule_11_a_size_is_told() {
    assert_eq!(granted(&terms(&["tsize", "0", "BLKSIZE", "1468"]))[0], (OptionType::TransferSize, 1_000_000));
}

#[test]
fn window_and_time_out_are_held_in_bounds() {
    assert_eq!(terms(&["windowsize", "4"]).window, 4);
    assert_eq!(terms(&["windowsize", "65535"]).window, 64);
    assert_eq!(terms(&["windowsize", "0"]).window, 1);
    assert_eq!(terms(&["timeout", "3"]).timeout, Some(Duration::from_secs(3)));
    assert_eq!(terms(&["timeout", "255"]), terms(&[]));
    assert_eq!(terms(&["utimeout", "1", "windowwait", "9"]), terms(&[]));
    assert_eq!(terms(&["blksize", "600", "blksize", "700"]).block, 600);
}

proptest! {
    #[test]
    fn any_bytes_are_a_request_or_a_refusal(bytes in proptest::collection::vec(any::<u8>(), 0..600)) {
        let _ = parse(&bytes);
    }

    #[test]
    fn any_request_settles_within_bounds(tail in "\\PC{0,20}(\0(blksize|tsize|timeout|windowsize)\0[0-9]{1,22}){0,6}\0?", size: u64) {
        let bytes = [&rrq(&["x", "octet"])[..], tail.as_bytes()].concat();
        if let Ok(request) = parse(&bytes) {
            let terms = settle(&request.options, size);
            prop_assert!((8..=1_468).contains(&terms.block) && (1..=64).contains(&terms.window));
            prop_assert!(terms.granted.len() <= 4);
        }
    }
}
