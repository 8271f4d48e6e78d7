//! When the Elastic IP of a window is right, and when one may go.

use super::{Act, Address};
use crate::kind::Kind;
use crate::kinds::gateway::NatGateway;
use crate::kinds::gateway::rules::kept as kept_gateway;
use crate::plan::{Build, Desired, Goal, How, Removal};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// The address a lease goes on with: its gateway's, else a free one.
fn kept<'a>(goal: &Goal, seen: &'a Observed, gateway: Option<&NatGateway>) -> Option<&'a Address> {
    let mut ours = seen.addresses.iter().filter(|address| goal.owns(&address.owner));
    match gateway.and_then(|gateway| gateway.allocation.as_ref()) {
        Some(held) => ours.find(|address| address.id == *held),
        None => ours.min_by_key(|address| &address.id),
    }
}

/// An address. None is allocated beside a gateway that has one already, though it cannot be seen.
pub(crate) fn want<'a>(b: &mut Build<'a>, name: &str) -> Option<&'a Address> {
    let gateway = kept_gateway(b.goal, b.seen);
    let kept = kept(b.goal, b.seen, gateway);
    if kept.is_none() {
        let allocate = AnyAct::Address(Act::Allocate { name: name.to_owned() });
        b.missing(Kind::Address, name, How::Missing, gateway.is_none().then_some(allocate));
    }
    kept
}

/// Whether it is more than its lease goes on with.
pub(crate) fn is_surplus(address: &Address, desired: &Desired, seen: &Observed) -> bool {
    let goal = desired.goal_of(&address.owner);
    goal.is_some_and(|goal| {
        kept(goal, seen, kept_gateway(goal, seen)).is_none_or(|kept| kept.id != address.id)
    })
}

/// An address goes when no gateway holds it.
pub(crate) fn removal(address: &Address, seen: &Observed) -> Removal {
    let holds =
        |gateway: &NatGateway| gateway.state.is_alive() && gateway.allocation.as_ref() == Some(&address.id);
    let held = match seen.gateways.seen() {
        Some(gateways) => gateways.iter().any(holds),
        None => address.associated,
    };
    if held { Removal::Itself } else { Removal::by(AnyAct::Address(Act::Release { id: address.id.clone() })) }
}
