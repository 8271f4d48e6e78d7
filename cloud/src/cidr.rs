//! IPv4 blocks, as far as subnets and the rules of groups need them.

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

/// The first and the last address of a block such as `10.20.10.0/24`; `None`: it is not one.
pub(crate) fn range(block: &str) -> Option<RangeInclusive<u32>> {
    let (base, length) = block.split_once('/')?;
    let (base, length): (Ipv4Addr, u32) = (base.parse().ok()?, length.parse().ok()?);
    let hosts = u32::MAX.checked_shr(length).unwrap_or_default();
    let first = u32::from(base) & !hosts;
    (length <= 32).then(|| first..=first + hosts)
}

/// Whether an address is in a block.
pub(crate) fn contains(block: &str, address: Ipv4Addr) -> bool {
    range(block).is_some_and(|range| range.contains(&u32::from(address)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_block_has_the_addresses_that_begin_alike() {
        let address = |text: &str| text.parse::<Ipv4Addr>().expect("an address");
        for (block, inside, outside) in [
            ("10.20.10.0/24", "10.20.10.255", "10.20.11.0"),
            ("10.20.10.31/32", "10.20.10.31", "10.20.10.30"),
            ("10.20.10.77/28", "10.20.10.64", "10.20.10.80"),
        ] {
            assert!(contains(block, address(inside)) && !contains(block, address(outside)), "{block}");
        }
        assert!(contains("0.0.0.0/0", address("255.255.255.255")));
        for nonsense in ["", "10.20.10.0", "10.20.10.0/33", "x/24", "::/0"] {
            assert_eq!(range(nonsense), None, "{nonsense}");
        }
    }
}
