//! What people may ask of the keeper. Each writes a lease and wakes the loop; none changes AWS.

use std::sync::Arc;

use chrono::{DateTime, SubsecRound, Utc};
use doorman_config::Locale;
use tokio::time::Instant;
use tracing::info;

use super::pass::SHOWN_AFTER_CLOSING;
use super::{Keeper, Look, View};
use crate::failure::Failure;
use crate::ids::LeaseId;
use crate::lease::{CloseReason, Extension, Lease, LeaseKind, MessageRef, PairSpec, Person, Phase, Spec};
use crate::plan::Desired;
use crate::recipes::plan;
use crate::store::StoreError;
use crate::switchboard::aws::look;

/// What became of asking for a lease.
#[derive(Clone, Debug, PartialEq)]
pub enum Asked {
    /// It is a new one.
    New(Lease),
    /// One of its kind was open; this one.
    Already(Lease),
}

impl Keeper {
    /// Leases something that ends, such as a NAT window, unless one of the kind is open.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was leased.
    pub async fn open(
        &self,
        kind: LeaseKind,
        by: &Person,
        locale: Locale,
        until: DateTime<Utc>,
    ) -> Result<Asked, StoreError> {
        let lease = Lease { expires_at: Some(until.trunc_subsecs(0)), ..self.new_lease(kind, by, locale) };
        self.put(lease).await
    }

    /// Moves the end of the open lease of a kind; never to an earlier time. `None`: none is open. One that is closing,
    /// and one that has no end, stays as it is.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was changed.
    pub async fn extend(
        &self,
        kind: LeaseKind,
        by: &Person,
        until: DateTime<Utc>,
    ) -> Result<Option<Lease>, StoreError> {
        let (now, until) = (self.inner.clock.now(), until.trunc_subsecs(0));
        self.change_kind(kind, |lease| {
            let over = lease.expires_at.is_some_and(|end| end <= now);
            if lease.phase != Phase::Closing && !over && lease.expires_at.is_some_and(|end| end < until) {
                lease.expires_at = Some(until);
                lease.extensions.push(Extension { by: by.clone(), at: now, until });
                info!(lease.id = %lease.id, until = %until, "extended lease {} until {until}", lease.id);
            }
        })
        .await
    }

    /// Leases the service pair; if it is leased already, what is missing of it is built again.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was leased.
    pub async fn launch(&self, by: &Person, locale: Locale, spec: PairSpec) -> Result<Asked, StoreError> {
        let lease = Lease { spec: Spec::Pair(spec), ..self.new_lease(LeaseKind::Pair, by, locale) };
        match self.put(lease).await? {
            Asked::Already(open) => {
                let again = self.repair(&open.id).await?;
                Ok(Asked::Already(again.unwrap_or(open)))
            }
            new @ Asked::New(_) => Ok(new),
        }
    }

    /// Closes the open lease of a kind. `None`: none is open.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was changed.
    pub async fn close(&self, kind: LeaseKind, by: &Person) -> Result<Option<Lease>, StoreError> {
        let now = self.inner.clock.now();
        self.change_kind(kind, |lease| {
            if lease.phase != Phase::Closing {
                lease.phase = Phase::Closing;
                lease.closing = Some((now, CloseReason::Asked { by: by.clone() }));
                info!(lease.id = %lease.id, "closing lease {} as asked", lease.id);
            }
        })
        .await
    }

    /// Builds what is missing of a lease that was ready. `None`: it is not open.
    ///
    /// # Errors
    /// [`StoreError`]: nothing was changed.
    pub async fn repair(&self, lease: &LeaseId) -> Result<Option<Lease>, StoreError> {
        let now = self.inner.clock.now();
        let changed = self
            .change(lease, |lease| {
                if lease.phase == Phase::Ready {
                    lease.phase = Phase::Opening;
                    lease.building_since = now;
                    lease.setback = None;
                }
            })
            .await?;
        self.wake();
        Ok(changed)
    }

