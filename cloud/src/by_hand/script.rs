//! Scripts for a whole lease.

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, Utc};
use doorman_config::Stack;

use super::any;
use super::hand::Hand;
use crate::failure::Failure;
use crate::ids::LeaseId;
use crate::kind::Kind;
use crate::lease::{LeaseKind, Spec, Trouble};
use crate::place::Place;
use crate::plan::{Desired, Goal, Plan, Wait};
use crate::recipes::{PATIENCE, is_complete, plan};
use crate::switchboard::Observed;
use crate::switchboard::inventory::seen as leases_seen;
use crate::tags::Owner;

/// More rounds than any lease takes.
const MOST_ROUNDS: usize = 100;

/// Why there is no script.
#[derive(Clone, Debug, PartialEq)]
pub enum Obstacle {
    /// That stands in the way; the plan does not build past it.
    Troubles(Vec<Trouble>),
    /// That could not be looked at.
    Unseen(Vec<(Kind, Failure)>),
    /// The plan waits for what no line can bring about.
    Waits(Vec<Wait>),
}

/// The script that opens a lease of that owner, from what is `seen` in that place at `now`.
///
/// # Errors
///
/// What stands in the way.
pub fn open(
    owner: Owner,
    spec: Spec,
    mut seen: Observed,
    place: Place,
    stack: &Stack,
    now: DateTime<Utc>,
) -> Result<String, Obstacle> {
    let kind = owner.of;
    sees(&seen, kind.terms().stands_on)?;
    let goal = Goal { owner: owner.clone(), build: true, building_since: now, made: Vec::new(), spec };
    let mut desired = Desired { goals: vec![goal], ..of_seen(&seen, |of| is_past(of, now)) };
    desired.kinds.insert(owner.lease.clone(), kind);
    let mut hand = Hand::new(place, owner.lease.as_str());
    let mut write = |desired: &Desired| written(desired, &mut seen, stack, now, &mut hand);
    write(&desired)?;
    // What a lease has beyond being built: the net under it is told what there is.
    desired = desired.only_looking();
    write(&desired)?;
    if !is_complete(kind, &desired, &seen, stack, now) {
        return Err(Obstacle::Waits(plan(&desired, &seen, stack, now).waits));
    }
    let until = owner
        .expires_at
        .map_or_else(|| "until it is closed".to_owned(), |end| format!("until {}", time(end)));
    let net = seen.schedules.iter().any(|schedule| schedule.sound && schedule.owner.lease == owner.lease);
    let net = match (owner.expires_at.is_some(), net) {
        (true, true) => "Its schedule has AWS close it some minutes after that, should nobody have.",
        (true, false) => "Nothing closes it then unless a doorman of this stack runs, or you do.",
        (false, _) => "Nothing closes it by itself.",
    };
    let about = [
        format!(
            "Opens what doorman calls a {kind}, {until}, as lease {}.",
            owner.lease,
            kind = kind.as_str()
        ),
        net.to_owned(),
        format!("doorman plan --by-hand {} --close prints what closes it.", kind.as_str()),
        format!("Written for what AWS showed at {}: run it soon, and once.", time(now)),
    ];
    Ok(hand.script(&about))
}

/// The script that closes a lease, or every lease of a kind of which something is `seen` in that place; `None`: nothing
/// is.
///
/// # Errors
///
/// What stands in the way.
pub fn close(
    kind: LeaseKind,
    only: Option<&LeaseId>,
    mut seen: Observed,
    place: Place,
    stack: &Stack,
    now: DateTime<Utc>,
) -> Result<Option<String>, Obstacle> {
    sees(&seen, kind.terms().parts)?;
    let desired = of_seen(&seen, |of| of.of == kind && only.is_none_or(|only| of.lease == *only));
    let mut hand = Hand::new(place, "");
    let left = written(&desired, &mut seen, stack, now, &mut hand)?;
    if hand.is_empty() && left.kept.is_empty() {
        return Ok(None);
    }
    let leases: Vec<&str> = desired.over.iter().map(LeaseId::as_str).collect();
    let mut about =
        vec![format!("Closes what doorman calls a {}: lease {}.", kind.as_str(), leases.join(", "))];
    about.extend(
        left.kept.iter().map(|kept| format!("Others use {} {}: it stays.", kept.kind.as_str(), kept.id)),
    );
    about.push(format!("Written for what AWS showed at {}: run it soon, and once.", time(now)));
    Ok(Some(hand.script(&about)))
}

fn time(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Secs, true)
}

fn sees(seen: &Observed, kinds: &[Kind]) -> Result<(), Obstacle> {
    let unseen = seen.unknown().filter(|(kind, _)| kinds.contains(kind));
    let unseen: Vec<_> = unseen.map(|(kind, failure)| (kind, failure.clone())).collect();
    if unseen.is_empty() { Ok(()) } else { Err(Obstacle::Unseen(unseen)) }
}

fn is_past(owner: &Owner, now: DateTime<Utc>) -> bool {
    owner.expires_at.is_some_and(|end| end <= now)
}

/// Nothing is wanted, and of the leases that the tags tell of these are over.
fn of_seen(seen: &Observed, is_over: impl Fn(&Owner) -> bool) -> Desired {
    let leases = leases_seen(seen);
    let over: BTreeSet<LeaseId> =
        leases.iter().filter(|(_, owner)| is_over(owner)).map(|(id, _)| id.clone()).collect();
    let kinds = leases.into_iter().map(|(id, owner)| (id, owner.of)).collect();
    Desired { over, kinds, ..Desired::default() }
}

/// Plans, writes and imagines until nothing is left to do. Returns the last plan.
fn written(
    desired: &Desired,
    seen: &mut Observed,
    stack: &Stack,
    mut now: DateTime<Utc>,
    hand: &mut Hand,
) -> Result<Plan, Obstacle> {
    let mut waits = Vec::new();
    for _ in 0..MOST_ROUNDS {
        let plan = plan(desired, seen, stack, now);
        if !plan.troubles.is_empty() {
            return Err(Obstacle::Troubles(plan.troubles.into_iter().map(|(_, trouble)| trouble).collect()));
        }
        if plan.is_settled() {
            return Ok(plan);
        }
        let before = seen.clone();
        plan.steps.iter().for_each(|step| any::step(step, seen, hand));
        // Waiting comes when there is nothing else to do.
        if plan.steps.is_empty() {
            plan.waits.iter().for_each(|wait| any::wait(wait, seen, hand));
        }
        if *seen == before {
            // Some of what is waited for is waited for so long and no longer.
            now += PATIENCE;
        }
        waits = plan.waits;
    }
    Err(Obstacle::Waits(waits))
}
