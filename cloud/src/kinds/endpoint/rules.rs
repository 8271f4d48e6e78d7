//! When an interface endpoint is right, and when one goes.

use super::{Act, Endpoint, EndpointState, New};
use crate::kind::Kind;
use crate::plan::{Build, How, Removal, Until};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// The endpoint that serves (or will serve) a service for the whole VPC.
pub(crate) fn serving<'a>(seen: &'a Observed, service: &str) -> Option<&'a Endpoint> {
    let of_service = seen.endpoints.iter().filter(|e| e.service == service && e.private_dns && e.is_kept());
    of_service.min_by_key(|e| (e.state != EndpointState::Available, e.created_at))
}

/// An available endpoint of a service, anybody's. `new` is `None` while what it needs is not there. Returns whether it
/// works.
pub(crate) fn want(b: &mut Build<'_>, service: &str, new: Option<New>) -> bool {
    let leaving = |e: &Endpoint| e.service == service && e.state == EndpointState::Deleting;
    match serving(b.seen, service) {
        Some(endpoint) if endpoint.state == EndpointState::Available => return true,
        Some(_) => b.coming(Kind::Endpoint, service, Until::Works, How::Missing),
        // The private name is taken until the old endpoint is gone.
        None if b.seen.endpoints.iter().any(leaving) => {
            b.coming(Kind::Endpoint, service, Until::Gone, How::Missing);
        }
        None => {
            let attempt = b.goal.attempts(Kind::Endpoint, Some(service));
            let create = new.map(|new| AnyAct::Endpoint(Act::Create { new, attempt }));
            b.missing(Kind::Endpoint, service, How::Missing, create);
        }
    }
    false
}

/// An endpoint goes at once, also one that failed.
pub(crate) fn removal(endpoint: &Endpoint) -> Removal {
    match endpoint.state {
        EndpointState::Deleting => Removal::Going,
        EndpointState::Pending | EndpointState::Available | EndpointState::Failed => {
            Removal::Now(AnyAct::Endpoint(Act::Delete { id: endpoint.id.clone() }))
        }
    }
}