    /// Remembers which message tells of a lease; returns the open lease as it was before.
    ///
    /// # Errors
    /// [`StoreError`]
    pub async fn follow(&self, lease: &LeaseId, message: MessageRef) -> Result<Option<Lease>, StoreError> {
        let _guard = self.inner.changing.lock().await;
        let open = self.inner.store.open_leases().await?;
        let before = open.into_iter().find(|open| open.id == *lease);
        self.inner.store.follow_lease(lease, message).await?;
        self.wake();
        Ok(before)
    }

    /// A fresh look, without changing anything: one parallel round of calls, begun after this was asked for.
    ///
    /// One look serves everybody who asked before it began: a crowd asking at once makes two rounds of calls,
    /// not one each, which AWS would answer by throttling the account.
    ///
    /// # Errors
    /// The [`Failure`] of the look.
    pub async fn look(&self) -> Result<View, Failure> {
        let inner = &self.inner;
        let asked = Instant::now();
        let mut last = inner.last_look.lock().await;
        let looked = match &*last {
            Some(look) if look.began >= asked => look.result.clone(),
            _ => {
                let began = Instant::now();
                // All the calls of a look are a large future, too large for the stack of whoever asked.
                let leases = inner.store.leases_since(inner.clock.now() - SHOWN_AFTER_CLOSING).await;
                let record = self.record_of(&leases.unwrap_or_default());
                let looked = Box::pin(look(&inner.aws, &inner.stack, &record, inner.clock.now())).await;
                let result = looked.map(Arc::new);
                *last = Some(Look { began, result: result.clone() });
                result
            }
        };
        drop(last);
        let round = looked?;
        let observed = Arc::new(round.seen().clone());
        let now = inner.clock.now();
        let mut view = View::clone(&inner.view.borrow());
        view.at = now;
        if let Ok(leases) = inner.store.leases_since(now - SHOWN_AFTER_CLOSING).await {
            view.leases = leases;
        }
        if let Some(place) = round.place() {
            view.place = Some(place.clone());
        }
        let mut desired = Desired::of(&inner.stack.name, &view.leases, now);
        // Of what is somewhere else nothing is missing here.
        let elsewhere = |id: &LeaseId| {
            let there = view.leases.iter().filter(|lease| lease.id == *id);
            there.zip(&view.place).any(|(lease, here)| lease.is_elsewhere(here))
        };
        desired.goals.retain(|goal| !elsewhere(&goal.owner.lease));
        if let Ok(unlisted) = self.unlisted(&observed, &view.leases, now).await {
            desired.over.extend(unlisted.over);
            view.unknown = unlisted.unknown;
        }
        view.plan = plan(&desired, &observed, &inner.stack, now);
        view.observed = Some(observed);
        view.blind = None;
        Ok(view)
    }

    fn new_lease(&self, kind: LeaseKind, by: &Person, locale: Locale) -> Lease {
        let now = self.inner.clock.now();
        let (place, installation) = (self.inner.view.borrow().place.clone(), self.inner.installation.clone());
        Lease { place, installation, ..Lease::new(LeaseId::generate(now), kind, by.clone(), now, locale) }
    }

    pub(super) async fn put(&self, lease: Lease) -> Result<Asked, StoreError> {
        let guard = self.inner.changing.lock().await;
        let open = self.inner.store.put_lease(&lease).await?;
        drop(guard);
        Ok(match open {
            Some(open) => Asked::Already(open),
            None => {
                info!(lease.id = %lease.id, kind = lease.kind.as_str(), "leased {} {}", lease.kind.as_str(), lease.id);
                self.wake();
                Asked::New(lease)
            }
        })
    }

    async fn change_kind(
        &self,
        kind: LeaseKind,
        change: impl FnOnce(&mut Lease),
    ) -> Result<Option<Lease>, StoreError> {
        let open = self.inner.store.open_leases().await?;
        let Some(id) = open.into_iter().find(|lease| lease.kind == kind).map(|lease| lease.id) else {
            return Ok(None);
        };
        let changed = self.change(&id, change).await?;
        self.wake();
        Ok(changed)
    }
}
