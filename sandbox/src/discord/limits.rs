//! Rate limits, when they are asked for. Off by default: a test of something else should not wait for them.

use std::{
    collections::{HashMap, VecDeque},
    sync::atomic::{AtomicBool, Ordering},
    time::Duration,
};

use parking_lot::Mutex;
use tokio::time::Instant;

/// Requests of a bot, all routes but interaction callbacks. Source: Discord, "Global Rate Limit".
const GLOBAL: Limit = Limit { requests: 50, window: Duration::from_secs(1) };
/// Messages of a channel or a token, per method. Discord does not publish it; it is what its
/// `X-RateLimit-Limit` and `X-RateLimit-Reset-After` headers have been saying.
const MESSAGES: Limit = Limit { requests: 5, window: Duration::from_secs(5) };

#[derive(Clone, Copy)]
struct Limit {
    requests: usize,
    window: Duration,
}

/// When requests were made (real time), by bucket.
#[derive(Default)]
pub(super) struct RateLimits {
    enforced: AtomicBool,
    buckets: Mutex<HashMap<String, VecDeque<Instant>>>,
}

/// A refused request.
pub(super) struct Exceeded {
    pub(super) retry_after: Duration,
    pub(super) global: bool,
}

impl RateLimits {
    pub(super) fn enforce(&self, enforced: bool) {
        self.enforced.store(enforced, Ordering::SeqCst);
        self.buckets.lock().clear();
    }

    /// Counts a request, unless it is one too many.
    pub(super) fn count(&self, method: &str, path: &str) -> Result<(), Exceeded> {
        if !self.enforced.load(Ordering::SeqCst) || path.contains("/interactions/") {
            return Ok(());
        }
        let now = Instant::now();
        let mut buckets = self.buckets.lock();
        let route = messages_bucket(method, path).map(|bucket| (bucket, MESSAGES));
        let wanted: Vec<(String, Limit)> = std::iter::once((String::new(), GLOBAL)).chain(route).collect();
        for (bucket, limit) in &wanted {
            let made = buckets.entry(bucket.clone()).or_default();
            while made.front().is_some_and(|at| now - *at >= limit.window) {
                made.pop_front();
            }
            if let Some(first) = made.front().filter(|_| made.len() >= limit.requests) {
                let retry_after = limit.window.saturating_sub(now - *first);
                return Err(Exceeded { retry_after, global: bucket.is_empty() });
            }
        }
        for (bucket, _) in wanted {
            buckets.entry(bucket).or_default().push_back(now);
        }
        Ok(())
    }
}

/// The bucket of a message route: the method and the channel, or the method and the token.
fn messages_bucket(method: &str, path: &str) -> Option<String> {
    let resource = path.strip_prefix("/api/v10/")?;
    let mut parts = resource.split('/');
    let bucket = match parts.next()? {
        "channels" => format!("{method} {}", parts.next()?),
        "webhooks" => format!("{method} {}", parts.nth(1)?),
        _ => return None,
    };
    (resource.starts_with("webhooks/") || parts.next() == Some("messages")).then_some(bucket)
}
