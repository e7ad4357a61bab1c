//! The rules of netboot, each by its number: what real firmware needs of a DHCP server.

mod proxy;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use dhcproto::Decodable;
use dhcproto::v4::{DhcpOption, Message, MessageType, OptionCode};
use proptest::prelude::*;
use rackwright_model::MacAddr;

use super::ask::{self, Ask};
use super::reply::{self, Reply};
use super::route::{self, Route};
use super::samples::{Sample, discover, request};
use super::{Port, decide};
use crate::context::Context;
use crate::memory_plan::{MemoryPlan, silence};
use crate::test_context::context;
use crate::{BIOS_PROGRAM, UEFI_PROGRAM};

const SERVER: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 1);
const FIRST: Ipv4Addr = Ipv4Addr::new(10, 77, 0, 100);
const SCRIPT: &str = "http://10.77.0.1/boot/script/52-54-00-00-00-01";

struct Desk {
    plan: Arc<MemoryPlan>,
    context: Context,
}

/// What came of a message.
struct Told {
    ask: Ask,
    reply: Option<Reply>,
    silence: Option<String>,
}

fn desk() -> Desk {
    let plan = Arc::new(MemoryPlan::default());
    Desk { context: context(plan.clone()), plan }
}

impl Desk {
    fn tell_on(&self, port: Port, sample: &Sample) -> Told {
        let ask = ask::parse(&sample.bytes()).expect("readable");
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
        let decision = runtime.block_on(decide::decide(&ask, port, &self.context));
        let (reply, silence) = match decision {
            Ok(reply) => (reply, None),
            Err(silent) => (None, Some(silent.reason)),
        };
        Told { ask, reply, silence }
    }

    fn tell(&self, sample: &Sample) -> Told {
        self.tell_on(Port::Server, sample)
    }
}

impl Told {
    fn bytes(&self) -> Vec<u8> {
        let reply = self.reply.as_ref().unwrap_or_else(|| panic!("silent: {:?}", self.silence));
        reply::encode(reply, &self.ask, SERVER).expect("encodes")
    }

    fn message(&self) -> Message {
        Message::from_bytes(&self.bytes()).expect("a client can read it")
    }

    /// Data of an option, as it stands on the wire.
    fn option(&self, code: u8) -> Option<Vec<u8>> {
        let bytes = self.bytes();
        let message = dhcproto::v4::borrowed::Message::new(&bytes).expect("long enough");
        message.opts().find(|option| u8::from(option.code()) == code).map(|option| option.data().to_vec())
    }

    fn kind(&self) -> MessageType {
        self.message().opts().msg_type().expect("option 53")
    }

    fn file(&self) -> String {
        self.message().fname_str().expect("a file").expect("text").trim_end_matches('\0').to_owned()
    }

    fn text(&self, code: u8) -> String {
        String::from_utf8(self.option(code).expect("present")).expect("text")
    }

    fn route(&self) -> Route {
        let peer = "10.77.0.100:68".parse().expect("an address");
        route::of(self.reply.as_ref().expect("a reply"), &self.ask, Port::Server, peer)
    }
}

fn to(address: [u8; 4], port: u16) -> Route {
    Route::Address(std::net::SocketAddrV4::new(address.into(), port))
}

#[test]
fn rule_1_the_class_is_echoed_as_it_was_asked_and_only_then() {
    let desk = desk();
    assert_eq!(desk.tell(&discover().pxe(0)).option(60).as_deref(), Some(&b"PXEClient"[..]));
    assert_eq!(desk.tell(&discover().http(16)).option(60).as_deref(), Some(&b"HTTPClient"[..]));
    assert_eq!(desk.tell(&discover()).option(60), None, "an operating system");
    assert_eq!(desk.tell(&discover().option(60, b"MSFT 5.0")).option(60), None);
}

#[test]
fn rule_1_uefi_http_boot_gets_its_url_in_file_and_option_67() {
    let told = desk().tell(&discover().http(16));
    let url = format!("http://10.77.0.1/boot/{UEFI_PROGRAM}");
    assert_eq!((told.file(), told.text(67)), (url.clone(), url));
}

#[test]
fn rule_2_the_architecture_decides_and_not_the_text() {
    let desk = desk();
    for (arch, program) in [(0, BIOS_PROGRAM), (7, UEFI_PROGRAM), (9, UEFI_PROGRAM)] {
        // The text says 00000 each time.
        assert_eq!(desk.tell(&discover().pxe(arch)).file(), program, "{arch}");
    }
    assert_eq!(desk.tell(&discover().option(60, b"PXEClient")).file(), BIOS_PROGRAM, "old and silent");
}

