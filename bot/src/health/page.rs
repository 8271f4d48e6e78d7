//! The page: `/healthz`, `/livez` and `/metrics`, and the question `doorman health` asks.

use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::time::Duration;

use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use axum::{Json, Router};
use serde::Deserialize;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

use super::metrics::Metrics;
use super::{Health, Report};

/// How long `doorman health` waits for the answer.
const ASK: Duration = Duration::from_secs(5);
/// What prometheus-client writes (<https://prometheus.io/docs/specs/om/open_metrics_spec/>).
const OPEN_METRICS: &str = "application/openmetrics-text; version=1.0.0; charset=utf-8";

/// The page, which is served as soon as its address is free.
pub struct Page {
    listen: Option<SocketAddr>,
    router: Router,
    stop: CancellationToken,
}

impl Page {
    /// A page at `listen`, or nowhere, until `stop`.
    pub fn new(
        listen: Option<SocketAddr>,
        health: Health,
        metrics: Metrics,
        stop: CancellationToken,
    ) -> Page {
        let router = Router::new()
            .route("/healthz", get(healthz))
            .route("/livez", get(livez))
            .with_state(health)
            .route("/metrics", get(scrape).with_state(metrics));
        Page { listen, router, stop }
    }

    /// Serves it, unless that is done already. Whether it is served does not depend on how the bot is.
    ///
    /// # Errors
    ///
    /// The address, and why it cannot be listened on.
    pub async fn serve(&mut self) -> Result<(), (SocketAddr, io::Error)> {
        let Some(listen) = self.listen else { return Ok(()) };
        let listener = TcpListener::bind(listen).await.map_err(|error| (listen, error))?;
        info!("health page at http://{listen}/healthz");
        let (router, stop) = (self.router.clone(), self.stop.clone());
        tokio::spawn(async move {
            let served = axum::serve(listener, router).with_graceful_shutdown(stop.cancelled_owned());
            if let Err(error) = served.await {
                warn!("the health page ended: {error}");
            }
        });
        self.listen = None;
        Ok(())
    }
}

fn answer(good: bool, report: Report) -> (StatusCode, Json<Report>) {
    (if good { StatusCode::OK } else { StatusCode::SERVICE_UNAVAILABLE }, Json(report))
}

async fn healthz(State(health): State<Health>) -> (StatusCode, Json<Report>) {
    let report = health.report();
    answer(report.healthy, report)
}

async fn livez(State(health): State<Health>) -> (StatusCode, Json<Report>) {
    let report = health.report();
    answer(report.alive, report)
}

async fn scrape(State(metrics): State<Metrics>) -> Response {
    match metrics.text() {
        Ok(text) => ([(CONTENT_TYPE, OPEN_METRICS)], text).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// As much of a [`Report`] as decides the exit code.
#[derive(Deserialize)]
struct Alive {
    alive: bool,
}

/// Asks the page at `listen`, as `doorman health` does, and gives its answer.
///
/// # Errors
///
/// The answer, when it says that a restart would help; or that nobody answers.
pub async fn ask(listen: SocketAddr) -> Result<String, String> {
    let client =
        reqwest::Client::builder().timeout(ASK).no_proxy().build().map_err(|error| error.to_string())?;
    let at = reachable(listen);
    let answer = client.get(format!("http://{at}/healthz")).send().await;
    let answer = answer.map_err(|error| format!("nobody answers at {at}: {}", error.without_url()))?;
    let said = answer.text().await.map_err(|error| error.without_url().to_string())?;
    let alive = serde_json::from_str::<Alive>(&said);
    let Ok(Alive { alive }) = alive else {
        return Err(format!("something else than doorman answers at {at}"));
    };
    if alive { Ok(said) } else { Err(said) }
}

/// Where a page that listens on every address can be asked from this machine.
fn reachable(listen: SocketAddr) -> SocketAddr {
    let ip = match listen.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(ip) if ip.is_unspecified() => IpAddr::V6(Ipv6Addr::LOCALHOST),
        ip => ip,
    };
    SocketAddr::new(ip, listen.port())
}
