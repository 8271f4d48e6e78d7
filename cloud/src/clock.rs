//! The one place that reads the machine's clock.
//!
//! Everything that depends on time takes it from a [`Clock`]. The same type runs the bot on real time,
//! the demo on time that can be sped up, and tests on time that stands still until they move it.

use std::sync::{Arc, mpsc};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::watch;
use tokio::time::Instant;

/// Where a clock has its time from.
#[derive(Clone, Copy, Debug)]
enum Time {
    /// From the machine. Not counted from an anchor: a machine that was suspended shows the right time when it
    /// wakes, and its count of seconds does not.
    Machine(fn() -> DateTime<Utc>),
    Line(Line),
}

/// Time as a straight line from an anchor: `then + (real time since) × rate`.
#[derive(Clone, Copy, Debug)]
struct Line {
    real: Instant,
    then: DateTime<Utc>,
    rate: f64,
}

impl Time {
    fn now(&self) -> DateTime<Utc> {
        match self {
            Time::Machine(read) => read(),
            Time::Line(line) => line.now(),
        }
    }

    fn rate(&self) -> f64 {
        match self {
            Time::Machine(_) => 1.0,
            Time::Line(line) => line.rate,
        }
    }
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
    time: Arc<watch::Sender<Time>>,
    /// On time that jumps whenever the runtime is idle.
    jumps: bool,
    /// By how much it shows more than the time.
    ahead: TimeDelta,
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
        Self::of(Time::Machine(Utc::now))
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
        Self::of(Time::Line(Line { real: Instant::now(), then, rate }))
    }

    fn of(time: Time) -> Self {
        Self { time: Arc::new(watch::Sender::new(time)), jumps: false, ahead: TimeDelta::zero() }
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
        self.time.borrow().now() + self.ahead
    }

    /// A clock on the same time that is wrong: it shows so much more, or less. For tests.
    pub fn off_by(&self, ahead: TimeDelta) -> Clock {
        Clock { ahead: self.ahead + ahead, ..self.clone() }
    }

    /// Seconds of this clock per second of the machine's; 0 stands still.
    pub fn rate(&self) -> f64 {
        self.time.borrow().rate()
    }

    /// Lets the time go faster or slower from now on.
    pub fn set_rate(&self, rate: f64) {
        self.time.send_modify(|time| {
            *time = Time::Line(Line { real: Instant::now(), then: time.now(), rate });
        });
    }

    /// Jumps ahead.
    pub fn advance(&self, by: TimeDelta) {
        self.time.send_modify(|time| {
            *time = Time::Line(Line { real: Instant::now(), then: time.now() + by, rate: time.rate() });
        });
    }

    /// Returns when this clock shows `when` or later, also when its rate changes or it jumps meanwhile.
    pub async fn sleep_until(&self, when: DateTime<Utc>) {
        let mut changes = self.time.subscribe();
        loop {
            let time = *changes.borrow_and_update();
            let left = when - time.now() - self.ahead;
            if left <= TimeDelta::zero() {
                return;
            }
            // A wait in slices, because the machine may be suspended, and tokio's time with it.
            let real = if time.rate() > 0.0 {
                Duration::from_secs_f64((left.as_seconds_f64() / time.rate()).clamp(0.001, 30.0))
            } else {
                Duration::from_secs(3600)
            };
            tokio::select! {
                () = tokio::time::sleep(real) => {}
                _ = changes.changed() => {}
            }
        }
    }

    /// Returns after `span` of this clock's time; no later either if the machine's clock is set back meanwhile.
    pub async fn sleep(&self, span: TimeDelta) {
        let counted = async {
            let machine = matches!(*self.time.borrow(), Time::Machine(_));
            match span.to_std() {
                Ok(span) if machine => tokio::time::sleep(span).await,
                _ => std::future::pending().await,
            }
        };
        tokio::select! {
            () = self.sleep_until(self.now() + span) => {}
            () = counted => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    thread_local! {
        /// What the machine's clock shows, in seconds of the epoch. It goes on only when somebody sets it.
        static SHOWN: Cell<i64> = const { Cell::new(0) };
    }

    fn shown() -> DateTime<Utc> {
        DateTime::from_timestamp(SHOWN.get(), 0).expect("in range")
    }

    /// Tokio's time is what the machine counted while it was awake.
    #[tokio::test(start_paused = true)]
    async fn a_machine_that_slept_is_not_behind() {
        let (clock, began) = (Clock::of(Time::Machine(shown)), Instant::now());
        let end = clock.now() + TimeDelta::hours(1);
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep_until(end).await }
        });
        tokio::time::sleep(Duration::from_secs(5)).await;
        SHOWN.set(2 * 3600);
        assert_eq!(clock.now(), end + TimeDelta::hours(1));
        sleeper.await.expect("no panic");
        assert!(began.elapsed() <= Duration::from_secs(30), "{:?} awake", began.elapsed());
    }

    #[tokio::test(start_paused = true)]
    async fn a_clock_that_is_set_back_makes_no_wait_longer() {
        SHOWN.set(3600);
        let (clock, began) = (Clock::of(Time::Machine(shown)), Instant::now());
        let sleeper = tokio::spawn({
            let clock = clock.clone();
            async move { clock.sleep(TimeDelta::minutes(1)).await }
        });
        tokio::time::sleep(Duration::from_secs(5)).await;
        SHOWN.set(0);
        sleeper.await.expect("no panic");
        assert_eq!(began.elapsed().as_secs(), 60);
    }

    #[tokio::test(start_paused = true)]
    async fn a_rate_and_a_jump_take_over_from_the_machine() {
        SHOWN.set(3600);
        let clock = Clock::of(Time::Machine(shown));
        clock.set_rate(60.0);
        tokio::time::sleep(Duration::from_secs(1)).await;
        clock.advance(TimeDelta::hours(1));
        assert_eq!(clock.now(), shown() + TimeDelta::hours(1) + TimeDelta::minutes(1));
    }
}
