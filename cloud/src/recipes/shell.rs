//! Shell access without SSH: interface endpoints, and the rules between them and the instances. A lease of its own, the
//! shell window, or a part of the pair.

use std::collections::BTreeMap;

use doorman_config::{Endpoint, Stack};

use crate::ids::{ProfileName, RoleName, SubnetId};
use crate::kind::Kind;
use crate::kinds::endpoint::rules::serving;
use crate::kinds::endpoint::{EndpointState, New};
use crate::kinds::group::Group;
use crate::kinds::interface::rules::spare;
use crate::kinds::rule::rules::Wanted;
use crate::kinds::rule::{Peer, Rule};
use crate::kinds::vpc::rules::Named;
use crate::kinds::{endpoint, rule, schedule, vpc};
use crate::plan::Build;
use crate::switchboard::Observed;

/// The port Systems Manager speaks on.
const HTTPS: u16 = 443;

/// What of shell access is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The role exists and has the policy.
    pub role: bool,
    /// The profile exists and holds the role.
    pub profile: bool,
    /// Every endpoint is available.
    pub endpoints: bool,
    /// The group lets instances and endpoints speak to each other.
    pub rules: bool,
}

impl Access {
    /// Reads it off an observation.
    pub fn of(seen: &Observed, stack: &Stack) -> Access {
        let name = stack.shell.role.as_str();
        let available = |wanted: &Endpoint| {
            serving(seen, &wanted.service).is_some_and(|found| found.state == EndpointState::Available)
        };
        let rules = seen.group().found().is_some_and(|group| {
            wanted(stack, group).iter().all(|wanted| wanted.is_there(seen, group, |rule| stays(rule, group)))
        });
        Access {
            role: seen.roles.get(&RoleName::from(name)).is_some_and(|role| role.has_policy),
            profile: seen.profiles.get(&ProfileName::from(name)).is_some_and(|profile| profile.has_role),
            endpoints: stack.shell.endpoints.iter().all(available),
            rules,
        }
    }

    /// Whether an agent that boots now can register.
    pub fn is_ready(self) -> bool {
        self.role && self.profile && self.endpoints && self.rules
    }
}

/// The shell window.
pub(super) fn follow(b: &mut Build<'_>) {
    b.after_leftovers(&[Kind::Endpoint]);
    let network = vpc::rules::named(b, &subnets(b.stack), false);
    // Before anything of it bills.
    schedule::rules::want(b);
    endpoints_and_rules(b, &network);
}

/// The subnets of the instances.
pub(super) fn subnets(stack: &Stack) -> Vec<&str> {
    stack.service.instances.iter().map(|slot| slot.subnet.as_str()).collect()
}

/// Endpoints and rules. Returns whether all work.
pub(super) fn endpoints_and_rules(b: &mut Build<'_>, network: &Named<'_>) -> bool {
    let mut works = network.group.is_some();
    if let Some(group) = network.group {
        for wanted in wanted(b.stack, group) {
            works &= rule::rules::want(b, Some(group), wanted, |rule| stays(rule, group));
        }
    }
    let subnets = one_subnet_a_zone(b.seen, b.stack);
    for (nth, wanted) in b.stack.shell.endpoints.iter().enumerate() {
        let own = subnets.iter().filter_map(|id| Some((id.clone(), spare(b.seen, b.stack, id, nth)?)));
        let addresses: Vec<_> = own.collect();
        let place = network.vpc.zip(network.group);
        let new = place.map(|(vpc, group)| New {
            name: wanted.name.clone(),
            service: wanted.service.clone(),
            vpc: vpc.id.clone(),
            subnets: subnets.clone(),
            addresses,
            group: group.id.clone(),
        });
        works &= endpoint::rules::want(b, &wanted.service, new);
    }
    works
}

/// The rules that let the members of the group, instances and endpoints, reach each other: in and out.
fn wanted<'a>(stack: &'a Stack, group: &Group) -> [Wanted<'a>; 2] {
    [false, true].map(|egress| Wanted {
        egress,
        port: HTTPS,
        peer: Peer::Group(group.id.clone()),
        of: &stack.name,
        description: &stack.shell.rule_description,
    })
}

/// Whether a rule counts for shell access. One of a lease that ends does not, because it goes with it, unless it is the
/// very rule: EC2 takes no second one.
fn stays(rule: &Rule, group: &Group) -> bool {
    !rule.owner.of.terms().ends || rule.lets.peer == Peer::Group(group.id.clone())
}

/// An endpoint takes one subnet in each zone.
pub(super) fn one_subnet_a_zone(seen: &Observed, stack: &Stack) -> Vec<SubnetId> {
    let mut by_zone = BTreeMap::new();
    for name in subnets(stack) {
        if let Some(subnet) = seen.subnet(name).found() {
            by_zone.entry(subnet.zone.clone()).or_insert_with(|| subnet.id.clone());
        }
    }
    by_zone.into_values().collect()
}
