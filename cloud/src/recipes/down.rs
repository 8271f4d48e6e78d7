//! What nobody wants goes.

use doorman_config::Stack;

use crate::kinds::shelf::Shelf;
use crate::kinds::{
    Resource, address, endpoint, gateway, instance, profile, role, route, rule, schedule, volume,
};
use crate::lease::LeaseKind;
use crate::plan::{Desired, Plan, Removal, Until};
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, Step};

/// Plans the removal of everything that is ours and of a lease that is over, or that is more than its lease goes on with.
/// It depends on nothing but what is seen: neither on the settings nor on the network being right.
pub(super) fn plan(plan: &mut Plan, desired: &Desired, seen: &Observed, stack: &Stack) {
    // Taken apart without `..`: a kind that is not taken down here does not compile.
    let Observed {
        at: _,
        instances,
        volumes,
        gateways,
        addresses,
        endpoints,
        // A route has no tags, and is taken down by where it leads.
        tables: _,
        rules,
        roles,
        profiles,
        schedules,
        // Free, named by its content, and perhaps still needed by a schedule.
        runbooks: _,
        // Made by people.
        backstop_roles: _,
        vpcs: _,
        subnets: _,
        groups: _,
        interfaces: _,
        // It goes with its instance.
        agents: _,
    } = seen;
    route::rules::take_down(plan, desired, seen);
    let mut down = Down { plan, desired };
    down.all(
        gateways,
        Aim::Remove,
        |gateway| gateway::rules::is_surplus(gateway, desired, seen),
        gateway::rules::removal,
    );
    down.all(
        addresses,
        Aim::Remove,
        |address| address::rules::is_surplus(address, desired, seen),
        |address| address::rules::removal(address, seen),
    );
    down.all(instances, Aim::Remove, |_| false, instance::rules::removal);
    down.all(volumes, Aim::Remove, |_| false, volume::rules::removal);
    down.all(endpoints, Aim::Remove, |_| false, endpoint::rules::removal);
    down.all(rules, Aim::Remove, |_| false, rule::rules::removal);
    // By name: what an earlier lease left of them the open one uses.
    if desired.goal(LeaseKind::Pair).is_none() {
        down.all(profiles, Aim::Remove, |_| false, profile::rules::removal);
        down.all(roles, Aim::Remove, |_| false, |role| role::rules::removal(role, seen, stack));
    }
    down.all(
        schedules,
        Aim::Uncover,
        |schedule| schedule::rules::is_surplus(schedule, desired, seen, stack),
        |schedule| schedule::rules::removal(schedule, desired, seen),
    );
}

struct Down<'a> {
    plan: &'a mut Plan,
    desired: &'a Desired,
}

impl Down<'_> {
    fn all<R: Resource>(
        &mut self,
        shelf: &Shelf<R>,
        aim: Aim,
        is_surplus: impl Fn(&R) -> bool,
        removal: impl Fn(&R) -> Removal,
    ) {
        for thing in shelf {
            let facts = thing.facts();
            let Some(owner) = facts.owner.filter(|owner| self.desired.is_over(owner) || is_surplus(thing))
            else {
                continue;
            };
            if self.plan.keeps(R::KIND, thing.id().as_ref()).is_some() {
                continue;
            }
            match removal(thing) {
                Removal::Now(act) => self.plan.step(Step { owner: owner.clone(), aim, act: *act }),
                Removal::Going => self.plan.wait(R::KIND, facts.name, Until::Gone),
                Removal::Itself => {}
            }
        }
    }
}
