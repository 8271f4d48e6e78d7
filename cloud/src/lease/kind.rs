//! The kinds of lease, and the terms of each.

use chrono::TimeDelta;
use doorman_config::{Stack, Verb, WindowLengths};
use serde::{Deserialize, Serialize};
use strum::{EnumCount, IntoStaticStr, VariantArray};

use crate::kind::Kind;

/// One kind of thing that can be leased; at most one lease of a kind is open in a stack.
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
pub enum LeaseKind {
    /// A NAT window: the private subnets reach the internet.
    NatWindow,
    /// A shell window: Systems Manager reaches the instances.
    ShellWindow,
    /// The service pair, in one mode of the settings with its shell access.
    Pair,
}

/// What holds for every lease of a kind.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Terms {
    /// Who may open, extend, close and repair one.
    pub verb: Verb,
    /// What it is made of and may leave behind, in the order in which people read it. Each is looked for before the
    /// lease is called closed.
    pub parts: &'static [Kind],
    /// What must be seen before anything is built for it, called missing of it, or called complete.
    pub stands_on: &'static [Kind],
    /// What must be seen besides before it is called complete.
    pub proved_by: &'static [Kind],
    /// How long building may take before it is given up.
    pub may_take: TimeDelta,
    /// How long closing takes when all goes well. A lease is late by what goes beyond it.
    pub usually_closes_in: TimeDelta,
    /// Whether it always has an end; otherwise it lasts until somebody terminates it.
    pub ends: bool,
    /// Whether AWS closes it by itself should doorman be gone: the [backstop](crate::backstop).
    pub covered: bool,
}

const NAT_WINDOW: Terms = Terms {
    verb: Verb::Nat,
    parts: &[Kind::NatGateway, Kind::Address, Kind::Route, Kind::Rule],
    stands_on: &[
        Kind::Vpc,
        Kind::Subnet,
        Kind::Route,
        Kind::SecurityGroup,
        Kind::Rule,
        Kind::Address,
        Kind::NatGateway,
    ],
    proved_by: &[],
    // A gateway takes 1½ to 2 minutes, at worst 10 (Terraform's own limit for it).
    may_take: TimeDelta::minutes(15),
    // A gateway takes AWS 42 to 61 seconds to delete, and its address may stay locked for up to two minutes more.
    usually_closes_in: TimeDelta::minutes(3),
    ends: true,
    covered: true,
};

const SHELL_WINDOW: Terms = Terms {
    verb: Verb::Shell,
    parts: &[Kind::Endpoint, Kind::Rule],
    stands_on: &[
        Kind::Vpc,
        Kind::Subnet,
        Kind::SecurityGroup,
        Kind::Rule,
        Kind::Endpoint,
        // Of the addresses that its endpoints take.
        Kind::NetworkInterface,
    ],
    proved_by: &[],
    may_take: TimeDelta::minutes(15),
    // Endpoints take AWS several minutes to delete.
    usually_closes_in: TimeDelta::minutes(10),
    ends: true,
    covered: true,
};

const PAIR: Terms = Terms {
    verb: Verb::Launch,
    parts: &[Kind::Instance, Kind::Volume, Kind::Endpoint, Kind::Rule, Kind::Role, Kind::Profile],
    stands_on: &[
        Kind::Vpc,
        Kind::Subnet,
        Kind::Route,
        Kind::SecurityGroup,
        Kind::Rule,
        Kind::Instance,
        Kind::NetworkInterface,
        Kind::Endpoint,
        Kind::Role,
        Kind::Profile,
    ],
    proved_by: &[Kind::Agent],
    // The author of the reference stack: instances often take 10–15 minutes to appear, after a reboot again.
    may_take: TimeDelta::minutes(30),
    // Instances have to be shut down before anything else, and endpoints take several minutes.
    usually_closes_in: TimeDelta::minutes(10),
    ends: false,
    covered: false,
};

impl LeaseKind {
    /// As it is written in the store and in tags.
    pub fn as_str(self) -> &'static str {
        self.into()
    }

    /// All of them.
    pub const ALL: &'static [LeaseKind] = Self::VARIANTS;

    /// The kind of that word, if there is one.
    pub fn read(word: &str) -> Option<LeaseKind> {
        LeaseKind::VARIANTS.iter().copied().find(|kind| kind.as_str() == word)
    }

    /// How long leases of the kind may be in a stack; `None`: as long as nobody ends them.
    pub fn lengths(self, stack: &Stack) -> Option<&WindowLengths> {
        match self {
            LeaseKind::NatWindow => Some(&stack.nat.lengths),
            LeaseKind::ShellWindow => Some(&stack.shell.lengths),
            LeaseKind::Pair => None,
        }
    }

    /// What holds for every lease of the kind.
    pub const fn terms(self) -> &'static Terms {
        match self {
            LeaseKind::NatWindow => &NAT_WINDOW,
            LeaseKind::ShellWindow => &SHELL_WINDOW,
            LeaseKind::Pair => &PAIR,
        }
    }
}
