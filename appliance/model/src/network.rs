//! Subnets that the Control Center serves.

use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A served IPv4 subnet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// Network and prefix length, such as 10.77.0.0/24.
    pub cidr: Cidr,
    #[serde(default)]
    pub mode: DhcpMode,
    /// First address of the pool; none without a pool.
    pub pool_first: Option<Ipv4Addr>,
    /// Last address of the pool, included; none without a pool.
    pub pool_last: Option<Ipv4Addr>,
    /// Router handed to the machines.
    pub router: Option<Ipv4Addr>,
    /// Name servers handed to the machines.
    #[serde(default)]
    pub dns: Vec<Ipv4Addr>,
    /// How long a lease lasts, in seconds.
    #[serde(default = "default_lease_s")]
    #[schemars(range(min = 60, max = 604_800))]
    pub lease_s: u32,
}

fn default_lease_s() -> u32 {
    3_600
}

/// Who gives the machines of a subnet their addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema, Default)]
#[serde(rename_all = "lowercase")]
pub enum DhcpMode {
    /// The Control Center leases addresses from the pool.
    #[default]
    Pool,
    /// Another DHCP server does; the Control Center only tells machines that netboot what to boot (proxyDHCP). An address
    /// that a profile makes static must be reserved there.
    Proxy,
}

impl DhcpMode {
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Pool => "pool",
            Self::Proxy => "proxy",
        }
    }
}

impl Subnet {
    /// First and last address that may be leased; none where another server leases them.
    #[must_use]
    pub fn pool(&self) -> Option<(Ipv4Addr, Ipv4Addr)> {
        self.pool_first.zip(self.pool_last).filter(|_| self.mode == DhcpMode::Pool)
    }

    /// How many addresses may be leased.
    #[must_use]
    pub fn pool_size(&self) -> u32 {
        self.pool()
            .map_or(0, |(first, last)| u32::from(last).saturating_sub(u32::from(first)).saturating_add(1))
    }

    /// Whether this address may be leased.
    #[must_use]
    pub fn in_pool(&self, address: Ipv4Addr) -> bool {
        self.pool().is_some_and(|(first, last)| (first..=last).contains(&address))
    }
}

/// An IPv4 network: address and prefix length.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Cidr {
    pub network: Ipv4Addr,
    pub prefix: u8,
}

/// The text is not a network.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} is not an IPv4 network; write it as 10.77.0.0/24, with all host bits zero and a prefix of 8 to 30"
)]
pub struct BadCidr(String);

impl Cidr {
    #[must_use]
    pub fn netmask(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::MAX << (32 - u32::from(self.prefix)))
    }

    #[must_use]
    pub fn broadcast(self) -> Ipv4Addr {
        Ipv4Addr::from(u32::from(self.network) | !u32::from(self.netmask()))
    }

    #[must_use]
    pub fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & u32::from(self.netmask()) == u32::from(self.network)
    }

    /// Whether a machine may have this address: inside, and neither the network nor the broadcast address.
    #[must_use]
    pub fn is_host(self, address: Ipv4Addr) -> bool {
        self.contains(address) && address != self.network && address != self.broadcast()
    }
}

impl std::str::FromStr for Cidr {
    type Err = BadCidr;

    fn from_str(text: &str) -> Result<Self, BadCidr> {
        let bad = || BadCidr(text.chars().take(64).collect());
        let (address, prefix) = text.split_once('/').ok_or_else(bad)?;
        let network: Ipv4Addr = address.parse().map_err(|_| bad())?;
        let prefix: u8 = prefix.parse().map_err(|_| bad())?;
        if !(8..=30).contains(&prefix) {
            return Err(bad());
        }
        let cidr = Self { network, prefix };
        if cidr.contains(network) { Ok(cidr) } else { Err(bad()) }
    }
}

impl std::fmt::Display for Cidr {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.network, self.prefix)
    }
}

impl Serialize for Cidr {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Cidr {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = std::borrow::Cow::<str>::deserialize(deserializer)?;
        text.parse().map_err(serde::de::Error::custom)
    }
}

impl JsonSchema for Cidr {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Cidr".into()
    }

    fn inline_schema() -> bool {
        true
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "string",
            "description": "IPv4 network, such as 10.77.0.0/24",
            "pattern": "^[0-9]{1,3}(\\.[0-9]{1,3}){3}/[0-9]{1,2}$"
        })
    }
}

/// What to do with a machine that netboots and that nobody announced.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", tag = "policy", content = "profile")]
pub enum DiscoveryPolicy {
    /// Take its inventory and wait for an operator.
    Wait,
    /// Install this profile as soon as the inventory is in.
    AutoInstall(crate::name::Name),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn host_bits_must_be_zero() {
        assert!("10.77.0.0/24".parse::<Cidr>().is_ok());
        for bad in ["10.77.0.1/24", "10.77.0.0", "10.77.0.0/31", "10.0.0.0/7", "x/24", "10.77.0.0/-1"] {
            assert!(bad.parse::<Cidr>().is_err(), "{bad}");
        }
    }

    #[test]
    fn knows_its_hosts() {
        let net: Cidr = "10.77.0.0/24".parse().expect("valid");
        assert_eq!(net.netmask(), Ipv4Addr::new(255, 255, 255, 0));
        assert!(net.is_host(Ipv4Addr::new(10, 77, 0, 9)));
        assert!(!net.is_host(Ipv4Addr::new(10, 77, 0, 255)));
        assert!(!net.is_host(Ipv4Addr::new(10, 77, 1, 9)));
    }
}
