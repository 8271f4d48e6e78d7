//! The herald keeps what doorman says in Discord true.
//!
//! Every lease has one **living message**: progress, then the end and its buttons, then the receipt. The herald
//! renders it anew whenever the keeper sees something new (and now and then, because time passes) and edits it
//! when it differs from what was last sent. It edits as the bot, not with an interaction's token, so a message
//! can live for days. A message that is gone, or that never came to be, is posted anew in the channel for
//! notices; one that is there but not known of is found again (`lost.rs`). Warnings before the end, and notices
//! when something is late, are posted there too, each once. When it is over, the warnings say so, too.
//!
//! Each of these is told in its own turn (`book.rs`): none waits for another, and what cannot be delivered, or breaks,
//! keeps nothing else from being told.
//!
//! What has been told is noted in the store, so none of this depends on the process living on; while Discord
//! is away it is tried again, and what is told in the end is the state at that time.

mod bell;
mod book;
mod living;
mod lost;
mod notices;
mod outages;
mod retry;
mod strange;

use std::collections::HashMap;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;

use chrono::TimeDelta;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_cloud::store::StoreError;
use doorman_commands::App;
use futures::FutureExt;
use parking_lot::Mutex;
use tokio::task::JoinSet;
use tokio::time::{Instant, sleep, sleep_until};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

pub use bell::{Bell, nonce};
pub use outages::Outages;
pub use strange::Strange;

use self::book::{BETWEEN_TURNS, Book, Memory, Telling};
use self::lost::Lost;
use self::retry::{LONGEST_PAUSE, Wake};
use crate::discord::deliver::Deliver;
use crate::discord::rest::Fault;
use crate::language::Language;
use crate::supervise::{Place, Probe, Pulse};

/// How often messages are rendered without anything new to see, in the clock's time.
const REFRESH: TimeDelta = TimeDelta::seconds(30);
/// How far back a start looks for what was never told of leases that are over.
const OWED_FOR: TimeDelta = TimeDelta::days(7);

/// Keeps messages true.
pub struct Herald {
    teller: Arc<Teller>,
}

/// What it takes to tell something.
struct Teller {
    app: App,
    keeper: Keeper,
    deliver: Deliver,
    bell: Bell,
    /// The channel for notices.
    channel_id: u64,
    /// The language of notices.
    language: Language,
    /// Leases that are over and not told so.
    owed: Mutex<HashMap<LeaseId, Lease>>,
    /// The living messages that this process has written.
    shown: Mutex<HashMap<LeaseId, MessageRef>>,
    /// Messages found at the start that nobody knew of, and those that were left behind.
    lost: Lost,
    /// When each channel can take the next edit.
    slots: Mutex<HashMap<u64, Instant>>,
}

/// How a turn came out.
struct Told {
    lease: LeaseId,
    telling: Telling,
    memory: Memory,
    result: Result<Wake, Untold>,
}

/// Why something could not be told.
#[derive(Debug, thiserror::Error)]
enum Untold {
    #[error("{0}")]
    Discord(#[from] Fault),
    #[error("{0}")]
    Store(#[from] StoreError),
    #[error("it panicked")]
    Panicked,
}

impl Herald {
    /// A herald that posts what is not a reply in `channel_id`, notices in `language`.
    pub fn new(
        app: App,
        keeper: Keeper,
        deliver: Deliver,
        bell: Bell,
        channel_id: u64,
        language: Language,
    ) -> Herald {
        let (owed, shown, slots) = (Mutex::default(), Mutex::default(), Mutex::default());
        let lost = Lost::new(keeper.clock().now());
        let teller = Teller { app, keeper, deliver, bell, channel_id, language, owed, shown, lost, slots };
        Herald { teller: Arc::new(teller) }
    }

    /// Tells what there is to tell, until `stop`.
    pub async fn run(self, pulse: Pulse, stop: CancellationToken) {
        let telling = async {
            // A message that is there and not known of should be found before another one is posted.
            self.teller.search().await;
            tokio::join!(tell(&self.teller, &pulse), self.teller.put_right());
        };
        stop.run_until_cancelled(telling).await;
    }
}

/// Gives every telling of every lease its turns.
async fn tell(teller: &Arc<Teller>, pulse: &Pulse) {
    teller.recall().await;
    let clock = teller.keeper.clock().clone();
    let mut views = teller.keeper.watch();
    let (mut book, mut turns) = (Book::default(), JoinSet::new());
    let mut refresh = clock.now();
    loop {
        pulse.beat().await;
        let (view, now) = (views.borrow_and_update().clone(), clock.now());
        book.touched(&teller.bell.take_touched());
        if now >= refresh {
            refresh = now + REFRESH;
            book.all_due();
        }
        for lease in teller.leases(&view, &book).await {
            for telling in Telling::ALL {
                if let Some(memory) = book.begin(&lease.id, telling, now) {
                    let (teller, view, lease) = (Arc::clone(teller), Arc::clone(&view), lease.clone());
                    turns.spawn(teller.turn(telling, view, lease, memory, pulse.probe().clone()));
                }
            }
        }
        let wake = book.wake();
        let by_clock = wake.clock.map_or(refresh, |at| at.min(refresh));
        let by_real = wake.real.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE);
        tokio::select! {
            Some(ended) = turns.join_next() => {
                // Panics do not leave a turn, and nobody aborts one.
                if let Ok(told) = ended {
                    teller.ended(&mut book, told, pulse);
                }
                continue;
            }
            changed = views.changed() => {
                if changed.is_err() {
                    return;
                }
                book.all_due();
            }
            () = teller.bell.rung() => book.all_due(),
            () = clock.sleep_until(by_clock) => {}
            () = sleep_until(by_real) => {}
        }
        sleep(BETWEEN_TURNS).await;
    }
}

impl Teller {
    /// Leases that ended without everything being told: before this process began, or so long before this look that the
    /// view shows them no more.
    async fn recall(&self) {
        let since = self.keeper.clock().now() - OWED_FOR;
        let leases = match self.keeper.store().leases_since(since).await {
            Ok(leases) => leases,
            Err(error) => {
                error!("cannot look up what was not told yet: {error}");
                return;
            }
        };
        for lease in leases.into_iter().filter(|lease| lease.phase == Phase::Closed) {
            match self.owes(&lease).await {
                Ok(true) => _ = self.owed.lock().insert(lease.id.clone(), lease),
                Ok(false) => {}
                Err(error) => error!("cannot look up what was not told yet: {error}"),
            }
        }
    }