#[test]
fn rule_2_an_architecture_without_a_program_gets_no_answer_and_a_reason() {
    let desk = desk();
    for (sample, word) in [
        (discover().pxe(6), "32-bit UEFI"),
        (discover().pxe(11), "64-bit ARM"),
        (discover().http(19), "64-bit ARM"),
        (discover().http(7), "architecture 7"),
        (discover().pxe(31), "architecture 31"),
    ] {
        let told = desk.tell(&sample);
        assert!(told.reply.is_none());
        assert!(told.silence.as_ref().is_some_and(|reason| reason.contains(word)), "{:?}", told.silence);
    }
}

#[test]
fn rule_3_the_machine_id_is_echoed_and_identifies_nobody() {
    let desk = desk();
    let id = [[0].as_slice(), &[0xff; 16]].concat();
    let one = desk.tell(&discover().pxe(0).option(97, &id));
    let other = desk.tell(&Sample { mac: [0x52, 0x54, 0, 0, 0, 2], ..discover().pxe(0).option(97, &id) });
    assert_eq!(one.option(97), Some(id));
    assert_ne!(one.message().yiaddr(), other.message().yiaddr(), "two machines with one id");
    assert_eq!(desk.tell(&discover().pxe(0)).option(97), None);
}

#[test]
fn rule_4_firmware_is_told_to_skip_discovery() {
    let desk = desk();
    assert_eq!(desk.tell(&discover().pxe(0)).option(43).as_deref(), Some(&[6, 1, 8, 255][..]));
    assert_eq!(desk.tell(&discover()).option(43), None);
}

#[test]
fn rule_5_the_server_identifier_is_always_the_same_address() {
    let desk = desk();
    for sample in [discover(), discover().pxe(0), request().option(50, &FIRST.octets()), discover().http(16)]
    {
        assert_eq!(desk.tell(&sample).option(54).as_deref(), Some(&SERVER.octets()[..]));
    }
}

#[test]
fn rule_5_a_client_that_goes_to_port_4011_is_answered_there() {
    let desk = desk();
    let sample = Sample { ciaddr: FIRST.octets(), ..request().pxe(7) };
    let told = desk.tell_on(Port::Proxy, &sample);
    assert_eq!((told.kind(), told.file()), (MessageType::Ack, UEFI_PROGRAM.to_owned()));
    assert_eq!(told.message().yiaddr(), Ipv4Addr::UNSPECIFIED, "no lease from here");
    assert_eq!(told.option(51), None);
    let peer = "10.77.0.100:4011".parse().expect("an address");
    assert_eq!(
        route::of(told.reply.as_ref().expect("a reply"), &told.ask, Port::Proxy, peer),
        Route::Address(peer)
    );
    assert!(desk.tell_on(Port::Proxy, &discover().pxe(0)).reply.is_none(), "only what belongs there");
}

#[test]
fn rule_6_file_and_server_are_named_in_both_places() {
    let desk = desk();
    for sample in [discover().pxe(0), discover().pxe(7), discover().http(16), discover().option(77, b"iPXE")]
    {
        let told = desk.tell(&sample);
        assert_eq!(told.message().siaddr(), SERVER);
        assert_eq!(told.text(66), "10.77.0.1");
        assert_eq!(told.file(), told.text(67));
        assert_eq!(told.option(52), None, "never overloaded");
    }
}

#[test]
fn rule_7_a_reply_has_at_least_300_bytes() {
    let desk = desk();
    for sample in [discover(), discover().pxe(0), request().option(50, &[10, 77, 0, 9])] {
        let bytes = desk.tell(&sample).bytes();
        assert!(bytes.len() >= 300, "{}", bytes.len());
    }
}

#[test]
fn rule_7_a_reply_keeps_to_the_clients_limit_and_drops_the_least_needed() {
    let desk = desk();
    let circuit = [7; 100];
    let tight = discover().pxe(0).option(97, &[0; 17]).option(61, &[9; 255]).option(82, &circuit);
    let told = desk.tell(&tight);
    assert!(told.bytes().len() <= 548, "{}", told.bytes().len());
    for needed in [53, 54, 51, 1, 60, 43, 67, 66, 82] {
        assert!(told.option(needed).is_some(), "option {needed}");
    }
    assert_eq!(told.option(61), None, "left out");
    let roomy = desk.tell(&tight.option(57, &1_500u16.to_be_bytes()));
    assert!(roomy.option(61).is_some());
}

