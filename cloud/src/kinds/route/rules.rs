//! When the default route of the private table is right, and when it goes.

use super::{Act, Route, RouteTable, RouteTarget};
use crate::kind::Kind;
use crate::kinds::gateway::NatGateway;
use crate::lease::{LeaseKind, Trouble};
use crate::plan::{Build, Desired, How, Plan};
use crate::switchboard::Observed;
use crate::switchboard::step::{Aim, AnyAct, Step};
use crate::tags::Owner;

/// Whose a default route is.
enum Whose {
    /// It leads to a gateway of ours, or to one we once made.
    Ours(Owner),
    /// It was made by hand; leads there.
    Foreign(String),
}

fn whose(route: &Route, desired: &Desired, seen: &Observed) -> Whose {
    match &route.target {
        RouteTarget::NatGateway(id) => {
            let seen = seen.gateways.get(id).map(|gateway| &gateway.owner);
            let owner = seen.or_else(|| desired.our_gateways.get(id));
            owner.map_or_else(|| Whose::Foreign(id.to_string()), |owner| Whose::Ours(owner.clone()))
        }
        RouteTarget::Other(id) => Whose::Foreign(id.clone()),
    }
}

/// Whether a default route that leads to a gateway of ours, or to one we once made, is there.
pub(crate) fn is_ours(desired: &Desired, seen: &Observed) -> bool {
    let mut routes = seen.tables.iter().filter_map(|table| table.default_route.as_ref());
    routes.any(|route| matches!(whose(route, desired, seen), Whose::Ours(_)))
}

/// A default route to that gateway; somebody else's is never touched.
pub(crate) fn want(b: &mut Build<'_>, table: Option<&RouteTable>, gateway: Option<&NatGateway>) {
    let name = b.stack.nat.route_table.as_str();
    let found = b.seen.route_table();
    let route = found.found().and_then(|table| table.default_route.as_ref());
    if let Some(Whose::Foreign(target)) = route.map(|route| whose(route, b.desired, b.seen)) {
        b.missing(Kind::Route, name, How::Elsewhere(target.clone()), None);
        b.trouble(Trouble::ForeignRoute { table: name.to_owned(), target });
    }
    let Some(table) = table.cloned() else { return };
    let leads_there = |gateway: &NatGateway, route: &Route| {
        route.target == RouteTarget::NatGateway(gateway.id.clone()) && !route.blackhole
    };
    let act = match (route, gateway) {
        (Some(route), Some(gateway)) if leads_there(gateway, route) => return,
        // Once the lease was ready, a route that leads somewhere is judged by where.
        (Some(route), _) if !b.goal.build && !route.blackhole => return,
        (_, None) => None,
        (None, Some(gateway)) => Some(Act::Create { table, gateway: gateway.id.clone() }),
        // Ours, but stale.
        (Some(_), Some(gateway)) => Some(Act::Replace { table, gateway: gateway.id.clone() }),
    };
    b.missing(Kind::Route, name, How::Missing, act.map(AnyAct::Route));
}

/// Removes every default route of ours that no window wants, whatever its table is called.
pub(crate) fn take_down(plan: &mut Plan, desired: &Desired, seen: &Observed) {
    let named = seen.route_table().found().map(|table| table.id.clone());
    for table in &seen.tables {
        // There a window that is wanted sees to it.
        if named.as_ref() == Some(&table.id) && desired.goal(LeaseKind::NatWindow).is_some() {
            continue;
        }
        let whose = table.default_route.as_ref().map(|route| whose(route, desired, seen));
        if let Some(Whose::Ours(owner)) = whose
            && desired.is_over(&owner)
        {
            let act = AnyAct::Route(Act::Delete { table: table.clone() });
            plan.step(Step { owner, aim: Aim::Remove, act });
        }
    }
}
