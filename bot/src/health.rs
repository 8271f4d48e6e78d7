//! `/healthz`: how the bot is, for a container's health check and for monitors outside.
//!
//! Healthy means that it would close a window in time and could say so: it hears Discord, AWS was seen
//! lately, and nothing is late. The page says so in JSON, with status 200 or 503.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::routing::get;
use axum::{Json, Router};
use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::{Keeper, View};
use doorman_cloud::lease::Phase;
use serde::Serialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

/// The sweep looks at AWS every minute; three missed looks are not an accident.
const SEEN_WITHIN: TimeDelta = TimeDelta::minutes(3);
/// Closing a window takes two to three minutes; a pair with its endpoints up to ten.
const CLOSED_WITHIN: TimeDelta = TimeDelta::minutes(15);
/// How long `doorman health` waits for the answer.
const ASK: Duration = Duration::from_secs(5);

/// What the page is made from.
#[derive(Clone)]
pub struct Health {
    keeper: Keeper,
    online: Arc<AtomicBool>,
}

/// What the page says.
#[derive(Debug, PartialEq, Eq, Serialize)]
struct Report {
    healthy: bool,
    /// Whether the connection to Discord's gateway is up.
    discord: bool,
    /// Seconds since AWS was last looked at with success.
    aws_seen_s: Option<i64>,
    /// Leases whose closing takes longer than it should.
    closing_late: usize,
}

impl Health {
    /// A page about this keeper; `online` says whether the gateway is connected.
    pub fn new(keeper: Keeper, online: Arc<AtomicBool>) -> Health {
        Health { keeper, online }
    }

    /// Serves the page until `stop`.
    ///
    /// # Errors
    ///
    /// When the address cannot be listened on.
    pub async fn serve(self, listen: SocketAddr, stop: CancellationToken) -> io::Result<()> {
        let listener = TcpListener::bind(listen).await?;
        info!("health page at http://{listen}/healthz");
        let router = Router::new().route("/healthz", get(answer)).with_state(self);
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                warn!("the health page ended: {error}");
            }
        });
        Ok(())
    }

    fn report(&self) -> Report {
        let view = Arc::clone(&self.keeper.watch().borrow());
        report(&view, self.online.load(Ordering::Relaxed), self.keeper.clock().now())
    }
}

fn report(view: &View, discord: bool, now: DateTime<Utc>) -> Report {
    let seen = view.observed.as_ref().map(|observed| now - observed.at);
    let late = |since: DateTime<Utc>| now - since > CLOSED_WITHIN;
    let closing = view.leases.iter().filter(|lease| lease.phase == Phase::Closing);
    let closing_late =
        closing.filter(|lease| lease.closing.as_ref().is_some_and(|(at, _)| late(*at))).count();
    let healthy = discord && closing_late == 0 && seen.is_some_and(|age| age <= SEEN_WITHIN);
    Report { healthy, discord, aws_seen_s: seen.map(|age| age.num_seconds()), closing_late }
}

async fn answer(State(health): State<Health>) -> (StatusCode, Json<Report>) {
    let report = health.report();
    let status = if report.healthy { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE };
    (status, Json(report))
}

/// Asks the page at `listen`, as `doorman health` does.
///
/// # Errors
///
/// What is wrong, when nobody answers or the answer is not healthy.
pub async fn ask(listen: SocketAddr) -> Result<String, String> {
    let client =
        reqwest::Client::builder().timeout(ASK).no_proxy().build().map_err(|error| error.to_string())?;
    let answer = client.get(format!("http://{listen}/healthz")).send().await;
    let answer = answer.map_err(|error| format!("nobody answers at {listen}: {}", error.without_url()))?;
    let healthy = answer.status().is_success();
    let said = answer.text().await.map_err(|error| error.without_url().to_string())?;
    if healthy { Ok(said) } else { Err(said) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn it_is_healthy_only_when_it_hears_discord_and_sees_aws() {
        let now = DateTime::UNIX_EPOCH + TimeDelta::hours(1);
        let view = View {
            at: now,
            observed: None,
            plan: Default::default(),
            leases: Vec::new(),
            blind: None,
            failing: Vec::new(),
            working: Vec::new(),
        };
        let told = report(&view, true, now);
        assert!(!told.healthy, "AWS was never seen: {told:?}");
        assert_eq!(told.aws_seen_s, None);
    }
}
