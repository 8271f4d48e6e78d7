//! NAT gateways.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use crate::ids::{AllocationId, NatGatewayId, SubnetId};
use crate::kind::Kind;
use crate::prices::{Billing, Price, Prices};
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// A state a NAT gateway goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GatewayState {
    /// Being made.
    Pending,
    /// Works.
    Available,
    /// Could not be made, costs nothing, and disappears by itself within an hour.
    Failed,
    /// Being deleted; may still pass traffic.
    Deleting,
    /// Gone; shown for about an hour.
    Deleted,
}

impl GatewayState {
    /// Whether it bills or holds its address.
    pub fn is_alive(self) -> bool {
        match self {
            GatewayState::Pending | GatewayState::Available | GatewayState::Deleting => true,
            GatewayState::Failed | GatewayState::Deleted => false,
        }
    }
}

/// A NAT gateway that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NatGateway {
    /// Its id.
    pub id: NatGatewayId,
    /// Its `Name` tag.
    pub name: String,
    /// Its state.
    pub state: GatewayState,
    /// AWS's FailureCode, when failed.
    pub failure_code: Option<String>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// The Elastic IP it holds.
    pub allocation: Option<AllocationId>,
    /// Its public address.
    pub public_ip: Option<String>,
    /// The subnet it is in.
    pub subnet: SubnetId,
    /// Whose it is.
    pub owner: Owner,
}

impl Resource for NatGateway {
    const KIND: Kind = Kind::NatGateway;
    type Id = NatGatewayId;

    fn id(&self) -> &NatGatewayId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        let standing = match self.state {
            GatewayState::Pending => Standing::Coming,
            GatewayState::Available => Standing::There,
            GatewayState::Deleting => Standing::Leaving,
            GatewayState::Failed | GatewayState::Deleted => Standing::Over,
        };
        Facts { name: &self.name, owner: Some(&self.owner), standing, since: Some(self.created_at) }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        Some(&mut self.owner)
    }

    fn leave(&mut self) {
        self.state = GatewayState::Deleting;
    }

    fn cost(&self, list: Option<&Prices>) -> Cost {
        if self.state == GatewayState::Failed {
            return Cost::nothing();
        }
        let price = Price::listed(list.map(|list| list.nat_gateway_hour), Billing::StartedHour);
        Cost { price, now: self.state.is_alive(), detail: String::new() }
    }

    fn is_same(&self, _: &NatGateway) -> bool {
        true
    }
}

/// What may be done to a gateway.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Create one.
    Create {
        /// Its `Name`.
        name: String,
        /// The public subnet.
        subnet: SubnetId,
        /// Its address.
        allocation: AllocationId,
        /// Its address in the subnet; `None`: any.
        private_ip: Option<Ipv4Addr>,
        /// How many gateways of this lease came before; part of the client token.
        attempt: u32,
    },
    /// Delete one.
    Delete {
        /// Which.
        id: NatGatewayId,
    },
}

impl super::Act for Act {
    type Of = NatGateway;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateNatGateway",
            Act::Delete { .. } => "DeleteNatGateway",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { name, .. } => name,
            Act::Delete { id } => id.as_str(),
        }
    }
}
