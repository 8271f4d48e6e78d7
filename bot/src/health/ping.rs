//! The sign of life that is sent out: a call to an address every minute while the bot is healthy.
//!
//! Whoever is called (healthchecks.io, Uptime Kuma's push monitors, a dead man's switch of Alertmanager's) raises
//! the alarm when it stays away, which also covers what no bot can say of itself: that its machine is gone. The
//! address is a secret, and is in no log line.

use std::time::Duration;

use chrono::TimeDelta;
use doorman_cloud::clock::Clock;
use doorman_config::secrets::PingUrl;
use reqwest::Client;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::Health;
use crate::supervise::Pulse;

/// How often it is called.
const EVERY: TimeDelta = TimeDelta::minutes(1);
/// How often it is asked whether it is time, so that getting well is told soon.
const LOOK: TimeDelta = TimeDelta::seconds(5);
/// A call that takes longer has failed; the next one comes in its turn.
const ANSWERED_WITHIN: Duration = Duration::from_secs(10);
/// The least time between two looks, so that a clock that runs fast does not make this loop spin.
const BETWEEN_LOOKS: Duration = Duration::from_millis(50);

/// Calls `url` until `stop`.
pub async fn run(url: PingUrl, health: Health, clock: Clock, pulse: Pulse, stop: CancellationToken) {
    stop.run_until_cancelled(call(url, health, clock, pulse)).await;
}

async fn call(url: PingUrl, health: Health, clock: Clock, pulse: Pulse) {
    let client = Client::builder()
        .timeout(ANSWERED_WITHIN)
        .user_agent(concat!("doorman/", env!("CARGO_PKG_VERSION")))
        // A redirect must not carry the address to somebody else.
        .referer(false)
        .build();
    let client = match client {
        Ok(client) => client,
        Err(error) => return warn!("no sign of life can be sent: {error}"),
    };
    let mut failing = false;
    let mut next = clock.now();
    loop {
        pulse.beat().await;
        let now = clock.now();
        if now >= next && health.report().healthy {
            next = now + EVERY;
            let sent = send(&client, &url).await;
            match &sent {
                Ok(()) if failing => info!("the sign of life arrives again"),
                Err(reason) if !failing => warn!("the sign of life does not arrive: {reason}"),
                Ok(()) | Err(_) => {}
            }
            failing = sent.is_err();
        }
        clock.sleep(LOOK).await;
        sleep(BETWEEN_LOOKS).await;
    }
}

async fn send(client: &Client, url: &PingUrl) -> Result<(), String> {
    let answer = client.get(url.expose()).send().await.map_err(|error| words(error.without_url()))?;
    let status = answer.status();
    if status.is_success() { Ok(()) } else { Err(format!("HTTP {}", status.as_u16())) }
}

/// What went wrong: the innermost cause, which names no address but perhaps a host's.
fn words(error: reqwest::Error) -> String {
    if error.is_timeout() {
        return "no answer in time".to_owned();
    }
    let mut cause: &dyn std::error::Error = &error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    cause.to_string()
}
