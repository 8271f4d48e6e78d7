//! Elastic IPs.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use crate::ids::AllocationId;
use crate::kind::Kind;
use crate::prices::{Billing, Price, Prices};
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// An Elastic IP that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    /// Its allocation id.
    pub id: AllocationId,
    /// The public address.
    pub public_ip: String,
    /// Whether something holds it.
    pub associated: bool,
    /// Whose it is.
    pub owner: Owner,
}

impl Resource for Address {
    const KIND: Kind = Kind::Address;
    type Id = AllocationId;

    fn id(&self) -> &AllocationId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        // AWS does not say when an address was allocated.
        Facts { name: &self.public_ip, owner: Some(&self.owner), standing: Standing::There, since: None }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        Some(&mut self.owner)
    }

    /// It goes at once.
    fn leave(&mut self) {}

    fn cost(&self, list: Option<&Prices>) -> Cost {
        let usd = list.map(|list| list.public_ipv4_hour);
        Cost { price: Price::listed(usd, Billing::Second), now: true, detail: "IPv4".to_owned() }
    }

    fn is_same(&self, _: &Address) -> bool {
        true
    }
}

/// What may be done to an address.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Allocate one. Has no client token: never repeated without a look.
    Allocate {
        /// Its `Name`.
        name: String,
    },
    /// Give it back.
    Release {
        /// Which.
        id: AllocationId,
    },
}

impl super::Act for Act {
    type Of = Address;

    fn operation(&self) -> &'static str {
        match self {
            Act::Allocate { .. } => "AllocateAddress",
            Act::Release { .. } => "ReleaseAddress",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Allocate { name } => name,
            Act::Release { id } => id.as_str(),
        }
    }
}
