//! Messages that doorman lost are found again.
//!
//! Which message tells of a lease is noted after it was sent, so a process that dies in between leaves one behind
//! that nobody edits any more; so does a store that is deleted, or restored from an earlier time. The living message
//! of a lease that is not over says which lease that is, and the herald reads the latest messages of its channel once
//! when it starts. What it finds is taken over as the living message of a lease that has none, points to the living
//! message of one that has another, or says that nothing is known of it any more, once AWS proves that nothing is
//! left of it. Warnings are found by their buttons, and are on record again. Without the permission to read the channel nothing is found, and all else goes on.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_cloud::store::StoreError;
use doorman_commands::Message;
use parking_lot::Mutex;
use tokio::time::{Instant, sleep, sleep_until};
use tracing::{error, info, warn};

use super::book::BETWEEN_TURNS;
use super::retry::{LONGEST_PAUSE, Retry, Wake};
use super::{REFRESH, Teller, Untold};
use crate::discord::rest::Cause;

/// AWS may not list yet what was made right before an earlier process died. Only a look from so long after the start
/// shows that nothing is there.
const SETTLED: TimeDelta = TimeDelta::minutes(1);

/// What a start finds, and what is left behind later.
pub(super) struct Lost {
    /// When this process started.
    since: DateTime<Utc>,
    search: Mutex<Search>,
    /// Known of and not put right yet, oldest first.
    messages: Mutex<Vec<Found>>,
}

/// The reading of the channel.
#[derive(Default)]
struct Search {
    /// It was read, or may not be.
    done: bool,
    retry: Retry,
}

/// A message that tells of a lease.
#[derive(Clone)]
struct Found {
    at: MessageRef,
    lease: LeaseId,
    /// It was made the living message of its lease.
    taken: bool,
    /// Another one took its place.
    behind: bool,
    /// It is none, but a warning with buttons.
    warning: bool,
    /// It says that nothing is known of the lease, which may still turn up by its tags.
    forgotten: bool,
    retry: Retry,
}

/// What is to become of a message that was found.
enum Fate {
    /// That is not known yet, or somebody else sees to it.
    Open,
    /// It is the living message of its lease, or a warning that is on record.
    Known,
    /// It is to say this from now on.
    Says(Message),
    /// Nothing is known of its lease; it is to say so.
    Forgotten(Message),
}

impl Found {
    fn new(at: MessageRef, lease: LeaseId) -> Found {
        let retry = Retry::default();
        Found { at, lease, taken: false, behind: false, warning: false, forgotten: false, retry }
    }
}

impl Lost {
    /// Nothing found yet by a process that started at `since`.
    pub(super) fn new(since: DateTime<Utc>) -> Lost {
        Lost { since, search: Mutex::default(), messages: Mutex::default() }
    }

    /// Takes a message off the list.
    pub(super) fn forget(&self, at: MessageRef) {
        self.messages.lock().retain(|found| found.at != at);
    }

    /// Puts the earlier message of a lease that has another one by now on the list.
    pub(super) fn left_behind(&self, at: MessageRef, lease: &LeaseId) {
        let mut messages = self.messages.lock();
        messages.retain(|found| found.at != at);
        messages.push(Found { behind: true, ..Found::new(at, lease.clone()) });
    }

    /// The message that was made the living one of a lease.
    fn taken(&self, lease: &LeaseId) -> Option<MessageRef> {
        let messages = self.messages.lock();
        messages.iter().find(|found| found.taken && found.lease == *lease).map(|found| found.at)
    }

    /// Changes what is noted of a message.
    fn note(&self, at: MessageRef, note: impl FnMut(&mut Found)) {
        self.messages.lock().iter_mut().filter(|found| found.at == at).for_each(note);
    }
}

