//! What the keeper remembers between looks. Nothing here is needed for the end state to be right: losing
//! it costs time, never money.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use chrono::{DateTime, TimeDelta, Utc};
use tracing::{info, warn};

use super::Unlisted;
use super::view::{Blind, Failing};
use crate::failure::{Failure, FailureKind};
use crate::ids::{InstanceId, LeaseId};
use crate::kind::Kind;
use crate::kinds::instance;
use crate::lease::{Lease, Trouble};
use crate::place::Place;
use crate::switchboard::Observed;
use crate::switchboard::step::{AnyAct, AnyChange, Step};

/// EC2 is eventually consistent: what was made this long ago may still be missing from a Describe, and a
/// call whose answer was lost may still show its effect.
pub(super) const CONSISTENCY: TimeDelta = TimeDelta::seconds(15);
/// First and longest pause before a failed step is tried again.
const RETRY: (TimeDelta, TimeDelta) = (TimeDelta::seconds(2), TimeDelta::minutes(1));
/// Longest pause before a step that was refused outright is tried again; somebody has to act first.
const REFUSED_RETRY_MAX: TimeDelta = TimeDelta::minutes(5);
/// No pause is longer, with what chance adds to it.
const LONGEST_PAUSE: TimeDelta = TimeDelta::minutes(6);
/// First pause while something spreads through AWS or is still held.
const NOT_YET_RETRY: TimeDelta = TimeDelta::seconds(3);
/// Pause before the store is tried again.
pub(super) const STORE_RETRY: TimeDelta = TimeDelta::seconds(5);
/// Pauses between looks while waiting: a tenth of the time waited so far, within these bounds. What takes longer than
/// anything usually does is looked at less and less often, but every minute.
const POLL: (TimeDelta, TimeDelta) = (TimeDelta::seconds(1), TimeDelta::seconds(5));

pub(super) struct Memory {
    started_at: DateTime<Utc>,
    /// What was made lately, until observations can be trusted to show it.
    recent: Vec<(DateTime<Utc>, AnyChange)>,
    tries: HashMap<Step, Tries>,
    /// What was done just now. If it is to be done again, AWS does not show it yet: there is no hurry.
    done: HashMap<Step, DateTime<Utc>>,
    /// Instances rebooted since building began.
    pub(super) rebooted: BTreeSet<InstanceId>,
    pub(super) blind: Option<Blind>,
    blind_tries: u32,
    /// What was seen last, completed with what was done since: what a look at some kinds only goes into.
    pub(super) last: Option<Observed>,
    /// What could not be looked at the last time, and since when.
    unknown: BTreeMap<Kind, DateTime<Utc>>,
    waiting_since: Option<DateTime<Utc>>,
    /// Where the last look was.
    pub(super) place: Option<Place>,
    /// Leases that were seen beside those that are open or were closed lately.
    pub(super) unlisted: Unlisted,
    /// Until when the effect of a lost answer may still show up.
    unsettled_until: DateTime<Utc>,
}

struct Tries {
    count: u32,
    since: DateTime<Utc>,
    next: DateTime<Utc>,
    failure: Failure,
}

impl Memory {
    pub(super) fn starting_at(now: DateTime<Utc>) -> Memory {
        Memory {
            started_at: now,
            recent: Vec::new(),
            tries: HashMap::new(),
            done: HashMap::new(),
            rebooted: BTreeSet::new(),
            blind: None,
            blind_tries: 0,
            last: None,
            unknown: BTreeMap::new(),
            waiting_since: None,
            place: None,
            unlisted: Unlisted::default(),
            unsettled_until: DateTime::UNIX_EPOCH,
        }
    }

    /// Until when a lease's own last calls, made before this process, may still show their effect.
    pub(super) fn settles_at(&self, lease: &Lease) -> DateTime<Utc> {
        let carried_over = lease.opened_at <= self.started_at;
        if carried_over { self.unknown_settles_at() } else { self.unsettled_until }
    }

