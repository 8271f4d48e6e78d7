//! What an observation says about each lease: complete, beyond hope, over its time, or gone.

use chrono::{DateTime, Utc};
use tracing::{info, warn};

use super::Keeper;
use super::left::left_to_people;
use super::memory::Memory;
use super::pass::{SHOWN_AFTER_CLOSING, desired};
use crate::failure::Failure;
use crate::kind::Kind;
use crate::kinds::instance::InstanceState;
use crate::lease::{CloseReason, Lease, LeaseKind, Phase, Trouble};
use crate::receipt;
use crate::recipes::is_complete;
use crate::store::StoreError;
use crate::switchboard::Observed;
use crate::switchboard::aws::Round;
use crate::switchboard::inventory::left;
use crate::switchboard::step::Step;

impl Keeper {
    /// Moves each lease on by what a fresh observation shows. Ready means proved, and so does closed.
    ///
    /// `round` is what AWS shows, `observed` the same completed with what was done lately: the proof is in the
    /// round alone, and what was just made counts as left although AWS does not show it yet.
    pub(super) async fn judge(
        &self,
        memory: &mut Memory,
        round: &Round,
        observed: &Observed,
    ) -> Result<(), StoreError> {
        let (now, shown, stack) = (self.inner.clock.now(), round.seen(), &self.inner.stack);
        // Nothing is proved by a look of which nobody knows where it was.
        let here = |lease: &&Lease| lease.place.is_some() && lease.place.as_ref() == round.place();
        let leases = self.inner.store.leases_since(now - SHOWN_AFTER_CLOSING).await?;
        let plan = self.plan_for(memory, &leases, observed, now);
        let desired = desired(memory, &stack.name, &leases, now);
        for lease in leases.iter().filter(here).filter(|lease| lease.phase == Phase::Opening) {
            if is_complete(lease.kind, &desired, shown, stack, now) {
                self.ready(lease, now).await?;
                memory.rebooted.clear();
            } else if let Some((_, trouble)) = plan.troubles.iter().find(|(kind, _)| *kind == lease.kind) {
                self.give_up(lease, trouble.clone()).await?;
            } else if now - lease.building_since >= lease.kind.terms().may_take {
                let trouble = memory.obstacle(&lease.id, observed).unwrap_or(Trouble::TimedOut);
                self.out_of_time(lease, observed, trouble, now).await?;
            }
        }
        for lease in leases.iter().filter(here).filter(|lease| lease.phase == Phase::Closing) {
            let gone = [shown, observed].into_iter().all(|look| left(lease, look).is_empty());
            let left = match gone {
                true => Some(Vec::new()),
                false => left_to_people(memory, lease, &plan, [shown, observed], self.inner.prices, now),
            };
            if let Some(left) = left.filter(|_| now >= memory.settles_at(lease)) {
                for left in &left {
                    let kind = left.kind.as_str();
                    warn!(lease.id = %lease.id, "leaves {kind} {} to people: {:?}", left.id, left.why);
                }
                let receipt = receipt::write(lease, round, self.inner.prices, left);
                info!(lease.id = %lease.id, usd = receipt.usd, "closed lease {}", lease.id);
                self.change(&lease.id, |lease| {
                    lease.phase = Phase::Closed;
                    lease.receipt = Some(receipt);
                })
                .await?;
            }
        }
        Ok(())
    }

    async fn ready(&self, lease: &Lease, now: DateTime<Utc>) -> Result<(), StoreError> {
        self.change(&lease.id, |lease| {
            if lease.phase == Phase::Opening {
                info!(lease.id = %lease.id, "lease {} is ready", lease.id);
                lease.phase = Phase::Ready;
                lease.ready_at.get_or_insert(now);
            }
        })
        .await?;
        Ok(())
    }

    /// Stops building. What was ready once goes back to that, with a word about it; the rest is closed, so
    /// that nothing half-made is left billing.
    async fn give_up(&self, lease: &Lease, trouble: Trouble) -> Result<(), StoreError> {
        let now = self.inner.clock.now();
        warn!(lease.id = %lease.id, "cannot build lease {}: {trouble:?}", lease.id);
        self.change(&lease.id, |lease| {
            if lease.phase != Phase::Opening {
                return;
            }
            if lease.ready_at.is_some() {
                lease.phase = Phase::Ready;
                lease.setback = Some(trouble);
            } else {
                lease.phase = Phase::Closing;
                lease.closing = Some((now, CloseReason::Failed { trouble }));
            }
        })
        .await?;
        Ok(())
    }

    /// A pair that runs but does not answer is handed over as it is; everything else is given up.
    async fn out_of_time(
        &self,
        lease: &Lease,
        observed: &Observed,
        trouble: Trouble,
        now: DateTime<Utc>,
    ) -> Result<(), StoreError> {
        let runs = |name: &str| observed.instance(name).is_some_and(|i| i.state == InstanceState::Running);
        let is_of_use = match lease.kind {
            LeaseKind::NatWindow | LeaseKind::ShellWindow => false,
            LeaseKind::Pair => self.inner.stack.service.instances.iter().all(|slot| runs(&slot.name)),
        };
        match is_of_use {
            true => self.ready(lease, now).await,
            false => self.give_up(lease, trouble).await,
        }
    }

    /// A step that builds was refused for good.
    pub(super) async fn give_up_building(
        &self,
        step: &Step,
        failure: &Failure,
        seen: &Observed,
    ) -> Result<(), StoreError> {
        if !step.builds() {
            return Ok(());
        }
        let open = self.inner.store.open_leases().await?;
        let building = |lease: &&Lease| lease.phase == Phase::Opening && lease.id == step.owner.lease;
        match open.iter().find(building) {
            Some(lease) => self.give_up(lease, Trouble::of(failure, step.subject(Some(seen)))).await,
            None => Ok(()),
        }
    }

    /// AWS refuses to be looked at, at that kind or as a whole, and will until somebody does something: nothing
    /// is built blindly.
    pub(super) async fn give_up_blind(&self, failure: &Failure, at: Option<Kind>) -> Result<(), StoreError> {
        if failure.kind.passes() {
            return Ok(());
        }
        let needed = |kind: LeaseKind| at.is_none_or(|at| kind.terms().stands_on.contains(&at));
        for lease in self.inner.store.open_leases().await? {
            if lease.phase == Phase::Opening && needed(lease.kind) {
                self.give_up(&lease, Trouble::of(failure, None)).await?;
            }
        }
        Ok(())
    }
}