impl Teller {
    /// Reads the channel, once; again later if Discord is away.
    pub(super) async fn search(&self) -> Wake {
        let search = &self.lost.search;
        if search.lock().done {
            return Wake::default();
        }
        if let Some(until) = search.lock().retry.waits() {
            return Wake::real(until);
        }
        let channel = self.channel_id;
        match self.deliver.history(channel).await {
            Ok(history) => {
                if history.read == 0 {
                    info!(
                        "no messages to be read in channel {channel}: it is empty, or the bot lacks Read Message \
                         History there, without which messages of before a crash may stay as they are"
                    );
                }
                let mut found: Vec<Found> =
                    history.living.into_iter().map(|(at, lease)| Found::new(at, lease)).collect();
                for (at, ids) in history.pressable {
                    let Some(lease) = ids.iter().find_map(|id| self.app.lease_closed_by(id)) else {
                        continue;
                    };
                    if !self.is_on_record(at, &lease).await {
                        found.push(Found { warning: true, ..Found::new(at, lease) });
                    }
                }
                let mut messages = self.lost.messages.lock();
                let known = std::mem::take(&mut *messages);
                messages.extend(found.into_iter().filter(|new| known.iter().all(|old| old.at != new.at)));
                messages.extend(known);
            }
            // Elsewhere than in the bot's own channel, what it may not do is final.
            Err(fault) if fault.cause(false) == Cause::Passing => {
                let mut search = search.lock();
                search.retry.failed();
                return search.retry.waits().map(Wake::real).unwrap_or_default();
            }
            Err(fault) => {
                warn!("cannot look for messages of before this start, which may stay as they are: {fault}");
            }
        }
        search.lock().done = true;
        Wake::default()
    }

    /// Puts a warning that was found on record, if the store knows its lease; says whether it did.
    async fn is_on_record(&self, at: MessageRef, lease: &LeaseId) -> bool {
        let remembered = async {
            if !self.keeper.store().knows_lease(lease).await? {
                return Ok::<_, StoreError>(false);
            }
            self.remember_warning(lease, at).await?;
            Ok(true)
        };
        remembered.await.unwrap_or_else(|error| {
            error!("cannot note a warning of lease {lease}: {error}");
            false
        })
    }

    /// Whether the channel was read, or may not be.
    pub(super) fn has_searched(&self) -> bool {
        self.lost.search.lock().done
    }

    /// Makes a message that was found the living one of a lease that has none.
    pub(super) async fn take_over(&self, lease: &Lease) -> Result<Option<MessageRef>, Untold> {
        let fits = |found: &&Found| found.lease == lease.id && !found.behind && !found.warning;
        let first = self.lost.messages.lock().iter().find(fits).cloned();
        let Some(Found { at, taken, .. }) = first else { return Ok(None) };
        // The view may not have heard of it yet.
        if !taken {
            self.keeper.follow(&lease.id, at).await?;
            self.lost.note(at, |found| found.taken = true);
            info!(lease.id = %lease.id, "found the message of lease {} in the channel", lease.id);
        }
        Ok(Some(at))
    }

    /// Puts right what was found, or left behind, and is not the living message of a lease.
    pub(super) async fn put_right(&self) {
        let clock = self.keeper.clock().clone();
        let mut views = self.keeper.watch();
        loop {
            let view = views.borrow_and_update().clone();
            for (at, lease) in self.bell.take_left_behind() {
                self.lost.left_behind(at, &lease);
            }
            let mut wake = self.search().await;
            let messages = self.lost.messages.lock().clone();
            for found in messages {
                wake = wake.or(self.put_one_right(&view, &found, clock.now()).await);
            }
            let real = wake.real.unwrap_or_else(|| Instant::now() + LONGEST_PAUSE);
            tokio::select! {
                changed = views.changed() => if changed.is_err() { return },
                () = self.bell.looks_behind() => {}
                () = clock.sleep(REFRESH) => {}
                () = sleep_until(real) => {}
            }
            sleep(BETWEEN_TURNS).await;
        }
    }

