//! Runbooks of the backstop, in Systems Manager: free, named by their content, and never removed.

mod aws;
#[cfg(test)]
pub(crate) mod model;

use crate::ids::DocumentName;
use crate::kind::Kind;
use crate::lease::LeaseKind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource};

/// A runbook, as this version of doorman writes it, that is installed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Runbook {
    /// Its name.
    pub name: DocumentName,
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

    fn is_same(&self, _: &Runbook) -> bool {
        true
    }
}

/// What may be done to a runbook.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Install it. Named by its content: the same again is a conflict.
    Create {
        /// What kind of lease it closes.
        closes: LeaseKind,
        /// Its name.
        name: DocumentName,
    },
}

impl super::Act for Act {
    type Of = Runbook;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateDocument",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { name, .. } => name.as_str(),
        }
    }
}
