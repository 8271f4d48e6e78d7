//! Rate limits, when they are asked for. They go by tokio's time, as does the bot that waits for them: where that jumps they
//! cost nothing, elsewhere a test of something else should not wait for them.
//!
//! To meet one is nobody's fault: Discord says by it how fast it may be, and a bot that was just started does not know what
//! was sent before. To go on before the time that it said is a violation.

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

/// How long an answer may take to be known to whoever sends the next request.
const ON_ITS_WAY: Duration = Duration::from_secs(1);

/// What was asked for, by bucket.
#[derive(Default)]
pub(super) struct RateLimits {
    enforced: AtomicBool,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Default)]
struct Bucket {
    /// When requests were made that were let through.
    made: VecDeque<Instant>,
    /// When a request was refused, and until when.
    refused: Option<(Instant, Instant)>,
}

/// A refused request.
pub(super) struct Exceeded {
    pub(super) retry_after: Duration,
    pub(super) global: bool,
    /// Whether it came although an earlier answer had said to wait.
    pub(super) told: bool,
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
            let Bucket { made, refused } = buckets.entry(bucket.clone()).or_default();
            while made.front().is_some_and(|at| now - *at >= limit.window) {
                made.pop_front();
            }
            if let Some(first) = made.front().filter(|_| made.len() >= limit.requests) {
                let told = refused.is_some_and(|(at, until)| at + ON_ITS_WAY < now && now < until);
                let retry_after = limit.window.saturating_sub(now - *first);
                *refused = Some((now, now + retry_after));
                return Err(Exceeded { retry_after, global: bucket.is_empty(), told });
            }
        }
        for (bucket, _) in wanted {
            buckets.entry(bucket).or_default().made.push_back(now);
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
