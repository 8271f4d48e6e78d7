//! The net under a window: armed before anything of it exists, moved when the window is extended, removed when nothing
//! is left that it could close.
//!
//! Unlike the rest of a window it is kept up unasked also when the window has been ready: it is a part of closing, not
//! of building.

use std::collections::BTreeSet;

use chrono::TimeDelta;
use doorman_config::Stack;
use strum::VariantArray;

use super::{Act, Schedule};
use crate::backstop::{GROUP, Parameters, Runbook, runbook, schedule_name};
use crate::ids::DocumentName;
use crate::kind::Kind;
use crate::kinds::shelf::Thing;
use crate::kinds::{Standing, route};
use crate::lease::LeaseKind;
use crate::plan::{Build, Desired, Goal, Plan, Removal, Until};
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, AnyAct, Step};
use crate::tags::Owner;

/// How long building waits for the backstop. Longer trouble with it must not keep people from working; the
/// window's message says that it is missing, and arming goes on.
pub const PATIENCE: TimeDelta = TimeDelta::seconds(30);

/// Has the net of a lease armed for its present end and things, and mended if somebody changed it.
pub(crate) fn cover(plan: &mut Plan, goal: &Goal, seen: &Observed, stack: &Stack) {
    let missing = |wanted: &Wanted| seen.knows(Kind::Schedule) && !is_armed(&wanted.schedule, seen);
    let Some(wanted) = wanted(goal, seen, stack).filter(missing) else { return };
    let Some(role) = seen.backstop_roles.iter().next() else { return };
    let Wanted { schedule, runbook, parameters } = wanted;
    let document = DocumentName::from(runbook.name());
    if !seen.runbooks.get(&document).is_some_and(|runbook| runbook.sound) {
        return;
    }
    let act = if let Some(there) = seen.schedules.get(&schedule.name) {
        // Its name is taken by one that is not as it should be.
        Act::Delete { name: there.name.clone(), group: there.group.clone() }
    } else {
        Act::Create { schedule, role_arn: role.arn.clone(), document, parameters }
    };
    plan.step(Step { owner: goal.owner.clone(), aim: Aim::Cover, act: AnyAct::Schedule(act) });
}

/// The schedule that a lease should have.
struct Wanted {
    schedule: Schedule,
    runbook: &'static Runbook,
    parameters: Parameters,
}

/// `None`: none, or what its runbook is to be told cannot be found out now.
fn wanted(goal: &Goal, seen: &Observed, stack: &Stack) -> Option<Wanted> {
    let runbook = runbook(goal.kind()).filter(|_| stack.backstop.enabled)?;
    let lease_ends_at = goal.owner.expires_at?;
    let mut parameters = network(runbook, seen)?;
    match ids(runbook, goal, seen) {
        Some(ids) => parameters.extend(ids),
        // What is armed may know them.
        None if seen.schedules.iter().any(|schedule| is_for_now(schedule, goal)) => return None,
        None => {}
    }
    let name = schedule_name(&stack.name, &goal.owner.lease, lease_ends_at, &parameters);
    let (group, owner) = (GROUP.to_owned(), goal.owner.clone());
    let schedule = Schedule { name, group, lease_ends_at, sound: true, owner };
    Some(Wanted { schedule, runbook, parameters })
}

/// What a runbook is told of the network; `None` while that cannot be found.
fn network(runbook: &Runbook, seen: &Observed) -> Option<Parameters> {
    let value = |name: &str| match name {
        "RouteTableId" => Some(seen.route_table().found()?.id.to_string()),
        "GroupId" => Some(seen.group().found()?.id.to_string()),
        _ => None,
    };
    runbook.network.iter().map(|name| Some(((*name).to_owned(), vec![value(name)?]))).collect()
}

/// What is there of a lease that bills, by id, also what somebody has taken away from it by its tags. Nothing while it is
/// being built, for it would be told anew with each thing that is made; `None` while it cannot be looked at.
fn ids(runbook: &Runbook, goal: &Goal, seen: &Observed) -> Option<Parameters> {
    if goal.build {
        return Some(Parameters::new());
    }
    let of_kind = |(name, kind): &(&str, Kind)| {
        let shelf = seen.shelf(*kind);
        let there = |thing: &Thing<'_>| {
            thing.facts.standing != Standing::Over && thing.facts.owner.is_some_and(|of| goal.owns(of))
        };
        let things = [shelf.things(None), shelf.disowned_things(None)].into_iter().flatten().filter(there);
        let ids: BTreeSet<String> = things.map(|thing| thing.id.to_owned()).collect();
        seen.knows(*kind).then(|| ((*name).to_owned(), ids.into_iter().collect::<Vec<_>>()))
    };
    let all: Option<Vec<_>> = runbook.ids.iter().map(of_kind).collect();
    Some(all?.into_iter().filter(|(_, ids)| !ids.is_empty()).collect())
}

