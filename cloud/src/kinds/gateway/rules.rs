//! When the NAT gateway of a window is right, and when one goes.

use super::{Act, GatewayState, NatGateway};
use crate::ids::SubnetId;
use crate::kind::Kind;
use crate::kinds::address::Address;
use crate::kinds::interface::rules::spare;
use crate::lease::Trouble;
use crate::plan::{Build, Desired, Goal, How, Removal, Until};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// AWS's FailureCode for a fault of its own, after which a second attempt is worth making.
const INTERNAL_ERROR: &str = "InternalError";
/// Attempts at a gateway that fails by AWS's own fault.
const ATTEMPTS: u32 = 2;

/// The gateway a lease goes on with; should there be several, the oldest.
pub(crate) fn kept<'a>(goal: &Goal, seen: &'a Observed) -> Option<&'a NatGateway> {
    seen.gateways
        .iter()
        .filter(|gateway| goal.owns(&gateway.owner))
        .filter(|gateway| matches!(gateway.state, GatewayState::Pending | GatewayState::Available))
        .min_by_key(|gateway| (gateway.created_at, &gateway.id))
}

/// An available gateway in that subnet with that address.
pub(crate) fn want<'a>(
    b: &mut Build<'a>,
    name: &str,
    subnet: Option<&SubnetId>,
    address: Option<&Address>,
) -> Option<&'a NatGateway> {
    match kept(b.goal, b.seen) {
        Some(gateway) if gateway.state == GatewayState::Available => return Some(gateway),
        Some(gateway) => b.coming(Kind::NatGateway, gateway.id.as_str(), Until::Works, How::Missing),
        None => {
            let attempt = b.goal.attempts(Kind::NatGateway, None);
            if let Some(code) = failed_for_good(b, attempt) {
                b.trouble(Trouble::GatewayFailed { code });
            }
            // Its last gateway may still be on its way out.
            let free = address.filter(|address| {
                let holds = |g: &NatGateway| g.state.is_alive() && g.allocation.as_ref() == Some(&address.id);
                !b.seen.gateways.iter().any(holds)
            });
            let create = subnet.zip(free).map(|(subnet, address)| {
                AnyAct::Gateway(Act::Create {
                    name: name.to_owned(),
                    subnet: subnet.clone(),
                    allocation: address.id.clone(),
                    // Behind those of the endpoints, which may be chosen at the same time.
                    private_ip: spare(b.seen, b.stack, subnet, b.stack.shell.endpoints.len()),
                    attempt,
                })
            });
            b.missing(Kind::NatGateway, name, How::Missing, create);
        }
    }
    None
}

/// The FailureCode after which no further gateway is tried.
fn failed_for_good(b: &Build<'_>, attempts: u32) -> Option<String> {
    let failed = b
        .seen
        .gateways
        .iter()
        .filter(|gateway| b.goal.owns(&gateway.owner) && gateway.state == GatewayState::Failed)
        .filter(|gateway| gateway.created_at >= b.goal.building_since)
        .max_by_key(|gateway| gateway.created_at)?;
    let code = failed.failure_code.clone().unwrap_or_else(|| INTERNAL_ERROR.to_owned());
    (code != INTERNAL_ERROR || attempts >= ATTEMPTS).then_some(code)
}

/// Whether it is more than its lease goes on with: there is never a second gateway.
pub(crate) fn is_surplus(gateway: &NatGateway, desired: &Desired, seen: &Observed) -> bool {
    let goal = desired.goal_of(&gateway.owner);
    goal.is_some_and(|goal| kept(goal, seen).is_none_or(|kept| kept.id != gateway.id))
}

/// A gateway goes at once, whatever still leads to it.
pub(crate) fn removal(gateway: &NatGateway) -> Removal {
    match gateway.state {
        GatewayState::Pending | GatewayState::Available => {
            Removal::by(AnyAct::Gateway(Act::Delete { id: gateway.id.clone() }))
        }
        GatewayState::Deleting => Removal::Going,
        // A failed one costs nothing and disappears by itself.
        GatewayState::Failed | GatewayState::Deleted => Removal::Itself,
    }
}
