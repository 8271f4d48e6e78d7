//! The parts of a look.

use crate::lease::LeaseKind;

/// A part of the look that is asked for by calls of its own, and can fail by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
    /// The VPC and its subnets.
    Network,
    /// The private route table.
    Routes,
    /// The service security group and its rules.
    Rules,
    /// Elastic IPs.
    Addresses,
    /// NAT gateways.
    Gateways,
    /// Instances.
    Instances,
    /// Who holds the fixed private addresses.
    Occupants,
    /// Volumes.
    Volumes,
    /// Interface endpoints.
    Endpoints,
    /// The role for shell access and its profile.
    Roles,
    /// Systems Manager's view of the agents.
    Agents,
    /// Schedules of the backstop.
    Schedules,
    /// The role and the runbook of the backstop.
    Backstop,
}

impl Sight {
    /// What must be seen before anything is built for a kind of lease, or it is called complete.
    pub fn needed_by(kind: LeaseKind) -> &'static [Sight] {
        match kind {
            LeaseKind::NatWindow => {
                &[Sight::Network, Sight::Routes, Sight::Rules, Sight::Addresses, Sight::Gateways]
            }
            LeaseKind::Service => &[
                Sight::Network,
                Sight::Routes,
                Sight::Rules,
                Sight::Instances,
                Sight::Occupants,
                Sight::Endpoints,
                Sight::Roles,
            ],
        }
    }
}
