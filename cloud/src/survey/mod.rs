//! What is in a region that settings could name, for whoever writes them.
//!
//! Settings name things as the console shows them: by their `Name` tag, security groups by their own name. So what has no
//! name, or one that something else of its kind has, cannot be named; and not everything that can be is of use where a
//! name is asked for. Each list here has all there is, with [what stands in the way](Unfit) beside it. It is read with a
//! handful of listing calls and changes nothing.

mod aws;
mod fit;

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};
use doorman_config::Stack;

use crate::cidr;
use crate::ids::{GroupId, RouteTableId, SubnetId, VpcId};
use crate::kinds::shelf::Shelf;
use crate::kinds::{subnet, vpc};
use crate::record::Sorted;
use crate::switchboard::Observed;

pub use aws::configured_region;
pub use fit::{Choice, Unfit};

/// Everything in one region that settings could name.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    vpcs: Vec<Vpc>,
    subnets: Vec<Subnet>,
    tables: Vec<Table>,
    groups: Vec<Group>,
    holders: Vec<Holder>,
    instances: Vec<String>,
}

/// A VPC.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// Its first IPv4 block.
    pub cidr: String,
}

/// A subnet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its id.
    pub id: SubnetId,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// The VPC it is in.
    pub vpc: VpcId,
    /// Its availability zone, such as `ap-northeast-2a`.
    pub zone: String,
    /// Its IPv4 block.
    pub cidr: String,
}

/// A route table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// Its id.
    pub id: RouteTableId,
    /// Its `Name` tag.
    pub name: Option<String>,
    /// The VPC it is in.
    pub vpc: VpcId,
    /// The subnets that are associated with it.
    pub subnets: Vec<SubnetId>,
    /// Whether it holds in every subnet that is associated with none.
    pub is_main: bool,
    /// Where 0.0.0.0/0 leads, by id; `None`: nowhere.
    pub default_route: Option<String>,
}

/// A security group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// Its own name, which only one group of a VPC can have.
    pub name: String,
    /// The VPC it is in.
    pub vpc: VpcId,
    /// What whoever made it wrote of it.
    pub description: String,
}

/// An interface, as far as it holds private addresses.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Holder {
    vpc: VpcId,
    addresses: Vec<Ipv4Addr>,
}

/// Why an instance cannot have an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NoAddress {
    /// It is not in the block of the subnet.
    Outside,
    /// AWS keeps it: the first four and the last of each subnet
    /// (<https://docs.aws.amazon.com/vpc/latest/userguide/subnet-sizing.html>).
    Kept,
    /// Something has it.
    Taken,
}

impl Table {
    /// Whether it leads to an internet gateway, and makes its subnets public.
    pub fn is_public(&self) -> bool {
        self.default_route.as_deref().is_some_and(|target| target.starts_with("igw-"))
    }
}

impl Survey {
    /// Whether an instance that is not terminated has that name.
    pub fn is_instance(&self, name: &str) -> bool {
        self.instances.iter().any(|taken| taken == name)
    }

    /// Why no new instance in the subnet can have the address; `None`: it can.
    pub fn objection(&self, subnet: &Subnet, address: Ipv4Addr) -> Option<NoAddress> {
        if !cidr::contains(&subnet.cidr, address) {
            return Some(NoAddress::Outside);
        }
        if !subnet::addresses(&subnet.cidr).any(|usable| usable == address) {
            return Some(NoAddress::Kept);
        }
        self.is_held(&subnet.vpc, address).then_some(NoAddress::Taken)
    }

    /// An address that an instance in the subnet can have and that is not among `but`: the one asked for if it is such an
    /// address, else the highest, because people count from below.
    pub fn free_address(&self, subnet: &Subnet, asked: Ipv4Addr, but: &[Ipv4Addr]) -> Option<Ipv4Addr> {
        if !but.contains(&asked) && self.objection(subnet, asked).is_none() {
            return Some(asked);
        }
        let mut usable = subnet::addresses(&subnet.cidr);
        usable.find(|address| !but.contains(address) && !self.is_held(&subnet.vpc, *address))
    }

