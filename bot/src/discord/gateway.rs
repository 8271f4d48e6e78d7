//! The connection by which Discord tells what people do.
//!
//! serenity keeps it up: it heartbeats, resumes and identifies again, for ever. What it does not do well is
//! starting: when it cannot learn the gateway's address it turns to Discord's own, whatever it was told
//! to use. So the address is asked for here, with patience, and handed to it.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use doorman_config::secrets::ExposeSecret;
use parking_lot::Mutex;
use serenity::all::{
    Client, ClientBuilder, ConnectionStage, Context, EventHandler, GatewayError, GatewayIntents, HttpBuilder,
    Interaction, Ready, ResumedEvent, ShardManager,
};
use serenity::async_trait;
use tokio::task::AbortHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{info, warn};

use super::connection::{Connection, Link};
use super::deliver::Deliver;
use super::desk::Desk;
use super::register;
use super::rest::{Fault, Patience};
use crate::supervise::{Pulse, Task, Vitals};

/// Interactions arrive without any intent; with this one, so does news of the guild coming and going.
const INTENTS: GatewayIntents = GatewayIntents::GUILDS;

/// How long one question for the gateway's address goes on.
const ASK: Duration = Duration::from_secs(10);
/// Pauses between such questions.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);
/// How often the connection is looked at, only to say when it is lost.
const LOOK: Duration = Duration::from_secs(5);
/// How long closing the connection may take; serenity looks up from reading twice a second.
const CLOSE: Duration = Duration::from_secs(2);

/// Why there will never be a connection.
#[derive(Clone, Debug, thiserror::Error)]
pub enum GatewayRefusal {
    /// The token is wrong.
    #[error(
        "Discord does not accept the bot's token: copy a new one from the Developer Portal \
         (your application → Bot → Reset Token) into DISCORD_TOKEN"
    )]
    Token,
    /// The intents are not allowed.
    #[error(
        "Discord does not grant the gateway intents that doorman asks for (close code 4013 or 4014): it needs \
         GUILDS only, which is not privileged; check the application in the Developer Portal → Bot"
    )]
    Intents,
    /// serenity could not even be set up.
    #[error("the connection to Discord could not be set up: {0}")]
    SetUp(String),
}

/// Connects, and stays connected until `stop`; `connection` says whether it is.
///
/// # Errors
///
/// When Discord refuses for a reason that trying again cannot change.
pub async fn run(
    desk: Arc<Desk>,
    guild_id: u64,
    tasks: TaskTracker,
    connection: Connection,
    pulse: Pulse,
    stop: CancellationToken,
) -> Result<(), GatewayRefusal> {
    let Some(address) = stop.run_until_cancelled(address(desk.deliver(), &pulse)).await else {
        return Ok(());
    };
    let (address, rest) = (address?, desk.deliver().rest());
    let http = HttpBuilder::new(rest.token().expose_secret())
        .proxy(rest.base())
        .ratelimiter_disabled(true)
        .client(rest.client().clone())
        .build();
    let porter = Porter {
        desk: Arc::clone(&desk),
        guild_id,
        tasks,
        connection: connection.clone(),
        vitals: pulse.vitals().clone(),
        registering: Mutex::default(),
    };
    let building = ClientBuilder::new_with_http(http, INTENTS).event_handler(porter);
    let mut client: Client = match stop.run_until_cancelled(building.into_future()).await {
        Some(Ok(client)) => client,
        Some(Err(error)) => return Err(GatewayRefusal::SetUp(error.to_string())),
        None => return Ok(()),
    };
    // Should serenity have failed to learn it just now, it has put Discord's own address there.
    *client.ws_url.lock().await = address;

    let shards = Arc::clone(&client.shard_manager);
    tokio::select! {
        ended = client.start() => match ended {
            Ok(()) => Ok(()),
            Err(serenity::Error::Gateway(GatewayError::InvalidAuthentication)) => Err(GatewayRefusal::Token),
            Err(serenity::Error::Gateway(
                GatewayError::InvalidGatewayIntents | GatewayError::DisallowedGatewayIntents,
            )) => Err(GatewayRefusal::Intents),
            Err(error) => Err(GatewayRefusal::SetUp(error.to_string())),
        },
        never = watch_connection(&shards, &connection, &pulse) => match never {},
        () = stop.cancelled() => {
            if timeout(CLOSE, shards.shutdown_all()).await.is_err() {
                warn!("the connection to Discord did not close in time and is dropped");
            }
            Ok(())
        }
    }
}

/// Says in the log when the connection is lost, and keeps `connection` true. serenity makes it again by itself,
/// without a word.
async fn watch_connection(shards: &ShardManager, connection: &Connection, pulse: &Pulse) -> Infallible {
    loop {
        pulse.beat().await;
        sleep(LOOK).await;
        let stages = shards.runners.lock().await;
        let now = stages.values().any(|shard| shard.stage == ConnectionStage::Connected);
        drop(stages);
        if now {
            connection.up();
        } else if connection.link() == Link::Up && connection.lost() {
            warn!("the connection to Discord is lost; it is being made again");
        }
    }
}

/// The gateway's address, asked for until it is known.
async fn address(deliver: &Deliver, pulse: &Pulse) -> Result<String, GatewayRefusal> {
    let mut pause = FIRST_PAUSE;
    loop {
        pulse.beat().await;
        match deliver.gateway(Patience::of(ASK)).await {
            Ok(address) => return Ok(address),
            Err(fault) if fault.is_token_refused() => return Err(GatewayRefusal::Token),
            Err(fault) => warn!("no way to Discord yet: {fault}"),
        }
        sleep(pause.mul_f64(rand::random_range(0.5..1.5))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Takes serenity's events to where they belong.
struct Porter {
    desk: Arc<Desk>,
    guild_id: u64,
    tasks: TaskTracker,
    connection: Connection,
    vitals: Vitals,
    /// The registration under way: a newer session replaces it.
    registering: Mutex<Option<AbortHandle>>,
}

#[async_trait]
impl EventHandler for Porter {
    async fn ready(&self, _: Context, ready: Ready) {
        info!("connected to Discord as {}", ready.user.name);
        self.connection.up();
        let (desk, guild_id) = (Arc::clone(&self.desk), self.guild_id);
        let application_id = ready.application.id.get();
        // Not among the tasks that are waited for at the end: it may go on for ever.
        let registering = self.vitals.spawn(Task::Commands, &CancellationToken::new(), move |pulse| {
            let desk = Arc::clone(&desk);
            async move {
                register::until_registered(desk.deliver(), application_id, guild_id, desk.app(), &pulse)
                    .await;
            }
        });
        if let Some(older) = self.registering.lock().replace(registering.abort_handle()) {
            older.abort();
        }
    }

    async fn resume(&self, _: Context, _: ResumedEvent) {
        info!("connected to Discord again");
        self.connection.up();
    }

    async fn interaction_create(&self, _: Context, interaction: Interaction) {
        // serenity forgets the tasks it starts for events; at the end these are waited for.
        self.tasks.track_future(self.desk.serve(interaction)).await;
    }
}

impl Drop for Porter {
    fn drop(&mut self) {
        if let Some(registering) = self.registering.get_mut().take() {
            registering.abort();
        }
    }
}

/// Asks Discord whether the token is good and the way is open.
///
/// # Errors
///
/// [`Fault`] as it came, after `patience`.
pub async fn knock(deliver: &Deliver, patience: Patience) -> Result<(), Fault> {
    let me = deliver.me(patience).await?;
    info!("Discord knows the token as that of {} ({})", me.username, me.id);
    Ok(())
}
