//! The keeper: the one loop that makes leases true.
//!
//! Each activation takes no payload: it reads the leases from the store, observes AWS, plans, applies
//! what may start, and looks again, until nothing is left to do but wait. It is woken by a command, by
//! an expiry, by the periodic sweep and by start-up; it makes no difference by which. Commands never
//! change AWS themselves: they write a lease, wake the keeper and watch its [`View`].

mod adopt;
mod ask;
mod by_hand;
mod left;
mod memory;
mod pass;
mod verdict;
mod view;

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use futures::future::BoxFuture;
use tokio::sync::{Mutex, Notify, watch};
use tokio::time::Instant;
use tokio_util::sync::CancellationToken;
use tracing::error;

use doorman_config::{Locale, Settings, Stack};

use crate::aws::Aws;
use crate::clock::Clock;
use crate::failure::Failure;
use crate::ids::{Installation, LeaseId};
use crate::lease::{Lease, Phase};
use crate::prices::Prices;
use crate::record::Record;
use crate::store::{StackStore, Store, StoreError};
use crate::switchboard::Observed;
use crate::switchboard::aws::Round;
use crate::switchboard::inventory::{found, seen};
use crate::tags::Owner;

pub use ask::Asked;
pub use by_hand::ByHand;
pub use view::{Blind, Failing, TELLS_AFTER, View};

use memory::Memory;

/// How often AWS is looked at, whether or not anything is known to be due: the sweep.
const SWEEP: TimeDelta = TimeDelta::minutes(1);
/// How often all of it is, while nothing of ours is known to be there and nothing is wanted: in between only what bills.
/// Reading calls are free, and not where a second trail of CloudTrail records them.
const WHOLE_SWEEP: TimeDelta = TimeDelta::minutes(10);
/// The least real time between two sweeps, so that a clock that runs fast does not make the loop spin.
const BETWEEN_SWEEPS: Duration = Duration::from_secs(1);

/// Called whenever the loop begins a round, and waited for: whoever runs a keeper sees by it that it goes on.
pub type Beat = Arc<dyn Fn() -> BoxFuture<'static, ()> + Send + Sync>;

/// A handle on the keeper of one stack.
#[derive(Clone)]
pub struct Keeper {
    inner: Arc<Inner>,
}

struct Inner {
    /// Who this is, for the tags of what is made.
    installation: Option<Installation>,
    aws: Aws,
    store: StackStore,
    stack: Stack,
    /// For leases of which nobody knows who asked.
    locale: Locale,
    clock: Clock,
    prices: Option<&'static Prices>,
    wake: Notify,
    view: watch::Sender<Arc<View>>,
    /// The last look somebody asked for; held while one is under way.
    last_look: Mutex<Option<Look>>,
    /// Held while a lease is read, changed and written back.
    changing: Mutex<()>,
}

/// Leases that are seen and are neither open nor closed lately.
#[derive(Clone, Debug, Default)]
struct Unlisted {
    /// Everything of them may go: the store knows them as closed long ago, or the end in their tags is past.
    over: BTreeSet<LeaseId>,
    /// Nobody here knows them, and they are not over.
    unknown: BTreeMap<LeaseId, Owner>,
}

/// A look at AWS that people asked for.
struct Look {
    began: Instant,
    result: Result<Arc<Round>, Failure>,
}

impl Keeper {
    /// A keeper that does nothing until [`run`](Self::run).
    ///
    /// `installation` tells this doorman from others in the same account; without one, whatever carries the name of the
    /// stack is taken for its own.
    pub fn new(
        aws: Aws,
        store: &Store,
        settings: &Settings,
        clock: Clock,
        installation: Option<Installation>,
    ) -> Keeper {
        let store = store.of(&settings.stack.name);
        let (stack, locale) = (settings.stack.clone(), settings.discord.locale);
        let prices = Prices::shipped(aws.region());
        let view = watch::Sender::new(Arc::new(View::nothing_yet(clock.now())));
        let (wake, changing, last_look) = (Notify::new(), Mutex::new(()), Mutex::new(None));
        let inner =
            Inner { installation, aws, store, stack, locale, clock, prices, wake, view, last_look, changing };
        Keeper { inner: Arc::new(inner) }
    }

