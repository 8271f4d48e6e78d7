//! The IAM role for shell access.

pub(crate) mod aws;
mod boundary;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

pub use self::boundary::{BOUNDARY, boundary_arn, boundary_policy};

use crate::ids::RoleName;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// Who may take the role: EC2 instances, and nobody else.
pub const TRUST: &str = r#"{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}"#;

/// The IAM role for shell access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Role {
    /// Its name.
    pub name: RoleName,
    /// Whether the policy the settings name is attached.
    pub has_policy: bool,
    /// Whether only EC2 instances may take it, as doorman makes it.
    pub only_for_instances: bool,
    /// Whether it may do nothing beyond [`BOUNDARY`]; version 0.1 made it without.
    pub bounded: bool,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

impl Resource for Role {
    const KIND: Kind = Kind::Role;
    type Id = RoleName;

    fn id(&self) -> &RoleName {
        &self.name
    }

    fn facts(&self) -> Facts<'_> {
        Facts { name: self.name.as_str(), owner: self.owner.as_ref(), standing: Standing::There, since: None }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        self.owner.as_mut()
    }

    /// It goes at once.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Role) -> bool {
        true
    }
}

/// How the permissions boundary stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Boundary {
    /// As doorman writes it.
    Sound,
    /// There is no such policy.
    Missing,
    /// There is one, and it says something else.
    Changed,
}

/// What may be done to the role.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Create it.
    Create {
        /// Its name.
        role: RoleName,
        /// What it is for.
        description: String,
    },
    /// Attach the policy.
    AttachPolicy {
        /// To which role.
        role: RoleName,
        /// Name of the AWS managed policy.
        policy: String,
    },
    /// Detach the policy.
    DetachPolicy {
        /// From which role.
        role: RoleName,
        /// Name of the AWS managed policy.
        policy: String,
    },
    /// Delete it.
    Delete {
        /// Which.
        role: RoleName,
    },
}

impl super::Act for Act {
    type Of = Role;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateRole",
            Act::AttachPolicy { .. } => "AttachRolePolicy",
            Act::DetachPolicy { .. } => "DetachRolePolicy",
            Act::Delete { .. } => "DeleteRole",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { role, .. }
            | Act::AttachPolicy { role, .. }
            | Act::DetachPolicy { role, .. }
            | Act::Delete { role } => role.as_str(),
        }
    }
}
