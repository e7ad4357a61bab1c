//! The names under which this Control Center is reached.

use std::collections::BTreeSet;
use std::net::IpAddr;

use rcgen::SanType;

/// What the server's certificate must be valid for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Names {
    pub addresses: BTreeSet<IpAddr>,
    pub hosts: BTreeSet<String>,
}

impl Names {
    /// The names in `texts`, sorted into addresses and host names.
    pub fn add(&mut self, texts: impl IntoIterator<Item = String>) {
        for text in texts {
            match text.parse::<IpAddr>() {
                Ok(address) => self.addresses.extend([address]),
                Err(_) => self.hosts.extend([text.to_ascii_lowercase()]),
            }
        }
    }

    /// `localhost`, this machine's host name, and every address it has.
    #[must_use]
    pub fn of_this_machine() -> Self {
        let mut names = Self { addresses: local_addresses(), ..Self::default() };
        names.hosts.insert("localhost".to_owned());
        if let Ok(host) = nix::unistd::gethostname()
            && let Some(host) = host.to_str().filter(|host| host.is_ascii() && !host.is_empty())
        {
            names.hosts.insert(host.to_ascii_lowercase());
        }
        names
    }

    pub(super) fn in_certificate(&self) -> Result<Vec<SanType>, rcgen::Error> {
        let addresses = self.addresses.iter().map(|address| Ok(SanType::IpAddress(*address)));
        let hosts = self.hosts.iter().map(|host| Ok(SanType::DnsName(host.as_str().try_into()?)));
        addresses.chain(hosts).collect()
    }
}

/// The addresses of this machine's interfaces, without those that only mean something on one link (RFC 4291 section 2.5.6).
#[must_use]
pub fn local_addresses() -> BTreeSet<IpAddr> {
    let interfaces = nix::ifaddrs::getifaddrs().into_iter().flatten();
    let addresses = interfaces.filter_map(|interface| {
        let address = interface.address?;
        let v4 = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        v4.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
    });
    let link_local =
        |address: &IpAddr| matches!(address, IpAddr::V6(address) if address.is_unicast_link_local());
    addresses.filter(|address| !link_local(address)).collect()
}
