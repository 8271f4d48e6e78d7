//! Every kind of thing that doorman makes, or looks at: the one list of them.

use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::prices::Billing;

/// A kind of resource. Their order is that in which they are listed for people: what costs most first, then what is
/// free, then what is only looked at.
///
/// The names in kebab case are those in the store; the older names are those of version 0.1.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    PartialOrd,
    Ord,
    Serialize,
    Deserialize,
    EnumCount,
    IntoStaticStr,
    VariantArray,
)]
#[serde(rename_all = "kebab-case")]
#[strum(serialize_all = "kebab-case")]
pub enum Kind {
    /// An EC2 instance.
    #[serde(alias = "instances")]
    Instance,
    /// An instance's root volume.
    #[serde(alias = "volumes")]
    Volume,
    /// A NAT gateway.
    #[serde(alias = "gateway")]
    NatGateway,
    /// An Elastic IP.
    Address,
    /// An interface endpoint.
    #[serde(alias = "endpoints")]
    Endpoint,
    /// The default route of the private route table.
    Route,
    /// A security group rule.
    #[serde(alias = "rules")]
    Rule,
    /// The IAM role for shell access.
    Role,
    /// The instance profile for shell access.
    Profile,
    /// A schedule of the backstop.
    Schedule,
    /// A runbook of the backstop.
    Runbook,
    /// The IAM role of the backstop.
    BackstopRole,
    /// The VPC.
    Vpc,
    /// A subnet.
    Subnet,
    /// A security group.
    SecurityGroup,
    /// A network interface that holds one of the fixed private addresses.
    NetworkInterface,
    /// What Systems Manager says of an instance's agent.
    Agent,
}

/// How the expiry that is written on a thing follows its lease.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tagged {
    /// By EC2's `CreateTags`.
    ByEc2,
    /// It carries none that could be written anew: a route and a schedule have no tags, and what IAM knows is only
    /// made for leases without an end.
    Never,
}

impl Kind {
    /// As it is written in the store.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// How AWS charges for it; `None`: it is free.
    pub fn billing(self) -> Option<Billing> {
        match self {
            Kind::NatGateway | Kind::Endpoint => Some(Billing::StartedHour),
            Kind::Instance | Kind::Volume | Kind::Address => Some(Billing::Second),
            Kind::Route
            | Kind::Rule
            | Kind::Role
            | Kind::Profile
            | Kind::Schedule
            | Kind::Runbook
            | Kind::BackstopRole
            | Kind::Vpc
            | Kind::Subnet
            | Kind::SecurityGroup
            | Kind::NetworkInterface
            | Kind::Agent => None,
        }
    }

    /// Whether AWS charges for it.
    pub fn bills(self) -> bool {
        self.billing().is_some()
    }

    /// Whether a lease uses what an earlier one had to leave, because there cannot be a second one.
    pub fn is_taken_over(self) -> bool {
        match self {
            Kind::Role | Kind::Profile | Kind::Endpoint | Kind::Rule => true,
            Kind::Instance
            | Kind::Volume
            | Kind::NatGateway
            | Kind::Address
            | Kind::Route
            | Kind::Schedule
            | Kind::Runbook
            | Kind::BackstopRole
            | Kind::Vpc
            | Kind::Subnet
            | Kind::SecurityGroup
            | Kind::NetworkInterface
            | Kind::Agent => false,
        }
    }

    /// Whether its id is the name that the settings give it, so that what is made after it has the same.
    pub fn is_by_name(self) -> bool {
        match self {
            Kind::Role | Kind::Profile => true,
            Kind::Instance
            | Kind::Volume
            | Kind::NatGateway
            | Kind::Address
            | Kind::Endpoint
            | Kind::Route
            | Kind::Rule
            | Kind::Schedule
            | Kind::Runbook
            | Kind::BackstopRole
            | Kind::Vpc
            | Kind::Subnet
            | Kind::SecurityGroup
            | Kind::NetworkInterface
            | Kind::Agent => false,
        }
    }

    /// How the expiry written on one follows its lease.
    pub fn tagged(self) -> Tagged {
        match self {
            Kind::Instance
            | Kind::Volume
            | Kind::NatGateway
            | Kind::Address
            | Kind::Endpoint
            | Kind::Rule => Tagged::ByEc2,
            Kind::Route
            | Kind::Role
            | Kind::Profile
            | Kind::Schedule
            | Kind::Runbook
            | Kind::BackstopRole
            | Kind::Vpc
            | Kind::Subnet
            | Kind::SecurityGroup
            | Kind::NetworkInterface
            | Kind::Agent => Tagged::Never,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(word: &str) -> Kind {
        serde_json::from_value(word.into()).unwrap_or_else(|error| panic!("{word}: {error}"))
    }

    #[test]
    fn every_kind_is_read_as_it_is_written() {
        for kind in Kind::VARIANTS {
            assert_eq!(read(kind.as_str()), *kind);
            assert_eq!(serde_json::to_value(kind).expect("a word"), kind.as_str());
        }
    }

    #[test]
    fn the_words_of_version_0_1_are_still_read() {
        let made = ["address", "nat-gateway", "rule", "endpoint", "instance", "volume", "schedule"];
        let parts = ["gateway", "route", "rules", "instances", "volumes", "endpoints", "role"];
        made.into_iter().chain(parts).for_each(|word| _ = read(word));
        assert_eq!(read("gateway"), Kind::NatGateway);
        assert_eq!(read("rules"), Kind::Rule);
    }
}
