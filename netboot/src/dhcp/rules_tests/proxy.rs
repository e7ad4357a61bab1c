//! Rule 9: beside somebody else's DHCP server (proxyDHCP).

use rackwright_model::BootStage;

use super::*;

/// A desk whose plan leaves addresses to another DHCP server.
fn beside() -> Desk {
    let desk = desk();
    desk.plan.with(|state| state.beside = true);
    desk
}

#[test]
fn rule_9_beside_another_server_the_boot_file_is_named_and_no_address_given() {
    let desk = beside();
    for (sample, file, class) in [
        (discover().pxe(0), BIOS_PROGRAM, "PXEClient"),
        (discover().pxe(7), UEFI_PROGRAM, "PXEClient"),
        (discover().http(16), "http://10.77.0.1/boot/snponly.efi", "HTTPClient"),
        // iPXE takes an offer for a proxy's by this class, whatever itself runs on.
        (discover().pxe(0).option(77, b"iPXE").option(175, &[19, 1, 1]), SCRIPT, "PXEClient"),
    ] {
        let told = desk.tell(&sample);
        assert_eq!((told.kind(), told.file(), told.text(67)), (MessageType::Offer, file.into(), file.into()));
        assert_eq!(told.text(60), class);
        assert_eq!(told.option(54).as_deref(), Some(&SERVER.octets()[..]));
        let message = told.message();
        assert_eq!((message.yiaddr(), message.siaddr()), (Ipv4Addr::UNSPECIFIED, SERVER));
        for of_a_lease in [51, 1, 3, 6, 58, 59] {
            assert_eq!(told.option(of_a_lease), None, "option {of_a_lease} is the other server's to give");
        }
        assert_eq!(told.route(), to([255; 4], 68), "it has no address yet");
    }
    assert!(desk.plan.with(|state| state.leases.is_empty() && state.silences.is_empty()));
}

#[test]
fn rule_9_ipxe_is_not_told_to_overlook_proxies() {
    let told = beside().tell(&discover().pxe(0).option(77, b"iPXE"));
    assert_eq!(told.option(175), None);
}

#[test]
fn rule_9_operating_systems_hear_nothing_beside_another_server() {
    let desk = beside();
    let mine = Sample { ciaddr: FIRST.octets(), ..request() };
    let inform = Sample { kind: 8, ciaddr: FIRST.octets(), ..discover() };
    for sample in [discover(), request().option(50, &FIRST.octets()), mine, inform] {
        let told = desk.tell(&sample);
        assert_eq!((told.reply, told.silence), (None, None), "neither an answer nor a refusal is due");
    }
}

#[test]
fn rule_9_what_the_other_server_gave_is_noted_and_told() {
    let desk = beside();
    let other = [10, 77, 0, 2];
    let takes = request().pxe(0).option(50, &[10, 77, 0, 150]).option(54, &other);
    let told = desk.tell(&takes);
    assert_eq!((told.reply, told.silence), (None, None));
    let (mac, address) = (MacAddr(discover().mac), Ipv4Addr::new(10, 77, 0, 150));
    assert_eq!(desk.plan.with(|state| state.leases.get(&mac).copied()), Some(address));
    let facts = desk.plan.with(|state| state.facts.clone());
    assert_eq!(facts[0].stage, BootStage::DhcpAck);
    assert_eq!(facts[0].detail, "Took 10.77.0.150 from the DHCP server 10.77.0.2.");
}

#[test]
fn rule_9_port_4011_and_inform_name_the_boot_file() {
    let desk = beside();
    let on_4011 = Sample { ciaddr: FIRST.octets(), ..request().pxe(7) };
    let inform = Sample { kind: 8, ciaddr: FIRST.octets(), ..discover().pxe(7) };
    for told in [desk.tell_on(Port::Proxy, &on_4011), desk.tell(&inform)] {
        assert_eq!((told.kind(), told.file()), (MessageType::Ack, UEFI_PROGRAM.to_owned()));
        assert_eq!((told.message().yiaddr(), told.option(51)), (Ipv4Addr::UNSPECIFIED, None));
        assert_eq!((told.text(60), told.option(54)), ("PXEClient".into(), Some(SERVER.octets().into())));
    }
}