    /// Runs the loop until `stop`; calls under way are awaited, nothing new is started. It remembers nothing of an
    /// earlier run, so it can be run again after one that panicked.
    pub async fn run(&self, stop: CancellationToken, beat: &Beat) {
        let clock = &self.inner.clock;
        let mut memory = Memory::starting_at(clock.now());
        let (mut how, mut swept_at) = (pass::Look::All, clock.now());
        while !stop.is_cancelled() {
            beat().await;
            self.inner.store.settle().await;
            if how == pass::Look::All {
                swept_at = clock.now();
            }
            let next = match self.pass(&mut memory, how, &stop).await {
                Ok(next) => next,
                Err(error) => {
                    // Without the store nothing may be built; AWS's own state is untouched until it is back.
                    error!(%error, "the lease store failed: {error}");
                    self.still_here();
                    pass::Next { at: Some(clock.now() + memory::STORE_RETRY), look: pass::Look::All }
                }
            };
            let alarm = async {
                match next.at {
                    Some(when) => clock.sleep_until(when).await,
                    None => std::future::pending().await,
                }
            };
            let sweep = async { tokio::join!(clock.sleep(SWEEP), tokio::time::sleep(BETWEEN_SWEEPS)) };
            how = tokio::select! {
                () = stop.cancelled() => pass::Look::All,
                () = self.inner.wake.notified() => pass::Look::All,
                // Waiting long is no reason to look at nothing else.
                () = alarm => if (clock.now() - swept_at).abs() < SWEEP { next.look } else { pass::Look::All },
                _ = sweep => if self.is_idle() && (clock.now() - swept_at).abs() < WHOLE_SWEEP {
                    pass::Look::Bills
                } else {
                    pass::Look::All
                },
            };
        }
    }

    /// Whether nothing is wanted, and nothing of ours was there when all could be looked at.
    fn is_idle(&self) -> bool {
        let view = self.inner.view.borrow();
        let wanted = view.leases.iter().any(|lease| lease.phase != Phase::Closed);
        let seen =
            view.observed.as_deref().filter(|seen| view.blind.is_none() && seen.unknown().next().is_none());
        let nothing = |seen: &Observed| {
            let mut things = seen.things(None).chain(seen.disowned(None));
            things.all(|thing| thing.facts.owner.is_none())
        };
        !wanted && view.plan.is_settled() && seen.is_some_and(nothing)
    }

    /// Wakes the loop.
    pub fn wake(&self) {
        self.inner.wake.notify_one();
    }

    /// What the keeper knows, anew after each change.
    pub fn watch(&self) -> watch::Receiver<Arc<View>> {
        self.inner.view.subscribe()
    }

    /// The AWS side.
    pub fn aws(&self) -> &Aws {
        &self.inner.aws
    }

    /// What is kept of the stack.
    pub fn store(&self) -> &StackStore {
        &self.inner.store
    }

    /// The clock everything goes by.
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// The stack it keeps.
    pub fn stack(&self) -> &Stack {
        &self.inner.stack
    }

    /// The price list of the region, if one ships.
    pub fn prices(&self) -> Option<&'static Prices> {
        self.inner.prices
    }

    /// What is known of whose things are, beyond their tags.
    fn record_of(&self, leases: &[Lease]) -> Record {
        Record::of(&self.inner.stack.name, self.inner.installation.clone(), leases)
    }

    /// Tells apart the leases that are seen and are not among those `known`.
    async fn unlisted(
        &self,
        observed: &Observed,
        known: &[Lease],
        now: DateTime<Utc>,
    ) -> Result<Unlisted, StoreError> {
        let mut unlisted = Unlisted::default();
        let found = found(observed);
        for (id, owner) in seen(observed) {
            if known.iter().any(|lease| lease.id == id) {
                continue;
            }
            if owner.expires_at.is_some_and(|end| end <= now) || self.inner.store.knows_lease(&id).await? {
                unlisted.over.insert(id);
            } else if found.contains_key(&id) {
                unlisted.unknown.insert(id, owner);
            }
        }
        Ok(unlisted)
    }

    /// Changes an open lease and stores it; `None` if it is not open (any more).
    async fn change(
        &self,
        id: &LeaseId,
        change: impl FnOnce(&mut Lease),
    ) -> Result<Option<Lease>, StoreError> {
        let _guard = self.inner.changing.lock().await;
        let open = self.inner.store.open_leases().await?;
        let Some(mut lease) = open.into_iter().find(|lease| lease.id == *id) else {
            return Ok(None);
        };
        let before = lease.clone();
        change(&mut lease);
        if lease != before {
            self.inner.store.change_lease(&before, &lease).await?;
        }
        Ok(Some(lease))
    }

    /// Shows that the loop goes on, though there is nothing new to see.
    fn still_here(&self) {
        let now = self.inner.clock.now();
        self.inner.view.send_modify(|view| *view = Arc::new(View { at: now, ..View::clone(view) }));
    }
}
