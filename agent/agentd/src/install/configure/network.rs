//! The network of the new system: systemd-networkd, matched by MAC address, because kernel names may differ between the
//! provisioning environment and the installed system (systemd.network(5)).

use rackwright_model::MacAddr;
use rackwright_model::profile::NetworkChoice;
use rackwright_proto::NetworkSettings;

use crate::install::fault::Fault;
use crate::install::site::Site;

/// Where systemd-resolved keeps its resolv.conf(5) while it runs; /etc/resolv.conf of its images is a link to there.
const RESOLVED: &str = "run/systemd/resolve/stub-resolv.conf";

/// Writes the network and the name servers.
pub fn write(site: &Site<'_>) -> Result<(), Fault> {
    let (settings, domain) = (&site.order.network, site.order.profile.domain.as_deref());
    let unit = unit(site.order.profile.network, settings, domain, site.mac);
    site.write("etc/systemd/network/10-rackwright.network", unit, 0o644)?;
    let link = std::fs::read_link(site.path("etc/resolv.conf")).unwrap_or_default();
    let resolved = link.to_string_lossy().contains("systemd/resolve");
    // Under /run it serves the programs that run inside during the install, and is gone afterwards.
    let path = if resolved { RESOLVED } else { "etc/resolv.conf" };
    site.write(path, resolv_conf(settings, domain), 0o644)
}

fn unit(choice: NetworkChoice, settings: &NetworkSettings, domain: Option<&str>, mac: MacAddr) -> String {
    let mut text = format!("[Match]\nMACAddress={mac}\n\n[Network]\n");
    text.extend(domain.map(|domain| format!("Domains={domain}\n")));
    match choice {
        // The lease is reserved by MAC address, so that is what identifies this machine to the server.
        NetworkChoice::Dhcp => text += "DHCP=ipv4\n\n[DHCPv4]\nClientIdentifier=mac\nUseHostname=no\n",
        NetworkChoice::Static => {
            text += &format!("Address={}/{}\n", settings.address, settings.prefix);
            text.extend(settings.router.map(|router| format!("Gateway={router}\n")));
            text.extend(settings.dns.iter().map(|server| format!("DNS={server}\n")));
        }
    }
    text
}

fn resolv_conf(settings: &NetworkSettings, domain: Option<&str>) -> String {
    let search = domain.map(|domain| format!("search {domain}\n"));
    let servers = settings.dns.iter().map(|server| format!("nameserver {server}\n"));
    search.into_iter().chain(servers).collect()
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::*;

    fn settings() -> NetworkSettings {
        NetworkSettings {
            address: Ipv4Addr::new(10, 77, 0, 20),
            prefix: 24,
            router: Some(Ipv4Addr::new(10, 77, 0, 1)),
            dns: vec![Ipv4Addr::new(10, 77, 0, 1), Ipv4Addr::new(10, 77, 0, 2)],
        }
    }

    #[test]
    fn a_static_network_has_all_that_was_leased() {
        let mac = MacAddr([0x52, 0x54, 0, 1, 2, 3]);
        assert_eq!(
            unit(NetworkChoice::Static, &settings(), None, mac),
            "[Match]\nMACAddress=52:54:00:01:02:03\n\n[Network]\nAddress=10.77.0.20/24\nGateway=10.77.0.1\nDNS=10.77.0.1\nDNS=10.77.0.2\n"
        );
        assert!(
            unit(NetworkChoice::Dhcp, &settings(), Some("example.net"), mac)
                .contains("Domains=example.net\nDHCP=ipv4")
        );
    }

    #[test]
    fn names_are_looked_up_where_the_lease_says() {
        assert_eq!(
            resolv_conf(&settings(), Some("example.net")),
            "search example.net\nnameserver 10.77.0.1\nnameserver 10.77.0.2\n"
        );
    }
}
