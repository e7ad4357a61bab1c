//! Network and time as they are seen inside.

use std::net::{IpAddr, Ipv4Addr};

use rackwright_model::Millis;
use rackwright_model::private_server::inside::{Interface, NetworkInside, TimeInside};

use super::{OnePrivateServer, action, inside, one, sample_name};

inside! {
    PrivateServerSetZoneInput {
        /// Of the time zone database, such as Europe/Berlin.
        #[schemars(regex(pattern = "^[A-Za-z0-9_+-]+(/[A-Za-z0-9_+-]+)*$"), length(max = 64))]
        pub zone: String,
    }
}

fn time() -> TimeInside {
    TimeInside { at: Millis(1_764_000_000_000), zone: Some("Europe/Berlin".into()), offset: "+0100".into() }
}

action! {
    PrivateServerNetwork, "private-server.network", "Network",
    "Show addresses, routers, name servers and host name as they are seen inside a private server.", Inside, Read,
    OnePrivateServer => NetworkInside, main "private_server";
    one();
    NetworkInside {
        host_name: "web1".into(),
        interfaces: vec![Interface {
            name: "eth0".into(),
            up: true,
            mac: Some("02:52:57:00:00:03".into()),
            addresses: vec!["10.77.0.201/24".into()],
        }],
        routers: vec![IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1))],
        dns: vec![IpAddr::V4(Ipv4Addr::new(10, 77, 0, 1))],
        search: Vec::new(),
    }
}

action! {
    PrivateServerTime, "private-server.time", "Time", "Show time and time zone inside a private server.", Inside, Read,
    OnePrivateServer => TimeInside, main "private_server";
    one();
    time()
}

action! {
    PrivateServerSetZone, "private-server.set-zone", "Set time zone",
    "Set the time zone of a private server; services take it on when they are started anew.", Inside, Change,
    PrivateServerSetZoneInput => TimeInside, main "private_server";
    PrivateServerSetZoneInput { private_server: sample_name("web1"), zone: "Europe/Berlin".into() };
    time()
}
