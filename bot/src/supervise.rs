//! The tasks that go on for as long as the process does, and what happens when one of them breaks.
//!
//! Each is **kept**: a panic ends that task alone, which begins again with a fresh memory, as after a restart of the
//! process; nothing that matters is only in memory. Pauses between its lives grow. One that panics again and again is
//! given up, and then the process ends: whoever runs it starts another, and notices.
//!
//! A task beats whenever its loop goes round, so that one that hangs is seen as well: in the health page, by the
//! watchdog, by Prometheus.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::BoxFuture;
use parking_lot::Mutex;
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tracing::error;

/// Pauses before a task begins again.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// A task that went on for so long before it panicked did its work meanwhile: what came before is forgotten.
const CALM: Duration = Duration::from_secs(10 * 60);
/// A task that panics so often in a row does not mend itself. With the pauses that is two minutes.
const MOST_PANICS: u32 = 8;

/// A task that goes on for as long as the process does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Task {
    /// Makes leases true.
    Keeper,
    /// Keeps messages true.
    Herald,
    /// Tells how long something was away.
    Outages,
    /// Tells what doorman cannot answer for.
    Strange,
    /// Keeps a copy of the store.
    Backup,
    /// Sends the sign of life.
    Ping,
    /// Posts the daily summary.
    Daily,
    /// Hears what people do in Discord.
    Gateway,
    /// Tells Discord which commands there are.
    Commands,
    /// Tells systemd that the loop goes round.
    Watchdog,
}

impl Task {
    /// In the log, on the health page and as a label.
    pub fn as_str(self) -> &'static str {
        match self {
            Task::Keeper => "keeper",
            Task::Herald => "herald",
            Task::Outages => "outages",
            Task::Strange => "strange",
            Task::Backup => "backup",
            Task::Ping => "ping",
            Task::Daily => "daily",
            Task::Gateway => "gateway",
            Task::Commands => "commands",
            Task::Watchdog => "watchdog",
        }
    }
}

impl fmt::Display for Task {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// Where a task beats.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// At the beginning of a round of its loop.
    Round(Task),
    /// Where the herald begins to tell something of one lease. What breaks there breaks that telling alone.
    Telling,
}

/// What is asked whenever a task beats, and waited for. By it tests break a task, or have it hang; the program has none.
#[derive(Clone, Default)]
pub struct Probe(Option<Arc<Asked>>);

type Asked = dyn Fn(Place) -> BoxFuture<'static, ()> + Send + Sync;

impl Probe {
    /// One that asks `asked`.
    pub fn new(asked: impl Fn(Place) -> BoxFuture<'static, ()> + Send + Sync + 'static) -> Probe {
        Probe(Some(Arc::new(asked)))
    }

    /// Asks.
    pub async fn at(&self, place: Place) {
        if let Some(asked) = &self.0 {
            asked(place).await;
        }
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.0.is_some() { "Probe" } else { "no probe" })
    }
}

/// How a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sign {
    /// How long ago it beat last, or began; in time that does not count while the machine sleeps.
    pub beat_ago: Duration,
    /// How often it panicked since the process began.
    pub panics: u32,
    /// It panicked too often and does not begin again.
    pub given_up: bool,
}

/// The life of a task so far.
struct Life {
    beat: Instant,
    panics: u32,
    given_up: bool,
    /// It came to its end as it should.
    ended: bool,
}

/// Keeps the tasks; clones keep the same ones.
#[derive(Clone)]
pub struct Vitals {
    inner: Arc<Inner>,
}

struct Inner {
    lives: Mutex<BTreeMap<Task, Life>>,
    /// Those that were given up.
    broken: watch::Sender<BTreeSet<Task>>,
    probe: Probe,
}

/// By which a task shows that it goes on.
#[derive(Clone)]
pub struct Pulse {
    vitals: Vitals,
    task: Task,
}

impl Pulse {
    /// Shows it.
    pub async fn beat(&self) {
        if let Some(life) = self.vitals.inner.lives.lock().get_mut(&self.task) {
            life.beat = Instant::now();
        }
        self.vitals.inner.probe.at(Place::Round(self.task)).await;
    }

    /// A part of the task panicked, and the task goes on.
    pub fn panicked(&self) {
        self.vitals.note(self.task, |life| life.panics += 1);
    }

    /// What is asked at every beat.
    pub fn probe(&self) -> &Probe {
        &self.vitals.inner.probe
    }

    /// Who keeps the task.
    pub fn vitals(&self) -> &Vitals {
        &self.vitals
    }
}

impl Vitals {
    /// No task yet; `probe` is asked at every beat.
    pub fn new(probe: Probe) -> Vitals {
        let (lives, broken) = (Mutex::default(), watch::Sender::new(BTreeSet::new()));
        Vitals { inner: Arc::new(Inner { lives, broken, probe }) }
    }

