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
mod guard;
mod live;
#[cfg(test)]
mod tests;
mod timeline;

/// The longest request body accepted, in bytes. A slash command line is at most a few thousand characters.
const MAX_BODY_BYTES: usize = 16 * 1024;

/// The knobs of simulated time, owned by whoever owns the clock.
#[derive(Clone)]
pub struct Controls {
    /// The simulated time.
    pub now: Now,
    /// How many simulated seconds pass in a real one: `1.0` is real time.
    pub speed: Arc<dyn Fn() -> f64 + Send + Sync>,
    /// Changes the speed; called only with values from 1 to [`MAX_SPEED`].
    pub set_speed: Arc<dyn Fn(f64) + Send + Sync>,
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
    let (live, frames) = live::Live::new(discord.clone(), aws, controls.clone(), nudge.clone());
    let shared = Shared { discord, controls, frames, nudge };
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
        .route("/api/attachments/{id}", get(api::attachment))
        .fallback(assets::serve)
        .layer(DefaultBodyLimit::max(MAX_BODY_BYTES))
        .layer(middleware::from_fn_with_state(Arc::new(hosts), guard::check))
        .with_state(shared)
}