    /// The same for a lease that only tags tell of: it is from before this process.
    fn unknown_settles_at(&self) -> DateTime<Utc> {
        self.unsettled_until.max(self.started_at + CONSISTENCY)
    }

    pub(super) fn succeeded(&mut self, step: &Step, change: &AnyChange, now: DateTime<Utc>) {
        self.tries.remove(&step.identity());
        self.done.insert(step.identity(), now);
        if let AnyAct::Instance(instance::Act::Reboot { id }) = &step.act {
            self.rebooted.insert(id.clone());
        }
        if !change.asks_for_a_look() {
            self.recent.push((now, change.clone()));
        }
    }

    pub(super) fn failed(&mut self, step: &Step, failure: Failure, now: DateTime<Utc>) {
        // Also what was answered with an internal error may have been done.
        if matches!(failure.kind, FailureKind::Unknown | FailureKind::Away) {
            self.unsettled_until = now + CONSISTENCY;
        }
        let tries = self.tries.entry(step.identity()).or_insert(Tries {
            count: 0,
            since: now,
            next: now,
            failure: failure.clone(),
        });
        tries.count += 1;
        tries.next = now + pause(failure.kind, tries.count, now - tries.since);
        tries.failure = failure;
    }

    /// When a step may be tried (again); `None`: now.
    pub(super) fn not_before(
        &self,
        step: &Step,
        leases: &[Lease],
        now: DateTime<Utc>,
    ) -> Option<DateTime<Utc>> {
        let retry = self.tries.get(&step.identity()).map(|tries| tries.next);
        let retry = retry.max(self.done.get(&step.identity()).map(|at| *at + NOT_YET_RETRY));
        let settled = step.rests_on().map(|id| {
            let lease = leases.iter().find(|lease| lease.id == *id);
            lease.map_or(self.unknown_settles_at(), |lease| self.settles_at(lease))
        });
        // What is further away than any pause was set before the machine's clock was set back.
        retry.max(settled).filter(|when| *when > now && *when - now <= LONGEST_PAUSE)
    }

    /// Forgets failures of steps that are not planned any more.
    pub(super) fn keep_only(&mut self, planned: &[Step]) {
        self.tries.retain(|step, _| planned.iter().any(|planned| planned.identity() == *step));
    }

    /// Since when a step has failed, and how the last time.
    pub(super) fn failure_of(&self, step: &Step) -> Option<(DateTime<Utc>, &Failure)> {
        self.tries.get(&step.identity()).map(|tries| (tries.since, &tries.failure))
    }

    /// What has kept a lease from being built for longest, if anything fails.
    pub(super) fn obstacle(&self, lease: &LeaseId, seen: &Observed) -> Option<Trouble> {
        let building = self.tries.iter().filter(|(step, _)| step.builds() && step.owner.lease == *lease);
        let (step, tries) = building.min_by_key(|(step, tries)| (tries.since, step.operation()))?;
        Some(Trouble::of(&tries.failure, step.subject(Some(seen))))
    }

    /// Since when a kind cannot be looked at.
    pub(super) fn unseen_since(&self, kind: Kind) -> Option<DateTime<Utc>> {
        self.unknown.get(&kind).copied()
    }

    /// What fails; `seen` has the names of what it is about.
    pub(super) fn failing(&self, seen: Option<&Observed>) -> Vec<Failing> {
        let mut failing: Vec<Failing> = self
            .tries
            .iter()
            .map(|(step, tries)| Failing {
                operation: step.operation(),
                on: step.subject(seen),
                of: step.of(),
                kind: tries.failure.kind,
                code: tries.failure.code.clone(),
                since: tries.since,
            })
            .collect();
        failing.sort_by_key(|failing| (failing.since, failing.operation));
        failing
    }

