//! What a plan is: from what is desired and what is there to what may be done now.
//!
//! A plan is made without I/O and with the time as an argument (`recipes::plan`). It is made again after every answer,
//! so it says only what may start *now*; order comes from what each thing needs to be there (or gone) first, not from
//! a list of steps. No rule is here: what a kind of lease is made of is in `recipes/`, when a thing is right in
//! `kinds/*/rules.rs`.

mod build;
mod desired;

use crate::kind::Kind;
use crate::lease::{LeaseKind, Trouble};
use crate::switchboard::step::{AnyAct, Step};

pub(crate) use build::Build;
pub use desired::{Desired, Goal};

/// What may be done now, and what is not as it should be.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Plan {
    /// Mutations that may start now, independent of each other.
    pub steps: Vec<Step>,
    /// What has to happen by itself first.
    pub waits: Vec<Wait>,
    /// What is not as a ready lease of that kind wants it, and is not mended unasked.
    pub drift: Vec<(LeaseKind, Drift)>,
    /// What stands in the way of building; nothing is built past it.
    pub troubles: Vec<(LeaseKind, Trouble)>,
    /// What is over and stays, because others use it.
    pub kept: Vec<Kept>,
}

impl Plan {
    /// Whether there is nothing to do and nothing to wait for.
    pub fn is_settled(&self) -> bool {
        self.steps.is_empty() && self.waits.is_empty()
    }

    /// The kinds of thing that are waited for.
    pub fn waited_for(&self) -> Vec<Kind> {
        let mut kinds: Vec<Kind> = self.waits.iter().map(|wait| wait.of).collect();
        kinds.sort_unstable();
        kinds.dedup();
        kinds
    }

    /// Why something that is over stays; `None`: it does not.
    pub(crate) fn keeps(&self, kind: Kind, id: &str) -> Option<&Trouble> {
        self.kept.iter().find(|kept| kept.kind == kind && kept.id == id).map(|kept| &kept.why)
    }

    /// Plans a step, unless the same is to be done already.
    pub(crate) fn step(&mut self, step: Step) {
        if !self.steps.iter().any(|planned| planned.act == step.act) {
            self.steps.push(step);
        }
    }

    pub(crate) fn wait(&mut self, of: Kind, name: &str, until: Until) {
        let wait = Wait { of, name: name.to_owned(), until };
        if !self.waits.contains(&wait) {
            self.waits.push(wait);
        }
    }
}

/// Something that nobody of its lease wants any more, and that stays until nobody else uses it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Kept {
    /// What it is.
    pub kind: Kind,
    /// AWS's id of it.
    pub id: String,
    /// Who uses it.
    pub why: Trouble,
}

/// Something AWS does by itself, that the plan waits for.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Wait {
    /// What kind of thing.
    pub of: Kind,
    /// Which: its name, else its id.
    pub name: String,
    /// Until when.
    pub until: Until,
}

/// Until when something is waited for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Until {
    /// It works.
    Works,
    /// It is gone.
    Gone,
    /// It is stopped, so that it can be started.
    Stopped,
    /// Nothing holds it any more.
    Free,
    /// It can be looked at again.
    Seen,
}

/// Something that is not as a ready lease wants it.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Drift {
    /// What kind of thing.
    pub kind: Kind,
    /// Which: what people call it.
    pub name: String,
    /// In what way.
    pub how: How,
}

/// In what way something is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum How {
    /// It is gone, or does not work.
    Missing,
    /// It is stopped.
    Stopped,
    /// It leads there, which is not doorman's.
    Elsewhere(String),
    /// It has lost what was attached to it.
    Detached,
    /// It does not answer.
    Silent,
    /// It no longer lets TCP traffic of a port pass.
    Closed {
        /// The port.
        port: u16,
        /// Whether the traffic goes out.
        egress: bool,
    },
    /// It cannot be used.
    Blocked(Trouble),
}

impl Drift {
    pub(crate) fn new(kind: Kind, name: &str, how: How) -> Drift {
        Drift { kind, name: name.to_owned(), how }
    }
}

/// How what nobody wants goes.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Removal {
    /// By this, now.
    Now(Box<AnyAct>),
    /// It is going already.
    Going,
    /// After something else, or without being asked.
    Itself,
}

impl Removal {
    /// By that act, now.
    pub(crate) fn by(act: AnyAct) -> Removal {
        Removal::Now(Box::new(act))
    }
}
