//! What a closing lease leaves to people: nothing that costs nothing holds one open for ever.

use chrono::{DateTime, TimeDelta, Utc};

use super::memory::Memory;
use super::view::TELLS_AFTER;
use crate::failure::FailureKind;
use crate::kind::Kind;
use crate::lease::{Lease, LeftToPeople, Subject, Trouble};
use crate::plan::Plan;
use crate::prices::Prices;
use crate::switchboard::Observed;
use crate::switchboard::inventory::{Left, NOT_SEEN, left};
use crate::switchboard::step::{Aim, Step};

/// How long AWS may be away, or ask for fewer calls, before what costs nothing is left to people all the same.
const AWAY: TimeDelta = TimeDelta::hours(1);

/// What is left of a closing lease, if others use it; or if it does not bill, and all that could be done about it has
/// failed for some time, or what could be done cannot be seen. `None` while something may still come of it.
///
/// The keeper goes on trying: what people untie goes by itself.
pub(super) fn left_to_people(
    memory: &Memory,
    lease: &Lease,
    plan: &Plan,
    looks: [&Observed; 2],
    prices: Option<&Prices>,
    now: DateTime<Utc>,
) -> Option<Vec<LeftToPeople>> {
    let mut still: Vec<Left> = Vec::new();
    for left in looks.into_iter().flat_map(|look| left(lease, look)) {
        if !still.contains(&left) {
            still.push(left);
        }
    }
    if still.iter().any(|left| left.kind.bills() && plan.keeps(left.kind, &left.id).is_none()) {
        return None;
    }
    let kept = still.iter().filter_map(|left| {
        let why = plan.keeps(left.kind, &left.id)?.clone();
        Some((Subject { kind: left.kind, name: left.id.clone() }, why))
    });
    let mut causes: Vec<(Subject, Trouble)> = kept.collect();
    for step in plan.steps.iter().filter(|step| takes_down(step, lease)) {
        let (since, failure) = memory.failure_of(step)?;
        if !is_lasting(failure.kind, since, now) {
            return None;
        }
        let subject = step.subject(None)?;
        causes.push((subject, Trouble::of(failure, step.subject(Some(looks[1])))));
    }
    for unseen in still.iter().filter(|left| left.id == NOT_SEEN) {
        let failure = looks.into_iter().find_map(|look| look.shelf(unseen.kind).unseen())?;
        if !is_lasting(failure.kind, memory.unseen_since(unseen.kind)?, now) {
            return None;
        }
        causes.push((Subject { kind: unseen.kind, name: NOT_SEEN.to_owned() }, Trouble::of(failure, None)));
    }
    // What waits for something else waits for what stands in the way of that.
    let (_, first) = causes.first()?.clone();
    let why = |left: &Left| {
        let own = causes.iter().find(|(on, _)| on.kind == left.kind && on.name == left.id);
        own.map_or(first.clone(), |(_, why)| why.clone())
    };
    Some(still.iter().map(|left| to_people(left, why(left), looks[1], prices)).collect())
}

/// Whether a step takes away something of the lease.
fn takes_down(step: &Step, lease: &Lease) -> bool {
    let taken_over = step.kind().is_some_and(Kind::is_taken_over) && step.of() == lease.kind;
    match step.aim {
        Aim::Remove | Aim::Uncover => step.owner.lease == lease.id || taken_over,
        Aim::Build | Aim::Cover | Aim::Retag => false,
    }
}

/// Whether a failure is not expected to pass any more without somebody doing something.
fn is_lasting(kind: FailureKind, since: DateTime<Utc>, now: DateTime<Utc>) -> bool {
    let patience = match kind {
        FailureKind::Unknown | FailureKind::Throttled | FailureKind::Away => AWAY,
        FailureKind::NotYet
        | FailureKind::Clock { .. }
        | FailureKind::Quota
        | FailureKind::NoCapacity
        | FailureKind::Credentials
        | FailureKind::AccessDenied
        | FailureKind::Refused => TELLS_AFTER,
    };
    now - since >= patience
}

fn to_people(left: &Left, why: Trouble, seen: &Observed, prices: Option<&Prices>) -> LeftToPeople {
    let things = seen.shelf(left.kind).things(prices);
    let thing = things.iter().find(|thing| thing.id == left.id);
    let name = thing.map(|thing| thing.facts.name.to_owned()).unwrap_or_default();
    let usd_per_hour = thing.and_then(|thing| thing.cost.price.usd_per_hour()).unwrap_or_default();
    LeftToPeople { kind: left.kind, id: left.id.clone(), name, why, usd_per_hour }
}
