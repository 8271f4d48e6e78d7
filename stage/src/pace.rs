//! How time passes, and what waits for it.

use std::time::Duration;

use chrono::TimeDelta;
use tokio::runtime::{Builder, Handle, Runtime, RuntimeFlavor};
use tokio::time::sleep;

use crate::choices::Time;
use crate::stage::Stage;

/// How fast a standing clock goes while it is let run: fast enough to wait for.
const LET_RUN: f64 = 30.0;

/// A runtime for [`Time::Jumping`]: its time stands while something is done and jumps when nothing is.
///
/// # Panics
///
/// When there is no runtime to be had.
pub fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}

/// Keeps time that jumps from running away, in the runtime this is called in.
pub(crate) fn keep() {
    let here = Handle::current();
    assert_eq!(here.runtime_flavor(), RuntimeFlavor::CurrentThread, "only there time jumps");
    here.spawn(keep_pace());
}

/// Keeps time from running away while bytes are on their way: tokio jumps to the next timer whenever it has to
/// wait for a socket, though the answer is there already. So there is always a timer close by while something
/// is going on, and a distant one while nothing is.
async fn keep_pace() {
    const NEAR: Duration = Duration::from_millis(1);
    const FAR: Duration = Duration::from_millis(256);
    /// More than a turn of this loop alone takes.
    const SOMETHING: Duration = Duration::from_micros(25);
    /// Turns in which nothing went on before nothing is believed to.
    const QUIET: u32 = 40;
    let metrics = Handle::current().metrics();
    let (mut busy, mut quiet) = (Duration::ZERO, 0);
    loop {
        let doublings = u32::saturating_sub(quiet, QUIET).min(FAR.as_millis().ilog2());
        sleep(NEAR * 2_u32.pow(doublings)).await;
        let now = metrics.worker_total_busy_duration(0);
        quiet = if now - busy > SOMETHING { 0 } else { quiet + 1 };
        busy = now;
    }
}

impl Stage {
    /// Lets minutes pass at once.
    pub fn later(&self, minutes: i64) {
        self.world.clock.advance(TimeDelta::minutes(minutes));
    }

    /// Moves the clock to so long after the beginning of the stage.
    ///
    /// # Panics
    ///
    /// When it is there already.
    pub fn to(&self, since_began: TimeDelta) {
        let ahead = self.began + since_began - self.world.clock.now();
        assert!(ahead > TimeDelta::zero(), "the clock is there already: {ahead}");
        self.world.clock.advance(ahead);
    }

    /// Lets a standing clock run, thirty times as fast as real time, until the world is so; returns what was seen.
    /// Other clocks run anyway.
    pub async fn runs_until<T>(&self, what: &str, look: impl Fn(&Stage) -> Option<T>) -> T {
        self.lets_run();
        let seen = self.see(what, look).await;
        if self.time == Time::Standing {
            self.world.clock.set_rate(0.0);
        }
        seen
    }

    /// The clock goes as it was chosen to, whatever a test made of it; one that was to stand runs.
    pub(crate) fn lets_run(&self) {
        let clock = &self.world.clock;
        let rate = match self.time {
            Time::Running(rate) | Time::Machine(rate) => rate,
            Time::Standing => LET_RUN,
            Time::Jumping => return,
        };
        if clock.rate() != rate {
            clock.set_rate(rate);
        }
    }

    /// Returns when so much time has passed.
    pub(crate) async fn passes(&self, span: Duration) {
        let clock = &self.world.clock;
        let of_clock = TimeDelta::from_std(span).expect("a short time");
        match self.time {
            Time::Running(_) | Time::Machine(_) => clock.sleep(of_clock).await,
            Time::Standing => {
                self.lets_run();
                clock.sleep(of_clock).await;
                clock.set_rate(0.0);
            }
            Time::Jumping => sleep(span).await,
        }
    }
}
