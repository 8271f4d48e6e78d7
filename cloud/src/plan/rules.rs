//! Security group rules, whichever lease they belong to.

use super::{Desired, Plan};
use crate::observed::{Observed, Peer, Rule};
use crate::step::Step;

/// Whether one of the rules that `counts` lets TCP traffic of `port` to or from `peer` pass.
pub(super) fn allows(
    rules: &[Rule],
    egress: bool,
    port: u16,
    peer: &Peer,
    counts: impl Fn(&Rule) -> bool,
) -> bool {
    rules.iter().any(|rule| counts(rule) && rule.lets_tcp(egress, port, peer))
}

/// Removes the rules of ours that no goal wants.
pub(super) fn take_down(plan: &mut Plan, desired: &Desired, observed: &Observed) {
    let Some(group) = observed.network.group.found() else {
        return;
    };
    let goals = || desired.window.iter().chain(&desired.service);
    for rule in &observed.rules {
        if rule.owner.as_ref().is_some_and(|owner| !goals().any(|goal| goal.owns(owner))) {
            plan.step(Step::RevokeRule { group: group.id.clone(), egress: rule.egress, id: rule.id.clone() });
        }
    }
}
