//! Runbooks of the backstop, in Systems Manager: free, named by their content, and never removed. The bot only reads
//! them: whoever may write one may do all that the role of the backstop may, so a person makes them, with `doorman check
//! --fix`.

mod aws;

use crate::ids::DocumentName;
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// A document that has the name of a runbook of this version of doorman.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runbook {
    /// Its name.
    pub name: DocumentName,
    /// Whether it says what doorman writes into it, and can be run. Somebody else's document of that name is no net.
    pub sound: bool,
}

impl Resource for Runbook {
    const KIND: Kind = Kind::Runbook;
    type Id = DocumentName;

    fn id(&self) -> &DocumentName {
        &self.name
    }

    fn facts(&self) -> Facts<'_> {
        Facts::of_others(self.name.as_str())
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// It stays.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, other: &Runbook) -> bool {
        self.sound == other.sound
    }
}