/// That the net is there, before anything of the lease is built.
pub(crate) fn want(b: &mut Build<'_>) {
    // What only a person can make is not waited for.
    let no_role = b.seen.knows(Kind::BackstopRole) && b.seen.backstop_roles.is_empty();
    let known_missing = no_role || is_without_runbook(b.goal.kind(), b.seen);
    let armed = b.seen.schedules.iter().any(|schedule| schedule.sound && b.goal.owns(&schedule.owner));
    let awaited =
        b.stack.backstop.enabled && !known_missing && b.now - b.goal.building_since < PATIENCE && !armed;
    if awaited {
        b.hold(Kind::Schedule, b.goal.owner.lease.as_str(), Until::Works);
    }
}

/// Whether the runbook that closes leases of a kind is known not to be there, or to be none of doorman's.
pub(crate) fn is_without_runbook(of: LeaseKind, seen: &Observed) -> bool {
    let sound =
        |runbook: &Runbook| seen.runbooks.get(&runbook.name().into()).is_some_and(|document| document.sound);
    seen.knows(Kind::Runbook) && runbook(of).is_some_and(|runbook| !sound(runbook))
}

fn is_armed(wanted: &Schedule, seen: &Observed) -> bool {
    seen.schedules.get(&wanted.name).is_some_and(|schedule| schedule.sound)
}

/// Whether a schedule closes a lease after its present end, as doorman has it done.
fn is_for_now(schedule: &Schedule, goal: &Goal) -> bool {
    schedule.sound && goal.owns(&schedule.owner) && Some(schedule.lease_ends_at) == goal.owner.expires_at
}

/// Whether a schedule is not for the present end of its lease, or tells its runbook what is not so any more, and one that
/// is better has been armed.
pub(crate) fn is_surplus(schedule: &Schedule, desired: &Desired, seen: &Observed, stack: &Stack) -> bool {
    let Some(goal) = desired.goal_of(&schedule.owner) else { return false };
    if Some(schedule.lease_ends_at) != goal.owner.expires_at {
        // It would close too early. What the other is told may be settled later.
        return stack.backstop.enabled && seen.schedules.iter().any(|other| is_for_now(other, goal));
    }
    wanted(goal, seen, stack)
        .is_some_and(|wanted| wanted.schedule.name != schedule.name && is_armed(&wanted.schedule, seen))
}

/// A schedule goes last: when its runbook would find nothing any more, or there is another one.
pub(crate) fn removal(schedule: &Schedule, desired: &Desired, seen: &Observed) -> Removal {
    if desired.is_over(&schedule.owner) && has_something_to_close(&schedule.owner, desired, seen) {
        return Removal::Itself;
    }
    Removal::by(AnyAct::Schedule(Act::Delete { name: schedule.name.clone(), group: schedule.group.clone() }))
}

/// Whether a runbook would find anything. What cannot be seen may be there.
fn has_something_to_close(owner: &Owner, desired: &Desired, seen: &Observed) -> bool {
    let covered = || LeaseKind::VARIANTS.iter().copied().filter(|kind| kind.terms().covered);
    // Of a lease that nobody knows it is not known what it was made of.
    let of: Vec<LeaseKind> =
        desired.kinds.get(&owner.lease).map_or_else(|| covered().collect(), |of| vec![*of]);
    let parts: Vec<Kind> = of.iter().flat_map(|kind| kind.terms().parts).copied().collect();
    let tagged = |kind: Kind| {
        let shelf = seen.shelf(kind);
        shelf.unseen().is_some()
            || [shelf.things(None), shelf.disowned_things(None)].iter().flatten().any(|thing| {
                thing.facts.standing != Standing::Over
                    && thing.facts.owner.is_some_and(|of| of.lease == owner.lease)
            })
    };
    let routed = parts.contains(&Kind::Route)
        && desired.goal(LeaseKind::NatWindow).is_none()
        && route::rules::is_ours(desired, seen);
    parts.iter().any(|kind| tagged(*kind)) || routed
}
