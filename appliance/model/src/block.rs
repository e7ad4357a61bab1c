//! Blocks of IP addresses, of either version.

use std::fmt;
use std::net::IpAddr;
use std::str::FromStr;

/// An address and how many of its leading bits count, such as `10.20.0.0/16` or `fd00::/8`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Block {
    first: IpAddr,
    prefix: u8,
}

/// The text is not a block of addresses.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0:?} is not a block of addresses; write it as 10.20.0.0/16 or fd00::/8, with all host bits zero")]
pub struct BadBlock(String);

/// The bits of an address, leftmost first, and how many there are.
fn bits(address: IpAddr) -> (u128, u8) {
    match address {
        IpAddr::V4(address) => (u128::from(u32::from(address)) << 96, 32),
        IpAddr::V6(address) => (u128::from(address), 128),
    }
}

impl Block {
    /// Whether the address lies in the block. One version never lies in the other.
    #[must_use]
    pub fn contains(self, address: IpAddr) -> bool {
        let ((first, width), (bits, other)) = (bits(self.first), bits(address));
        width == other && (self.prefix == 0 || (first ^ bits) >> (128 - u32::from(self.prefix)) == 0)
    }
}

impl FromStr for Block {
    type Err = BadBlock;

    fn from_str(text: &str) -> Result<Self, BadBlock> {
        let bad = || BadBlock(text.chars().take(64).collect());
        let (first, prefix) = text.split_once('/').ok_or_else(bad)?;
        let first: IpAddr = first.parse().map_err(|_| bad())?;
        let prefix: u8 = prefix.parse().map_err(|_| bad())?;
        let (bits, width) = bits(first);
        let host = if prefix == 0 { bits } else { bits << prefix.min(127) };
        let whole = prefix == width && width == 128;
        if prefix > width || (host != 0 && !whole) { Err(bad()) } else { Ok(Self { first, prefix }) }
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.first, self.prefix)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_holds_its_own_version_alone() {
        let held = |block: &str, address: &str| {
            block.parse::<Block>().expect("valid").contains(address.parse().expect("an address"))
        };
        assert!(held("10.20.0.0/16", "10.20.255.1") && !held("10.20.0.0/16", "10.21.0.1"));
        assert!(held("127.0.0.1/32", "127.0.0.1") && !held("127.0.0.1/32", "127.0.0.2"));
        assert!(held("fd00::/8", "fd12::1") && !held("fd00::/8", "fe80::1"));
        assert!(held("::1/128", "::1") && !held("::1/128", "::2"));
        assert!(held("0.0.0.0/0", "192.0.2.1") && !held("0.0.0.0/0", "2001:db8::1"));
    }

    #[test]
    fn host_bits_must_be_zero() {
        for bad in ["10.20.0.1/16", "10.20.0.0", "10.20.0.0/33", "::/129", "fd00::1/8", "x/8", "1.2.3.4/0"] {
            assert!(bad.parse::<Block>().is_err(), "{bad}");
        }
    }
}
