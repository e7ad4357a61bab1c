//! A machine in iPXE looks for an IPv6 router, by hand.

use std::io::Read;
use std::net::{Ipv6Addr, SocketAddr, SocketAddrV6};
use std::time::{Duration, Instant};

use nix::net::if_::if_nametoindex;
use socket2::{Domain, Protocol, Socket, Type};

use crate::dhcp::udhcpc;
use crate::rack::{MAC, Rack};

/// Option 77 as iPXE sends it.
const AS_IPXE: &str = "-V PXEClient:Arch:00000 -x 0x4d:69505845";

struct Machine {
    socket: Socket,
    routers: SocketAddr,
}

impl Machine {
    fn new() -> Self {
        let socket = Socket::new(Domain::IPV6, Type::RAW, Some(Protocol::ICMPV6)).expect("root may");
        socket.set_multicast_hops_v6(255).expect("set");
        socket.set_read_timeout(Some(Duration::from_millis(200))).expect("set");
        let index = if_nametoindex("rack1").expect("the cable");
        let routers = SocketAddrV6::new(Ipv6Addr::new(0xff02, 0, 0, 0, 0, 0, 0, 2), 0, 0, index);
        Self { socket, routers: SocketAddr::V6(routers) }
    }

    /// Sends a router solicitation; false while the machine's own address is not settled.
    fn solicit(&self) -> bool {
        let solicitation = [&[133, 0, 0, 0, 0, 0, 0, 0, 1, 1][..], &MAC.0].concat();
        self.socket.send_to(&solicitation, &self.routers.into()).is_ok()
    }

    /// The next router advertisement within a moment.
    fn advertisement(&self) -> Option<Vec<u8>> {
        let mut bytes = [0; 512];
        let end = Instant::now() + Duration::from_millis(200);
        while Instant::now() < end {
            let length = (&self.socket).read(&mut bytes).unwrap_or(0);
            if length > 0 && bytes[0] == 134 {
                return Some(bytes[..length].to_vec());
            }
        }
        None
    }
}

fn tries(mut done: impl FnMut() -> bool) -> u64 {
    let made = (1..=100).find(|_| done());
    made.expect("done within 100 tries of 200 ms")
}

#[test]
fn ipxe_hears_that_there_is_no_router_and_nobody_else_does() {
    let rack = Rack::up();
    rack.on_client(|| {
        let machine = Machine::new();
        tries(|| {
            let sent = machine.solicit();
            assert_eq!(machine.advertisement(), None, "not in iPXE");
            sent
        });
    });
    udhcpc(&rack, AS_IPXE);
    let asked = rack.on_client(|| {
        let machine = Machine::new();
        tries(|| {
            machine.solicit();
            // Router lifetime and flags are zero: no router, no addresses to be had.
            machine.advertisement().is_some_and(|advertisement| advertisement[4..] == [0; 12])
        })
    });
    // The counter follows the answer.
    tries(|| {
        std::thread::sleep(Duration::from_millis(20));
        rack.counters().router_answers > 0
    });
    let answers = rack.counters().router_answers;
    assert!((1..=asked).contains(&answers), "{answers} answers to {asked} solicitations");
}
