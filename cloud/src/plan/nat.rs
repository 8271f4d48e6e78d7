//! The NAT window: Elastic IP, gateway, default route, outbound rules.
//!
//! Building: address → gateway → (available) → route; the rules beside it. Taking down: route, rules
//! and gateway at once, the address when no gateway holds it any more.

use chrono::{DateTime, Utc};
use doorman_config::Stack;

use super::{Desired, Drift, Goal, Plan, Wait, backstop, network_trouble, rules};
use crate::ids::RouteTableId;
use crate::lease::{LeaseKind, MadeKind, Trouble};
use crate::observed::{Address, GatewayState, NatGateway, Observed, Peer, RouteTarget, Sight};
use crate::step::Step;

/// Everything outside.
const ANYWHERE: &str = "0.0.0.0/0";
/// AWS's FailureCode for a fault of its own, after which a second attempt is worth making.
const INTERNAL_ERROR: &str = "InternalError";
/// Attempts at a gateway that fails by AWS's own fault.
const GATEWAY_ATTEMPTS: u32 = 2;

/// Whose the default route of the private table is.
enum RouteOwner {
    /// There is no default route.
    NoRoute,
    /// It leads to a gateway of ours, or to one we once made.
    Ours,
    /// It was made by hand; leads there.
    Foreign(String),
}

pub(super) fn plan(
    plan: &mut Plan,
    desired: &Desired,
    observed: &Observed,
    stack: &Stack,
    now: DateTime<Utc>,
) {
    let goal = desired.window.as_ref();
    let keep_gateway = goal.and_then(|goal| kept_gateway(goal, observed));
    let keep_address = goal.and_then(|goal| kept_address(goal, observed, keep_gateway));
    take_down(plan, desired, observed, keep_gateway, keep_address);
    if let Some(goal) = goal {
        if !plan.sees_all(LeaseKind::NatWindow, goal, observed) {
            return;
        }
        let mut troubles = network_trouble(&observed.network, stack, [stack.nat.subnet.as_str()]);
        match route_owner(desired, observed) {
            RouteOwner::Foreign(target) if goal.build => {
                troubles.push(Trouble::ForeignRoute { table: stack.nat.route_table.clone(), target });
            }
            RouteOwner::Foreign(target) => plan.drift(LeaseKind::NatWindow, Drift::RouteForeign(target)),
            RouteOwner::NoRoute | RouteOwner::Ours => {}
        }
        let leftovers =
            observed.gateways.iter().any(|gateway| gateway.state.is_alive() && !goal.owns(&gateway.owner))
                || observed.addresses.iter().any(|address| !goal.owns(&address.owner));
        if !goal.build {
            drift(plan, observed, stack, keep_gateway, keep_address, troubles);
        } else if leftovers {
            // What an older lease left behind goes first: there is never a second gateway.
        } else if !troubles.is_empty() {
            troubles.into_iter().for_each(|trouble| plan.trouble(LeaseKind::NatWindow, trouble));
        } else if !backstop::is_awaited(plan, goal, observed, stack, now) {
            build(plan, goal, observed, stack, keep_gateway, keep_address);
        }
    }
}

/// The gateway the window goes on with; should there be several, the oldest.
fn kept_gateway<'a>(goal: &Goal, observed: &'a Observed) -> Option<&'a NatGateway> {
    observed
        .gateways
        .iter()
        .filter(|gateway| goal.owns(&gateway.owner))
        .filter(|gateway| matches!(gateway.state, GatewayState::Pending | GatewayState::Available))
        .min_by_key(|gateway| (gateway.created_at, gateway.id.clone()))
}

/// The address the window goes on with: the gateway's, else a free one.
fn kept_address<'a>(
    goal: &Goal,
    observed: &'a Observed,
    gateway: Option<&NatGateway>,
) -> Option<&'a Address> {
    let mut ours = observed.addresses.iter().filter(|address| goal.owns(&address.owner));
    match gateway.and_then(|gateway| gateway.allocation.as_ref()) {
        Some(held) => ours.find(|address| address.id == *held),
        None => ours.min_by_key(|address| address.id.clone()),
    }
}

fn route_owner(desired: &Desired, observed: &Observed) -> RouteOwner {
    let route = observed.network.route_table.found().and_then(|table| table.default_route.as_ref());
    match route.map(|route| &route.target) {
        None => RouteOwner::NoRoute,
        Some(RouteTarget::NatGateway(id))
            if desired.our_gateways.contains(id)
                || observed.gateways.iter().any(|gateway| gateway.id == *id) =>
        {
            RouteOwner::Ours
        }
        Some(target) => RouteOwner::Foreign(target.as_str().to_owned()),
    }
}

