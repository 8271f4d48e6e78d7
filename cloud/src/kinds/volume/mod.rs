//! Root volumes. Instances take theirs with them; what is listed here is for the price, and for strays.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use chrono::{DateTime, Utc};

use crate::ids::VolumeId;
use crate::kind::Kind;
use crate::prices::{Billing, Price, Prices};
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// A root volume that is ours.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Volume {
    /// Its id.
    pub id: VolumeId,
    /// Its size.
    pub size_gib: u32,
    /// `gp3`, `gp2`, …
    pub kind: String,
    /// Whether an instance holds it.
    pub attached: bool,
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// Whose it is.
    pub owner: Owner,
}

/// What the price of a volume goes by, in words.
pub(crate) fn detail(kind: &str, size_gib: u32) -> String {
    format!("{size_gib} GiB {kind}")
}

impl Resource for Volume {
    const KIND: Kind = Kind::Volume;
    type Id = VolumeId;

    fn id(&self) -> &VolumeId {
        &self.id
    }

    fn facts(&self) -> Facts<'_> {
        Facts {
            name: self.id.as_str(),
            owner: Some(&self.owner),
            standing: Standing::There,
            since: Some(self.created_at),
        }
    }

    fn owner_mut(&mut self) -> Option<&mut Owner> {
        Some(&mut self.owner)
    }

    /// It goes at once.
    fn leave(&mut self) {}

    fn cost(&self, list: Option<&Prices>) -> Cost {
        let usd = list.and_then(|list| list.volume(&self.kind, self.size_gib));
        Cost {
            price: Price::listed(usd, Billing::Second),
            now: true,
            detail: detail(&self.kind, self.size_gib),
        }
    }

    fn is_same(&self, _: &Volume) -> bool {
        true
    }
}

/// What may be done to a volume.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Delete one that outlived its instance.
    Delete {
        /// Which.
        id: VolumeId,
    },
}

impl super::Act for Act {
    type Of = Volume;

    fn operation(&self) -> &'static str {
        match self {
            Act::Delete { .. } => "DeleteVolume",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Delete { id } => id.as_str(),
        }
    }
}