    /// Logs what can no longer, or can again, be looked at: once, not with every look.
    pub(super) fn note_unknown(&mut self, observed: &Observed) {
        for (kind, failure) in observed.unknown().filter(|(kind, _)| !self.unknown.contains_key(kind)) {
            let (operation, code, kind) = (failure.operation, &failure.code, kind.as_str());
            warn!(operation, code, "cannot look at {kind}: {failure}");
        }
        for kind in self.unknown.keys().filter(|kind| observed.knows(**kind)) {
            info!("can look at {} again", kind.as_str());
        }
        let since = |kind: &Kind| self.unknown.get(kind).copied().unwrap_or(observed.at);
        self.unknown = observed.unknown().map(|(kind, _)| (kind, since(&kind))).collect();
    }

    /// An observation as it will be once AWS is consistent with what was done lately.
    ///
    /// Each change is held against what comes before it: a rule that is not shown may be one that was made a
    /// moment ago, or one that was made and removed. Until AWS is consistent, being shown once is no promise to be shown
    /// again: a look may have begun in the very instant of the change, or have been answered by another part of AWS.
    pub(super) fn complete(&mut self, observed: &mut Observed) {
        for (at, _) in &mut self.recent {
            // From further ahead than a pass takes: the clock was set back. It counts from now.
            if *at - observed.at > CONSISTENCY {
                *at = observed.at;
            }
        }
        self.recent.retain(|(at, change)| {
            let looked_at = change.kind().map_or(observed.at, |kind| observed.shelf(kind).looked_at());
            let recent = looked_at - *at < CONSISTENCY;
            if recent && !observed.shows_change(change) {
                observed.fold(change.clone());
            }
            recent
        });
        self.done.retain(|_, at| observed.at - *at < NOT_YET_RETRY);
    }

    /// Those of leases of which something may be where the next look is: all, before one has said where that is.
    pub(super) fn perhaps_here(&self, leases: Vec<Lease>) -> Vec<Lease> {
        if self.place.is_none() { leases } else { self.here(leases) }
    }

    /// Those of leases that are where doorman is, by the last look that said so.
    pub(super) fn here(&self, mut leases: Vec<Lease>) -> Vec<Lease> {
        leases.retain(|lease| lease.place.is_some() && lease.place == self.place);
        leases
    }

    pub(super) fn seen(&mut self) {
        self.blind = None;
        self.blind_tries = 0;
    }

    /// Notes that AWS could not be observed; says when to look again.
    pub(super) fn blinded(&mut self, failure: Failure, now: DateTime<Utc>) -> DateTime<Utc> {
        let since = self.blind.as_ref().map_or(now, |blind| blind.since);
        self.blind = Some(Blind { since, failure });
        self.blind_tries += 1;
        now + pause(FailureKind::Away, self.blind_tries, now - since)
    }

    /// When to look again while something is waited for.
    pub(super) fn poll_at(&mut self, now: DateTime<Utc>) -> DateTime<Utc> {
        let waited = now - *self.waiting_since.get_or_insert(now);
        now + (waited / 10).clamp(POLL.0, POLL.1.max(waited / 120).min(RETRY.1))
    }

    pub(super) fn waited(&mut self) {
        self.waiting_since = None;
    }
}

/// The pause after so many tries, since the first of which so much time has passed. Whatever is answered grows it: none
/// is known to end.
fn pause(kind: FailureKind, tries: u32, waited: TimeDelta) -> TimeDelta {
    let growing = |first| (waited / 10).clamp(first, REFUSED_RETRY_MAX);
    let longest = match kind {
        FailureKind::NotYet => return growing(NOT_YET_RETRY),
        // Its effect must be looked for, and may take that long to show.
        FailureKind::Unknown => return growing(CONSISTENCY),
        FailureKind::Throttled | FailureKind::Away | FailureKind::Clock { .. } => RETRY.1,
        FailureKind::Quota
        | FailureKind::NoCapacity
        | FailureKind::Credentials
        | FailureKind::AccessDenied
        | FailureKind::Refused => REFUSED_RETRY_MAX,
    };
    let doubled = RETRY.0 * 2_i32.saturating_pow(tries.saturating_sub(1).min(10));
    let jitter = rand::random_range(0.8..1.2);
    TimeDelta::milliseconds((doubled.min(longest).num_milliseconds() as f64 * jitter) as i64)
}

#[cfg(test)]
mod tests;
