//! Real DHCP clients against the server: busybox udhcpc and ISC dhclient, and messages by hand where they cannot reach.

use std::fs;
use std::net::{Ipv4Addr, UdpSocket};
use std::os::unix::fs::PermissionsExt;
use std::time::Duration;

use crate::rack::{CLIENT, MAC, Rack, SERVER};
use dhcproto::v4::{DhcpOption, Message, MessageType, OptionCode};
use dhcproto::{Decodable, Encodable};
use rackwright_model::BootStage;
use rackwright_netboot::{BIOS_PROGRAM, UEFI_PROGRAM};

/// What both clients call with what they learned: sets the address and prints the rest.
const HOOK: &str = "#!/bin/sh
case \"$1$reason\" in
bound|renew|BOUND|RENEW|REBOOT|REBIND) ip addr replace ${ip:-$new_ip_address}/24 dev rack1 ;;
esac
echo \"$1$reason ip=$ip$new_ip_address file=$boot_file$new_filename siaddr=$siaddr$new_next_server router=$router$new_routers\" >> HOOKLOG
";

fn hook(rack: &Rack) -> String {
    let (path, log) = (rack.path("hook"), rack.path("hook.log"));
    fs::write(&path, HOOK.replace("HOOKLOG", &log.display().to_string())).expect("written");
    fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).expect("executable");
    path.display().to_string()
}

fn told(rack: &Rack) -> String {
    fs::read_to_string(rack.path("hook.log")).unwrap_or_default()
}

pub fn udhcpc(rack: &Rack, options: &str) -> String {
    let hook = hook(rack);
    rack.succeed(&format!("busybox udhcpc -i rack1 -f -n -q -t 5 -T 1 -s {hook} {options}"));
    told(rack)
}