fn take_down(
    plan: &mut Plan,
    desired: &Desired,
    observed: &Observed,
    keep_gateway: Option<&NatGateway>,
    keep_address: Option<&Address>,
) {
    if let (None, RouteOwner::Ours, Some(table)) =
        (&desired.window, route_owner(desired, observed), observed.network.route_table.found())
    {
        plan.step(Step::DeleteRoute { table: table.id.clone() });
    }
    for gateway in &observed.gateways {
        match gateway.state {
            GatewayState::Pending | GatewayState::Available
                if keep_gateway.is_none_or(|keep| keep.id != gateway.id) =>
            {
                plan.step(Step::DeleteNatGateway { id: gateway.id.clone() });
            }
            GatewayState::Deleting => plan.wait(Wait::GatewayDeleted(gateway.id.clone())),
            // A failed one costs nothing and disappears by itself.
            GatewayState::Pending
            | GatewayState::Available
            | GatewayState::Failed
            | GatewayState::Deleted => {}
        }
    }
    for address in &observed.addresses {
        let held = observed
            .gateways
            .iter()
            .any(|gateway| gateway.state.is_alive() && gateway.allocation.as_ref() == Some(&address.id))
            || (address.associated && !observed.knows(Sight::Gateways));
        if !held && keep_address.is_none_or(|keep| keep.id != address.id) {
            plan.step(Step::ReleaseAddress { id: address.id.clone() });
        }
    }
}

fn build(
    plan: &mut Plan,
    goal: &Goal,
    observed: &Observed,
    stack: &Stack,
    gateway: Option<&NatGateway>,
    address: Option<&Address>,
) {
    let network = &observed.network;
    let (Some(subnet), Some(table), Some(group)) =
        (network.subnet(&stack.nat.subnet), network.route_table.found(), network.group.found())
    else {
        return; // said as troubles before
    };
    for port in rules_missing(observed, stack) {
        plan.step(Step::AuthorizeRule {
            owner: goal.owner.clone(),
            group: group.id.clone(),
            egress: true,
            port,
            peer: Peer::Cidr(ANYWHERE.to_owned()),
            purpose: LeaseKind::NatWindow,
        });
    }
    match (gateway, address) {
        (Some(gateway), _) if gateway.state == GatewayState::Available => {
            route(plan, observed, &table.id, gateway)
        }
        (Some(gateway), _) => plan.wait(Wait::GatewayAvailable(gateway.id.clone())),
        (None, address) => {
            let attempt = goal.attempts(MadeKind::NatGateway, &stack.nat.name);
            if let Some(code) = failed_for_good(goal, observed, attempt) {
                plan.trouble(LeaseKind::NatWindow, Trouble::GatewayFailed { code });
            } else if let Some(address) = address {
                if observed
                    .gateways
                    .iter()
                    .any(|g| g.state.is_alive() && g.allocation.as_ref() == Some(&address.id))
                {
                    return; // its last gateway is still being deleted: waited for above
                }
                plan.step(Step::CreateNatGateway {
                    owner: goal.owner.clone(),
                    subnet: subnet.id.clone(),
                    allocation: address.id.clone(),
                    attempt,
                });
            } else {
                plan.step(Step::AllocateAddress { owner: goal.owner.clone() });
            }
        }
    }
}

/// The FailureCode after which no further gateway is tried.
fn failed_for_good(goal: &Goal, observed: &Observed, attempts: u32) -> Option<String> {
    let failed = observed
        .gateways
        .iter()
        .filter(|gateway| goal.owns(&gateway.owner) && gateway.state == GatewayState::Failed)
        .filter(|gateway| gateway.created_at >= goal.building_since)
        .max_by_key(|gateway| gateway.created_at)?;
    let code = failed.failure_code.clone().unwrap_or_else(|| INTERNAL_ERROR.to_owned());
    (code != INTERNAL_ERROR || attempts >= GATEWAY_ATTEMPTS).then_some(code)
}

fn route(plan: &mut Plan, observed: &Observed, table: &RouteTableId, gateway: &NatGateway) {
    let route = observed.network.route_table.found().and_then(|table| table.default_route.as_ref());
    match route {
        None => plan.step(Step::CreateRoute { table: table.clone(), gateway: gateway.id.clone() }),
        Some(route) if route.target == RouteTarget::NatGateway(gateway.id.clone()) && !route.blackhole => {}
        // Ours, but stale: foreign ones were refused before.
        Some(_) => plan.step(Step::ReplaceRoute { table: table.clone(), gateway: gateway.id.clone() }),
    }
}

fn drift(
    plan: &mut Plan,
    observed: &Observed,
    stack: &Stack,
    gateway: Option<&NatGateway>,
    address: Option<&Address>,
    troubles: Vec<Trouble>,
) {
    let kind = LeaseKind::NatWindow;
    troubles.into_iter().for_each(|trouble| plan.drift(kind, Drift::Network(trouble)));
    if gateway.is_none_or(|gateway| gateway.state != GatewayState::Available) {
        plan.drift(kind, Drift::GatewayMissing);
    }
    if address.is_none() {
        plan.drift(kind, Drift::AddressMissing);
    }
    if let Some(table) = observed.network.route_table.found()
        && table.default_route.as_ref().is_none_or(|route| route.blackhole)
    {
        plan.drift(kind, Drift::RouteMissing);
    }
    if observed.network.group.found().is_some() {
        for port in rules_missing(observed, stack) {
            plan.drift(kind, Drift::RuleMissing { port, egress: true });
        }
    }
}

/// Ports of the window that nothing lets out yet.
fn rules_missing(observed: &Observed, stack: &Stack) -> Vec<u16> {
    let anywhere = Peer::Cidr(ANYWHERE.to_owned());
    let ports = stack.nat.ports.iter().copied();
    ports.filter(|port| !rules::allows(&observed.rules, true, *port, &anywhere, |_| true)).collect()
}
