//! What somebody asked for, and how far it has come.

mod kind;
mod made;
mod trouble;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_config::{Locale, Market, Volume};
use serde::{Deserialize, Serialize};

pub use kind::{LeaseKind, Terms};
pub use made::{LeftToPeople, Made, Receipt, ReceiptItem, spent_usd};
pub use trouble::{Subject, Trouble};

use crate::catalog::Root;
use crate::ids::{ImageId, Installation, LeaseId};
use crate::place::Place;

/// Somebody in Discord, as far as doorman needs to know them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Person {
    /// Discord user id.
    pub id: u64,
    /// Display name at the time.
    pub name: String,
}

/// What was asked for beyond the kind of lease and its end.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Spec {
    /// Nothing: all about it is in the settings.
    #[default]
    Plain,
    /// What the pair is made of.
    Pair(PairSpec),
}

impl Spec {
    /// What the pair is made of, if that was asked for.
    pub fn pair(&self) -> Option<&PairSpec> {
        match self {
            Spec::Plain => None,
            Spec::Pair(pair) => Some(pair),
        }
    }
}

/// What the service pair is made of; everything else about it is in the settings.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct PairSpec {
    /// The image to boot.
    pub image: ImageId,
    /// What the image is booted from; `None`: what the settings say.
    #[serde(default)]
    pub root: Option<Root>,
    /// What the image was called when it was asked for, such as `ubuntu-24.04`.
    pub image_name: String,
    /// EC2 instance type.
    pub instance_type: String,
    /// On-demand or spot.
    pub market: Market,
}

impl PairSpec {
    /// The root volume that the settings ask for, as the image can have it: its device's name, and its size in GiB.
    pub fn root_volume<'a>(&'a self, asked: &'a Volume) -> (&'a str, u32) {
        match &self.root {
            Some(root) => (&root.device, asked.size_gib.max(root.least_gib)),
            None => (&asked.device, asked.size_gib),
        }
    }
}

/// How far a lease has come. Only ever moves down this list, but for a repair: `Ready` → `Opening`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Phase {
    /// Being built; the keeper creates what is missing.
    Opening,
    /// Was proved complete once; what goes missing is reported, not rebuilt.
    Ready,
    /// Being taken down until nothing is left.
    Closing,
    /// Over, with a receipt.
    Closed,
}

impl Phase {
    /// As it is written in the store.
    pub fn as_str(self) -> &'static str {
        match self {
            Phase::Opening => "opening",
            Phase::Ready => "ready",
            Phase::Closing => "closing",
            Phase::Closed => "closed",
        }
    }
}

/// Why a lease is being closed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "why", rename_all = "kebab-case")]
pub enum CloseReason {
    /// Its time was over.
    Expired,
    /// Somebody asked.
    Asked {
        /// Who.
        by: Person,
    },
    /// It could not be built.
    Failed {
        /// What stood in the way.
        trouble: Trouble,
    },
}

/// A lease.
#[derive(Clone, Debug, PartialEq)]
pub struct Lease {
    /// Its id, also in the tags of what is made for it.
    pub id: LeaseId,
    /// What is leased.
    pub kind: LeaseKind,
    /// What was asked for beyond that.
    pub spec: Spec,
    /// How far it has come.
    pub phase: Phase,
    /// Who asked for it.
    pub opened_by: Person,
    /// When.
    pub opened_at: DateTime<Utc>,
    /// Language of who asked.
    pub locale: Locale,
    /// When it must be over; `None`: when somebody terminates it.
    pub expires_at: Option<DateTime<Utc>>,
    /// Since when it is being built (or repaired).
    pub building_since: DateTime<Utc>,
    /// When it was first proved complete.
    pub ready_at: Option<DateTime<Utc>>,
    /// When and why closing began.
    pub closing: Option<(DateTime<Utc>, CloseReason)>,
    /// Every extension, oldest first.
    pub extensions: Vec<Extension>,
    /// Everything made for it, oldest first.
    pub made: Vec<Made>,
    /// What stopped the last repair; a lease that was ready once is not torn down for it.
    pub setback: Option<Trouble>,
    /// The Discord message that tells of it.
    pub message: Option<MessageRef>,
    /// The closing statement.
    pub receipt: Option<Receipt>,
    /// Where in AWS it is; `None` until AWS was looked at, and in leases of version 0.1.
    pub place: Option<Place>,
    /// Which doorman leased it; `None`: version 0.1, or one that was not told who it is.
    pub installation: Option<Installation>,
}

impl Lease {
    /// A lease that was asked for just now and has no end yet.
    pub fn new(
        id: LeaseId,
        kind: LeaseKind,
        opened_by: Person,
        opened_at: DateTime<Utc>,
        locale: Locale,
    ) -> Lease {
        Lease {
            id,
            kind,
            spec: Spec::Plain,
            phase: Phase::Opening,
            opened_by,
            opened_at,
            locale,
            expires_at: None,
            building_since: opened_at,
            ready_at: None,
            closing: None,
            extensions: Vec::new(),
            made: Vec::new(),
            setback: None,
            message: None,
            receipt: None,
            place: None,
            installation: None,
        }
    }

    /// Whether it is somewhere else than there.
    pub fn is_elsewhere(&self, here: &Place) -> bool {
        self.place.as_ref().is_some_and(|place| place != here)
    }

    /// How much time is left; `None` when it has no end.
    pub fn left(&self, now: DateTime<Utc>) -> Option<TimeDelta> {
        self.expires_at.map(|end| (end - now).max(TimeDelta::zero()))
    }

    /// Whether that is the message that tells of it, as far as one is known.
    pub fn is_told_of_by(&self, message: MessageRef) -> bool {
        self.message.is_none_or(|known| known.message_id == message.message_id)
    }

    /// When it had to be gone: at its end, or when its closing began if that was before. `None`: it has no end, and
    /// nobody closes it.
    pub fn due(&self) -> Option<DateTime<Utc>> {
        let closing = self.closing.as_ref().map(|(at, _)| *at);
        self.expires_at.into_iter().chain(closing).min()
    }
}

/// One extension of a lease.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Extension {
    /// Who asked.
    pub by: Person,
    /// When.
    pub at: DateTime<Utc>,
    /// The new end.
    pub until: DateTime<Utc>,
}

/// Where a message of ours is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct MessageRef {
    /// Discord channel id.
    pub channel_id: u64,
    /// Discord message id.
    pub message_id: u64,
}
