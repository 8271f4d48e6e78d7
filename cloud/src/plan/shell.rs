//! Shell access without SSH: role and profile, interface endpoints, the rules between them.
//!
//! It comes before the instances: an agent that boots without it goes to sleep for many minutes.

use std::collections::BTreeMap;

use doorman_config::Stack;

use super::{Drift, Goal, Plan, Wait, rules};
use crate::ids::SubnetId;
use crate::lease::{LeaseKind, MadeKind, Trouble};
use crate::observed::{Endpoint, EndpointState, Observed, Peer, Rule};
use crate::step::Step;
use crate::tags::Owner;

/// The port Systems Manager speaks on.
const HTTPS: u16 = 443;

/// What of shell access is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ShellState {
    /// The role exists and has the policy.
    pub role: bool,
    /// The profile exists and holds the role.
    pub profile: bool,
    /// Every endpoint is available.
    pub endpoints: bool,
    /// The group lets instances and endpoints speak to each other.
    pub rules: bool,
}

impl ShellState {
    /// Reads it off an observation.
    pub fn of(observed: &Observed, stack: &Stack, window: Option<&Owner>) -> ShellState {
        ShellState {
            role: observed.role.as_ref().is_some_and(|role| role.has_policy),
            profile: observed.profile.as_ref().is_some_and(|profile| profile.has_role),
            endpoints: stack.shell.endpoints.iter().all(|wanted| {
                serving(observed, &wanted.service)
                    .is_some_and(|found| found.state == EndpointState::Available)
            }),
            rules: missing_rules(observed, window).is_empty(),
        }
    }

    /// Whether an agent that boots now can register.
    pub fn is_ready(self) -> bool {
        self.role && self.profile && self.endpoints && self.rules
    }
}

/// The endpoint that serves (or will serve) a service for the whole VPC.
fn serving<'a>(observed: &'a Observed, service: &str) -> Option<&'a Endpoint> {
    let of_service = observed.endpoints.iter().filter(|e| e.service == service && e.private_dns);
    let alive = of_service.filter(|e| matches!(e.state, EndpointState::Pending | EndpointState::Available));
    alive.min_by_key(|e| (e.state != EndpointState::Available, e.created_at))
}

/// Directions in which the group's members cannot reach each other on 443. A rule of the NAT window does
/// not count: it goes when the window closes.
fn missing_rules(observed: &Observed, window: Option<&Owner>) -> Vec<bool> {
    let Some(group) = observed.network.group.found() else {
        return Vec::new();
    };
    let peer = Peer::Group(group.id.clone());
    let stays = |rule: &Rule| {
        window.is_none_or(|window| rule.owner.as_ref().is_none_or(|owner| owner.lease != window.lease))
    };
    [false, true]
        .into_iter()
        .filter(|egress| !rules::allows(&observed.rules, *egress, HTTPS, &peer, stays))
        .collect()
}

pub(super) fn build(
    plan: &mut Plan,
    goal: &Goal,
    observed: &Observed,
    stack: &Stack,
    window: Option<&Owner>,
) {
    role_and_profile(plan, goal, observed, stack);
    let network = &observed.network;
    let (Some(vpc), Some(group)) = (network.vpc.found(), network.group.found()) else {
        return;
    };
    for egress in missing_rules(observed, window) {
        plan.step(Step::AuthorizeRule {
            owner: goal.owner.clone(),
            group: group.id.clone(),
            egress,
            port: HTTPS,
            peer: Peer::Group(group.id.clone()),
            purpose: LeaseKind::Service,
        });
    }
    for wanted in &stack.shell.endpoints {
        match serving(observed, &wanted.service) {
            Some(endpoint) if endpoint.state == EndpointState::Available => {}
            Some(_) => plan.wait(Wait::EndpointAvailable(wanted.service.clone())),
            // The private name is taken until the old endpoint is gone.
            None if observed.endpoints.iter().any(|e| e.service == wanted.service && is_leaving(e)) => {
                plan.wait(Wait::EndpointDeleted(wanted.service.clone()));
            }
            None => plan.step(Step::CreateEndpoint {
                owner: goal.owner.clone(),
                vpc: vpc.id.clone(),
                service: wanted.service.clone(),
                subnets: one_subnet_a_zone(observed, stack),
                group: group.id.clone(),
                attempt: goal.attempts(MadeKind::Endpoint, &wanted.service),
            }),
        }
    }
}

