//! What happens at times of day: the sweep every minute, the daily summary.
//!
//! tokio-cron-scheduler beats once a second of real time, and each beat asks the bot's own clock what has
//! become due since the last one. So there is one way for real time, for the demo's fast time and for tests;
//! cron lines mean what the settings checked ([`doorman_config::Cron`], daylight saving included); and a
//! machine that slept catches up with its next beat. Closing in time does not depend on any of it.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use chrono_tz::Tz;
use doorman_cloud::keeper::Keeper;
use doorman_cloud::store::StoreError;
use doorman_commands::App;
use doorman_config::{Cron, Reports};
use tokio::sync::Mutex;
use tokio_cron_scheduler::{Job, JobScheduler, JobSchedulerError};
use tokio_util::sync::CancellationToken;
use tracing::{error, info, warn};

use crate::discord::deliver::Deliver;
use crate::discord::rest::Fault;
use crate::herald::nonce;

/// Every second.
const BEAT: &str = "* * * * * *";
/// How often the keeper looks at everything, whether or not anything is known to be due.
const SWEEP: TimeDelta = TimeDelta::minutes(1);
/// A summary that was missed by no more than this is made up for after a restart.
const MAKE_UP: TimeDelta = TimeDelta::hours(6);
/// Pause after a summary that could not be made or posted.
const RETRY: TimeDelta = TimeDelta::minutes(1);
/// Which summary is waited for, in the store.
const NOTE: &str = "daily.next";

/// What is due when.
pub struct Schedules {
    keeper: Keeper,
    app: App,
    deliver: Deliver,
    channel_id: u64,
    sweep_at: DateTime<Utc>,
    daily: Option<Daily>,
}

/// The daily summary.
struct Daily {
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

impl Daily {
    /// The first instant after `now`.
    fn after(&self, now: DateTime<Utc>) -> Option<DateTime<Utc>> {
        self.cron.next_after(now.with_timezone(&self.timezone)).map(|next| next.to_utc())
    }
}

impl Schedules {
    /// The schedules of `reports`; summaries go to `channel_id`.
    pub fn new(reports: &Reports, keeper: Keeper, app: App, deliver: Deliver, channel_id: u64) -> Schedules {
        let daily = reports.daily.clone().map(|cron| Daily {
            cron,
            timezone: reports.timezone,
            next: None,
            not_before: None,
        });
        let sweep_at = keeper.clock().now() + SWEEP;
        Schedules { keeper, app, deliver, channel_id, sweep_at, daily }
    }

    /// Beats until `stop`.
    ///
    /// # Errors
    ///
    /// When the scheduler cannot be started.
    pub async fn run(mut self, stop: CancellationToken) -> Result<(), JobSchedulerError> {
        self.recall().await;
        let schedules = Arc::new(Mutex::new(self));
        let beat = Job::new_async(BEAT, move |_, _| {
            let schedules = Arc::clone(&schedules);
            Box::pin(async move {
                // A beat that comes while another is still at work has nothing to add.
                if let Ok(mut schedules) = schedules.try_lock() {
                    schedules.beat().await;
                }
            })
        })?;
        let mut scheduler = JobScheduler::new().await?;
        scheduler.add(beat).await?;
        scheduler.start().await?;
        stop.cancelled().await;
        scheduler.shutdown().await
    }

    /// Finds out which summary is the next, one included that was missed while nothing ran.
    async fn recall(&mut self) {
        let now = self.keeper.clock().now();
        let Some(daily) = &mut self.daily else { return };
        let waited_for = match self.keeper.store().note(NOTE).await {
            Ok(note) => note.and_then(|note| serde_json::from_str::<DateTime<Utc>>(&note).ok()),
            Err(error) => {
                error!("cannot look up which daily summary is next: {error}");
                None
            }
        };
        let missed = waited_for.filter(|at| *at <= now && *at + MAKE_UP > now);
        daily.next = missed.or_else(|| daily.after(now));
        self.remember().await;
    }

    /// Does what has become due.
    async fn beat(&mut self) {
        let now = self.keeper.clock().now();
        if now >= self.sweep_at {
            self.sweep_at = now + SWEEP;
            self.keeper.wake();
        }
        let Some(daily) = &self.daily else { return };
        let Some(due) = daily.next.filter(|next| *next <= now) else {
            return;
        };
        if daily.not_before.is_some_and(|until| until > now) {
            return;
        }
        // When its successor has come too, an old summary is of no use any more.
        let successor = daily.after(due);
        let told = self.summarise(due, now).await;
        let Some(daily) = &mut self.daily else { return };
        match told {
            Ok(()) => {}
            Err(missed) if successor.is_none_or(|at| at > now) => {
                if daily.not_before.is_none() {
                    warn!("the daily summary has to wait: {missed}");
                }
                daily.not_before = Some(now + RETRY);
                return;
            }
            Err(missed) => error!("the daily summary of {due} is given up: {missed}"),
        }
        daily.not_before = None;
        daily.next = daily.after(now);
        self.remember().await;
    }

    async fn summarise(&self, due: DateTime<Utc>, now: DateTime<Utc>) -> Result<(), Missed> {
        let key = format!("daily:{}", due.to_rfc3339());
        let store = self.keeper.store();
        if store.was_told(&key).await? {
            return Ok(());
        }
        let message = self.app.daily(now).await.map_err(|failure| Missed::Aws(format!("{failure:?}")))?;
        self.deliver.post(self.channel_id, &message, None, &nonce(&key)).await?;
        store.mark_told(&key, now).await?;
        info!("posted the daily summary");
        Ok(())
    }

    /// Notes which summary is waited for, so that a restart knows what it missed.
    async fn remember(&self) {
        let Some(next) = self.daily.as_ref().and_then(|daily| daily.next) else {
            return;
        };
        let note = serde_json::json!(next).to_string();
        if let Err(error) = self.keeper.store().set_note(NOTE, &note).await {
            error!("cannot note which daily summary is next: {error}");
        }
    }
}