    async fn put_one_right(&self, view: &View, found: &Found, now: DateTime<Utc>) -> Wake {
        if let Some(until) = found.retry.waits() {
            return Wake::real(until);
        }
        let again = || {
            self.lost.note(found.at, |found| _ = found.retry.failed());
            // When, is known from the list.
            Wake::real(Instant::now() + BETWEEN_TURNS)
        };
        let (message, forgotten) = match self.fate(view, found, now).await {
            Ok(Fate::Open) => return Wake::default(),
            Ok(Fate::Known) => {
                self.lost.forget(found.at);
                return Wake::default();
            }
            Ok(Fate::Says(message)) => (message, false),
            Ok(Fate::Forgotten(message)) => (message, true),
            Err(error) => {
                error!("cannot look up what a message in the channel tells of: {error}");
                return again();
            }
        };
        if let Err(next) = self.take_slot(found.at.channel_id) {
            return Wake::real(next);
        }
        match self.deliver.edit(found.at, &message).await {
            Ok(()) if forgotten => {
                warn!(lease.id = %found.lease, "said that nothing is known of lease {}", found.lease);
                self.lost.note(found.at, |found| found.forgotten = true);
            }
            Ok(()) => self.lost.forget(found.at),
            Err(fault) => match fault.cause(found.at.channel_id == self.channel_id) {
                // Discord takes an edit again an hour later.
                Cause::Passing | Cause::Worn => return again(),
                Cause::Gone | Cause::Content => {
                    info!(lease.id = %found.lease, "an old message of lease {} stays: {fault}", found.lease);
                    self.lost.forget(found.at);
                }
            },
        }
        Wake::default()
    }

    async fn fate(&self, view: &View, found: &Found, now: DateTime<Utc>) -> Result<Fate, StoreError> {
        let owed = || self.owed.lock().get(&found.lease).cloned();
        let lease = match view.lease_by_id(&found.lease).cloned().or_else(owed) {
            Some(lease) => Some(lease),
            // If it turns up, the view has it.
            None if found.forgotten => return Ok(Fate::Open),
            None => self.stored(&found.lease).await?,
        };
        let Some(lease) = lease else {
            return Ok(self.proof(view, &found.lease).map_or(Fate::Open, |looked_at| {
                Fate::Forgotten(self.app.forgotten(&found.lease, looked_at, self.language.get()))
            }));
        };
        let over = lease.phase == Phase::Closed && !self.owed.lock().contains_key(&lease.id);
        if found.warning && over {
            // Nobody goes through its warnings any more.
            let receipt = lease.message.or_else(|| self.lost.taken(&lease.id));
            return Ok(Fate::Says(self.app.warning_over(&lease, receipt, self.language.get())));
        }
        if found.warning {
            // Kept until the lease is over, too: whoever goes through its warnings then may have been there before this.
            self.remember_warning(&lease.id, found.at).await?;
            return Ok(Fate::Open);
        }
        let shown = self.shown.lock().get(&lease.id).copied();
        // No edit of the living message is under way any more.
        let over = lease.phase == Phase::Closed && self.is_receipt_told(&lease.id).await?;
        // The lease may have been read before it was noted.
        Ok(match lease.message.or_else(|| self.lost.taken(&lease.id)) {
            // Its new message has not reached this view yet.
            Some(at) if found.behind && at == found.at => Fate::Open,
            Some(at) if over || shown == Some(at) => {
                if at != found.at {
                    Fate::Says(self.app.moved(&lease, at))
                } else if over {
                    Fate::Says(self.app.lease_message(view, &lease, lease.locale, now))
                } else {
                    Fate::Known
                }
            }
            None if over => Fate::Says(self.app.lease_message(view, &lease, lease.locale, now)),
            // Living messages first: one that is gone may be followed by this one.
            Some(_) | None => Fate::Open,
        })
    }

    /// A lease that is in nobody's view any more, or not yet.
    async fn stored(&self, id: &LeaseId) -> Result<Option<Lease>, StoreError> {
        let store = self.keeper.store();
        if !store.knows_lease(id).await? {
            return Ok(None);
        }
        // Seldom: a second message of a lease that has been over for long.
        let leases = store.leases_since(DateTime::UNIX_EPOCH).await?;
        Ok(leases.into_iter().find(|lease| lease.id == *id))
    }

    /// When AWS was seen without anything of a lease that the store does not know; `None` if it was not.
    fn proof(&self, view: &View, lease: &LeaseId) -> Option<DateTime<Utc>> {
        let observed = view.observed.as_ref().filter(|_| view.blind.is_none())?;
        let seen = observed.at >= self.lost.since + SETTLED && observed.knows_all_that_bills();
        (seen && !observed.shows(lease)).then_some(observed.at)
    }
}
