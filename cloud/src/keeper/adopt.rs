//! Leases found only by their tags: the store was lost, or restored from before they were made.

use chrono::{DateTime, Utc};
use doorman_config::duration::LONGEST;
use doorman_config::{Market, WindowLengths};
use tracing::{info, warn};

use super::{Asked, Keeper};
use crate::catalog::Root;
use crate::ids::LeaseId;
use crate::kinds::instance::Instance;
use crate::lease::{CloseReason, Lease, LeaseKind, Made, PairSpec, Person, Phase, Spec};
use crate::place::Place;
use crate::store::StoreError;
use crate::switchboard::Observed;
use crate::switchboard::inventory::{found, made, made_since, update};
use crate::tags::Owner;

impl Keeper {
    /// Takes over leases that the tags tell of and the store does not know. They count as ready, so that
    /// nothing is built for them unasked, and end when their tags say.
    pub(super) async fn adopt(&self, observed: &Observed, place: &Place) -> Result<(), StoreError> {
        let found = found(observed);
        if found.is_empty() {
            return Ok(());
        }
        let open = self.inner.store.open_leases().await?;
        for (id, owner) in found {
            let known = open.iter().any(|lease| lease.id == id || lease.kind == owner.of);
            // What is left of a lease that was closed has no goal and is taken down all the same.
            if known || self.inner.store.knows_lease(&id).await? {
                continue;
            }
            let lease = Lease { place: Some(place.clone()), ..self.adopted(id, &owner, observed) };
            if let Asked::New(lease) = self.put(lease).await? {
                warn!(lease.id = %lease.id, "found lease {} only by its tags and adopted it", lease.id);
            }
        }
        Ok(())
    }

    fn adopted(&self, id: LeaseId, owner: &Owner, observed: &Observed) -> Lease {
        let now = observed.at;
        let opened_by = Person { id: owner.opened_by.parse().unwrap_or_default(), name: String::new() };
        let opened_at = made_since(&id, observed).unwrap_or(now);
        let expires_at = match owner.of.lengths(&self.inner.stack) {
            Some(lengths) => Some(end_of_adopted(owner, opened_at, lengths, now)),
            None => owner.expires_at,
        };
        let over = expires_at.is_some_and(|end| end <= now);
        Lease {
            phase: if over { Phase::Closing } else { Phase::Ready },
            expires_at,
            installation: owner.installation.clone().or_else(|| self.inner.installation.clone()),
            building_since: now,
            ready_at: Some(now),
            closing: over.then_some((now, CloseReason::Expired)),
            spec: match owner.of {
                LeaseKind::NatWindow | LeaseKind::ShellWindow => Spec::Plain,
                LeaseKind::Pair => {
                    let instance = observed.instances.iter().find(|instance| instance.owner.lease == id);
                    instance.map_or(Spec::Plain, |instance| Spec::Pair(spec_of(instance)))
                }
            },
            ..Lease::new(id, owner.of, opened_by, opened_at, self.inner.locale)
        }
    }

    /// Keeps the record of what was made for each open lease in step with an observation, which was `here`. What is not
    /// there says nothing of a lease that is somewhere else.
    pub(super) async fn record(&self, observed: &Observed, here: Option<&Place>) -> Result<(), StoreError> {
        for lease in self.inner.store.open_leases().await? {
            let shown = made(&lease.id, observed, self.inner.prices);
            // Role and profile have the same name.
            let known =
                |new: &Made| lease.made.iter().any(|made| (made.kind, &made.id) == (new.kind, &new.id));
            let new: Vec<_> = shown.iter().filter(|made| !known(made)).cloned().collect();
            for made in &new {
                info!(lease.id = %lease.id, "{} {} belongs to lease {}", made.kind.as_str(), made.id, lease.id);
            }
            let mut brought_up = lease.made.clone();
            let is_here = here.is_some() && lease.place.as_ref() == here;
            let bring_up = |made: &mut Made| {
                if is_here {
                    update(made, observed, &shown);
                }
            };
            brought_up.iter_mut().for_each(bring_up);
            if new.is_empty() && brought_up == lease.made {
                continue;
            }
            self.change(&lease.id, |lease| {
                lease.made.extend(new);
                lease.made.iter_mut().for_each(bring_up);
            })
            .await?;
        }
        Ok(())
    }
}

/// The end of a window that only tags tell of: theirs, at most as late as a window of that age may end. One without an
/// end, or with one that no settings allow, is due at once: what cannot be dated must not keep billing.
fn end_of_adopted(
    owner: &Owner,
    opened_at: DateTime<Utc>,
    lengths: &WindowLengths,
    now: DateTime<Utc>,
) -> DateTime<Utc> {
    let after = |length| opened_at.checked_add_signed(length).unwrap_or(now);
    match owner.expires_at {
        Some(end) if end <= after(LONGEST) => end.min(after(lengths.maximum.delta())),
        Some(_) | None => now,
    }
}

fn spec_of(instance: &Instance) -> PairSpec {
    PairSpec {
        image: instance.image.clone(),
        root: instance.root_device.clone().map(|device| Root { device, least_gib: 0 }),
        image_name: instance.image.to_string(),
        instance_type: instance.instance_type.clone(),
        market: if instance.spot { Market::Spot } else { Market::OnDemand },
    }
}
