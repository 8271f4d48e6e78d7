//! Leases found only by their tags: the store was lost, or restored from before they were made.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use doorman_config::Market;
use tracing::{info, warn};

use super::{Asked, Keeper};
use crate::ids::LeaseId;
use crate::lease::{CloseReason, Lease, LeaseKind, Person, Phase, ServiceSpec};
use crate::observed::{Instance, Observed, Peer};
use crate::receipt::{self, is_gone};
use crate::store::StoreError;
use crate::tags::Owner;

/// What the tags of a lease's resources say together.
struct Found {
    kind: LeaseKind,
    owner: Owner,
}

impl Keeper {
    /// Takes over leases that the tags tell of and the store does not know. They count as ready, so that
    /// nothing is built for them unasked, and end when their tags say.
    pub(super) async fn adopt(&self, observed: &Observed) -> Result<(), StoreError> {
        let found = found(observed);
        if found.is_empty() {
            return Ok(());
        }
        let open = self.inner.store.open_leases(&self.inner.stack.name).await?;
        for (id, found) in found {
            let known = open.iter().any(|lease| lease.id == id || lease.kind == found.kind);
            // What is left of a lease that was closed has no goal and is taken down all the same.
            if known || self.inner.store.knows_lease(&id).await? {
                continue;
            }
            let lease = self.adopted(id, found, observed);
            if let Asked::New(lease) = self.put(lease).await? {
                warn!(lease.id = %lease.id, "found lease {} only by its tags and adopted it", lease.id);
            }
        }
        Ok(())
    }

    fn adopted(&self, id: LeaseId, found: Found, observed: &Observed) -> Lease {
        let now = observed.at;
        let over = found.owner.expires_at.is_some_and(|end| end <= now);
        let opened_by = Person { id: found.owner.opened_by.parse().unwrap_or_default(), name: String::new() };
        let instance = observed.instances.iter().find(|instance| instance.owner.lease == id);
        let opened_at = made_at(&id, observed).unwrap_or(now);
        Lease {
            phase: if over { Phase::Closing } else { Phase::Ready },
            expires_at: found.owner.expires_at,
            building_since: now,
            ready_at: Some(now),
            closing: over.then_some((now, CloseReason::Expired)),
            service: (found.kind == LeaseKind::Service).then(|| instance.map(spec_of)).flatten(),
            ..Lease::new(id, found.kind, opened_by, opened_at, self.inner.locale)
        }
    }

    /// Keeps the record of what was made for each open lease in step with an observation.
    pub(super) async fn record(&self, observed: &Observed) -> Result<(), StoreError> {
        for lease in self.inner.store.open_leases(&self.inner.stack.name).await? {
            let shown = receipt::made(&lease, observed, &self.inner.stack, self.inner.prices);
            let new: Vec<_> =
                shown.into_iter().filter(|made| !lease.made.iter().any(|old| old.id == made.id)).collect();
            let gone = lease.made.iter().any(|made| made.gone_at.is_none() && is_gone(made, observed));
            if new.is_empty() && !gone {
                continue;
            }
            for made in &new {
                info!(lease.id = %lease.id, "{} {} belongs to lease {}", made.kind.as_str(), made.id, lease.id);
            }
            self.change(&lease.id, |lease| {
                lease.made.extend(new);
                for made in lease.made.iter_mut().filter(|made| made.gone_at.is_none()) {
                    if is_gone(made, observed) {
                        made.gone_at = Some(observed.at);
                    }
                }
            })
            .await?;
        }
        Ok(())
    }
}

/// Every lease the tags tell of. Of different expiries the latest counts: extending re-tags one by one.
fn found(observed: &Observed) -> BTreeMap<LeaseId, Found> {
    let window = |owner: &Owner| (LeaseKind::NatWindow, owner.clone());
    let service = |owner: &Owner| (LeaseKind::Service, owner.clone());
    let gateways = observed.gateways.iter().filter(|g| g.state.is_alive()).map(|g| window(&g.owner));
    let addresses = observed.addresses.iter().map(|a| window(&a.owner));
    let rules = observed.rules.iter().filter_map(|rule| {
        let owner = rule.owner.as_ref()?;
        Some(if matches!(rule.peer, Peer::Cidr(_)) { window(owner) } else { service(owner) })
    });
    let instances = observed.instances.iter().map(|i| service(&i.owner));
    let volumes = observed.volumes.iter().map(|v| service(&v.owner));
    let endpoints = observed.endpoints.iter().filter_map(|e| e.owner.as_ref()).map(service);
    let role = observed.role.iter().filter_map(|r| r.owner.as_ref()).map(service);
    let profile = observed.profile.iter().filter_map(|p| p.owner.as_ref()).map(service);
    let all = gateways.chain(addresses).chain(rules).chain(instances).chain(volumes).chain(endpoints);
    let mut found = BTreeMap::new();
    for (kind, owner) in all.chain(role).chain(profile) {
        let entry = found.entry(owner.lease.clone()).or_insert_with(|| Found { kind, owner: owner.clone() });
        // `None` (until terminated) is the latest of all.
        entry.owner.expires_at = entry.owner.expires_at.zip(owner.expires_at).map(|(a, b)| a.max(b));
    }
    found
}

fn made_at(lease: &LeaseId, observed: &Observed) -> Option<DateTime<Utc>> {
    let gateways = observed.gateways.iter().filter(|g| g.owner.lease == *lease).map(|g| g.created_at);
    let instances = observed.instances.iter().filter(|i| i.owner.lease == *lease).map(|i| i.launched_at);
    gateways.chain(instances).min()
}

fn spec_of(instance: &Instance) -> ServiceSpec {
    ServiceSpec {
        image: instance.image.clone(),
        image_name: instance.image.to_string(),
        instance_type: instance.instance_type.clone(),
        market: if instance.spot { Market::Spot } else { Market::OnDemand },
    }
}
