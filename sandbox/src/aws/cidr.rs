//! IPv4 blocks, as far as subnets, routes and group rules need them.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

/// An IPv4 block in canonical form: no host bits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Cidr {
    base: u32,
    prefix: u8,
}

impl Cidr {
    /// Everything: `0.0.0.0/0`.
    pub(crate) const ANYWHERE: Cidr = Cidr { base: 0, prefix: 0 };

    pub(crate) fn prefix(self) -> u8 {
        self.prefix
    }

    /// Whether `address` is in the block.
    pub(crate) fn contains(self, address: Ipv4Addr) -> bool {
        u32::from(address) & mask(self.prefix) == self.base
    }

    /// Whether the whole of `other` is in the block.
    pub(crate) fn covers(self, other: Cidr) -> bool {
        self.prefix <= other.prefix && self.contains(Ipv4Addr::from(other.base))
    }

    /// Whether the two share an address.
    pub(crate) fn overlaps(self, other: Cidr) -> bool {
        self.covers(other) || other.covers(self)
    }

    /// The number of addresses, of which AWS keeps five in every subnet.
    pub(crate) fn size(self) -> u64 {
        1 << (32 - u32::from(self.prefix))
    }

    /// The address at an offset from the start of the block.
    pub(crate) fn nth(self, offset: u64) -> Ipv4Addr {
        Ipv4Addr::from(self.base + u32::try_from(offset).unwrap_or(u32::MAX))
    }

    /// Whether AWS keeps this address of a subnet for itself: the first four and the last.
    pub(crate) fn reserves(self, address: Ipv4Addr) -> bool {
        let offset = u64::from(u32::from(address) - self.base);
        offset < 4 || offset == self.size() - 1
    }
}

fn mask(prefix: u8) -> u32 {
    u32::MAX.checked_shl(32 - u32::from(prefix)).unwrap_or(0)
}

impl fmt::Display for Cidr {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}/{}", Ipv4Addr::from(self.base), self.prefix)
    }
}

/// The text is not an IPv4 block, or has host bits.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct NotABlock;

impl FromStr for Cidr {
    type Err = NotABlock;

    fn from_str(text: &str) -> Result<Self, NotABlock> {
        let (address, prefix) = text.split_once('/').ok_or(NotABlock)?;
        let base = u32::from(address.parse::<Ipv4Addr>().map_err(|_| NotABlock)?);
        let prefix = prefix.parse::<u8>().ok().filter(|prefix| *prefix <= 32).ok_or(NotABlock)?;
        if base & mask(prefix) == base { Ok(Self { base, prefix }) } else { Err(NotABlock) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blocks_contain_and_reserve() {
        let subnet: Cidr = "10.20.10.0/24".parse().unwrap();
        assert!(subnet.contains("10.20.10.31".parse().unwrap()));
        assert!(!subnet.contains("10.20.20.31".parse().unwrap()));
        assert!(subnet.reserves("10.20.10.3".parse().unwrap()));
        assert!(!subnet.reserves("10.20.10.4".parse().unwrap()));
        assert!(subnet.reserves("10.20.10.255".parse().unwrap()));
        assert!(Cidr::ANYWHERE.covers(subnet));
        assert!(!subnet.covers(Cidr::ANYWHERE));
        assert_eq!("10.20.10.1/24".parse::<Cidr>(), Err(NotABlock));
        assert_eq!("10.20.10.0".parse::<Cidr>(), Err(NotABlock));
        assert_eq!(subnet.to_string(), "10.20.10.0/24");
    }
}
