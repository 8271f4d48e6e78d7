//! The default route of the private route table.
//!
//! A route has neither an id nor tags. It is ours when it leads to a gateway of ours, and it is seen on its table,
//! which is people's.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use crate::ids::{NatGatewayId, RouteTableId, SubnetId, VpcId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// Everywhere.
const DEFAULT: &str = "0.0.0.0/0";

/// A route table that the settings name, or one that leads to a NAT gateway, as far as its default route and where it holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct RouteTable {
    /// Its id.
    pub id: RouteTableId,
    /// Whether it carries the name in the settings.
    pub named: bool,
    /// The VPC it is in.
    pub vpc: Option<VpcId>,
    /// The subnets that it is associated with by name.
    pub subnets: Vec<SubnetId>,
    /// Whether it is the one of every subnet that no table is associated with.
    pub is_main: bool,
    /// Its route for 0.0.0.0/0, if it has one.
    pub default_route: Option<Route>,
}

impl RouteTable {
    /// Whether the table holds in a subnet; `None`: another one may, which was not looked at.
    pub fn holds_in(&self, subnet: &SubnetId) -> Option<bool> {
        match (self.subnets.contains(subnet), self.is_main) {
            (true, _) => Some(true),
            (false, true) => None,
            (false, false) => Some(false),
        }
    }
}

/// A default route.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Route {
    /// Where it leads.
    pub target: RouteTarget,
    /// Whether it leads nowhere any more.
    pub blackhole: bool,
}

/// Where a route leads.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum RouteTarget {
    /// A NAT gateway, anybody's.
    NatGateway(NatGatewayId),
    /// Anything else, by its id.
    Other(String),
}

impl RouteTarget {
    /// The id of the target.
    pub fn as_str(&self) -> &str {
        match self {
            RouteTarget::NatGateway(id) => id.as_str(),
            RouteTarget::Other(id) => id,
        }
    }
}

impl Resource for RouteTable {
    const KIND: Kind = Kind::Route;
    type Id = RouteTableId;

    fn id(&self) -> &RouteTableId {
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

    fn is_same(&self, made: &RouteTable) -> bool {
        let target = |table: &RouteTable| table.default_route.as_ref().map(|route| route.target.clone());
        target(self) == target(made)
    }
}

/// What may be done to the default route of a table.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Add it.
    Create {
        /// The private route table.
        table: RouteTable,
        /// Where it leads.
        gateway: NatGatewayId,
    },
    /// Point our own stale one to another gateway.
    Replace {
        /// The private route table.
        table: RouteTable,
        /// Where it leads.
        gateway: NatGatewayId,
    },
    /// Remove it.
    Delete {
        /// The private route table.
        table: RouteTable,
    },
}

impl super::Act for Act {
    type Of = RouteTable;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateRoute",
            Act::Replace { .. } => "ReplaceRoute",
            Act::Delete { .. } => "DeleteRoute",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { table, .. } | Act::Replace { table, .. } | Act::Delete { table } => {
                table.id.as_str()
            }
        }
    }
}
