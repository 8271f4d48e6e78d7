//! One activation of the keeper: look, plan, apply, look again.
//!
//! While nothing is done but waiting, only what is waited for is looked at, and what a call changed that does not say
//! itself what came of it. Everything is looked at at the start, every minute, whenever somebody asks for something, after
//! a call of which nobody knows whether it took effect, and before every verdict: that nothing is missing, or nothing left.

use std::collections::BTreeSet;
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use futures::StreamExt;
use futures::stream::FuturesUnordered;
use strum::VariantArray;
use tokio_util::sync::CancellationToken;
use tracing::{debug, info, warn};

use super::Keeper;
use super::memory::Memory;
use super::view::View;
use crate::failure::{Failure, FailureKind};
use crate::kind::Kind;
use crate::lease::{CloseReason, Lease, Phase};
use crate::place::Place;
use crate::plan::{Desired, Plan};
use crate::recipes::plan;
use crate::store::StoreError;
use crate::switchboard::Observed;
use crate::switchboard::aws::{self, Round};
use crate::switchboard::step::{AnyChange, Step};

/// How long a closed lease is still shown, so that its receipt reaches people.
pub(super) const SHOWN_AFTER_CLOSING: TimeDelta = TimeDelta::hours(1);

/// How applying went.
struct Applied {
    /// Something was changed (or may have been): only a fresh look proves the state.
    changed: bool,
    /// How much has to be looked at to know what came of changes, if that is not known.
    in_doubt: Option<Look>,
    /// What is waited for now.
    waited_for: Vec<Kind>,
    /// When the first step that failed may be tried again.
    retry_at: Option<DateTime<Utc>>,
}

/// How much is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Look {
    /// Everything, as for every verdict.
    All,
    /// Only these, which are waited for.
    At(Vec<Kind>),
    /// Only what bills, where nothing of ours is known to be there and nothing is wanted.
    Bills,
}

impl Look {
    /// At both, that and this.
    fn and(self, other: Look) -> Look {
        match (self, other) {
            (Look::At(mut kinds), Look::At(others)) => {
                kinds.extend(others);
                kinds.sort_unstable();
                kinds.dedup();
                Look::At(kinds)
            }
            _ => Look::All,
        }
    }

    /// The kinds that are looked at; `None`: more than kinds, where it is besides.
    fn kinds(&self) -> Option<Vec<Kind>> {
        match self {
            Look::All => None,
            Look::At(kinds) => Some(kinds.clone()),
            Look::Bills => Some(Kind::VARIANTS.iter().copied().filter(|kind| kind.bills()).collect()),
        }
    }
}

/// When the keeper looks again by itself, and at how much.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Next {
    pub(super) at: Option<DateTime<Utc>>,
    pub(super) look: Look,
}

impl Next {
    fn all(at: Option<DateTime<Utc>>) -> Next {
        Next { at, look: Look::All }
    }
}

impl Keeper {
    /// Goes on until there is nothing to do but wait; returns when to look again by itself.
    pub(super) async fn pass(
        &self,
        memory: &mut Memory,
        mut look: Look,
        stop: &CancellationToken,
    ) -> Result<Next, StoreError> {
        let clock = &self.inner.clock;
        // What was looked at since something was changed last.
        let mut looked_at: BTreeSet<Kind> = BTreeSet::new();
        loop {
            let now = clock.now();
            self.expire(now).await?;
            match look.kinds() {
                None => looked_at.extend(Kind::VARIANTS),
                Some(kinds) => looked_at.extend(kinds),
            }
            let looked = match self.look_again(memory, &look, now).await {
                Some(looked) => looked,
                None => match self.look_at_all(memory, now).await? {
                    Ok(round) => Ok(self.take_in(memory, round).await?),
                    Err(failure) => Err(failure),
                },
            };
            let mut observed = match looked {
                Ok(observed) => observed,
                Err(failure) => {
                    warn!(code = %failure.code, "cannot observe AWS: {failure}");
                    self.give_up_blind(&failure, None).await?;
                    let again = memory.blinded(failure, now);
                    let leases = self.leases(now).await?;
                    self.publish(memory, None, leases, Plan::default(), Vec::new());
                    return Ok(Next::all(Some(again)));
                }
            };
            let applied = self.apply(memory, &mut observed, stop).await?;
            // Whose it is and what becomes of it, a whole look tells.
            let found = look == Look::Bills && observed.things(None).any(|thing| thing.facts.owner.is_some());
            memory.last = Some(observed);
            if stop.is_cancelled() {
                return Ok(Next::all(None));
            }
            let narrow = matches!(look, Look::At(_)) || found;
            if applied.changed {
                looked_at.clear();
            }
            let news = !applied.waited_for.iter().all(|kind| looked_at.contains(kind));
            let waits = (!applied.waited_for.is_empty()).then_some(Look::At(applied.waited_for));
            look = [applied.in_doubt, waits].into_iter().flatten().reduce(Look::and).unwrap_or(Look::All);
            // What was waited for has come to pass. Something else is waited for now, which may be there already; or
            // nothing is, and whether that is all, a look at everything says.
            if applied.changed || news || (narrow && look == Look::All) {
                continue;
            }
            return self.next(memory, look, applied.retry_at).await;
        }
    }

