//! Rate limits, when they are asked for. They go by the sandbox's clock, and a bot waits for them by its own: where both
//! jump they cost nothing, elsewhere a test of something else should not wait for them.
//!
//! To meet one is nobody's fault: Discord says by it how fast it may be, and a bot that was just started does not know what
//! was sent before. To go on before the time that it said is a violation.

use std::{
    collections::{HashMap, VecDeque},
    sync::atomic::{AtomicBool, Ordering},
};

use chrono::{DateTime, TimeDelta, Utc};
use parking_lot::Mutex;

/// Requests of a bot, all routes but interaction callbacks. Source: Discord, "Global Rate Limit".
const GLOBAL: Limit = Limit { requests: 50, window: TimeDelta::seconds(1) };
/// Messages of a channel or a token, per method. Discord does not publish it; it is what its
/// `X-RateLimit-Limit` and `X-RateLimit-Reset-After` headers have been saying.
const MESSAGES: Limit = Limit { requests: 5, window: TimeDelta::seconds(5) };

#[derive(Clone, Copy)]
struct Limit {
    requests: usize,
    window: TimeDelta,
}

/// How long an answer may take to be known to whoever sends the next request.
const ON_ITS_WAY: TimeDelta = TimeDelta::seconds(1);

/// What was asked for, by bucket.
#[derive(Default)]
pub(super) struct RateLimits {
    enforced: AtomicBool,
    buckets: Mutex<HashMap<String, Bucket>>,
}

#[derive(Default)]
struct Bucket {
    /// When requests were made that were let through.
    made: VecDeque<DateTime<Utc>>,
    /// When a request was refused, and until when.
    refused: Option<(DateTime<Utc>, DateTime<Utc>)>,
}

/// What may follow a request.
pub(super) struct Left {
    pub(super) remaining: usize,
    pub(super) reset_after: TimeDelta,
}

/// A refused request.
pub(super) struct Exceeded {
    pub(super) retry_after: TimeDelta,
    pub(super) global: bool,
    /// Whether it came although an earlier answer had said to wait.
    pub(super) told: bool,
}

impl RateLimits {
    pub(super) fn enforce(&self, enforced: bool) {
        self.enforced.store(enforced, Ordering::SeqCst);
        self.buckets.lock().clear();
    }

    /// Whoever begins anew does not know what was answered before.
    pub(super) fn forget_refusals(&self) {
        self.buckets.lock().values_mut().for_each(|bucket| bucket.refused = None);
    }

    /// Counts a request, unless it is one too many; answers how many of its route may follow, if that is limited.
    pub(super) fn count(
        &self,
        method: &str,
        path: &str,
        now: DateTime<Utc>,
    ) -> Result<Option<Left>, Exceeded> {
        if !self.enforced.load(Ordering::SeqCst) || path.contains("/interactions/") {
            return Ok(None);
        }
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
                let retry_after = limit.window - (now - *first);
                *refused = Some((now, now + retry_after));
                return Err(Exceeded { retry_after, global: bucket.is_empty(), told });
            }
        }
        let mut left = None;
        for (bucket, limit) in wanted {
            let is_route = !bucket.is_empty();
            let made = &mut buckets.entry(bucket).or_default().made;
            made.push_back(now);
            let first = made.front().copied().unwrap_or(now);
            left = is_route.then(|| Left {
                remaining: limit.requests - made.len(),
                reset_after: limit.window - (now - first),
            });
        }
        Ok(left)
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
