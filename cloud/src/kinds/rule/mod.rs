//! Security group rules of ours.
//!
//! A group's own permissions carry neither ids nor tags: what people made by hand is seen on the
//! [group](super::group).

pub(crate) mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use std::net::Ipv4Addr;

use crate::cidr;
use crate::ids::{GroupId, RuleId};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// Everything outside.
pub const ANYWHERE: &str = "0.0.0.0/0";

/// A rule that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rule {
    /// Its id.
    pub id: RuleId,
    /// Its `Name` tag.
    pub name: String,
    /// The group it is in.
    pub group: GroupId,
    /// What it lets pass.
    pub lets: Permission,
    /// Whose it is.
    pub owner: Owner,
}

/// Traffic that a rule lets pass.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Permission {
    /// Whether it is about traffic going out.
    pub egress: bool,
    /// `tcp`, `udp`, … or `-1` for all.
    pub protocol: String,
    /// First and last port; `None` for all.
    pub ports: Option<(u16, u16)>,
    /// The other side.
    pub peer: Peer,
}

/// The other side of a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Peer {
    /// Addresses.
    Cidr(String),
    /// Members of a security group.
    Group(GroupId),
    /// A prefix list or anything else, by its id.
    Other(String),
}

impl Peer {
    /// Everything outside.
    pub fn anywhere() -> Peer {
        Peer::Cidr(ANYWHERE.to_owned())
    }
}

impl Permission {
    /// For TCP traffic of one port.
    pub fn tcp(egress: bool, port: u16, peer: Peer) -> Permission {
        Permission { egress, protocol: "tcp".to_owned(), ports: Some((port, port)), peer }
    }

    /// Whether it may let TCP traffic of `port` to or from that address pass, which a member of `group` has. What a prefix
    /// list has is not known.
    pub(crate) fn may_let_tcp(&self, egress: bool, port: u16, group: &GroupId, address: Ipv4Addr) -> bool {
        let peer = match &self.peer {
            Peer::Cidr(block) => cidr::contains(block, address),
            Peer::Group(id) => id == group,
            Peer::Other(_) => true,
        };
        peer && self.is_for_tcp(egress, port)
    }

    fn is_for_tcp(&self, egress: bool, port: u16) -> bool {
        self.egress == egress
            && (self.protocol == "-1" || self.protocol == "tcp")
            && self.ports.is_none_or(|(from, to)| (from..=to).contains(&port))
    }

    /// Whether it lets TCP traffic of `port` to or from `peer` pass.
    pub fn lets_tcp(&self, egress: bool, port: u16, peer: &Peer) -> bool {
        self.is_for_tcp(egress, port) && (self.peer == *peer || self.peer == Peer::anywhere())
    }
}

impl Resource for Rule {
    const KIND: Kind = Kind::Rule;
    type Id = RuleId;

    fn id(&self) -> &RuleId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        Facts { name: &self.name, owner: Some(&self.owner), standing: Standing::There, since: None }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        Some(&mut self.owner)
    }

    /// It goes at once.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Rule) -> bool {
        true
    }
}

/// What may be done to a rule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Add one to a group. Has no client token: never repeated without a look.
    Authorize {
        /// The group.
        group: GroupId,
        /// What it lets pass: TCP, one port.
        lets: Permission,
        /// Its `Name`.
        name: String,
        /// What it is for, as people read it in the console.
        description: String,
    },
    /// Remove one.
    Revoke {
        /// The group.
        group: GroupId,
        /// Out or in.
        egress: bool,
        /// Which.
        id: RuleId,
    },
}

impl super::Act for Act {
    type Of = Rule;

    fn operation(&self) -> &'static str {
        match self {
            Act::Authorize { lets: Permission { egress: true, .. }, .. } => "AuthorizeSecurityGroupEgress",
            Act::Authorize { lets: Permission { egress: false, .. }, .. } => "AuthorizeSecurityGroupIngress",
            Act::Revoke { egress: true, .. } => "RevokeSecurityGroupEgress",
            Act::Revoke { egress: false, .. } => "RevokeSecurityGroupIngress",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Authorize { name, .. } => name,
            Act::Revoke { id, .. } => id.as_str(),
        }
    }
}
