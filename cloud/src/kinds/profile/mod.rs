//! The instance profile for shell access, of the same name as the role in it.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use crate::ids::{ProfileName, RoleName};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// The instance profile for shell access.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Profile {
    /// Its name.
    pub name: ProfileName,
    /// Whether the role is in it.
    pub has_role: bool,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<Owner>,
}

impl Resource for Profile {
    const KIND: Kind = Kind::Profile;
    type Id = ProfileName;

    fn id(&self) -> &ProfileName {
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

    fn is_same(&self, _: &Profile) -> bool {
        true
    }
}

/// What may be done to the profile.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Create it.
    Create {
        /// Its name.
        profile: ProfileName,
    },
    /// Put the role into it.
    AddRole {
        /// Which profile.
        profile: ProfileName,
        /// Which role.
        role: RoleName,
    },
    /// Take the role out of it.
    RemoveRole {
        /// Which profile.
        profile: ProfileName,
        /// Which role.
        role: RoleName,
    },
    /// Delete it.
    Delete {
        /// Which.
        profile: ProfileName,
    },
}

impl super::Act for Act {
    type Of = Profile;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateInstanceProfile",
            Act::AddRole { .. } => "AddRoleToInstanceProfile",
            Act::RemoveRole { .. } => "RemoveRoleFromInstanceProfile",
            Act::Delete { .. } => "DeleteInstanceProfile",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { profile }
            | Act::AddRole { profile, .. }
            | Act::RemoveRole { profile, .. }
            | Act::Delete { profile } => profile.as_str(),
        }
    }
}
