//! What each kind of lease is made of, and the plan that comes of it.
//!
//! Every open lease's recipe is followed; then what carries our tags and nobody wants goes, whatever it was made for:
//! closing, cleaning up after a crash and ending an unknown lease found by its tags are the same rules.

mod down;
mod estimate;
mod expiry;
mod kept;
mod nat_window;
mod pair;
#[cfg(test)]
pub(crate) mod properties;
mod shell;

use chrono::{DateTime, Utc};
use doorman_config::Stack;

pub use self::estimate::{estimate, usd_per_hour};
pub use self::shell::Access;
pub use crate::kinds::agent::rules::REBOOT_AFTER;
pub use crate::kinds::schedule::rules::PATIENCE;

use crate::kinds::schedule;
use crate::lease::LeaseKind;
use crate::plan::{Build, Desired, Goal, Plan, Until};
use crate::switchboard::Observed;

/// What may be done now to get from what is `seen` to what is `desired`. Pure: no I/O, and the time is an argument.
pub fn plan(desired: &Desired, seen: &Observed, stack: &Stack, now: DateTime<Utc>) -> Plan {
    let mut plan = Plan { kept: kept::kept(desired, seen, stack), ..Plan::default() };
    for goal in &desired.goals {
        schedule::rules::cover(&mut plan, goal, seen, stack);
        if sees_all(&mut plan, goal, seen) {
            let mut build = Build::new(&mut plan, goal, desired, seen, stack, now);
            follow(&mut build);
            build.finish();
        }
    }
    down::plan(&mut plan, desired, seen, stack);
    expiry::plan(&mut plan, desired, seen);
    plan
}

/// Follows the recipe of a goal.
fn follow(build: &mut Build<'_>) {
    match build.goal.kind() {
        LeaseKind::NatWindow => nat_window::follow(build),
        LeaseKind::ShellWindow => shell::follow(build),
        LeaseKind::Pair => pair::follow(build),
    }
}

/// Whether all that a kind of lease is built of could be looked at. Nothing is built, and nothing called missing, by a
/// look that did not show it.
fn sees_all(plan: &mut Plan, goal: &Goal, seen: &Observed) -> bool {
    let unseen = goal.kind().terms().stands_on.iter().filter(|kind| !seen.knows(**kind));
    let unseen: Vec<_> = unseen.copied().collect();
    if goal.build {
        unseen.iter().for_each(|kind| plan.wait(*kind, goal.kind().as_str(), Until::Seen));
    }
    unseen.is_empty()
}

/// Whether all that the lease of that kind wants is there: nothing would be reported as drift.
pub fn is_complete(
    kind: LeaseKind,
    desired: &Desired,
    seen: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) -> bool {
    let terms = kind.terms();
    // What could not be asked for is not proved, and what nobody wants is not complete.
    terms.stands_on.iter().chain(terms.proved_by).all(|kind| seen.knows(*kind))
        && desired.goal(kind).is_some()
        && !plan(&desired.only_looking(), seen, stack, now).drift.iter().any(|(of, _)| *of == kind)
}
