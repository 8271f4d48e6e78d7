//! Subnets. They are people's and only read here.

mod aws;

use doorman_config::Stack;

use crate::ids::{SubnetId, VpcId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

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
