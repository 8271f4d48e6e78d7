//! Interface endpoints, through which Systems Manager is reached without the internet.

pub(crate) mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use std::net::Ipv4Addr;

use chrono::{DateTime, Utc};

use crate::ids::{EndpointId, GroupId, SubnetId, VpcId};
use crate::kind::Kind;
use crate::prices::{Billing, Price, Prices};
use crate::tags::Owner;

use super::rule::Permission;
use super::{Cost, Facts, Resource, Standing};

/// A state an interface endpoint goes through.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointState {
    /// Being made.
    Pending,
    /// Works.
    Available,
    /// Being deleted.
    Deleting,
    /// Could not be made, or was rejected; costs nothing.
    Failed,
}

/// An interface endpoint for one of the services in the settings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// Its id.
    pub id: EndpointId,
    /// Its short service name, such as `ssm`.
    pub service: String,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// Its state.
    pub state: EndpointState,
    /// Whether names resolve to it inside the VPC.
    pub private_dns: bool,
    /// The subnets (one a zone) it has an interface in; each bills.
    pub subnets: Vec<SubnetId>,
    /// The security groups that guard it; empty: AWS did not say.
    pub groups: Vec<GroupId>,
    /// What those of them let pass that are not the group of the settings.
    pub others_let: Vec<Permission>,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

impl Endpoint {
    /// Whether it works or will.
    pub fn is_kept(&self) -> bool {
        matches!(self.state, EndpointState::Pending | EndpointState::Available)
    }
}

impl Resource for Endpoint {
    const KIND: Kind = Kind::Endpoint;
    type Id = EndpointId;

    fn id(&self) -> &EndpointId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        let standing = match self.state {
            EndpointState::Pending => Standing::Coming,
            EndpointState::Available => Standing::There,
            EndpointState::Deleting => Standing::Leaving,
            EndpointState::Failed => Standing::Over,
        };
        Facts { name: &self.service, owner: self.owner.as_ref(), standing, since: Some(self.created_at) }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        self.owner.as_mut()
    }

    fn leave(&mut self) {
        self.state = EndpointState::Deleting;
    }

    fn cost(&self, list: Option<&Prices>) -> Cost {
        if self.state == EndpointState::Failed {
            return Cost::nothing();
        }
        let zones = self.subnets.len();
        let price = Price::listed(list.map(|list| list.interface_endpoint(zones)), Billing::StartedHour);
        Cost { price, now: self.is_kept(), detail: format!("{zones} AZ") }
    }

    fn is_same(&self, _: &Endpoint) -> bool {
        true
    }
}

/// What may be done to an endpoint.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Create one.
    Create {
        /// What.
        new: New,
        /// How many endpoints of this lease and service came before; part of the client token.
        attempt: u32,
    },
    /// Delete one.
    Delete {
        /// Which.
        id: EndpointId,
    },
}

/// An endpoint to be made.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct New {
    /// Its `Name`.
    pub name: String,
    /// Short service name, such as `ssm`.
    pub service: String,
    /// The VPC.
    pub vpc: VpcId,
    /// One subnet a zone.
    pub subnets: Vec<SubnetId>,
    /// Its addresses in those of them in which it must not have just any.
    pub addresses: Vec<(SubnetId, Ipv4Addr)>,
    /// Its security group.
    pub group: GroupId,
}

impl super::Act for Act {
    type Of = Endpoint;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateVpcEndpoint",
            Act::Delete { .. } => "DeleteVpcEndpoints",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { new, .. } => &new.service,
            Act::Delete { id } => id.as_str(),
        }
    }
}