#[test]
fn rule_8_the_broadcast_flag_decides_between_broadcast_and_a_frame_without_arp() {
    let desk = desk();
    let mac = MacAddr(discover().mac);
    assert_eq!(desk.tell(&discover()).route(), Route::Frame { mac, address: FIRST });
    assert_eq!(desk.tell(&Sample { flags: 0x8000, ..discover() }).route(), to([255; 4], 68));
}

#[test]
fn rule_8_a_relay_gets_the_reply_with_flag_and_option_82_as_they_came() {
    let desk = desk();
    let giaddr = [10, 99, 0, 1];
    let relayed = Sample { giaddr, flags: 0x8000, ..discover().option(82, b"\x01\x04port\x02\x02sw") };
    let told = desk.tell(&relayed);
    assert_eq!(told.route(), to(giaddr, 67));
    assert!(told.message().flags().broadcast());
    assert_eq!(told.message().giaddr(), Ipv4Addr::from(giaddr));
    let bytes = told.bytes();
    let end =
        bytes.windows(12).position(|part| part == b"\x52\x0a\x01\x04port\x02\x02sw").expect("echoed") + 12;
    assert_eq!(bytes[end], 255, "and the last option");
    let link = desk.plan.with(|state| state.asks[0].link);
    assert_eq!(link, Ipv4Addr::from(giaddr), "the plan chooses the subnet by the relay");
}

#[test]
fn rule_8_a_refusal_through_a_relay_is_to_be_broadcast() {
    let desk = desk();
    desk.tell(&discover());
    let told = desk.tell(&Sample { giaddr: [10, 99, 0, 1], ..request().option(50, &[10, 1, 2, 3]) });
    assert_eq!(told.kind(), MessageType::Nak);
    assert!(told.message().flags().broadcast());
    assert_eq!(told.route(), to([10, 99, 0, 1], 67));
}

#[test]
fn rule_10_ipxe_gets_its_script_whatever_it_runs_on() {
    let desk = desk();
    for sample in [
        discover().pxe(0).option(77, b"iPXE"),
        discover().pxe(7).option(77, b"iPXE"),
        discover().pxe(11).option(175, &[0x13, 1, 1]),
    ] {
        let told = desk.tell(&sample);
        assert_eq!((told.file(), told.text(67)), (SCRIPT.to_owned(), SCRIPT.to_owned()));
        assert_eq!(told.option(175).as_deref(), Some(&[176, 1, 1][..]), "no waiting for a proxy");
        assert_eq!((told.option(60), told.option(43)), (None, None));
    }
}

#[test]
fn rule_10_an_ipxe_without_http_is_given_ours() {
    let told = desk().tell(&discover().pxe(0).option(77, b"iPXE").option(175, &[0x15, 1, 1]));
    assert_eq!(told.file(), BIOS_PROGRAM);
}

#[test]
fn rule_13_a_machine_is_its_mac_whatever_client_id_it_uses() {
    let desk = desk();
    let addresses: Vec<_> = [&b"\x01\x52\x54"[..], b"\xff\x12\x34\x56\x78", b"\x00text"]
        .into_iter()
        .map(|id| desk.tell(&discover().option(61, id)))
        .map(|told| (told.message().yiaddr(), told.option(61).map(|id| id.len())))
        .collect();
    assert_eq!(
        addresses,
        [(FIRST, Some(3)), (FIRST, Some(5)), (FIRST, Some(5))],
        "one address; the id echoed"
    );
}

#[test]
fn rule_17_a_client_that_repeats_itself_is_answered_every_time() {
    let desk = desk();
    for _ in 0..50 {
        assert_eq!(desk.tell(&discover().pxe(0)).message().yiaddr(), FIRST);
    }
}

#[test]
fn rule_18_what_is_not_ours_gets_silence_and_a_reason() {
    let desk = desk();
    desk.plan.with(|state| state.denied.push(MacAddr(discover().mac)));
    let told = desk.tell(&discover().pxe(0));
    assert!(told.reply.is_none());
    assert_eq!(told.silence, Some(silence("This machine is on the deny list.").reason));
    assert_eq!(desk.context.counters.snapshot().dhcp_naks, 0);
}

