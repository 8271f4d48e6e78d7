//! The IAM role that schedules and runbooks of the backstop run under. The bot only reads it: whoever may write into
//! it may do what it may, so a person makes it, with `doorman check --fix`.

mod aws;

use crate::ids::RoleName;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// The role of the backstop.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackstopRole {
    /// Its name.
    pub name: RoleName,
    /// Its ARN.
    pub arn: String,
}

impl Resource for BackstopRole {
    const KIND: Kind = Kind::BackstopRole;
    type Id = RoleName;

    fn id(&self) -> &RoleName {
        &self.name
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(self.name.as_str())
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// Not deleted by us.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &BackstopRole) -> bool {
        true
    }
}
