//! One activation of the keeper: look, plan, apply, look again.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::Keeper;
use super::memory::Memory;
use super::view::View;
use crate::lease::{CloseReason, Lease, Phase};
use crate::observed::Observed;
use crate::plan::{Desired, Plan, plan};
use crate::step::{Change, Failure, FailureKind, Step};
use crate::store::StoreError;

/// How long a closed lease is still shown, so that its receipt reaches people.
pub(super) const SHOWN_AFTER_CLOSING: TimeDelta = TimeDelta::hours(1);

/// How applying went.
struct Applied {
    /// Something was changed (or may have been): only a fresh look proves the state.
    changed: bool,
    /// When the first step that failed may be tried again.
    retry_at: Option<DateTime<Utc>>,
}

impl Keeper {
    /// Goes on until there is nothing to do but wait; returns when to look again by itself.
    pub(super) async fn pass(
        &self,
        memory: &mut Memory,
        stop: &CancellationToken,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let clock = &self.inner.clock;
        loop {
            let now = clock.now();
            self.expire(now).await?;
            let mut observed = match Box::pin(self.inner.aws.observe(now)).await {
                Ok(observed) => observed,
                Err(failure) => {
                    warn!(code = %failure.code, "cannot observe AWS: {failure}");
                    self.give_up_blind(&failure, None).await?;
                    let again = memory.blinded(failure, now);
                    let leases = self.inner.store.leases_since(now - SHOWN_AFTER_CLOSING).await?;
                    self.publish(memory, None, leases, Plan::default(), Vec::new());
                    return Ok(Some(again));
                }
            };
            memory.seen();
            memory.note_unknown(&observed);
            for (sight, failure) in &observed.unknown {
                self.give_up_blind(failure, Some(*sight)).await?;
            }
            let shown = observed.clone();
            memory.complete(&mut observed);
            self.adopt(&observed).await?;
            self.record(&observed).await?;
            self.judge(memory, &shown, &observed).await?;
            let applied = self.apply(memory, &mut observed, stop).await?;
            if stop.is_cancelled() {
                return Ok(None);
            }
            if applied.changed {
                continue;
            }
            return self.next(memory, applied.retry_at).await;
        }
    }

    /// Closes what is past its end.
    async fn expire(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for lease in self.inner.store.open_leases(&self.inner.stack.name).await? {
            if lease.phase != Phase::Closing && lease.expires_at.is_some_and(|end| end <= now) {
                self.change(&lease.id, |lease| {
                    // Looked at again under the lock: it may have been extended meanwhile.
                    if lease.phase != Phase::Closing && lease.expires_at.is_some_and(|end| end <= now) {
                        lease.phase = Phase::Closing;
                        lease.closing = Some((now, CloseReason::Expired));
                        info!(lease.id = %lease.id, "lease {} expired", lease.id);
                    }
                })
                .await?;
            }
        }
        Ok(())
    }

    /// Starts every step that may start, folds in each answer and plans again, until nothing is under way.
    async fn apply(
        &self,
        memory: &mut Memory,
        observed: &mut Observed,
        stop: &CancellationToken,
    ) -> Result<Applied, StoreError> {
        let mut under_way = FuturesUnordered::new();
        let mut steps: Vec<Step> = Vec::new();
        let (mut changed, mut look_first) = (false, false);
        loop {
            let now = self.inner.clock.now();
            self.expire(now).await?;
            let leases = self.inner.store.leases_since(now - SHOWN_AFTER_CLOSING).await?;
            let plan = self.plan_for(memory, &leases, observed, now);
            let mut retry_at = None;
            for step in &plan.steps {
                let waits = |other: &Step| other.identity() == step.identity() || step.waits_for(other);
                if look_first || stop.is_cancelled() || steps.iter().any(waits) {
                    continue;
                }
                match memory.not_before(step, &leases, now) {
                    Some(when) => retry_at = Some(retry_at.map_or(when, |at: DateTime<Utc>| at.min(when))),
                    None => {
                        debug!("applying {step:?}");
                        steps.push(step.clone());
                        let (aws, step) = (self.inner.aws.clone(), step.clone());
                        under_way.push(async move {
                            let result = aws.apply(&step).await;
                            (step, result)
                        });
                    }
                }
            }
            if under_way.is_empty() {
                memory.keep_only(&plan.steps);
            }
            let working = steps.iter().map(Step::operation).collect();
            self.publish(memory, Some(observed), leases.clone(), plan, working);
            let next_end = next_end(&leases);
            tokio::select! {
                Some((step, result)) = under_way.next() => {
                    steps.retain(|other| *other != step);
                    match result {
                        Ok(changes) => {
                            changed = true;
                            look_first |= self.applied(memory, &step, changes, observed).await?;
                        }
                        Err(failure) => {
                            let unknown = failure.kind == FailureKind::Unknown;
                            changed |= unknown;
                            look_first |= unknown;
                            self.failed(memory, step, failure).await?;
                        }
                    }
                }
                // Somebody asked for something, or something ended, while calls are under way.
                () = self.inner.wake.notified(), if !under_way.is_empty() => {}
                () = self.inner.clock.sleep_until(next_end), if !under_way.is_empty() => {}
                else => return Ok(Applied { changed, retry_at }),
            }
        }
    }