#[test]
fn selecting_init_reboot_renewing_and_rebinding_lead_to_an_ack() {
    let desk = desk();
    let mine = FIRST.octets();
    desk.tell(&discover());
    let selecting = request().option(50, &mine).option(54, &SERVER.octets());
    let renewing = Sample { ciaddr: mine, ..request() };
    for (state, sample) in
        [("selecting", selecting), ("init-reboot", request().option(50, &mine)), ("renewing", renewing)]
    {
        let told = desk.tell(&sample);
        assert_eq!((told.kind(), told.message().yiaddr()), (MessageType::Ack, FIRST), "{state}");
        assert_eq!(
            told.message().opts().get(OptionCode::AddressLeaseTime),
            Some(&DhcpOption::AddressLeaseTime(600))
        );
    }
    let renewing = desk.tell(&Sample { ciaddr: mine, ..request() });
    assert_eq!(renewing.route(), to(mine, 68), "to the address it sits on");
}

#[test]
fn an_address_that_is_not_the_clients_is_refused_by_broadcast() {
    let desk = desk();
    desk.tell(&discover());
    let told = desk.tell(&request().option(50, &[192, 168, 1, 5]));
    assert_eq!((told.kind(), told.route()), (MessageType::Nak, to([255; 4], 68)));
    assert_eq!((told.option(51), told.option(1)), (None, None));
    assert!(told.text(56).contains("192.168.1.5"));
}

#[test]
fn another_servers_offer_is_left_alone() {
    let desk = desk();
    let told = desk.tell(&request().option(50, &FIRST.octets()).option(54, &[10, 77, 0, 2]));
    assert!(told.reply.is_none());
    assert!(desk.plan.with(|state| state.asks.is_empty()), "nothing committed");
}

#[test]
fn release_and_decline_reach_the_plan_and_get_no_reply() {
    let desk = desk();
    desk.tell(&discover());
    let release = Sample { kind: 7, ciaddr: FIRST.octets(), ..discover() };
    let decline = Sample { kind: 4, ..discover().option(50, &FIRST.octets()) };
    let others = Sample { kind: 7, ciaddr: FIRST.octets(), ..discover().option(54, &[10, 77, 0, 2]) };
    for sample in [release, decline, others] {
        let told = desk.tell(&sample);
        assert_eq!((told.reply, told.silence), (None, None));
    }
    assert_eq!(
        desk.plan.with(|state| (state.released.clone(), state.declined.clone())),
        (vec![FIRST], vec![FIRST])
    );
}

#[test]
fn inform_is_answered_with_settings_but_no_lease() {
    let told = desk().tell(&Sample { kind: 8, ciaddr: FIRST.octets(), ..discover() });
    assert_eq!((told.kind(), told.message().yiaddr()), (MessageType::Ack, Ipv4Addr::UNSPECIFIED));
    assert_eq!((told.option(51), told.option(3).is_some(), told.option(6).is_some()), (None, true, true));
    assert_eq!(told.route(), to(FIRST.octets(), 68));
}

#[test]
fn a_program_that_is_not_installed_is_a_reason_and_not_a_broken_boot() {
    let plan = Arc::new(MemoryPlan::default());
    let mut context = context(plan.clone());
    context.config.tftp_files.insert(UEFI_PROGRAM.into(), PathBuf::new());
    context.config.tftp_files.remove(BIOS_PROGRAM);
    let told = Desk { plan, context }.tell(&discover().pxe(0));
    assert!(told.silence.is_some_and(|reason| reason.contains(BIOS_PROGRAM)));
}

proptest! {
    /// Whatever a client says of itself, the reply keeps its bounds and can be read.
    #[test]
    fn a_reply_is_always_whole(beside: bool, options in proptest::collection::vec(any::<u8>(), 0..500), kind in prop_oneof![Just(1u8), Just(3), Just(4), Just(7), Just(8)], broadcast: bool) {
        let desk = desk();
        desk.plan.with(|state| state.beside = beside);
        let mut sample = Sample { kind, flags: u16::from(broadcast) << 15, ..discover() };
        sample.options = [&[0], &options[..]].concat();
        let told = desk.tell(&sample);
        if told.reply.is_some() {
            let bytes = told.bytes();
            prop_assert!((300..=told.ask.max_size).contains(&bytes.len()));
            prop_assert_eq!(told.message().xid(), 0xdead_beef);
        }
    }
}
