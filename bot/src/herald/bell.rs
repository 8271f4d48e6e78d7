//! How the desk and the herald keep out of each other's way.

use std::collections::HashSet;
use std::hash::{DefaultHasher, Hash, Hasher};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use doorman_cloud::ids::LeaseId;
use doorman_cloud::lease::MessageRef;
use parking_lot::Mutex;
use tokio::sync::Notify;

/// Shared by those who reply and the herald; clones are the same bell.
#[derive(Clone, Default)]
pub struct Bell {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    replying: AtomicUsize,
    touched: Mutex<HashSet<MessageRef>>,
    left_behind: Mutex<Vec<(MessageRef, LeaseId)>>,
    ring: Notify,
    behind: Notify,
}

/// A reply is under way while this lives.
pub struct Replying(Arc<Inner>);

impl Drop for Replying {
    fn drop(&mut self) {
        self.0.replying.fetch_sub(1, Ordering::AcqRel);
        self.0.ring.notify_one();
    }
}

impl Bell {
    /// Says that a reply is under way, which may become the living message of a lease.
    pub fn replying(&self) -> Replying {
        self.inner.replying.fetch_add(1, Ordering::AcqRel);
        Replying(Arc::clone(&self.inner))
    }

    /// Whether a reply is under way.
    pub fn is_replying(&self) -> bool {
        self.inner.replying.load(Ordering::Acquire) > 0
    }

    /// Says that a message was written to by somebody else than the herald.
    pub fn touched(&self, message: MessageRef) {
        self.inner.touched.lock().insert(message);
        self.inner.ring.notify_one();
    }

    /// The messages that were, since this was last asked.
    pub fn take_touched(&self) -> HashSet<MessageRef> {
        std::mem::take(&mut self.inner.touched.lock())
    }

    /// Says that a message still tells of a lease, which has another one by now. Whoever said so must not edit it: an
    /// edit of the herald's may be on its way to it and arrive later.
    pub fn left_behind(&self, message: MessageRef, lease: LeaseId) {
        self.inner.left_behind.lock().push((message, lease));
        self.look_behind();
    }

    /// Says that what was left behind may be put right now.
    pub fn look_behind(&self) {
        self.inner.behind.notify_one();
    }

    /// Returns when that was said.
    pub async fn looks_behind(&self) {
        self.inner.behind.notified().await;
    }

    /// The messages that do, since this was last asked.
    pub fn take_left_behind(&self) -> Vec<(MessageRef, LeaseId)> {
        std::mem::take(&mut self.inner.left_behind.lock())
    }

    /// Returns when something was said.
    pub async fn rung(&self) {
        self.inner.ring.notified().await;
    }
}

/// A nonce for a post that tells `key`: at most 25 characters, and the same after a restart.
pub fn nonce(key: &str) -> String {
    let mut hasher = DefaultHasher::new();
    key.hash(&mut hasher);
    format!("doorman{:016x}", hasher.finish())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_nonce_is_short_enough_and_depends_on_the_key_alone() {
        let nonces: Vec<String> = ["warn-10:01j", "warn-10:01j", "warn-2:01j"].map(nonce).into();
        assert!(nonces.iter().all(|nonce| nonce.len() <= 25));
        assert_eq!(nonces[0], nonces[1]);
        assert_ne!(nonces[0], nonces[2]);
    }

    #[test]
    fn a_reply_is_under_way_until_its_token_is_dropped() {
        let bell = Bell::default();
        let (one, two) = (bell.replying(), bell.replying());
        drop(one);
        assert!(bell.is_replying());
        drop(two);
        assert!(!bell.is_replying());
    }
}