    /// Takes over what a step changed; says whether only a new look can tell the state.
    async fn applied(
        &self,
        memory: &mut Memory,
        step: &Step,
        changes: Vec<Change>,
        observed: &mut Observed,
    ) -> Result<bool, StoreError> {
        info!(operation = step.operation(), "{} done", step.operation());
        memory.succeeded(step, &changes, self.inner.clock.now());
        let look_first = changes.contains(&Change::LookAgain);
        changes.into_iter().for_each(|change| observed.fold(change));
        // Stored before the next call: the proof that it is ours.
        self.record(observed).await?;
        Ok(look_first)
    }

    async fn failed(&self, memory: &mut Memory, step: Step, failure: Failure) -> Result<(), StoreError> {
        warn!(operation = failure.operation, code = %failure.code, "{failure}");
        if !failure.kind.passes() {
            self.give_up_building(&step, &failure).await?;
        }
        memory.failed(&step, failure, self.inner.clock.now());
        Ok(())
    }

    pub(super) fn plan_for(
        &self,
        memory: &Memory,
        leases: &[Lease],
        observed: &Observed,
        now: DateTime<Utc>,
    ) -> Plan {
        plan(&desired(memory, leases, now), observed, &self.inner.stack, now)
    }

    pub(super) fn publish(
        &self,
        memory: &Memory,
        observed: Option<&Observed>,
        leases: Vec<Lease>,
        plan: Plan,
        working: Vec<&'static str>,
    ) {
        self.inner.view.send_if_modified(|view| {
            let new = View {
                at: self.inner.clock.now(),
                observed: observed
                    .map(|observed| Arc::new(observed.clone()))
                    .or_else(|| view.observed.clone()),
                plan,
                leases,
                blind: memory.blind.clone(),
                failing: memory.failing(),
                working,
            };
            let changed = **view != new;
            *view = Arc::new(new);
            changed
        });
    }

    /// When to look again: at the next end, at the next retry, and soon while something is waited for.
    async fn next(
        &self,
        memory: &mut Memory,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<Option<DateTime<Utc>>, StoreError> {
        let now = self.inner.clock.now();
        let open = self.inner.store.open_leases(&self.inner.stack.name).await?;
        let waiting = {
            let view = self.inner.view.borrow();
            !view.plan.waits.is_empty()
                || open.iter().any(|lease| matches!(lease.phase, Phase::Opening | Phase::Closing))
        };
        let poll = if waiting {
            Some(memory.poll_at(now))
        } else {
            memory.waited();
            None
        };
        let ends =
            open.iter().filter(|lease| lease.phase != Phase::Closing).filter_map(|lease| lease.expires_at);
        Ok(ends.chain(poll).chain(retry_at).min())
    }
}

pub(super) fn desired(memory: &Memory, leases: &[Lease], now: DateTime<Utc>) -> Desired {
    Desired { rebooted: memory.rebooted.clone(), ..Desired::of(leases, now) }
}

/// The next instant at which a lease ends; far away if none does.
fn next_end(leases: &[Lease]) -> DateTime<Utc> {
    let open = leases.iter().filter(|lease| matches!(lease.phase, Phase::Opening | Phase::Ready));
    open.filter_map(|lease| lease.expires_at).min().unwrap_or(DateTime::<Utc>::MAX_UTC)
}