    /// Looks at everything.
    async fn look_at_all(
        &self,
        memory: &Memory,
        now: DateTime<Utc>,
    ) -> Result<Result<Round, Failure>, StoreError> {
        let record = self.record_of(&memory.perhaps_here(self.leases(now).await?));
        Ok(Box::pin(aws::look(&self.inner.aws, &self.inner.stack, &record, now)).await)
    }

    /// Looks only at some of it, and puts that in the place of what was seen of it before. `None` where that is
    /// not enough: nothing was seen before, or something of it cannot be seen now.
    async fn look_again(
        &self,
        memory: &mut Memory,
        look: &Look,
        now: DateTime<Utc>,
    ) -> Option<Result<Observed, Failure>> {
        let kinds = look.kinds()?;
        let mut observed = memory.last.take()?;
        let (aws, stack) = (&self.inner.aws, &self.inner.stack);
        let record = self.record_of(&memory.perhaps_here(self.leases(now).await.ok()?));
        Box::pin(aws::look_at(aws, stack, &record, now, &kinds, &mut observed)).await.ok()?;
        if let Some(failure) = aws::blindness(&observed) {
            return Some(Err(failure));
        }
        let seen = observed.unknown().next().is_none();
        memory.complete(&mut observed);
        self.record(&observed, memory.place.as_ref()).await.ok()?;
        seen.then_some(Ok(observed))
    }

    /// Takes in a look at everything: whose things are, what became of each lease.
    async fn take_in(&self, memory: &mut Memory, round: Round) -> Result<Observed, StoreError> {
        let shown = round.seen();
        memory.seen();
        memory.note_unknown(shown);
        for (kind, failure) in shown.unknown() {
            self.give_up_blind(failure, Some(kind)).await?;
        }
        let mut observed = shown.clone();
        memory.complete(&mut observed);
        if let Some(place) = round.place() {
            self.settle_in(memory, place).await?;
            self.adopt(&observed, place).await?;
        }
        self.record(&observed, round.place()).await?;
        memory.unlisted = self.unlisted(&observed, &self.leases(observed.at).await?, observed.at).await?;
        self.judge(memory, &round, &observed).await?;
        Ok(observed)
    }

    /// This is where doorman is. Leases that were not anywhere yet are here.
    async fn settle_in(&self, memory: &mut Memory, place: &Place) -> Result<(), StoreError> {
        for lease in self.inner.store.open_leases().await? {
            match &lease.place {
                None => {
                    let place = place.clone();
                    self.change(&lease.id, |lease| lease.place = Some(place)).await?;
                }
                Some(there) if there != place && memory.place.as_ref() != Some(place) => {
                    warn!(
                        lease.id = %lease.id,
                        "lease {} is in {there}, and this is {place}: it is neither judged nor closed from here",
                        lease.id
                    );
                }
                Some(_) => {}
            }
        }
        memory.place = Some(place.clone());
        Ok(())
    }

    async fn leases(&self, now: DateTime<Utc>) -> Result<Vec<Lease>, StoreError> {
        self.inner.store.leases_since(now - SHOWN_AFTER_CLOSING).await
    }

