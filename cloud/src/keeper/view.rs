//! What the keeper knows, for everybody who tells people about it.

use std::collections::BTreeMap;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};

use crate::failure::{Failure, FailureKind};
use crate::ids::LeaseId;
use crate::lease::{Lease, LeaseKind, Phase, Subject};
use crate::place::Place;
use crate::plan::Plan;
use crate::switchboard::Observed;
use crate::tags::Owner;

/// What has failed for so long is told with its cause, and what it is about is left to people if it costs nothing. What
/// passes by itself usually has by then: the longest known is the lock on an address whose gateway is gone.
pub const TELLS_AFTER: TimeDelta = TimeDelta::minutes(2);

/// What the keeper knew at one instant.
#[derive(Clone, Debug, PartialEq)]
pub struct View {
    /// When.
    pub at: DateTime<Utc>,
    /// The last observation; `None` before the first.
    pub observed: Option<Arc<Observed>>,
    /// What is to be done, waited for, and not as it should be.
    pub plan: Plan,
    /// Open leases, and those closed within the last hour.
    pub leases: Vec<Lease>,
    /// Leases that the tags tell of, that are not over, and that are not in the store: those of a doorman of which this one
    /// cannot tell itself, or of a store that was restored from before them. Neither judged nor closed.
    pub unknown: BTreeMap<LeaseId, Owner>,
    /// In which account and region AWS was looked at last; `None` before the first look.
    pub place: Option<Place>,
    /// Since when AWS could not be observed, if so.
    pub blind: Option<Blind>,
    /// Steps that failed and will be tried again.
    pub failing: Vec<Failing>,
    /// AWS operations under way.
    pub working: Vec<&'static str>,
}

impl View {
    pub(super) fn nothing_yet(at: DateTime<Utc>) -> View {
        View {
            at,
            observed: None,
            plan: Plan::default(),
            leases: Vec::new(),
            unknown: BTreeMap::new(),
            place: None,
            blind: None,
            failing: Vec::new(),
            working: Vec::new(),
        }
    }

    /// The open lease of a kind.
    pub fn lease(&self, kind: LeaseKind) -> Option<&Lease> {
        self.leases.iter().find(|lease| lease.kind == kind && lease.phase != Phase::Closed)
    }

    /// Leases that should be closed at `now` and are not, with how long ago that was due: at their end, or when
    /// they were closed before it.
    pub fn overdue(&self, now: DateTime<Utc>) -> impl Iterator<Item = (&Lease, TimeDelta)> {
        self.leases.iter().filter_map(move |lease| {
            let due = lease.due()?;
            (lease.phase != Phase::Closed && due <= now).then(|| (lease, now - due))
        })
    }

    /// What fails for a kind of lease.
    pub fn failing_for(&self, kind: LeaseKind) -> impl Iterator<Item = &Failing> {
        self.failing.iter().filter(move |failing| failing.of == kind)
    }

    /// A lease by its id.
    pub fn lease_by_id(&self, id: &LeaseId) -> Option<&Lease> {
        self.leases.iter().find(|lease| lease.id == *id)
    }
}

/// AWS could not be observed.
#[derive(Clone, Debug, PartialEq)]
pub struct Blind {
    /// Since when.
    pub since: DateTime<Utc>,
    /// Why, the last time.
    pub failure: Failure,
}

/// A step that failed and will be tried again.
#[derive(Clone, Debug, PartialEq)]
pub struct Failing {
    /// The AWS operation.
    pub operation: &'static str,
    /// What it is done to; `None`: several things.
    pub on: Option<Subject>,
    /// The kind of lease it is for.
    pub of: LeaseKind,
    /// What kind of failure.
    pub kind: FailureKind,
    /// AWS's error code.
    pub code: String,
    /// Since when.
    pub since: DateTime<Utc>,
}

impl Failing {
    /// Whether somebody has to act before it can succeed: it was refused, or what should have passed by now has not.
    pub fn needs_somebody(&self, now: DateTime<Utc>) -> bool {
        match self.kind {
            FailureKind::Unknown | FailureKind::Throttled | FailureKind::Away => false,
            FailureKind::NotYet | FailureKind::Clock { .. } => now - self.since >= TELLS_AFTER,
            FailureKind::Quota
            | FailureKind::NoCapacity
            | FailureKind::Credentials
            | FailureKind::AccessDenied
            | FailureKind::Refused => true,
        }
    }
}
