use std::net::UdpSocket;
use std::time::{Duration, Instant};

use rackwright_rack::hardware::{DiskKind, Firmware, MachineSpec, NicKind, PowerOrder, Rack};

/// The hardware addresses of the PXE clients that ask for an address within the time (RFC 2131 chaddr, 6 bytes).
fn pxe_clients(rack: &Rack, wanted: usize, limit: Duration) -> Vec<[u8; 6]> {
    rack.namespace()
        .enter(|| {
            let socket = UdpSocket::bind("0.0.0.0:67")?;
            socket.set_read_timeout(Some(Duration::from_secs(1)))?;
            let started = Instant::now();
            let mut seen: Vec<[u8; 6]> = Vec::new();
            while seen.len() < wanted && started.elapsed() < limit {
                let mut packet = [0u8; 1500];
                let Ok((length, _)) = socket.recv_from(&mut packet) else { continue };
                let packet = &packet[..length];
                let mac: [u8; 6] = packet[28..34].try_into()?;
                let is_pxe = packet.windows(9).any(|window| window == b"PXEClient");
                if is_pxe && !seen.contains(&mac) {
                    seen.push(mac);
                }
            }
            Ok(seen)
        })
        .unwrap()
}

#[test]
fn every_kind_of_machine_asks_the_network_first() {
    let rack = Rack::create(&[
        MachineSpec::new("alpha", Firmware::Bios),
        MachineSpec::new("beta", Firmware::Uefi),
        MachineSpec::new("gamma", Firmware::Bios).with_devices(NicKind::E1000, DiskKind::Ahci),
        MachineSpec::new("delta", Firmware::Uefi).with_devices(NicKind::E1000, DiskKind::Nvme),
    ])
    .unwrap();
    for machine in rack.machines() {
        machine.ipmi().power(PowerOrder::On).unwrap();
    }
    let seen = pxe_clients(&rack, 4, Duration::from_secs(120));
    for machine in rack.machines() {
        let asked = seen.iter().any(|mac| mac.map(|byte| format!("{byte:02x}")).join(":") == machine.mac());
        assert!(
            asked,
            "{} ({}) asked nobody: {seen:02x?}\n{}",
            machine.name(),
            machine.mac(),
            machine.console()
        );
    }
}
