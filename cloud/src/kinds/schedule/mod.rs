//! Schedules of the backstop, in EventBridge Scheduler: each starts a runbook once, some minutes after the end of a
//! lease.

mod aws;
mod by_hand;
#[cfg(test)]
pub(crate) mod model;
pub(crate) mod rules;

use chrono::{DateTime, Utc};

use crate::backstop::Parameters;
use crate::ids::{DocumentName, ScheduleName};
use crate::kind::Kind;
use crate::prices::Prices;
use crate::tags::Owner;

use super::{Cost, Facts, Resource, Standing};

/// A one-time schedule that starts a runbook of the backstop.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Schedule {
    /// Its name, which says its lease, end, and what its runbook is told.
    pub name: ScheduleName,
    /// The group it is in: [`GROUP`](crate::backstop::GROUP), or the default one, where version 0.1 made it.
    pub group: String,
    /// The end of the lease it was made for; it fires [`AFTER_END`](crate::backstop::AFTER_END) later.
    pub lease_ends_at: DateTime<Utc>,
    /// Whether it is as doorman makes one: enabled, at its time, with its target.
    pub sound: bool,
    /// The lease it closes. It carries no tags, so the kind of lease and who asked are not known from it.
    pub owner: Owner,
}

impl Resource for Schedule {
    const KIND: Kind = Kind::Schedule;
    type Id = ScheduleName;

    fn id(&self) -> &ScheduleName {
        &self.name
    }

    fn facts(&self) -> Facts<'_> {
        Facts { name: self.name.as_str(), owner: Some(&self.owner), standing: Standing::There, since: None }
    }

    /// Its name says the end: another end is another schedule.
    fn owner_mut(&mut self) -> Option<&mut Owner> {
        None
    }

    /// It goes at once.
    fn leave(&mut self) {}

    fn cost(&self, _: Option<&Prices>) -> Cost {
        Cost::nothing()
    }

    fn is_same(&self, _: &Schedule) -> bool {
        true
    }
}

/// What may be done to a schedule.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Act {
    /// Arm one. The name is unique: the same again is a conflict.
    Create {
        /// For which lease and end.
        schedule: Schedule,
        /// The role it runs under.
        role_arn: String,
        /// The runbook it starts.
        document: DocumentName,
        /// What the runbook is told, beside lease, stack and role.
        parameters: Parameters,
    },
    /// Take one back.
    Delete {
        /// Which.
        name: ScheduleName,
        /// In which group.
        group: String,
    },
}

impl super::Act for Act {
    type Of = Schedule;

    fn operation(&self) -> &'static str {
        match self {
            Act::Create { .. } => "CreateSchedule",
            Act::Delete { .. } => "DeleteSchedule",
        }
    }

    fn name(&self) -> &str {
        match self {
            Act::Create { schedule, .. } => schedule.name.as_str(),
            Act::Delete { name, .. } => name.as_str(),
        }
    }
}
