//! The herald keeps what doorman says in Discord true.
//!
//! Every lease has one **living message**: progress, then the end and its buttons, then the receipt. The herald
//! renders it anew whenever the keeper sees something new (and now and then, because time passes) and edits it
//! when it differs from what was last sent. It edits as the bot, not with an interaction's token, so a message
//! can live for days. A message that is gone, or that never came to be, is posted anew in the channel for
//! notices; one that is there but not known of is found again (`lost.rs`). Warnings before the end, and notices
//! when something is late, are posted there too, each once.
//!
//! What has been told is noted in the store, so none of this depends on the process living on; while Discord
//! is away it is tried again, and what is told in the end is the state at that time.

mod bell;
mod lost;
mod notices;
mod outages;
mod strange;

use std::collections::HashMap;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_commands::{App, Message};
use doorman_config::Locale;
use futures::future::join_all;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use bell::{Bell, nonce};
pub use outages::Outages;
pub use strange::Strange;

use self::lost::Lost;
use self::notices::Told;
use crate::discord::deliver::Deliver;
use crate::discord::rest::Fault;

/// Discord takes about five edits in five seconds from a bot in one channel, whichever the messages.
const BETWEEN_EDITS: Duration = Duration::from_secs(1);
/// How long a lease may be without a message before the herald posts one, while nobody is being replied to.
const GRACE: Duration = Duration::from_secs(5);
/// The same while a reply is under way, which might become that message.
const LONG_GRACE: Duration = Duration::from_secs(60);
/// How often messages are rendered without anything new to see, in the clock's time.
const REFRESH: TimeDelta = TimeDelta::seconds(30);
/// The least time between two rounds, so that a clock that runs fast does not make this loop spin.
const BETWEEN_ROUNDS: Duration = Duration::from_millis(100);
/// Pauses after failures.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How far back a start looks for receipts that were never told.
const OWED_FOR: TimeDelta = TimeDelta::days(7);

/// Keeps messages true.
pub struct Herald {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    bell: Bell,
    /// The channel for notices.
    channel_id: u64,
    /// The language of notices.
    locale: Locale,
    /// What is known of each lease being told of.
    states: HashMap<LeaseId, State>,
    /// Leases that are over and not told so.
    owed: HashMap<LeaseId, Lease>,
    /// Messages found at the start that nobody knew of.
    lost: Lost,
    /// When each channel can take the next edit.
    slots: Mutex<HashMap<u64, Instant>>,
}

/// What the herald remembers of a lease; nothing in it matters across a restart.
#[derive(Default)]
struct State {
    /// What the living message says, where.
    sent: Option<(MessageRef, Message)>,
    edited_at: Option<Instant>,
    /// When the lease was first seen without a message.
    missing_since: Option<Instant>,
    /// Failed deliveries in a row, and when to try again.
    failures: u32,
    not_before: Option<Instant>,
    /// The receipt is told, nothing is left to do.
    done: bool,
    /// Notices known to be told.
    told: Vec<String>,
    /// What was told of it being late, as the store has it; `None`: not looked up yet.
    trouble_told: Option<Option<Told>>,
}

/// When to look at a lease again: by the clock, and in real time.
#[derive(Clone, Copy, Default)]
struct Wake {
    clock: Option<DateTime<Utc>>,
    real: Option<Instant>,
}

impl Wake {
    fn at(clock: DateTime<Utc>) -> Wake {
        Wake { clock: Some(clock), real: None }
    }

    fn real(real: Instant) -> Wake {
        Wake { clock: None, real: Some(real) }
    }

    fn or(self, other: Wake) -> Wake {
        let earlier = |one: Option<_>, two: Option<_>| one.into_iter().chain(two).min();
        Wake { clock: self.clock.into_iter().chain(other.clock).min(), real: earlier(self.real, other.real) }
    }
}

