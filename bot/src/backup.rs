//! Copies of the lease store, every hour while the bot runs.
//!
//! The store itself cannot be copied from outside while it is in use; see `cloud/src/store/backup.rs`.

use std::path::PathBuf;

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::Keeper;
use tokio_util::sync::CancellationToken;
use tracing::{error, info};

use crate::health::Health;
use crate::supervise::Pulse;

/// How old a copy gets. The file is small, so that an hour's work is all that anybody loses.
const EVERY: TimeDelta = TimeDelta::hours(1);
/// Pause after a copy that failed.
const RETRY: TimeDelta = TimeDelta::minutes(5);
/// How long it waits at most before it shows that it goes on.
const STEP: TimeDelta = TimeDelta::minutes(1);
/// When the last one was made, in the store.
const NOTE: &str = "backup.at";

/// Keeps `to` a copy of the keeper's store until `stop`.
pub async fn run(keeper: Keeper, to: PathBuf, health: Health, pulse: Pulse, stop: CancellationToken) {
    stop.run_until_cancelled(keep(keeper, to, health, pulse)).await;
}

async fn keep(keeper: Keeper, to: PathBuf, health: Health, pulse: Pulse) {
    let (store, clock) = (keeper.store(), keeper.clock());
    let noted = store.note(NOTE).await.ok().flatten();
    let noted = noted.and_then(|note| serde_json::from_str::<DateTime<Utc>>(&note).ok());
    // Somebody may have taken it away, or named another place.
    let mut last = noted.filter(|_| to.exists());
    let mut failing = false;
    loop {
        pulse.beat().await;
        health.backed_up(last);
        let now = clock.now();
        // In short steps, so that it can be seen that it goes on.
        if let Some(next) = last.filter(|_| !failing).map(|last| last + EVERY).filter(|next| *next > now) {
            clock.sleep((next - now).min(STEP)).await;
            continue;
        }
        match store.back_up(&to).await {
            Ok(()) => {
                if std::mem::take(&mut failing) || last.is_none() {
                    info!("the lease store is copied to {} every hour", to.display());
                }
                last = Some(now);
                if let Err(error) = store.set_note(NOTE, &serde_json::json!(now).to_string()).await {
                    error!("cannot note when the lease store was copied: {error}");
                }
            }
            Err(reason) => {
                if !std::mem::replace(&mut failing, true) {
                    let cause = std::error::Error::source(&reason).map(|cause| format!(": {cause}"));
                    error!("{reason}{}", cause.unwrap_or_default());
                }
                clock.sleep(RETRY).await;
            }
        }
    }
}
