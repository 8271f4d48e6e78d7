//! The page of `doorman demo`: the channel as people know it, and the AWS side beside it.
//!
//! The page holds no state of its own that matters. A loop (`live`) looks at the channel and at the
//! inventory, and whoever has the page open is sent a fresh copy whenever something visible changed;
//! what people do on it goes to [`Discord`] exactly as a test would send it. The files it is made
//! of are written by hand, are part of the binary, and load nothing from anywhere else.
//!
//! It is meant for the machine it runs on: it answers only to loopback names (see `guard`).

use std::{io, net::SocketAddr, sync::Arc};

use axum::{
    Router,
    extract::DefaultBodyLimit,
    middleware,
    routing::{get, post},
};

use crate::{Now, aws::Aws, discord::Discord};

mod api;
mod assets;
mod bill;
mod guard;
mod live;
#[cfg(test)]
mod tests;
mod timeline;
mod trouble;

/// The longest request body accepted, in bytes. A slash command line is at most a few thousand characters.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The bot between the two services, which whoever runs it lets the page handle.
pub trait Bot: Send + Sync {
    /// Whether it was started, and not killed since.
    fn is_running(&self) -> bool;
    /// Starts it where it left off, if it is not running.
    fn start(&self);
    /// Ends it where it stands: nothing is finished, nothing is said.
    fn kill(&self);
    /// From now on it posts in the language of that Discord locale what nobody asked for.
    fn speaks(&self, locale: &str);
}

/// What the page may turn, owned by whoever owns the clock and the bot.
#[derive(Clone)]
pub struct Controls {
    /// The simulated time.
    pub now: Now,
    /// The IANA name of the time zone in which the bot writes times, and the page too.
    pub time_zone: &'static str,
    /// How many simulated seconds pass in a real one: `1.0` is real time.
    pub speed: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Changes the speed; called only with values from 1 to [`MAX_SPEED`].
    pub set_speed: Arc<dyn Fn(f64) + Send + Sync>,
    /// The bot.
    pub bot: Arc<dyn Bot>,
}

/// The fastest the page lets simulated time run: a half-hour window is over in three seconds, the time Discord gives a
/// bot to answer.
pub const MAX_SPEED: f64 = 600.0;

/// What every handler needs.
#[derive(Clone)]
struct Shared {
    discord: Discord,
    controls: Controls,
    frames: live::Frames,
    trouble: Arc<trouble::Troublemaker>,
    nudge: Arc<tokio::sync::Notify>,
}

/// Listens at `listen` (port 0 picks a free one) and returns the address together with the server, which runs while it is
/// polled. Dropping it ends the live updates of every open page.
///
/// # Errors
/// When the address cannot be listened on.
pub async fn serve(
    listen: SocketAddr,
    discord: Discord,
    aws: Aws,
    controls: Controls,
) -> io::Result<(SocketAddr, impl Future<Output = io::Result<()>> + Send + 'static)> {
    let listener = tokio::net::TcpListener::bind(listen).await?;
    let address = listener.local_addr()?;
    let nudge = Arc::new(tokio::sync::Notify::new());
    let trouble = Arc::new(trouble::Troublemaker::new(aws.clone(), controls.clone()));
    let (live, frames) =
        live::Live::new(discord.clone(), aws, controls.clone(), trouble.clone(), nudge.clone());
    let shared = Shared { discord, controls, frames, trouble, nudge };
    let app = router(shared, guard::Hosts::of(address));
    let server = async move {
        tokio::select! {
            served = async { axum::serve(listener, app).await } => served,
            never = live.run() => match never {},
        }
    };
    Ok((address, server))
}

fn router(shared: Shared, hosts: guard::Hosts) -> Router {
    Router::new()
        .route("/api/state", get(api::state))
        .route("/api/events", get(api::events))
        .route("/api/slash", post(api::slash))
        .route("/api/outcome", post(api::outcome))
        .route("/api/press", post(api::press))
        .route("/api/select", post(api::select))
        .route("/api/submit", post(api::submit))
        .route("/api/complete", post(api::complete))
        .route("/api/person-locale", post(api::person_locale))
        .route("/api/speed", post(api::speed))
        .route("/api/trouble", post(api::trouble))
        .route("/api/attachments/{id}", get(api::attachment))
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::new(hosts), guard::check))
        .with_state(shared)
}