/// Why something could not be told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("{0}")]
    Discord(#[from] Fault),
    #[error("{0}")]
    Store(#[from] doorman_cloud::store::StoreError),
}

impl Herald {
    /// A herald that posts what is not a reply in `channel_id`, notices in `locale`.
    pub fn new(
        app: App,
        keeper: Keeper,
        deliver: Deliver,
        bell: Bell,
        channel_id: u64,
        locale: Locale,
    ) -> Herald {
        let (states, owed, slots) = (HashMap::new(), HashMap::new(), Mutex::default());
        let lost = Lost::new(keeper.clock().now());
        Herald { app, keeper, deliver, bell, channel_id, locale, states, owed, lost, slots }
    }

    /// Tells what there is to tell, until `stop`.
    pub async fn run(mut self, stop: CancellationToken) {
        stop.run_until_cancelled(self.tell()).await;
    }

    async fn tell(&mut self) {
        self.recall().await;
        let clock = self.keeper.clock().clone();
        let mut views = self.keeper.watch();
        loop {
            let view = views.borrow_and_update().clone();
            let wake = self.round(&view).await;
            let by_clock = wake.clock.unwrap_or_else(|| clock.now() + REFRESH);
            let by_real = wake.real.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE);
            tokio::select! {
                changed = views.changed() => if changed.is_err() { return },
                () = self.bell.rung() => {}
                () = clock.sleep_until(by_clock) => {}
                () = sleep_until(by_real) => {}
            }
            sleep(BETWEEN_ROUNDS).await;
        }
    }

    /// Leases that ended without anybody being told: before this process began, or so long before this look that the
    /// view shows them no more.
    async fn recall(&mut self) {
        let store = self.keeper.store();
        let since = self.keeper.clock().now() - OWED_FOR;
        let leases = match store.leases_since(since).await {
            Ok(leases) => leases,
            Err(error) => {
                error!("cannot look up what was not told yet: {error}");
                return;
            }
        };
        for lease in leases.into_iter().filter(|lease| lease.phase == Phase::Closed) {
            match store.was_told(&receipt_key(&lease.id)).await {
                Ok(false) => _ = self.owed.insert(lease.id.clone(), lease),
                Ok(true) => {}
                Err(error) => error!("cannot look up what was not told yet: {error}"),
            }
        }
    }

    /// One look at every lease.
    async fn round(&mut self, view: &View) -> Wake {
        let searching = self.search().await;
        let now = self.keeper.clock().now();
        let touched = self.bell.take_touched();
        for lease in &view.leases {
            if lease.phase == Phase::Closed && !self.states.get(&lease.id).is_some_and(|state| state.done) {
                self.owed.insert(lease.id.clone(), lease.clone());
            }
        }
        if self.states.iter().any(|(id, state)| self.lost_sight_of(view, id, state)) {
            self.recall().await;
        }
        let open = view.leases.iter().filter(|lease| lease.phase != Phase::Closed).cloned();
        let mut leases: Vec<Lease> = open.chain(self.owed.values().cloned()).collect();
        // Where turns are short, the one who waited longest goes first.
        leases.sort_by_key(|lease| self.states.get(&lease.id).and_then(|state| state.edited_at));

        let mut states = std::mem::take(&mut self.states);
        let mut jobs = Vec::new();
        for lease in leases {
            let mut state = states.remove(&lease.id).unwrap_or_default();
            // Somebody else has written to the message: what was sent may not be what it says.
            if state.sent.as_ref().is_some_and(|(at, _)| touched.contains(at)) {
                state.sent = None;
            }
            jobs.push(self.tend(view, lease, state, now));
        }
        let tended = join_all(jobs).await;
        self.states = states;

        let mut wake = Wake::at(now + REFRESH).or(searching);
        for (id, state, next) in tended {
            wake = wake.or(next);
            if state.done {
                self.owed.remove(&id);
            }
            self.states.insert(id, state);
        }
        self.states
            .retain(|id, _| view.leases.iter().any(|lease| lease.id == *id) || self.owed.contains_key(id));
        wake.or(self.put_right(view, now).await)
    }

    /// Whether a lease was told of that is not in the view any more, and not to its end. The view shows what is closed
    /// for an hour, and a machine can be suspended for longer between its closing and this look.
    fn lost_sight_of(&self, view: &View, id: &LeaseId, state: &State) -> bool {
        !state.done && !view.leases.iter().any(|lease| lease.id == *id) && !self.owed.contains_key(id)
    }

    /// Everything there is to tell of one lease.
    async fn tend(
        &self,
        view: &View,
        lease: Lease,
        mut state: State,
        now: DateTime<Utc>,
    ) -> (LeaseId, State, Wake) {
        if let Some(until) = state.not_before.filter(|until| *until > Instant::now()) {
            return (lease.id, state, Wake::real(until));
        }
        let told = async {
            let living = self.living(view, &lease, &mut state, now).await?;
            let warning = self.warn(&lease, &mut state, now).await?;
            let trouble = self.trouble(view, &lease, &mut state, now).await?;
            Ok::<_, Untold>(living.or(warning).or(trouble))
        }
        .await;
        let wake = match told {
            Ok(wake) => {
                if std::mem::take(&mut state.failures) > 0 {
                    info!(lease.id = %lease.id, "lease {} is told of again", lease.id);
                }
                state.not_before = None;
                wake
            }
            Err(untold) => {
                if state.failures == 0 {
                    warn!(lease.id = %lease.id, "cannot tell of lease {} and will try again: {untold}", lease.id);
                }
                let until = Instant::now() + pause(state.failures);
                state.failures += 1;
                state.not_before = Some(until);
                Wake::real(until)
            }
        };
        (lease.id, state, wake)
    }

    /// The living message.
    async fn living(
        &self,
        view: &View,
        lease: &Lease,
        state: &mut State,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        if state.done {
            return Ok(Wake::default());
        }
        if lease.phase == Phase::Closed && self.keeper.store().was_told(&receipt_key(&lease.id)).await? {
            state.done = true;
            return Ok(Wake::default());
        }
        // A message posted a moment ago may not have reached this view's copy of the lease yet.
        let at = match lease.message.or(state.sent.as_ref().map(|(at, _)| *at)) {
            None => self.take_over(lease).await?,
            known => known,
        };
        let message = self.app.lease_message(view, lease, lease.locale, now);
        match at {
            None => {
                let since = *state.missing_since.get_or_insert_with(Instant::now);
                let grace = if self.bell.is_replying() { LONG_GRACE } else { GRACE };
                if since + grace > Instant::now() {
                    return Ok(Wake::real(since + grace));
                }
                self.post_living(lease, state, message).await?;
            }
            Some(at) => {
                if state.sent.as_ref().is_none_or(|sent| *sent != (at, message.clone())) {
                    if let Err(next) = self.take_slot(at.channel_id) {
                        return Ok(Wake::real(next));
                    }
                    state.edited_at = Some(Instant::now());
                    self.edit_living(lease, state, at, message).await?;
                }
            }
        }
        if lease.phase == Phase::Closed {
            self.relief(lease, state, now).await?;
            self.keeper.store().mark_told(&receipt_key(&lease.id), now).await?;
            state.done = true;
        }
        Ok(Wake::default())
    }

    /// Takes the turn for an edit in a channel; `Err`: when the next one is.
    fn take_slot(&self, channel_id: u64) -> Result<(), Instant> {
        let (mut slots, now) = (self.slots.lock(), Instant::now());
        match slots.get(&channel_id) {
            Some(next) if *next > now => Err(*next),
            _ => {
                slots.insert(channel_id, now + BETWEEN_EDITS);
                Ok(())
            }
        }
    }

    /// Edits the living message; where it is gone, another one takes its place.
    async fn edit_living(
        &self,
        lease: &Lease,
        state: &mut State,
        at: MessageRef,
        message: Message,
    ) -> Result<(), Untold> {
        let mut at = at;
        loop {
            match self.deliver.edit(at, &message).await {
                Ok(()) => {}
                Err(fault) if fault.is_gone() => {
                    info!(lease.id = %lease.id, "the message of lease {} is gone: {fault}", lease.id);
                    self.lost.forget(at);
                    match self.take_over(lease).await? {
                        Some(other) => {
                            at = other;
                            continue;
                        }
                        None => return self.post_living(lease, state, message).await,
                    }
                }
                Err(fault) if fault.is_away() => return Err(fault.into()),
                Err(fault) => {
                    // Refused for what it says: sending the same again cannot help.
                    error!(lease.id = %lease.id, "the message of lease {} is refused: {fault}", lease.id);
                }
            }
            state.sent = Some((at, message));
            return Ok(());
        }
    }

    async fn post_living(&self, lease: &Lease, state: &mut State, message: Message) -> Result<(), Untold> {
        // What was there before is part of the nonce: a message that was deleted may be followed by another.
        let key = format!("living:{}:{:?}", lease.id, lease.message);
        let at = self.deliver.post(self.channel_id, &message, None, &nonce(&key)).await?;
        info!(lease.id = %lease.id, "posted the message of lease {}", lease.id);
        state.sent = Some((at, message));
        state.edited_at = Some(Instant::now());
        self.keeper.follow(&lease.id, at).await?;
        Ok(())
    }
}

/// The pause after so many failures in a row before this one.
fn pause(failures: u32) -> Duration {
    let pause = FIRST_PAUSE * 2u32.saturating_pow(failures.min(10));
    pause.min(LONGEST_PAUSE).mul_f64(rand::random_range(0.75..1.25))
}

/// That the receipt of a lease is told.
fn receipt_key(lease: &LeaseId) -> String {
    format!("receipt:{lease}")
}
