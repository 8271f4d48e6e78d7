//! `[policy]`: who may do what.

use std::collections::BTreeSet;
use std::fmt;

use serde::de::{self, Deserialize, Deserializer};
use serde::ser::{Serialize, Serializer};

use crate::choice;
use crate::ids::RoleId;
use crate::read::Section;
use crate::stack::Stack;
use crate::window::WindowLength;

/// What roles may do. What no grant allows is refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Policy {
    /// `[[policy.grant]]`, at least one. A person has what the grants of all their roles give.
    pub grants: Vec<Grant>,
}

/// What one role may do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Grant {
    /// The role. The guild's own id means everyone in it ([`RoleId::is_everyone`]). No default.
    pub role_id: RoleId,
    /// What it may do, at least one. No default.
    pub verbs: BTreeSet<Verb>,
    /// How long a window of any kind this role may have open, from its opening on and extensions included; never
    /// above the stack's maximum for that kind.
    /// Default: that maximum.
    pub max_window: Option<WindowLength>,
}

/// Something to be allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verb {
    /// `/status`, `/nat history`.
    Status,
    /// `/cost`.
    Cost,
    /// `/launch`.
    Launch,
    /// `/terminate`.
    Terminate,
    /// `/nat open`, `/nat extend`, `/nat close`.
    Nat,
    /// `/shell`.
    Shell,
    /// `/session`.
    Session,
}

impl Verb {
    /// Whether it changes what is there, and with that what is paid.
    pub fn acts(self) -> bool {
        match self {
            Verb::Launch | Verb::Terminate | Verb::Nat | Verb::Shell => true,
            // Whoever starts a session signs in to AWS as themselves.
            Verb::Status | Verb::Cost | Verb::Session => false,
        }
    }
}

impl Policy {
    pub(crate) fn read(section: &Section<'_, '_>, stack: &Stack) -> Self {
        let grants = section.sections("grant", |section| Grant::read(section, stack));
        let needed = "at least one [[policy.grant]] with role_id and verbs, or nobody may do anything";
        match &grants {
            None if section.sound(&["grant"]) => section.missing("grant", needed),
            Some(grants) => section.check("grant", !grants.is_empty(), || format!("empty: {needed}")),
            None => {}
        }
        Self { grants: grants.unwrap_or_default() }
    }
}

impl Grant {
    fn read(section: &Section<'_, '_>, stack: &Stack) -> Option<Self> {
        let role_id = section.need("role_id", "the id of a role; the server's own id means everyone");
        let verbs = section.items::<Verb>("verbs");
        let max_window = section.get::<WindowLength>("max_window");

        let names = choice::list(&Verb::ALL.map(Verb::as_str));
        match &verbs {
            None if section.sound(&["verbs"]) => {
                section.missing("verbs", &format!("what the role may do, out of {names}"));
            }
            Some(verbs) => {
                section.check("verbs", !verbs.is_empty(), || format!("empty: name at least one of {names}"));
            }
            None => {}
        }
        if let Some(length) = max_window
            && section.sound_at(&[
                "stack.nat.minimum",
                "stack.nat.maximum",
                "stack.shell.minimum",
                "stack.shell.maximum",
            ])
        {
            let (nat, shell) = (stack.nat.lengths, stack.shell.lengths);
            let shortest = nat.minimum.min(shell.minimum);
            let longest = nat.maximum.max(shell.maximum);
            section.check("max_window", (shortest..=longest).contains(&length), || {
                format!(
                    "`{length}` is not between `{shortest}`, the shortest window of the stack, and `{longest}`, \
                     the longest"
                )
            });
        }
        Some(Self { role_id: role_id?, verbs: verbs?.into_iter().collect(), max_window })
    }
}

impl Verb {
    /// Every verb, in the order of the commands.
    pub const ALL: [Self; 7] =
        [Self::Status, Self::Cost, Self::Launch, Self::Terminate, Self::Nat, Self::Shell, Self::Session];

    /// Its name in the settings.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Status => "status",
            Self::Cost => "cost",
            Self::Launch => "launch",
            Self::Terminate => "terminate",
            Self::Nat => "nat",
            Self::Shell => "shell",
            Self::Session => "session",
        }
    }
}

impl fmt::Display for Verb {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

impl Serialize for Verb {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Verb {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let word = String::deserialize(deserializer)?;
        choice::choose(&word, &Self::ALL.map(|verb| (verb.as_str(), verb))).map_err(de::Error::custom)
    }
}
