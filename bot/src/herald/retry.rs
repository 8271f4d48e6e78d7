//! When something is tried, or looked at, again.

use std::time::Duration;

use chrono::{DateTime, Utc};
use tokio::time::Instant;

/// Pauses after failures.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
pub(super) const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// The pause after so many failures in a row before this one.
pub(super) fn pause(failures: u32) -> Duration {
    let pause = FIRST_PAUSE * 2u32.saturating_pow(failures.min(10));
    pause.min(LONGEST_PAUSE).mul_f64(rand::random_range(0.75..1.25))
}

/// Failures in a row of one thing, and when it is tried again.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Retry {
    failures: u32,
    not_before: Option<Instant>,
}

impl Retry {
    /// It failed: says whether that is news, after a time in which it did not.
    pub(super) fn failed(&mut self) -> bool {
        self.not_before = Some(Instant::now() + pause(self.failures));
        self.failures += 1;
        self.failures == 1
    }

    /// It went well: says whether it had failed before that.
    pub(super) fn went_well(&mut self) -> bool {
        std::mem::take(self).failures > 0
    }

    /// Until when it has to wait, if it has to.
    pub(super) fn waits(&self) -> Option<Instant> {
        self.not_before.filter(|until| *until > Instant::now())
    }
}

/// When to look at something again: by the clock, and in real time.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Wake {
    pub(super) clock: Option<DateTime<Utc>>,
    pub(super) real: Option<Instant>,
}

impl Wake {
    pub(super) fn at(clock: DateTime<Utc>) -> Wake {
        Wake { clock: Some(clock), real: None }
    }

    pub(super) fn real(real: Instant) -> Wake {
        Wake { clock: None, real: Some(real) }
    }

    pub(super) fn or(self, other: Wake) -> Wake {
        Wake {
            clock: self.clock.into_iter().chain(other.clock).min(),
            real: self.real.into_iter().chain(other.real).min(),
        }
    }

    /// Whether it is time, by the clock or in real time.
    pub(super) fn is_due(self, now: DateTime<Utc>) -> bool {
        self.clock.is_some_and(|at| at <= now) || self.real.is_some_and(|at| at <= Instant::now())
    }
}
