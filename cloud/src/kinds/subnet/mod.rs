//! Subnets. They are people's and only read here.

mod aws;

use std::net::Ipv4Addr;
use std::ops::RangeInclusive;

use doorman_config::Stack;

use crate::cidr;
use crate::ids::{SubnetId, VpcId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// Addresses of the largest subnet that AWS has, a /16.
const LARGEST: u32 = 1 << 16;

/// A subnet of a name in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its `Name` tag.
    pub name: String,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// Its availability zone, such as `ap-northeast-2a`.
    pub zone: String,
    /// Its IPv4 block.
    pub cidr: String,
}

impl Subnet {
    /// The addresses that things in it may have, highest first: all but the first four and the last, which AWS keeps.
    pub(crate) fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> + use<> {
        addresses(&self.cidr)
    }
}

/// The addresses that things in a subnet of that block may have, highest first.
pub(crate) fn addresses(block: &str) -> impl Iterator<Item = Ipv4Addr> + use<> {
    let range = cidr::range(block).filter(|range| range.end() - range.start() < LARGEST);
    // What cannot be read has none.
    let (first, last) = range.map_or((1, 0), RangeInclusive::into_inner);
    (first.saturating_add(4)..last).rev().map(Ipv4Addr::from)
}

impl Resource for Subnet {
    const KIND: Kind = Kind::Subnet;
    type Id = SubnetId;

    fn id(&self) -> &SubnetId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(&self.name)
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// Not deleted by us.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Subnet) -> bool {
        true
    }
}

/// Names of all subnets in the settings.
pub(crate) fn names(stack: &Stack) -> Vec<&str> {
    let mut names: Vec<&str> = stack.service.instances.iter().map(|slot| slot.subnet.as_str()).collect();
    names.push(&stack.nat.subnet);
    names.sort_unstable();
    names.dedup();
    names
}

#[cfg(test)]
mod tests {
    use super::*;

    fn addresses(cidr: &str) -> Vec<String> {
        let (id, name, zone) = ("subnet-1".into(), String::new(), String::new());
        let subnet = Subnet { id, name, vpc: None, zone, cidr: cidr.to_owned() };
        subnet.addresses().map(|address| address.to_string()).collect()
    }

    #[test]
    fn aws_keeps_the_first_four_and_the_last() {
        let all = addresses("10.20.10.0/28");
        assert_eq!((all.len(), all[0].as_str(), all[10].as_str()), (11, "10.20.10.14", "10.20.10.4"));
        assert_eq!(addresses("10.20.0.0/16").len(), 65_531);
        for nonsense in ["", "10.20.10.0", "10.20.10.0/33", "x/24", "10.20.10.0/0"] {
            assert!(addresses(nonsense).is_empty(), "{nonsense}");
        }
    }
}
