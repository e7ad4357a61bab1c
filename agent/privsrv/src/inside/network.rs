//! The network as it is seen inside: ip(8) tells it in JSON.

use std::net::IpAddr;

use rackwright_model::private_server::Number;
use rackwright_model::private_server::inside::{
    Answer, FailureKind, Interface, NetworkInside, Work, WorkFailure,
};
use serde::Deserialize;

use super::script::{self, Heard};

/// Network cards, and addresses of each, that are told.
const MOST: usize = 64;

#[derive(Deserialize)]
struct Link {
    #[serde(default)]
    ifname: String,
    #[serde(default)]
    flags: Vec<String>,
    address: Option<String>,
    #[serde(default)]
    addr_info: Vec<Address>,
}

#[derive(Deserialize)]
struct Address {
    local: Option<IpAddr>,
    prefixlen: Option<u8>,
}

#[derive(Deserialize)]
struct Route {
    #[serde(default)]
    dst: String,
    gateway: Option<IpAddr>,
}

const LOOK: &str = "cat /proc/sys/kernel/hostname; ip -json address show 2>/dev/null; echo; \
                    ip -json route show default 2>/dev/null; echo; \
                    ip -json -6 route show default 2>/dev/null; echo; head -c 4096 /etc/resolv.conf 2>/dev/null; true";

/// # Errors
/// When ip(8) does not answer.
pub fn look(number: Number) -> Result<Answer, WorkFailure> {
    let Heard { text, .. } = script::run(number, LOOK, &[], "", script::limit(&Work::Network))?;
    read(&text)
        .map(Answer::Network)
        .ok_or_else(|| WorkFailure::new(FailureKind::Broken, "ip inside answers something else"))
}

fn read(text: &str) -> Option<NetworkInside> {
    let mut lines = text.lines();
    let host_name = lines.next()?.chars().take(64).collect();
    let mut lists = lines.clone().filter(|line| line.starts_with('['));
    let links: Vec<Link> = serde_json::from_str(lists.next()?).ok()?;
    let routes = lists.take(2).flat_map(|line| serde_json::from_str::<Vec<Route>>(line).unwrap_or_default());
    let routers = routes.filter(|route| route.dst == "default").filter_map(|route| route.gateway);
    let words = |key: &'static str| {
        lines.clone().filter_map(move |line| line.trim().strip_prefix(key)).flat_map(str::split_whitespace)
    };
    Some(NetworkInside {
        host_name,
        interfaces: links.into_iter().take(MOST).map(interface).collect(),
        routers: routers.take(MOST).collect(),
        dns: words("nameserver ").filter_map(|word| word.parse().ok()).take(MOST).collect(),
        search: words("search ").take(MOST).map(|word| word.chars().take(255).collect()).collect(),
    })
}

fn interface(link: Link) -> Interface {
    let addresses = link.addr_info.into_iter().filter_map(|info| {
        let local = info.local?;
        Some(info.prefixlen.map_or_else(|| local.to_string(), |prefix| format!("{local}/{prefix}")))
    });
    Interface {
        name: link.ifname.chars().take(64).collect(),
        up: link.flags.iter().any(|flag| flag == "UP"),
        mac: link.address.map(|mac| mac.chars().take(64).collect()),
        addresses: addresses.take(MOST).collect(),
    }
}

#[cfg(test)]
mod unit {
    use super::*;

    #[test]
    fn addresses_routers_and_name_servers_are_read() {
        let text = concat!(
            "web1\n",
            r#"[{"ifname":"lo","flags":["LOOPBACK","UP"],"address":"00:00:00:00:00:00","addr_info":[{"local":"127.0.0.1","prefixlen":8}]},"#,
            r#"{},{"ifname":"eth0","flags":["UP"],"addr_info":[{"family":"inet","local":"10.77.0.201","prefixlen":24}]}]"#,
            "\n[{\"dst\":\"default\",\"gateway\":\"10.77.0.1\",\"dev\":\"eth0\"}]\n\nnameserver 10.77.0.2\nsearch a.example b.example\n",
        );
        let network = read(text).expect("is one");
        assert_eq!(network.host_name, "web1");
        assert_eq!(network.interfaces[2].addresses, ["10.77.0.201/24"]);
        assert_eq!(network.routers, ["10.77.0.1".parse::<IpAddr>().expect("an address")]);
        assert_eq!((network.dns.len(), network.search.len()), (1, 2));
        assert!(read("web1\nip: not found\n").is_none());
    }

    proptest::proptest! {
        #[test]
        fn any_answer_is_read(text in "[\\[\\]{}\":,a-z0-9. \n]{0,300}") {
            read(&text);
        }
    }
}
