//! The daily summary, at its time of day.
//!
//! tokio-cron-scheduler beats once a second of real time, and each beat asks the bot's own clock whether the
//! summary has become due since the last one. So there is one way for real time, for the demo's fast time and
//! for tests; cron lines mean what the settings checked ([`doorman_config::Cron`], daylight saving included);
//! and a machine that slept catches up with its next beat.

use std::panic::{AssertUnwindSafe, resume_unwind};
use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use doorman_cloud::keeper::Keeper;
use doorman_cloud::store::StoreError;
use doorman_commands::App;
use doorman_config::{Cron, Reports};
use futures::FutureExt;
use tokio::sync::{Mutex, mpsc};
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::discord::deliver::Deliver;
use crate::discord::rest::Fault;
use crate::herald::nonce;
use crate::language::Language;
use crate::supervise::Pulse;

/// Every second.
const BEAT: &str = "* * * * * *";
/// A summary that was missed by no more than this is made up for after a restart.
const MAKE_UP: TimeDelta = TimeDelta::hours(6);
/// Pause after a summary that could not be made or posted.
const RETRY: TimeDelta = TimeDelta::minutes(1);
/// Which summary is waited for, in the store.
const NOTE: &str = "daily.next";

/// Posts the daily summary.
#[derive(Clone)]
pub struct DailySummary {
    keeper: Keeper,
    app: App,
    deliver: Deliver,
    channel_id: u64,
    language: Language,
    cron: Cron,
    timezone: Tz,
    /// When the next one is due; `None`: never again.
    next: Option<DateTime<Utc>>,
    /// After a failure: when to try again.
    not_before: Option<DateTime<Utc>>,
}

/// Why there was no summary.
#[derive(Debug, thiserror::Error)]
enum Missed {
    #[error("AWS could not be looked at: {0}")]
    Aws(String),
    #[error("{0}")]
    Discord(#[from] Fault),
    #[error("{0}")]
    Store(#[from] StoreError),
}

impl DailySummary {
    /// The summary of `reports`, posted to `channel_id` in `language`; `None` if none is wanted.
    pub fn wanted(
        reports: &Reports,
        keeper: Keeper,
        app: App,
        deliver: Deliver,
        channel_id: u64,
        language: Language,
    ) -> Option<DailySummary> {
        let (cron, timezone) = (reports.daily.clone()?, reports.timezone);
        Some(DailySummary {
            keeper,
            app,
            deliver,
            channel_id,
            language,
            cron,
            timezone,
            next: None,
            not_before: None,
        })
    }

    /// The first instant after `now` at which one is due.
    fn after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.next_after(now.with_timezone(&self.timezone)).map(|next| next.to_utc())
    }

    /// Beats until `stop`; what panics in a beat panics here.
    ///
    /// # Errors
    ///
    /// When the scheduler cannot be started.
    pub async fn run(mut self, pulse: Pulse, stop: CancellationToken) -> Result<(), JobSchedulerError> {
        self.recall().await;
        let summary = Arc::new(Mutex::new(self));
        let (broke, mut broken) = mpsc::channel(1);
        let beat = Job::new_async(BEAT, move |_, _| {
            let (summary, pulse, broke) = (Arc::clone(&summary), pulse.clone(), broke.clone());
            Box::pin(async move {
                // A beat that comes while another is still at work has nothing to add.
                let Ok(mut summary) = summary.try_lock() else { return };
                let beats = async {
                    pulse.beat().await;
                    summary.beat().await;
                };
                if let Err(panic) = AssertUnwindSafe(beats).catch_unwind().await {
                    // The scheduler would go on without a word. If nobody takes it, another one is on its way.
                    _ = broke.try_send(panic);
                }
            })
        })?;
        let mut scheduler = JobScheduler::new().await?;
        scheduler.add(beat).await?;
        scheduler.start().await?;
        let panic = tokio::select! {
            () = stop.cancelled() => None,
            panic = broken.recv() => panic,
        };
        scheduler.shutdown().await?;
        match panic {
            Some(panic) => resume_unwind(panic),
            None => Ok(()),
        }
    }

    /// Finds out which summary is the next, one included that was missed while nothing ran.
    async fn recall(&mut self) {
        let now = self.keeper.clock().now();
        let waited_for = match self.keeper.store().note(NOTE).await {
            Ok(note) => note.and_then(|note| serde_json::from_str::<DateTime<Utc>>(&note).ok()),
            Err(error) => {
                error!("cannot look up which daily summary is next: {error}");
                None
            }
        };
        let missed = waited_for.filter(|at| *at <= now && *at + MAKE_UP > now);
        self.next = missed.or_else(|| self.after(now));
        self.remember().await;
    }

    /// Posts one that has become due.
    async fn beat(&mut self) {
        let now = self.keeper.clock().now();
        let Some(due) = self.next.filter(|next| *next <= now) else {
            return;
        };
        if self.not_before.is_some_and(|until| until > now) {
            return;
        }
        // When its successor has come too, an old summary is of no use any more.
        let successor = self.after(due);
        let told = self.summarise(due, now).await;
        match told {
            Ok(()) => {}
            Err(missed) if successor.is_none_or(|at| at > now) => {
                if self.not_before.is_none() {
                    warn!("the daily summary has to wait: {missed}");
                }
                self.not_before = Some(now + RETRY);
                return;
            }
            Err(missed) => error!("the daily summary of {due} is given up: {missed}"),
        }
        self.not_before = None;
        self.next = self.after(now);
        self.remember().await;
    }

    async fn summarise(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Missed> {
        let key = format!("daily:{}", due.to_rfc3339());
        let store = self.keeper.store();
        if store.was_told(&key).await? {
            return Ok(());
        }
        let summary = self.app.daily(self.language.get(), now).await;
        let summary = summary.map_err(|failure| Missed::Aws(format!("{failure:?}")))?;
        self.deliver.post(self.channel_id, &summary.message, None, &nonce(&key)).await?;
        self.app.daily_posted(&summary).await;
        store.mark_told(&key, now).await?;
        info!("posted the daily summary");
        Ok(())
    }

    /// Notes which summary is waited for, so that a restart knows what it missed.
    async fn remember(&self) {
        let Some(next) = self.next else { return };
        let note = serde_json::json!(next).to_string();
        if let Err(error) = self.keeper.store().set_note(NOTE, &note).await {
            error!("cannot note which daily summary is next: {error}");
        }
    }
}
