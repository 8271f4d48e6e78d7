//! The expiry written on what a lease owns follows the lease: whoever finds only the tags must not close
//! an extended window early.

use super::{Desired, Plan};
use crate::observed::{EndpointState, Observed};
use crate::step::Step;
use crate::tags::Owner;

pub(super) fn plan(plan: &mut Plan, desired: &Desired, observed: &Observed) {
    for goal in desired.window.iter().chain(&desired.service) {
        let stale = |owner: &Owner| goal.owns(owner) && owner.expires_at != goal.owner.expires_at;
        let addresses = observed.addresses.iter().filter(|a| stale(&a.owner)).map(|a| a.id.to_string());
        let gateways = observed
            .gateways
            .iter()
            .filter(|g| g.state.is_alive() && stale(&g.owner))
            .map(|g| g.id.to_string());
        let rules =
            observed.rules.iter().filter(|r| r.owner.as_ref().is_some_and(stale)).map(|r| r.id.to_string());
        let instances = observed.instances.iter().filter(|i| stale(&i.owner)).map(|i| i.id.to_string());
        let volumes = observed.volumes.iter().filter(|v| stale(&v.owner)).map(|v| v.id.to_string());
        let endpoints = observed
            .endpoints
            .iter()
            .filter(|e| matches!(e.state, EndpointState::Pending | EndpointState::Available))
            .filter(|e| e.owner.as_ref().is_some_and(stale))
            .map(|e| e.id.to_string());
        let ids: Vec<String> =
            addresses.chain(gateways).chain(rules).chain(instances).chain(volumes).chain(endpoints).collect();
        if !ids.is_empty() {
            plan.step(Step::Retag { ids, owner: goal.owner.clone() });
        }
    }
}
