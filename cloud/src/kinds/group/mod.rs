//! The service security group, with what it lets pass. It is people's and only read here.

pub(crate) mod aws;

use crate::ids::{GroupId, VpcId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::rule::Permission;
use super::{Cost, Facts, Resource};

/// A security group of the name in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Group {
    /// Its id.
    pub id: GroupId,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// Everything it lets pass, by rules of ours and by others'.
    pub lets: Vec<Permission>,
}

impl Resource for Group {
    const KIND: Kind = Kind::SecurityGroup;
    type Id = GroupId;

    fn id(&self) -> &GroupId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(self.id.as_str())
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// Not deleted by us.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Group) -> bool {
        true
    }
}
