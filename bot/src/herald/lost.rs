//! Messages that doorman lost are found again.
//!
//! Which message tells of a lease is noted after it was sent, so a process that dies in between leaves one behind
//! that nobody edits any more; so does a store that is deleted, or restored from an earlier time. The living message
//! of a lease that is not over says which lease that is, and the herald reads the latest messages of its channel once
//! when it starts. What it finds is taken over as the living message of a lease that has none, points to the living
//! message of one that has another, or says that nothing is known of it any more, once AWS proves that nothing is
//! left of it. Without the permission to read the channel nothing is found, and all else goes on.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_cloud::store::StoreError;
use doorman_commands::Message;
use parking_lot::Mutex;
use tokio::time::Instant;
use tracing::{error, info, warn};

use super::{Herald, Untold, Wake, pause};

/// AWS may not list yet what was made right before an earlier process died. Only a look from so long after the start
/// shows that nothing is there.
const SETTLED: TimeDelta = TimeDelta::minutes(1);

/// What a start finds.
pub(super) struct Lost {
    /// When this process started.
    since: DateTime<Utc>,
    /// The channel was read, or may not be.
    read: bool,
    /// Found and not put right yet, oldest first.
    messages: Mutex<Vec<Found>>,
    /// Failures in a row, and when to try again.
    failures: u32,
    not_before: Option<Instant>,
}

/// A message that tells of a lease.
#[derive(Clone)]
struct Found {
    at: MessageRef,
    lease: LeaseId,
    /// It was made the living message of its lease.
    taken: bool,
    /// It says that nothing is known of the lease, which may still turn up by its tags.
    forgotten: bool,
}

/// What is to become of a message that was found.
enum Fate {
    /// That is not known yet, or somebody else sees to it.
    Open,
    /// It is the living message of its lease.
    Living,
    /// It is to say this from now on.
    Says(Message),
    /// Nothing is known of its lease; it is to say so.
    Forgotten(Message),
}

impl Lost {
    /// Nothing found yet by a process that started at `since`.
    pub(super) fn new(since: DateTime<Utc>) -> Lost {
        Lost { since, read: false, messages: Mutex::default(), failures: 0, not_before: None }
    }

    /// Takes a message off the list.
    pub(super) fn forget(&self, at: MessageRef) {
        self.messages.lock().retain(|found| found.at != at);
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

    fn failed(&mut self) -> Wake {
        let until = Instant::now() + pause(self.failures);
        self.failures += 1;
        self.not_before = Some(until);
        Wake::real(until)
    }

    fn waits(&self) -> Option<Wake> {
        self.not_before.filter(|until| *until > Instant::now()).map(Wake::real)
    }
}

impl Herald {
    /// Reads the channel, once; again later if Discord is away.
    pub(super) async fn search(&mut self) -> Wake {
        if self.lost.read {
            return Wake::default();
        }
        if let Some(wake) = self.lost.waits() {
            return wake;
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
                let found = |(at, lease)| Found { at, lease, taken: false, forgotten: false };
                *self.lost.messages.lock() = history.living.into_iter().map(found).collect();
            }
            Err(fault) if fault.is_away() => return self.lost.failed(),
            Err(fault) => {
                warn!("cannot look for messages of before this start, which may stay as they are: {fault}");
            }
        }
        self.lost.read = true;
        self.lost.failures = 0;
        Wake::default()
    }

    /// Makes a message that was found the living one of a lease that has none.
    pub(super) async fn take_over(&self, lease: &Lease) -> Result<Option<MessageRef>, Untold> {
        let first = self.lost.messages.lock().iter().find(|found| found.lease == lease.id).cloned();
        let Some(Found { at, taken, .. }) = first else { return Ok(None) };
        // The view may not have heard of it yet.
        if !taken {
            self.keeper.follow(&lease.id, at).await?;
            self.lost.note(at, |found| found.taken = true);
            info!(lease.id = %lease.id, "found the message of lease {} in the channel", lease.id);
        }
        Ok(Some(at))
    }

    /// Puts right what was found and is not the living message of a lease.
    pub(super) async fn put_right(&mut self, view: &View, now: DateTime<Utc>) -> Wake {
        if let Some(wake) = self.lost.waits() {
            return wake;
        }
        let messages = self.lost.messages.lock().clone();
        for found in messages {
            let (message, forgotten) = match self.fate(view, &found, now).await {
                Ok(Fate::Open) => continue,
                Ok(Fate::Living) => {
                    self.lost.forget(found.at);
                    continue;
                }
                Ok(Fate::Says(message)) => (message, false),
                Ok(Fate::Forgotten(message)) => (message, true),
                Err(error) => {
                    error!("cannot look up what a message in the channel tells of: {error}");
                    return self.lost.failed();
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
                Err(fault) if fault.is_away() => return self.lost.failed(),
                Err(fault) => {
                    info!(lease.id = %found.lease, "an old message of lease {} stays: {fault}", found.lease);
                    self.lost.forget(found.at);
                }
            }
        }
        self.lost.failures = 0;
        Wake::default()
    }

    async fn fate(&self, view: &View, found: &Found, now: DateTime<Utc>) -> Result<Fate, StoreError> {
        let lease = match view.lease_by_id(&found.lease).or_else(|| self.owed.get(&found.lease)) {
            Some(lease) => Some(lease.clone()),
            // If it turns up, the view has it.
            None if found.forgotten => return Ok(Fate::Open),
            None => self.stored(&found.lease).await?,
        };
        let Some(lease) = lease else {
            return Ok(self.proof(view, &found.lease).map_or(Fate::Open, |looked_at| {
                Fate::Forgotten(self.app.forgotten(&found.lease, looked_at, self.locale))
            }));
        };
        let over = lease.phase == Phase::Closed && !self.owed.contains_key(&lease.id);
        let sent = self.states.get(&lease.id).and_then(|state| state.sent.as_ref());
        // The lease may have been read before it was noted.
        Ok(match lease.message.or_else(|| self.lost.taken(&lease.id)) {
            Some(at) if over || sent.is_some_and(|(sent, _)| *sent == at) => {
                if at != found.at {
                    Fate::Says(self.app.moved(&lease, at))
                } else if over {
                    Fate::Says(self.app.lease_message(view, &lease, lease.locale, now))
                } else {
                    Fate::Living
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