/// ISC dhclient on the client; returns what it wrote.
fn dhclient(rack: &Rack, options: &str) -> String {
    let hook = hook(rack);
    let file = |name: &str| rack.path(name).display().to_string();
    let (leases, pid) = (file("dhclient.leases"), file("dhclient.pid"));
    let line =
        format!("timeout 30 dhclient -v -1 -sf {hook} -lf {leases} -pf {pid} -cf /dev/null {options} rack1");
    let output = rack.client(&line);
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Ends the background dhclient, by its own word.
fn dhclient_release(rack: &Rack) -> String {
    dhclient(rack, "-r")
}

#[test]
fn udhcpc_gets_a_lease_without_arp() {
    let rack = Rack::up();
    let told = udhcpc(&rack, "-x hostname:web-1");
    assert!(told.contains(&format!("bound ip={CLIENT}")) && told.contains("router=10.77.0.1"), "{told}");
    assert_eq!(rack.plan.with(|state| state.asks[0].host_name.clone()).as_deref(), Some("web-1"));
    assert_eq!(rack.stages(), [], "an operating system's lease is no station of a boot");
    let counters = rack.counters();
    assert_eq!((counters.dhcp_offers, counters.dhcp_acks, counters.dhcp_send_errors), (1, 1, 0));
}

#[test]
fn udhcpc_that_wants_broadcasts_gets_them() {
    let rack = Rack::up();
    let told = udhcpc(&rack, "-B");
    assert!(told.contains(&format!("bound ip={CLIENT}")), "{told}");
}

#[test]
fn udhcpc_as_firmware_gets_its_boot_program_and_the_boot_is_told() {
    for (class, arch, file) in
        [("PXEClient:Arch:00000", "0000", BIOS_PROGRAM), ("PXEClient:Arch:00007", "0007", UEFI_PROGRAM)]
    {
        let rack = Rack::up();
        let told = udhcpc(&rack, &format!("-V {class} -x 0x5d:{arch} -O bootfile"));
        assert!(told.contains(&format!("file={file} siaddr={SERVER}")), "{told}");
        rack.until("two facts", |rack| rack.stages() == [BootStage::DhcpOffer, BootStage::DhcpAck]);
        let detail = rack.plan.with(|state| state.facts[1].detail.clone());
        assert_eq!(detail, format!("Leased {CLIENT} to PXE firmware for 600 s; boot file {file}."));
    }
}

#[test]
fn udhcpc_of_a_machine_that_is_not_ours_hears_nothing() {
    let rack = Rack::up();
    rack.plan.with(|state| state.denied.push(MAC));
    let hook = hook(&rack);
    let line =
        format!("busybox udhcpc -i rack1 -f -n -q -t 2 -T 1 -s {hook} -V PXEClient:Arch:00000 -x 0x5d:0000");
    assert!(!rack.client(&line).status.success());
    assert_eq!(rack.counters().dhcp_silent_plan, 2);
    assert_eq!(rack.plan.with(|state| state.silences[0].clone()), "This machine is on the deny list.");
}

#[test]
fn dhclient_binds_and_comes_back_with_its_old_lease() {
    let rack = Rack::up();
    let first = dhclient(&rack, "");
    assert!(first.contains(&format!("bound to {CLIENT}")), "{first}");
    // Stopped without a release, it asks for the same address again (INIT-REBOOT).
    dhclient(&rack, "-x");
    let again = dhclient(&rack, "");
    assert!(!again.contains("DHCPDISCOVER") && again.contains(&format!("bound to {CLIENT}")), "{again}");
    let released = dhclient_release(&rack);
    assert!(released.contains("DHCPRELEASE"), "{released}");
    rack.until("the release", |rack| rack.plan.with(|state| state.released == [CLIENT]));
}

#[test]
fn dhclient_from_another_network_is_refused_at_once_and_starts_over() {
    let rack = Rack::up();
    let lease = "lease {\n  interface \"rack1\";\n  fixed-address 192.168.44.5;\n  option subnet-mask 255.255.255.0;\n  \
                 option dhcp-server-identifier 192.168.44.1;\n  renew 5 2038/01/01 00:00:00;\n  rebind 5 2038/01/01 00:00:00;\n  \
                 expire 5 2038/01/01 00:00:00;\n}\n";
    fs::write(rack.path("dhclient.leases"), lease).expect("written");
    let log = dhclient(&rack, "");
    assert!(log.contains("DHCPNAK") && log.contains(&format!("bound to {CLIENT}")), "{log}");
    dhclient_release(&rack);
    assert_eq!(rack.counters().dhcp_naks, 1);
}

/// A message by hand, in the words of the codec.
fn message(kind: MessageType, options: &[DhcpOption]) -> Message {
    let none = Ipv4Addr::UNSPECIFIED;
    let mut message = Message::new_with_id(7, none, none, none, none, &MAC.0);
    message.opts_mut().insert(DhcpOption::MessageType(kind));
    for option in options {
        message.opts_mut().insert(option.clone());
    }
    message
}

fn exchange(rack: &Rack, from_port: u16, to_port: u16, message: &Message) -> Message {
    let bytes = message.to_vec().expect("encodes");
    let reply = rack.on_client(move || {
        let socket = UdpSocket::bind((CLIENT, from_port)).expect("a port");
        socket.set_read_timeout(Some(Duration::from_secs(10))).expect("set");
        socket.send_to(&bytes, (SERVER, to_port)).expect("sent");
        let mut reply = vec![0; 2_048];
        let length = socket.recv(&mut reply).expect("a reply");
        reply.truncate(length);
        reply
    });
    Message::from_bytes(&reply).expect("readable")
}

#[test]
fn a_renewal_is_answered_to_the_address_it_came_from() {
    let rack = Rack::with_client();
    let mut renewal = message(MessageType::Request, &[]);
    renewal.set_ciaddr(CLIENT);
    let reply = exchange(&rack, 68, 67, &renewal);
    assert_eq!((reply.opts().msg_type(), reply.yiaddr()), (Some(MessageType::Ack), CLIENT));
    assert_eq!(reply.opts().get(OptionCode::ServerIdentifier), Some(&DhcpOption::ServerIdentifier(SERVER)));
}

#[test]
fn a_relay_gets_the_reply_on_its_server_port() {
    let rack = Rack::with_client();
    let mut relayed = message(MessageType::Discover, &[]);
    relayed.set_giaddr(CLIENT).set_hops(1);
    let reply = exchange(&rack, 67, 67, &relayed);
    assert_eq!((reply.opts().msg_type(), reply.giaddr()), (Some(MessageType::Offer), CLIENT));
    assert_eq!(rack.plan.with(|state| state.asks[0].link), CLIENT);
}

#[test]
fn port_4011_names_the_boot_file() {
    let rack = Rack::with_client();
    let class = DhcpOption::ClassIdentifier(b"PXEClient:Arch:00007".to_vec());
    let arch = DhcpOption::ClientSystemArchitecture(dhcproto::v4::Architecture::X64);
    let mut request = message(MessageType::Request, &[class, arch]);
    request.set_ciaddr(CLIENT);
    let reply = exchange(&rack, 68, 4_011, &request);
    assert_eq!(
        reply.opts().get(OptionCode::BootfileName),
        Some(&DhcpOption::BootfileName(UEFI_PROGRAM.into()))
    );
}

#[test]
fn garbage_is_dropped_and_counted_and_the_next_client_served() {
    let rack = Rack::with_client();
    rack.on_client(|| {
        let socket = UdpSocket::bind((CLIENT, 68)).expect("a port");
        for (length, port) in [(0, 67), (1, 67), (239, 67), (1_400, 67), (300, 4_011)] {
            socket.send_to(&vec![0xa5; length], (SERVER, port)).expect("sent");
        }
    });
    rack.until("five dropped messages", |rack| rack.counters().dhcp_malformed == 5);
    let mut renewal = message(MessageType::Request, &[]);
    renewal.set_ciaddr(CLIENT);
    exchange(&rack, 68, 67, &renewal);
}

#[test]
fn a_second_server_on_the_same_interface_is_told_that_the_port_is_taken() {
    let mut rack = Rack::up();
    rack.stop();
    rack.start().expect("what was stopped can start again");
    let error = rack.start().expect_err("the ports are taken").to_string();
    assert!(error.contains("10.77.0.1:80") && error.contains("no other HTTP server"), "{error}");
}