    fn is_held(&self, vpc: &VpcId, address: Ipv4Addr) -> bool {
        let mut holders = self.holders.iter().filter(|holder| holder.vpc == *vpc);
        holders.any(|holder| holder.addresses.contains(&address))
    }

    /// The VPC and the subnets that the settings name, as a look would show them when nothing else is there: for
    /// estimating what leases would cost.
    pub fn observed(&self, stack: &Stack, at: DateTime<Utc>) -> Observed {
        let vpcs = self.vpcs.iter().filter(|vpc| vpc.name.as_deref() == Some(&stack.vpc));
        let vpcs = vpcs.map(|vpc| vpc::Vpc { id: vpc.id.clone(), cidr: vpc.cidr.clone() });
        let wanted = subnet::names(stack);
        let named = self.subnets.iter().filter_map(|subnet| Some((subnet.name.as_deref()?, subnet)));
        let named = named.filter(|(name, _)| wanted.contains(name));
        let subnets = named.map(|(name, subnet)| subnet::Subnet {
            id: subnet.id.clone(),
            name: name.to_owned(),
            vpc: Some(subnet.vpc.clone()),
            zone: subnet.zone.clone(),
            cidr: subnet.cidr.clone(),
        });
        let mut observed = Observed::empty(at);
        observed.vpcs = Shelf::new(at, Ok(Sorted::by_hand(vpcs.collect())));
        observed.subnets = Shelf::new(at, Ok(Sorted::by_hand(subnets.collect())));
        observed
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn subnet() -> Subnet {
        let (id, vpc, zone) = ("subnet-1".into(), "vpc-1".into(), "ap-northeast-2a".to_owned());
        Subnet { id, name: Some("private".to_owned()), vpc, zone, cidr: "10.20.10.0/28".to_owned() }
    }

    fn address(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(10, 20, 10, last)
    }

    /// `.14` and `.9` of the subnet are taken, and `.13` in another VPC, which makes no difference.
    fn survey() -> Survey {
        let holder = |vpc: &str, last: &[u8]| Holder {
            vpc: vpc.into(),
            addresses: last.iter().copied().map(address).collect(),
        };
        let holders = vec![holder("vpc-1", &[14, 9]), holder("vpc-2", &[13])];
        Survey { holders, instances: vec!["web".to_owned()], ..Survey::default() }
    }

    #[test]
    fn an_address_is_objected_to_for_what_it_is() {
        for (asked, objection) in [
            (Ipv4Addr::new(10, 20, 11, 7), Some(NoAddress::Outside)),
            (address(16), Some(NoAddress::Outside)),
            (address(3), Some(NoAddress::Kept)),
            (address(15), Some(NoAddress::Kept)),
            (address(9), Some(NoAddress::Taken)),
            (address(4), None),
            (address(13), None),
        ] {
            assert_eq!(survey().objection(&subnet(), asked), objection, "{asked}");
        }
    }

    #[test]
    fn what_was_asked_for_is_proposed_if_it_is_free_and_else_the_highest_that_is() {
        let free = |asked, but: &[Ipv4Addr]| survey().free_address(&subnet(), asked, but);
        assert_eq!(free(address(7), &[]), Some(address(7)));
        assert_eq!(free(address(9), &[]), Some(address(13)));
        assert_eq!(free(Ipv4Addr::LOCALHOST, &[address(13), address(12)]), Some(address(11)));
        let all: Vec<Ipv4Addr> = (0..=15).map(address).collect();
        assert_eq!(free(address(7), &all), None);
    }

    #[test]
    fn a_name_is_taken_by_an_instance() {
        assert!(survey().is_instance("web") && !survey().is_instance("web2"));
    }
}