    /// Whether something is not told yet of a lease that is over.
    async fn owes(&self, lease: &Lease) -> Result<bool, StoreError> {
        Ok(!self.is_receipt_told(&lease.id).await?
            || self.owes_relief(&lease.id).await?
            || !self.warned(&lease.id).await?.is_empty())
    }

    /// The leases of which there may be something to tell. Where turns are short, the one who waited longest goes first.
    async fn leases(&self, view: &View, book: &Book) -> Vec<Lease> {
        let lost_sight_of = |id: &LeaseId| {
            // The view shows what is closed for an hour, and a machine can be suspended for longer between its closing
            // and this look.
            !book.is_done(id) && view.lease_by_id(id).is_none() && !self.owed.lock().contains_key(id)
        };
        if book.leases().into_iter().any(lost_sight_of) {
            self.recall().await;
        }
        let mut owed = self.owed.lock();
        for lease in view.leases.iter().filter(|lease| lease.phase == Phase::Closed) {
            if !book.is_done(&lease.id) {
                owed.insert(lease.id.clone(), lease.clone());
            }
        }
        let open = view.leases.iter().filter(|lease| lease.phase != Phase::Closed).cloned();
        let mut leases: Vec<Lease> = open.chain(owed.values().cloned()).collect();
        leases.sort_by_key(|lease| book.edited_at(&lease.id));
        leases
    }

    /// One turn. What breaks in it breaks it alone: it begins again with a fresh memory.
    async fn turn(
        self: Arc<Self>,
        telling: Telling,
        view: Arc<View>,
        lease: Lease,
        mut memory: Memory,
        probe: Probe,
    ) -> Told {
        let now = self.keeper.clock().now();
        let work = async {
            probe.at(Place::Telling).await;
            match telling {
                Telling::Living => self.living(&view, &lease, &mut memory, now).await,
                Telling::Warning => self.warn(&lease, &mut memory, now).await,
                Telling::Late => self.late(&view, &lease, &mut memory, now).await,
                Telling::Relief => self.relief(&lease, &mut memory, now).await,
                Telling::Over => self.over(&lease, &mut memory).await,
            }
        };
        let result = AssertUnwindSafe(work).catch_unwind().await;
        let (memory, result) = match result {
            Ok(result) => (memory, result),
            Err(_) => (Memory::default(), Err(Untold::Panicked)),
        };
        Told { lease: lease.id, telling, memory, result }
    }

    /// Takes note of how a turn came out.
    fn ended(&self, book: &mut Book, told: Told, pulse: &Pulse) {
        let Told { lease, telling, memory, result } = told;
        let what = telling.as_str();
        match result {
            Ok(wake) => {
                if book.ended(&lease, telling, memory, Some(wake)) {
                    info!(lease.id = %lease, "{what} is told again of lease {lease}");
                }
            }
            Err(untold) => {
                if matches!(untold, Untold::Panicked) {
                    pulse.panicked();
                    error!(lease.id = %lease, "telling {what} of lease {lease} panicked");
                }
                if book.ended(&lease, telling, memory, None) {
                    warn!(lease.id = %lease, "cannot tell {what} of lease {lease} and will try again: {untold}");
                }
            }
        }
        if book.is_done(&lease) {
            self.owed.lock().remove(&lease);
        }
        let shown = self.keeper.watch().borrow().clone();
        let owed = self.owed.lock();
        book.keep_only(|id| shown.lease_by_id(id).is_some() || owed.contains_key(id));
        self.shown.lock().retain(|id, _| shown.lease_by_id(id).is_some() || owed.contains_key(id));
    }
}
