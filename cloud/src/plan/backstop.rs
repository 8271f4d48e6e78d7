//! The net under the bot: armed before anything of a window exists, moved when the window is extended, removed
//! when nothing is left that it could close.
//!
//! Unlike the rest of a window it is kept up unasked also when the window has been ready: it is a part of
//! closing, not of building.

use chrono::{DateTime, Utc};
use doorman_config::Stack;

use super::{Desired, Goal, Plan, Wait};
use crate::backstop::{PATIENCE, schedule_name};
use crate::observed::{Observed, RouteTarget, Schedule, Sight};
use crate::step::Step;

pub(super) fn plan(plan: &mut Plan, desired: &Desired, observed: &Observed, stack: &Stack) {
    if !observed.knows(Sight::Schedules) {
        return;
    }
    let wanted = desired.window.as_ref().and_then(|goal| wanted(goal, stack));
    let armed = |schedule: &Schedule| observed.schedules.iter().any(|there| there.name == schedule.name);
    if let Some(wanted) = wanted.as_ref().filter(|wanted| !armed(wanted)) {
        arm(plan, wanted, observed, stack);
    }
    for schedule in &observed.schedules {
        let outdated = match desired.window.as_ref().filter(|goal| goal.owner.lease == schedule.lease) {
            // The old one goes when the new one is there.
            Some(_) => wanted.as_ref().is_some_and(|wanted| wanted.name != schedule.name && armed(wanted)),
            None => !has_something_to_close(schedule, desired, observed),
        };
        if outdated {
            plan.step(Step::DeleteSchedule { name: schedule.name.clone(), lease: schedule.lease.clone() });
        }
    }
}

/// Whether building a window has to wait for its backstop.
pub(super) fn is_awaited(
    plan: &mut Plan,
    goal: &Goal,
    observed: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) -> bool {
    let known_missing = observed.knows(Sight::Backstop) && observed.backstop.role_arn.is_none();
    let awaited = stack.backstop.enabled
        && !known_missing
        && now - goal.building_since < PATIENCE
        && !observed.schedules.iter().any(|schedule| schedule.lease == goal.owner.lease);
    if awaited {
        plan.wait(Wait::BackstopArmed);
    }
    awaited
}

fn wanted(goal: &Goal, stack: &Stack) -> Option<Schedule> {
    let ends_at = goal.owner.expires_at.filter(|_| stack.backstop.enabled)?;
    let name = schedule_name(&stack.name, &goal.owner.lease, ends_at);
    Some(Schedule { name, lease: goal.owner.lease.clone(), lease_ends_at: ends_at })
}

fn arm(plan: &mut Plan, schedule: &Schedule, observed: &Observed, stack: &Stack) {
    let network = &observed.network;
    let (Some(role_arn), Some(table), Some(group)) =
        (&observed.backstop.role_arn, network.route_table.found(), network.group.found())
    else {
        return;
    };
    debug_assert!(stack.backstop.enabled, "a schedule is wanted only then");
    if observed.backstop.runbook {
        plan.step(Step::CreateSchedule {
            schedule: schedule.clone(),
            role_arn: role_arn.clone(),
            table: table.id.clone(),
            group: group.id.clone(),
        });
    } else {
        plan.step(Step::CreateRunbook);
    }
}

/// Whether the runbook would find anything. What cannot be seen may be there.
fn has_something_to_close(schedule: &Schedule, desired: &Desired, observed: &Observed) -> bool {
    let all_seen = [Sight::Routes, Sight::Rules, Sight::Addresses, Sight::Gateways]
        .into_iter()
        .all(|sight| observed.knows(sight));
    let route = observed.network.route_table.found().and_then(|table| table.default_route.as_ref());
    let to_ours = |target: &RouteTarget| match target {
        RouteTarget::NatGateway(id) => {
            desired.our_gateways.contains(id) || observed.gateways.iter().any(|gateway| gateway.id == *id)
        }
        RouteTarget::Other(_) => false,
    };
    !all_seen
        || observed.gateways.iter().any(|g| g.state.is_alive() && g.owner.lease == schedule.lease)
        || observed.addresses.iter().any(|address| address.owner.lease == schedule.lease)
        || observed.rules.iter().any(|r| r.owner.as_ref().is_some_and(|o| o.lease == schedule.lease))
        || (desired.window.is_none() && route.is_some_and(|route| to_ours(&route.target)))
}
