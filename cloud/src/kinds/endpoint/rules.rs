//! When an interface endpoint is right, and when one goes.

use std::net::Ipv4Addr;

use doorman_config::Stack;

use super::{Act, Endpoint, EndpointState, New};
use crate::kind::Kind;
use crate::kinds::instance::Instance;
use crate::kinds::rule::Permission;
use crate::lease::Trouble;
use crate::plan::{Build, How, Removal, Until};
use crate::switchboard::Observed;
use crate::switchboard::step::AnyAct;

/// The endpoint that serves (or will serve) a service for the whole VPC.
pub(crate) fn serving<'a>(seen: &'a Observed, service: &str) -> Option<&'a Endpoint> {
    let of_service = seen.endpoints.iter().filter(|e| e.service == service && e.private_dns && e.is_kept());
    of_service.min_by_key(|e| (e.state != EndpointState::Available, e.created_at))
}

/// Whether an instance of the same VPC may be using an endpoint: its names lead there, and nothing is known to keep it out.
pub(crate) fn serves(endpoint: &Endpoint, seen: &Observed, instance: &Instance) -> bool {
    let here = endpoint.vpc.is_some() && endpoint.vpc == instance.vpc;
    here && endpoint.private_dns && endpoint.is_kept() && may_be_let_in(endpoint, seen, instance)
}

fn may_be_let_in(endpoint: &Endpoint, seen: &Observed, instance: &Instance) -> bool {
    // What AWS did not say keeps nobody out. The rules of ours are between the members of a group.
    let unknown = endpoint.groups.is_empty() || instance.groups.is_empty();
    if unknown || endpoint.groups.iter().any(|group| instance.groups.contains(group)) {
        return true;
    }
    let group = seen.group();
    let ours = group.found().filter(|group| endpoint.groups.contains(&group.id));
    let lets = endpoint.others_let.iter().chain(ours.into_iter().flat_map(|group| &group.lets));
    let may = |lets: &Permission| {
        let address = instance.private_ip.unwrap_or(Ipv4Addr::UNSPECIFIED);
        instance.groups.iter().any(|group| lets.may_let_tcp(false, HTTPS, group, address))
    };
    lets.into_iter().any(may)
}

/// The port that Systems Manager is spoken to on.
pub(crate) const HTTPS: u16 = 443;

/// What keeps an endpoint that works, or will, from being reached by the instances of the settings: somebody else's group, in which
/// nothing lets them in. Said only if that is sure.
pub(crate) fn shut(seen: &Observed, stack: &Stack, endpoint: &Endpoint) -> Option<Trouble> {
    let group = seen.group();
    let group = group.found().filter(|group| !endpoint.groups.contains(&group.id))?;
    let guard = endpoint.groups.first()?;
    let lets_in =
        |address| endpoint.others_let.iter().any(|lets| lets.may_let_tcp(false, HTTPS, &group.id, address));
    let out = stack.service.instances.iter().find(|slot| !lets_in(slot.private_ip))?;
    Some(Trouble::EndpointShut {
        endpoint: endpoint.id.to_string(),
        service: endpoint.service.clone(),
        group: guard.to_string(),
        instance: out.name.clone(),
    })
}

/// All of what serves that is so.
pub(crate) fn all_shut(seen: &Observed, stack: &Stack) -> Vec<Trouble> {
    let serving = stack.shell.endpoints.iter().filter_map(|wanted| serving(seen, &wanted.service));
    serving.filter_map(|endpoint| shut(seen, stack, endpoint)).collect()
}

/// An available endpoint of a service, anybody's. `new` is `None` while what it needs is not there. Returns whether it
/// works.
pub(crate) fn want(b: &mut Build<'_>, service: &str, new: Option<New>) -> bool {
    let leaving = |e: &Endpoint| e.service == service && e.state == EndpointState::Deleting;
    let serving = serving(b.seen, service);
    if let Some(trouble) = serving.and_then(|endpoint| shut(b.seen, b.stack, endpoint)) {
        b.missing(Kind::Endpoint, service, How::Blocked(trouble.clone()), None);
        b.trouble(trouble);
        return false;
    }
    match serving {
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
            Removal::by(AnyAct::Endpoint(Act::Delete { id: endpoint.id.clone() }))
        }
    }
}