    /// Runs a task, and runs it again when it panics, until `stop`. Gives what it came to; `None` where it was stopped
    /// between two lives, or is given up.
    pub async fn keep<F: Future>(
        &self,
        task: Task,
        stop: &CancellationToken,
        start: impl Fn(Pulse) -> F,
    ) -> Option<F::Output> {
        let pulse = Pulse { vitals: self.clone(), task };
        let born = Life { beat: Instant::now(), panics: 0, given_up: false, ended: false };
        self.inner.lives.lock().insert(task, born);
        let mut in_a_row = 0;
        loop {
            let began = Instant::now();
            // Starting is a part of it: that may panic as well.
            let life = async { start(pulse.clone()).await };
            if let Ok(output) = AssertUnwindSafe(life).catch_unwind().await {
                self.note(task, |life| life.ended = true);
                return Some(output);
            }
            in_a_row = if began.elapsed() >= CALM { 1 } else { in_a_row + 1 };
            self.note(task, |life| life.panics += 1);
            if in_a_row >= MOST_PANICS {
                error!("the task {task} panicked {in_a_row} times in a row and is given up");
                self.note(task, |life| life.given_up = true);
                self.inner.broken.send_modify(|broken| _ = broken.insert(task));
                return None;
            }
            let pause = pause(in_a_row);
            error!("the task {task} panicked; it begins again in {pause:?}, with a fresh memory");
            stop.run_until_cancelled(sleep(pause)).await?;
            self.note(task, |life| life.beat = Instant::now());
        }
    }

    fn note(&self, task: Task, note: impl FnOnce(&mut Life)) {
        if let Some(life) = self.inner.lives.lock().get_mut(&task) {
            note(life);
        }
    }

    /// The same as a task of the runtime.
    pub fn spawn<F>(
        &self,
        task: Task,
        stop: &CancellationToken,
        start: impl Fn(Pulse) -> F + Send + Sync + 'static,
    ) -> JoinHandle<Option<F::Output>>
    where
        F: Future + Send + 'static,
        F::Output: Send + 'static,
    {
        let (vitals, stop) = (self.clone(), stop.clone());
        tokio::spawn(async move { vitals.keep(task, &stop, start).await })
    }

    /// Returns when a task is given up: which.
    pub async fn broken(&self) -> Task {
        self.until_broken(|broken| broken.first().copied()).await
    }

    /// Returns when that task is given up.
    pub async fn is_broken(&self, task: Task) {
        self.until_broken(|broken| broken.contains(&task).then_some(())).await;
    }

    async fn until_broken<T>(&self, look: impl Fn(&BTreeSet<Task>) -> Option<T>) -> T {
        let mut broken = self.inner.broken.subscribe();
        loop {
            if let Some(seen) = look(&broken.borrow_and_update()) {
                return seen;
            }
            if broken.changed().await.is_err() {
                // The sender lives as long as this.
                std::future::pending::<()>().await;
            }
        }
    }

    /// How every task is that has begun and not come to its end.
    pub fn signs(&self) -> BTreeMap<Task, Sign> {
        let lives = self.inner.lives.lock();
        let going_on = lives.iter().filter(|(_, life)| !life.ended);
        let sign = |life: &Life| Sign {
            beat_ago: life.beat.elapsed(),
            panics: life.panics,
            given_up: life.given_up,
        };
        going_on.map(|(task, life)| (*task, sign(life))).collect()
    }
}

/// The pause after so many panics in a row.
fn pause(in_a_row: u32) -> Duration {
    LONGEST_PAUSE.min(FIRST_PAUSE * 2_u32.saturating_pow(in_a_row.saturating_sub(1).min(10)))
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    /// A task whose first lives end by a panic, after so long; the one after them comes to its end.
    async fn breaks(times: u32, after: Duration) -> (Option<&'static str>, Vitals, Duration) {
        let (vitals, lives, began) = (Vitals::new(Probe::default()), AtomicU32::new(0), Instant::now());
        let stop = CancellationToken::new();
        let ended = vitals.keep(Task::Herald, &stop, |pulse| {
            let life = lives.fetch_add(1, Ordering::Relaxed);
            async move {
                pulse.beat().await;
                sleep(after).await;
                assert!(life >= times, "life {life}");
                "done"
            }
        });
        (ended.await, vitals, began.elapsed())
    }

    #[tokio::test(start_paused = true)]
    async fn a_task_that_panics_begins_again_after_growing_pauses() {
        let (ended, _, took) = breaks(4, Duration::ZERO).await;
        assert_eq!((ended, took.as_secs()), (Some("done"), 1 + 2 + 4 + 8));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_panics_again_and_again_is_given_up() {
        let (ended, vitals, took) = breaks(MOST_PANICS, Duration::ZERO).await;
        assert_eq!((ended, vitals.broken().await), (None, Task::Herald));
        assert_eq!(took.as_secs(), 1 + 2 + 4 + 8 + 16 + 32 + 60);
        let sign = vitals.signs()[&Task::Herald];
        assert!(sign.given_up && sign.panics == MOST_PANICS, "{sign:?}");
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_works_between_its_panics_is_not() {
        let (ended, ..) = breaks(5 * MOST_PANICS, CALM).await;
        assert_eq!(ended, Some("done"));
    }

    #[tokio::test(start_paused = true)]
    async fn one_that_hangs_is_seen() {
        let probe = Probe::new(|_| std::future::pending().boxed());
        let (vitals, stop) = (Vitals::new(probe), CancellationToken::new());
        let hangs = vitals.keep(Task::Ping, &stop, |pulse| async move { pulse.beat().await });
        assert!(tokio::time::timeout(CALM, hangs).await.is_err());
        assert_eq!(vitals.signs()[&Task::Ping].beat_ago, CALM);
    }
}
