//! The VPC. It is people's and only read here.

mod aws;
pub(crate) mod rules;

use crate::ids::VpcId;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// A VPC of the name in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Vpc {
    /// Its id.
    pub id: VpcId,
    /// Its IPv4 block.
    pub cidr: String,
}

impl Resource for Vpc {
    const KIND: Kind = Kind::Vpc;
    type Id = VpcId;

    fn id(&self) -> &VpcId {
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

    fn is_same(&self, _: &Vpc) -> bool {
        true
    }
}
