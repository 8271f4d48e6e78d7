//! The bot as a process of its own, between a Discord and an AWS in this one; how soon it is there, and how
//! much memory it takes.

use std::time::{Duration, Instant};

use doorman_cloud::store::Store;
use doorman_sandbox::aws::Item;
use doorman_sandbox::discord::MessageView;
use doorman_stage::{Stage, Time};
use tokio::time::sleep;

use crate::report::{Samples, Table, ms};

/// How often starting is measured.
const STARTS: usize = 20;
/// The longest from the start of the process until people can use its commands.
const READY_GOAL: Duration = Duration::from_millis(300);
/// Longer than anything here should take, in real time.
const PATIENCE: Duration = Duration::from_secs(120);
/// Nothing was asked of AWS for this long: whatever there was to do is done.
const QUIET: Duration = Duration::from_millis(500);

/// `doorman run` on a stage. The process is killed when this is dropped.
pub(crate) struct Bot {
    pub(crate) stage: Stage,
    /// From the start of the process until it was connected and its commands were registered.
    pub(crate) ready: Duration,
}

impl Bot {
    /// Starts with nothing in the store and nothing registered; returns when people can use its commands.
    pub(crate) async fn start() -> Bot {
        Bot::start_with("").await
    }

    /// The same with more lines of settings.
    pub(crate) async fn start_with(settings: &str) -> Bot {
        Bot::start_on(settings, async |_| ()).await
    }

    /// The same with something in the store.
    pub(crate) async fn start_on(settings: &str, fill: impl AsyncFnOnce(&Store)) -> Bot {
        let stage = Stage::builder().time(Time::Machine(1.0)).program(env!("CARGO_BIN_EXE_doorman"));
        let stage = stage.more_settings(settings).patience(PATIENCE).without_promises();
        let mut stage = stage.set_without_bot().await;
        let store = Store::open(&stage.store()).await.expect("a store");
        fill(&store).await;
        store.close().await;
        let began = Instant::now();
        stage.start_bot().await;
        let ready = began.elapsed();
        Bot { stage, ready }
    }

    /// Types a line as the operator and waits for the whole reply.
    pub(crate) async fn ask(&self, line: &str) -> MessageView {
        self.stage.says("operator", line).await
    }

    /// Waits until something exists in AWS.
    pub(crate) async fn finds<T>(&self, what: &str, look: impl Fn(&Item) -> Option<T>) -> T {
        self.stage.see(what, |stage| stage.world.aws.inventory().iter().find_map(&look)).await
    }

    /// Returns when nothing is asked of AWS any more.
    pub(crate) async fn quiet(&self) {
        let mut before = usize::MAX;
        loop {
            let now = self.stage.world.aws.calls().len();
            if now == before {
                return;
            }
            before = now;
            sleep(QUIET).await;
        }
    }

    /// A figure of the process's memory in MB (10⁶ bytes): `VmRSS` is what it has now, `RssAnon` what of that is in no
    /// file, `VmHWM` the most it ever had. `None` where there is no `/proc`.
    pub(crate) fn memory_mb(&self, figure: &str) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.stage.process_id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with(figure))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024.0 / 1e6)
    }
}

/// How soon after the start of the process people can use its commands.
pub(crate) async fn starts(table: &mut Table) {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Bot::start().await.ready);
    }
    let starts = Samples::of(starts);
    let (typical, worst) = (starts.median(), starts.longest());
    let measured = format!("{}, at most {} of {STARTS}", ms(typical), ms(worst));
    table.goal("start to ready", measured, "≤ 0.3 s", typical <= READY_GOAL);
}
