//! The living message of a lease: posted, edited, and posted anew where it cannot be edited any more.

use std::time::Duration;

use chrono::{DateTime, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, MessageRef, Phase};
use doorman_cloud::store::StoreError;
use doorman_commands::Message;
use tokio::time::Instant;
use tracing::{error, info};

use super::book::Memory;
use super::retry::Wake;
use super::{Teller, Untold, nonce};
use crate::discord::rest::Cause;

/// Discord takes about five edits in five seconds from a bot in one channel, whichever the messages.
const BETWEEN_EDITS: Duration = Duration::from_secs(1);
/// How long a lease may be without a message before the herald posts one, while nobody is being replied to.
const GRACE: Duration = Duration::from_secs(5);
/// The same while a reply is under way, which might become that message.
const LONG_GRACE: Duration = Duration::from_secs(60);

impl Teller {
    /// The living message.
    pub(super) async fn living(
        &self,
        view: &View,
        lease: &Lease,
        memory: &mut Memory,
        now: DateTime<Utc>,
    ) -> Result<Wake, Untold> {
        if lease.phase == Phase::Closed && self.is_receipt_told(&lease.id).await? {
            memory.done = true;
            return Ok(Wake::default());
        }
        // A message posted a moment ago may not have reached this view's copy of the lease yet.
        let at = match lease.message.or(memory.sent.as_ref().map(|(at, _)| *at)) {
            None => self.take_over(lease).await?,
            known => known,
        };
        let message = self.app.lease_message(view, lease, lease.locale, now);
        match at {
            None => {
                let since = *memory.missing_since.get_or_insert_with(Instant::now);
                let grace = if self.bell.is_replying() { LONG_GRACE } else { GRACE };
                if since + grace > Instant::now() {
                    return Ok(Wake::real(since + grace));
                }
                self.post_living(lease, memory, message).await?;
            }
            Some(at) => {
                if memory.sent.as_ref().is_none_or(|sent| *sent != (at, message.clone())) {
                    if let Err(next) = self.take_slot(at.channel_id) {
                        return Ok(Wake::real(next));
                    }
                    memory.edited_at = Some(Instant::now());
                    self.edit_living(lease, memory, at, message).await?;
                }
            }
        }
        if lease.phase == Phase::Closed {
            self.keeper.store().mark_told(&receipt_key(&lease.id), now).await?;
            memory.done = true;
        }
        Ok(Wake::default())
    }

    /// Takes the turn for an edit in a channel; `Err`: when the next one is.
    pub(super) fn take_slot(&self, channel_id: u64) -> Result<(), Instant> {
        let (mut slots, now) = (self.slots.lock(), Instant::now());
        match slots.get(&channel_id) {
            Some(next) if *next > now => Err(*next),
            _ => {
                slots.insert(channel_id, now + BETWEEN_EDITS);
                Ok(())
            }
        }
    }

    /// Edits the living message; where it is gone or worn out, another one takes its place.
    async fn edit_living(
        &self,
        lease: &Lease,
        memory: &mut Memory,
        at: MessageRef,
        message: Message,
    ) -> Result<(), Untold> {
        let (mut at, mut shown) = (at, message.clone());
        loop {
            let Err(fault) = self.deliver.edit(at, &shown).await else { break };
            match fault.cause(at.channel_id == self.channel_id) {
                Cause::Passing => return Err(fault.into()),
                Cause::Gone => {
                    info!(lease.id = %lease.id, "the message of lease {} is gone: {fault}", lease.id);
                    self.lost.forget(at);
                    match self.take_over(lease).await? {
                        Some(other) => at = other,
                        None => return self.post_living(lease, memory, message).await,
                    }
                }
                Cause::Worn => {
                    info!(lease.id = %lease.id, "the message of lease {} takes no more edits", lease.id);
                    self.post_living(lease, memory, message).await?;
                    self.lost.left_behind(at, &lease.id);
                    return Ok(());
                }
                Cause::Content => {
                    error!(lease.id = %lease.id, "the message of lease {} is refused: {fault}", lease.id);
                    match shown.plainer() {
                        Some(plainer) => shown = plainer,
                        // Sending the same again cannot help.
                        None => break,
                    }
                }
            }
        }
        self.shows(&lease.id, at);
        memory.sent = Some((at, message));
        Ok(())
    }

    /// The living message of a lease is written, where it is; the one before may be put right.
    fn shows(&self, lease: &LeaseId, at: MessageRef) {
        if self.shown.lock().insert(lease.clone(), at) != Some(at) {
            self.bell.look_behind();
        }
    }

    async fn post_living(&self, lease: &Lease, memory: &mut Memory, message: Message) -> Result<(), Untold> {
        // What was there before is part of the nonce: a message that was deleted may be followed by another.
        let nonce = nonce(&format!("living:{}:{:?}", lease.id, lease.message));
        let mut shown = message.clone();
        let at = loop {
            match self.deliver.post(self.channel_id, &shown, None, &nonce).await {
                Ok(at) => break at,
                Err(fault) => match shown.plainer() {
                    Some(plainer) if fault.is_about_content() => {
                        error!(lease.id = %lease.id, "the message of lease {} is refused: {fault}", lease.id);
                        shown = plainer;
                    }
                    _ => return Err(fault.into()),
                },
            }
        };
        info!(lease.id = %lease.id, "posted the message of lease {}", lease.id);
        self.shows(&lease.id, at);
        memory.sent = Some((at, message));
        memory.edited_at = Some(Instant::now());
        self.keeper.follow(&lease.id, at).await?;
        Ok(())
    }

    /// Whether the receipt of a lease is told.
    pub(super) async fn is_receipt_told(&self, lease: &LeaseId) -> Result<bool, StoreError> {
        self.keeper.store().was_told(&receipt_key(lease)).await
    }
}

/// That the receipt of a lease is told.
fn receipt_key(lease: &LeaseId) -> String {
    format!("receipt:{lease}")
}
