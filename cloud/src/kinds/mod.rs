//! The kinds of resource, a folder each: what it is (`mod.rs`), its rules (`rules.rs`, pure), its calls (`aws.rs`, the
//! only place with the SDK), what is typed to do the same (`by_hand.rs`) and, for the property tests, things in any state
//! and what AWS would refuse (`model.rs`).
//!
//! A kind answers a few questions about each thing once ([`Resource`]), and everything that is not about the kind
//! itself is a loop over these answers (`switchboard/`). There are no default methods on purpose: what a new kind does
//! not answer does not compile.

pub mod address;
pub mod agent;
pub mod backstop_role;
pub mod endpoint;
pub mod gateway;
pub mod group;
pub mod instance;
pub mod interface;
pub mod profile;
pub mod role;
pub mod route;
pub mod rule;
pub mod runbook;
pub mod schedule;
pub mod shelf;
pub mod subnet;
pub mod volume;
pub mod vpc;

mod lookup;

use std::fmt;
use std::hash::Hash;

use chrono::{DateTime, Utc};
use doorman_config::Stack;

pub use self::lookup::Lookup;

use crate::aws::Aws;
use crate::failure::Failure;
use crate::kind::Kind;
use crate::prices::{Price, Prices};
use crate::record::{Record, Sorted};
use crate::tags::Owner;

/// What every kind must say of one of its things.
pub trait Resource: Clone + PartialEq + fmt::Debug + Send + Sync {
    /// The kind.
    const KIND: Kind;
    /// AWS's id of one.
    type Id: Clone + Eq + fmt::Debug + AsRef<str> + Send + Sync;

    /// Its id.
    fn id(&self) -> &Self::Id;
    /// Whose it is, since when, and how it stands.
    fn facts(&self) -> Facts<'_>;
    /// What its tags say, to be written anew; `None`: made by hand.
    fn owner_mut(&mut self) -> Option<&mut Owner>;
    /// It was told to go, and takes its time.
    fn leave(&mut self);
    /// What it costs. Without a list nothing that bills has a price.
    fn cost(&self, list: Option<&Prices>) -> Cost;
    /// Whether this, as AWS shows it, is what a call made, or something later about it.
    fn is_same(&self, made: &Self) -> bool;
}

/// What is known of any thing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Facts<'a> {
    /// What people call it.
    pub name: &'a str,
    /// Whose it is; `None`: made by hand.
    pub owner: Option<&'a Owner>,
    /// How far it has come.
    pub standing: Standing,
    /// Since when it is there; `None`: AWS does not say.
    pub since: Option<DateTime<Utc>>,
}

impl<'a> Facts<'a> {
    /// Of something that doorman reads and never makes.
    pub fn of_others(name: &'a str) -> Facts<'a> {
        Facts { name, owner: None, standing: Standing::There, since: None }
    }
}

/// How far a thing has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Being made.
    Coming,
    /// Made, whether or not it works.
    There,
    /// On its way out; may still bill, and holds what it held.
    Leaving,
    /// Shown, but neither bills nor holds anything.
    Over,
}

/// What a thing costs.
#[derive(Clone, Debug, PartialEq)]
pub struct Cost {
    /// Its price while it bills.
    pub price: Price,
    /// Whether it bills in the state it is in.
    pub now: bool,
    /// What the price goes by: `t3.micro`, `30 GiB gp3`, `2 AZ`.
    pub detail: String,
}

impl Cost {
    /// Of what is free.
    pub fn nothing() -> Cost {
        Cost { price: Price::Free, now: false, detail: String::new() }
    }
}

/// What may be done to a thing of a kind: one AWS call with all it needs.
pub trait Act: Clone + Eq + Hash + fmt::Debug {
    /// What it is done to.
    type Of: Resource;

    /// The AWS operation, as AWS names it.
    fn operation(&self) -> &'static str;
    /// What it is done to, for people: a name, else an id.
    fn name(&self) -> &str;
}

/// What an act did to the things of its kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Change<R: Resource> {
    /// One is there, as this.
    Is(R),
    /// One is on its way out.
    Leaving(R::Id),
    /// One is gone.
    Gone(R::Id),
    /// Something is not as it was observed, or the answer does not say what it made; only a new look can tell. What
    /// AWS calls not found may be gone, or made so lately that not all of AWS knows of it.
    LookAgain,
}

/// How the things of a kind are listed.
pub(crate) trait Look: Resource {
    /// One round of reading calls. Those that are ours wherever they are and whatever the settings name; others' as far
    /// as the settings name them.
    fn look(
        aws: &Aws,
        stack: &Stack,
        record: &Record,
    ) -> impl Future<Output = Result<Sorted<Self>, Failure>> + Send;
}

/// How an act is carried out.
pub(crate) trait Do: Act {
    /// Makes the call. Making it again does no harm: what is gone already is gone, what is there already asks for a
    /// look ([`Change::LookAgain`]).
    fn carry_out(
        &self,
        aws: &Aws,
        owner: &Owner,
    ) -> impl Future<Output = Result<Change<Self::Of>, Failure>> + Send;
}

/// What the property tests need of every kind. What AWS would do is what is imagined when an act is done
/// [by hand](crate::by_hand).
#[cfg(test)]
pub(crate) mod model {
    use chrono::{DateTime, TimeDelta, Utc};
    use doorman_config::Stack;
    use proptest::prelude::*;

    use super::Act;
    use crate::kind::Kind;
    use crate::lease::LeaseKind;
    use crate::switchboard::Observed;
    use crate::tags::{Owner, of_version_0_1};

    /// When it is planned.
    pub(crate) fn now() -> DateTime<Utc> {
        "2026-11-22T03:00:00Z".parse().expect("a date")
    }

    /// The owner of what a lease of that kind made.
    pub(crate) fn owner_of(lease: &str, of: LeaseKind) -> Owner {
        Owner {
            stack: Stack::default().name,
            lease: format!("{lease}-{}", of.as_str()).into(),
            of,
            expires_at: Some(now() + TimeDelta::minutes(30)),
            opened_by: "7".to_owned(),
            installation: None,
        }
    }

    /// The same, for the kind of lease that usually makes such a thing.
    pub(crate) fn owner(lease: &str, kind: Kind) -> Owner {
        owner_of(lease, of_version_0_1(kind, false))
    }

    /// Which lease a generated thing belongs to: the one wanted, or one nobody wants any more.
    pub(crate) fn a_lease() -> impl Strategy<Value = &'static str> {
        prop_oneof![Just("wanted"), Just("forgotten")]
    }

    /// Which acts AWS would refuse, in a world as it is.
    pub(crate) trait Refused: Act {
        /// Panics where it would.
        fn must_be_accepted(&self, world: &Observed);
    }
}
