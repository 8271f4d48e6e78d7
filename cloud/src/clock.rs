//! The one place that reads the machine's clock.
//!
//! Everything that depends on time takes it from a [`Clock`]. The same type runs the bot on real time,
//! the demo on time that can be sped up, and tests on time that stands still until they move it.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

/// Time as a straight line from an anchor: `then + (real time since) × rate`.
#[derive(Clone, Copy, Debug)]
struct Line {
    real: Instant,
    then: DateTime<Utc>,
    rate: f64,
}

impl Line {
    fn now(&self) -> DateTime<Utc> {
        let elapsed = self.real.elapsed().as_secs_f64() * self.rate;
        self.then + TimeDelta::microseconds((elapsed * 1e6) as i64)
    }
}

/// A clock that can be handed around; clones show the same time.
#[derive(Clone, Debug)]
pub struct Clock {
    line: Arc<watch::Sender<Line>>,
    /// On time that jumps whenever the runtime is idle.
    jumps: bool,
}

/// While it lives, a clock that jumps stands.
#[derive(Debug)]
pub struct Hold {
    /// Dropping it ends the blocking task that keeps tokio's time from being advanced.
    _busy: Option<mpsc::Sender<()>>,
}

impl Clock {
    /// The machine's own clock.
    pub fn system() -> Self {
        #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
        let now = Utc::now();
        Self::starting_at(now, 1.0)
    }

    /// A clock that stands at `then` until [`advance`](Self::advance) or [`set_rate`](Self::set_rate).
    pub fn standing_at(then: DateTime<Utc>) -> Self {
        Self::starting_at(then, 0.0)
    }

    /// A clock on the paused time of tokio's current-thread runtime, for tests: whenever nothing is left to do
    /// it jumps to the next instant at which something is.
    pub fn jumping_from(then: DateTime<Utc>) -> Self {
        Self { jumps: true, ..Self::starting_at(then, 1.0) }
    }

    fn starting_at(then: DateTime<Utc>, rate: f64) -> Self {
        let line = Line { real: Instant::now(), then, rate };
        Self { line: Arc::new(watch::Sender::new(line)), jumps: false }
    }

    /// Keeps a clock that jumps from doing so while somebody outside the runtime works, such as a thread that
    /// writes a file. Other clocks take no notice.
    pub fn hold(&self) -> Hold {
        if !self.jumps {
            return Hold { _busy: None };
        }
        let (busy, ended) = mpsc::channel();
        tokio::task::spawn_blocking(move || _ = ended.recv());
        Hold { _busy: Some(busy) }
    }

    /// The time now.
    pub fn now(&self) -> DateTime<Utc> {
        self.line.borrow().now()
    }

    /// Seconds of this clock per second of the machine's; 0 stands still.
    pub fn rate(&self) -> f64 {
        self.line.borrow().rate
    }

    /// Lets the time go faster or slower from now on.
    pub fn set_rate(&self, rate: f64) {
        self.line.send_modify(|line| *line = Line { real: Instant::now(), then: line.now(), rate });
    }

    /// Jumps ahead.
    pub fn advance(&self, by: TimeDelta) {
        self.line.send_modify(|line| *line = Line { real: Instant::now(), then: line.now() + by, ..*line });
    }

    /// Returns when this clock shows `when` or later, also when its rate changes or it jumps meanwhile.
    pub async fn sleep_until(&self, when: DateTime<Utc>) {
        let mut changes = self.line.subscribe();
        loop {
            let line = *changes.borrow_and_update();
            let left = when - line.now();
            if left <= TimeDelta::zero() {
                return;
            }
            // A wait in slices, because the machine may be suspended and its monotonic clock with it.
            let real = if line.rate > 0.0 {
                Duration::from_secs_f64((left.as_seconds_f64() / line.rate).clamp(0.001, 30.0))
            } else {
                Duration::from_secs(3600)
            };
            tokio::select! {
                () = tokio::time::sleep(real) => {}
                _ = changes.changed() => {}
            }
        }
    }

    /// Returns after `span` of this clock's time.
    pub async fn sleep(&self, span: TimeDelta) {
        self.sleep_until(self.now() + span).await;
    }
}