    /// Closes what is past its end.
    async fn expire(&self, now: DateTime<Utc>) -> Result<(), StoreError> {
        for lease in self.inner.store.open_leases().await? {
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
        let (mut changed, mut in_doubt) = (false, None::<Look>);
        loop {
            let now = self.inner.clock.now();
            self.expire(now).await?;
            let leases = self.leases(now).await?;
            let plan = self.plan_for(memory, &leases, observed, now);
            let mut retry_at = None;
            for step in &plan.steps {
                let waits = |other: &Step| other.identity() == step.identity() || step.waits_for(other);
                if in_doubt.is_some() || stop.is_cancelled() || steps.iter().any(waits) {
                    continue;
                }
                match memory.not_before(step, &leases, now) {
                    Some(when) => retry_at = Some(retry_at.map_or(when, |at: DateTime<Utc>| at.min(when))),
                    None => {
                        debug!("applying {step:?}");
                        steps.push(step.clone());
                        let (aws, step) = (self.inner.aws.clone(), step.clone());
                        under_way.push(async move {
                            let result = aws::apply(&aws, &step).await;
                            (step, result)
                        });
                    }
                }
            }
            if under_way.is_empty() {
                memory.keep_only(&plan.steps);
            }
            let (waited_for, working) = (plan.waited_for(), steps.iter().map(Step::operation).collect());
            self.publish(memory, Some(observed), leases.clone(), plan, working);
            let next_end = next_end(&leases);
            tokio::select! {
                Some((step, result)) = under_way.next() => {
                    steps.retain(|other| *other != step);
                    let look = match result {
                        Ok(change) => {
                            changed = true;
                            self.applied(memory, &step, change, observed).await?
                        }
                        Err(failure) => {
                            // What was asked for may be there by now, and more with it.
                            let unknown = failure.kind == FailureKind::Unknown;
                            changed |= unknown;
                            self.failed(memory, step, failure, observed).await?;
                            unknown.then_some(Look::All)
                        }
                    };
                    in_doubt = [in_doubt, look].into_iter().flatten().reduce(Look::and);
                }
                // Somebody asked for something, or something ended, while calls are under way.
                () = self.inner.wake.notified(), if !under_way.is_empty() => {}
                () = self.inner.clock.sleep_until(next_end), if !under_way.is_empty() => {}
                else => return Ok(Applied { changed, in_doubt, waited_for, retry_at }),
            }
        }
    }

    /// Takes over what a step changed; says what has to be looked at if only that can tell the state.
    async fn applied(
        &self,
        memory: &mut Memory,
        step: &Step,
        change: AnyChange,
        observed: &mut Observed,
    ) -> Result<Option<Look>, StoreError> {
        info!(operation = step.operation(), "{} done", step.operation());
        memory.succeeded(step, &change, self.inner.clock.now());
        let look =
            change.asks_for_a_look().then(|| change.kind().map_or(Look::All, |kind| Look::At(vec![kind])));
        observed.fold(change);
        // Stored before the next call: the proof that it is ours.
        self.record(observed, memory.place.as_ref()).await?;
        Ok(look)
    }

    async fn failed(
        &self,
        memory: &mut Memory,
        step: Step,
        failure: Failure,
        observed: &Observed,
    ) -> Result<(), StoreError> {
        warn!(operation = failure.operation, code = %failure.code, "{failure}");
        if !failure.kind.passes() {
            self.give_up_building(&step, &failure, observed).await?;
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
        let stack = &self.inner.stack;
        plan(&desired(memory, &stack.name, leases, now), observed, stack, now)
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
                unknown: memory.unlisted.unknown.clone(),
                place: memory.place.clone(),
                blind: memory.blind.clone(),
                failing: memory.failing(observed.or(view.observed.as_deref())),
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
        look: Look,
        retry_at: Option<DateTime<Utc>>,
    ) -> Result<Next, StoreError> {
        let now = self.inner.clock.now();
        let open = self.inner.store.open_leases().await?;
        let waiting = matches!(look, Look::At(_))
            || open.iter().any(|lease| matches!(lease.phase, Phase::Opening | Phase::Closing));
        let poll = if waiting {
            Some(memory.poll_at(now))
        } else {
            memory.waited();
            None
        };
        let ends =
            open.iter().filter(|lease| lease.phase != Phase::Closing).filter_map(|lease| lease.expires_at);
        let other = ends.chain(retry_at).min();
        Ok(match (poll, other) {
            (Some(poll), other) if other.is_none_or(|other| poll < other) => Next { at: Some(poll), look },
            (_, other) => Next::all(other),
        })
    }
}

pub(super) fn desired(memory: &Memory, stack: &str, leases: &[Lease], now: DateTime<Utc>) -> Desired {
    let mut desired = Desired::of(stack, leases, now);
    // What is not known to be here is not built. What is over may go wherever it is seen.
    let here = memory.here(leases.to_vec());
    desired.goals.retain(|goal| here.iter().any(|lease| lease.id == goal.owner.lease));
    desired.over.extend(memory.unlisted.over.iter().cloned());
    Desired { rebooted: memory.rebooted.clone(), ..desired }
}

/// The next instant at which a lease ends; far away if none does.
fn next_end(leases: &[Lease]) -> DateTime<Utc> {
    let open = leases.iter().filter(|lease| matches!(lease.phase, Phase::Opening | Phase::Ready));
    open.filter_map(|lease| lease.expires_at).min().unwrap_or(DateTime::<Utc>::MAX_UTC)
}
