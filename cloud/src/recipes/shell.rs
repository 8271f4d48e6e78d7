//! Shell access without SSH: interface endpoints, and the rules between them and the instances. A lease of its own, the
//! shell window, or a part of the pair.

use std::collections::{BTreeMap, BTreeSet};

use doorman_config::{Endpoint, ShellMode, Stack};

use crate::ids::{GroupId, ProfileName, RoleName, SubnetId};
use crate::kind::Kind;
use crate::kinds::endpoint::rules::{HTTPS, all_shut, serving};
use crate::kinds::endpoint::{EndpointState, New};
use crate::kinds::group::Group;
use crate::kinds::interface::rules::spare;
use crate::kinds::rule::rules::Wanted;
use crate::kinds::rule::{Peer, Rule};
use crate::kinds::vpc::rules::Named;
use crate::kinds::{endpoint, rule, schedule, vpc};
use crate::lease::{LeaseKind, Trouble};
use crate::plan::{Build, Desired};
use crate::switchboard::Observed;

/// What of shell access is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The role exists and has the policy.
    pub role: bool,
    /// The profile exists and holds the role.
    pub profile: bool,
    /// Every endpoint is available.
    pub endpoints: bool,
    /// The groups let instances and endpoints speak to each other.
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
            wanted(seen, stack, group)
                .iter()
                .all(|wanted| wanted.is_there(seen, group, |rule| stays(rule, &wanted.peer)))
        });
        Access {
            role: seen.roles.get(&RoleName::from(name)).is_some_and(|role| role.has_policy),
            profile: seen.profiles.get(&ProfileName::from(name)).is_some_and(|profile| profile.has_role),
            endpoints: stack.shell.endpoints.iter().all(available),
            rules: rules && all_shut(seen, stack).is_empty(),
        }
    }

    /// What keeps the instances from endpoints that serve, though these work.
    pub fn shut(seen: &Observed, stack: &Stack) -> Vec<Trouble> {
        all_shut(seen, stack)
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

/// Whether an open lease wants shell access.
pub(super) fn is_wanted(desired: &Desired, stack: &Stack) -> bool {
    desired.goals.iter().any(|goal| match goal.kind() {
        LeaseKind::NatWindow => false,
        LeaseKind::ShellWindow => true,
        LeaseKind::Pair => stack.shell.mode == ShellMode::Always,
    })
}

/// The subnets of the instances.
pub(super) fn subnets(stack: &Stack) -> Vec<&str> {
    stack.service.instances.iter().map(|slot| slot.subnet.as_str()).collect()
}

/// Endpoints and rules. Returns whether all work.
pub(super) fn endpoints_and_rules(b: &mut Build<'_>, network: &Named<'_>) -> bool {
    let mut works = network.group.is_some();
    if let Some(group) = network.group {
        for wanted in wanted(b.seen, b.stack, group) {
            let peer = wanted.peer.clone();
            works &= rule::rules::want(b, Some(group), wanted, |rule| stays(rule, &peer));
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

/// The rules that let the members of the group, instances and endpoints, reach each other, in and out, and out to what
/// guards the endpoints that others made.
fn wanted<'a>(seen: &Observed, stack: &'a Stack, group: &Group) -> Vec<Wanted<'a>> {
    let wanted = |egress, peer: &GroupId| Wanted {
        egress,
        port: HTTPS,
        peer: Peer::Group(peer.clone()),
        of: &stack.name,
        description: &stack.shell.rule_description,
    };
    let mut all = vec![wanted(false, &group.id), wanted(true, &group.id)];
    let serving = stack.shell.endpoints.iter().filter_map(|wanted| serving(seen, &wanted.service));
    let others = serving.filter(|endpoint| !endpoint.groups.contains(&group.id));
    let guards: BTreeSet<&GroupId> = others.filter_map(|endpoint| endpoint.groups.first()).collect();
    all.extend(guards.into_iter().map(|guard| wanted(true, guard)));
    all
}

/// Whether a rule counts for shell access. One of a lease that ends does not, because it goes with it, unless it is the
/// very rule: EC2 takes no second one.
fn stays(rule: &Rule, peer: &Peer) -> bool {
    !rule.owner.of.terms().ends || rule.lets.peer == *peer
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