fn is_leaving(endpoint: &Endpoint) -> bool {
    endpoint.state == EndpointState::Deleting
}

/// An endpoint takes one subnet in each zone.
fn one_subnet_a_zone(observed: &Observed, stack: &Stack) -> Vec<SubnetId> {
    let mut by_zone = BTreeMap::new();
    for instance in &stack.service.instances {
        if let Some(subnet) = observed.network.subnet(&instance.subnet) {
            by_zone.entry(subnet.zone.clone()).or_insert_with(|| subnet.id.clone());
        }
    }
    by_zone.into_values().collect()
}

fn role_and_profile(plan: &mut Plan, goal: &Goal, observed: &Observed, stack: &Stack) {
    let shell = &stack.shell;
    match &observed.role {
        None => plan.step(Step::CreateRole { owner: goal.owner.clone() }),
        Some(role) if role.has_policy => {}
        Some(role) if role.owner.is_some() => plan.step(Step::AttachRolePolicy),
        Some(_) => {
            let (role, policy) = (shell.role.clone(), shell.policy.clone());
            plan.trouble(LeaseKind::Service, Trouble::RoleWithoutPolicy { role, policy });
        }
    }
    match &observed.profile {
        None => plan.step(Step::CreateInstanceProfile { owner: goal.owner.clone() }),
        Some(profile) if profile.has_role => {}
        Some(profile) if profile.owner.is_none() => {
            plan.trouble(LeaseKind::Service, Trouble::ProfileWithoutRole { profile: shell.role.clone() });
        }
        Some(_) if observed.role.is_some() => plan.step(Step::AddRoleToInstanceProfile),
        Some(_) => {} // the role is being created
    }
}

pub(super) fn drift(plan: &mut Plan, observed: &Observed, stack: &Stack, window: Option<&Owner>) {
    let kind = LeaseKind::Service;
    let state = ShellState::of(observed, stack, window);
    if !state.role {
        plan.drift(kind, Drift::RoleMissing);
    }
    if !state.profile {
        plan.drift(kind, Drift::ProfileMissing);
    }
    for wanted in &stack.shell.endpoints {
        if serving(observed, &wanted.service).is_none_or(|found| found.state != EndpointState::Available) {
            plan.drift(kind, Drift::EndpointMissing(wanted.service.clone()));
        }
    }
    for egress in missing_rules(observed, window) {
        plan.drift(kind, Drift::RuleMissing { port: HTTPS, egress });
    }
}

/// Whether something of an older lease is still there: it is taken down before anything new is built on it.
pub(super) fn has_leftovers(goal: &Goal, observed: &Observed) -> bool {
    let others = |owner: &Option<Owner>| owner.as_ref().is_some_and(|owner| !goal.owns(owner));
    observed.instances.iter().any(|instance| !goal.owns(&instance.owner))
        || observed
            .endpoints
            .iter()
            .any(|endpoint| others(&endpoint.owner) && endpoint.state != EndpointState::Failed)
        || observed.role.iter().any(|role| others(&role.owner))
        || observed.profile.iter().any(|profile| others(&profile.owner))
}

/// Removes endpoints, role and profile of ours that no goal wants.
pub(super) fn take_down(plan: &mut Plan, goal: Option<&Goal>, observed: &Observed) {
    let unwanted =
        |owner: &Option<Owner>| owner.as_ref().is_some_and(|owner| goal.is_none_or(|goal| !goal.owns(owner)));
    for endpoint in observed.endpoints.iter().filter(|endpoint| unwanted(&endpoint.owner)) {
        if is_leaving(endpoint) {
            plan.wait(Wait::EndpointDeleted(endpoint.service.clone()));
        } else {
            plan.step(Step::DeleteEndpoint { id: endpoint.id.clone() });
        }
    }
    let role = observed.role.as_ref().filter(|role| unwanted(&role.owner));
    if let Some(profile) = observed.profile.as_ref().filter(|profile| profile.owner.is_some()) {
        if profile.has_role && (role.is_some() || unwanted(&profile.owner)) {
            plan.step(Step::RemoveRoleFromInstanceProfile);
        } else if unwanted(&profile.owner) {
            plan.step(Step::DeleteInstanceProfile);
        }
    }
    if let Some(role) = role {
        if role.has_policy {
            plan.step(Step::DetachRolePolicy);
        } else if observed.profile.as_ref().is_none_or(|profile| !profile.has_role) {
            plan.step(Step::DeleteRole);
        }
    }
}
