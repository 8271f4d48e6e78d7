//! `doorman demo`: Discord and AWS on loopback, and the unchanged bot between them.

mod bot;
mod folder;
mod world;

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context;
use doorman_cloud::clock::Clock;
use doorman_config::{RoleId, ShellMode};
use doorman_sandbox::{Now, page};
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;
use tracing::{info, warn};

pub use self::world::{BOT_KEY, World};

use self::bot::Bot;
use self::folder::Folder;

/// How long the bot may take to come online before the address is printed anyway.
const ONLINE: Duration = Duration::from_secs(10);

/// The command line of the demo.
#[derive(Clone, Debug, clap::Args)]
pub struct Options {
    /// Where the page is.
    #[arg(long, value_name = "ADDR", default_value = "127.0.0.1:7077")]
    pub listen: SocketAddr,
    /// How fast time passes at first; the page can change it.
    #[arg(long, value_name = "TIMES", default_value_t = 1.0, value_parser = speed)]
    pub speed: f64,
    /// Shell access is no part of the pair, but opened for a while with /shell open: `[stack.shell] mode = "window"`.
    #[arg(long)]
    pub shell_windows: bool,
}

fn speed(text: &str) -> Result<f64, String> {
    match text.parse() {
        Ok(speed) if (1.0..=page::MAX_SPEED).contains(&speed) => Ok(speed),
        _ => Err(format!("a number from 1 to {}", page::MAX_SPEED)),
    }
}

/// Runs the demo until `stop`.
///
/// # Errors
///
/// When a part of it cannot be started, or the bot gives up.
pub async fn run(options: Options, stop: CancellationToken) -> anyhow::Result<()> {
    let clock = Clock::system();
    clock.set_rate(options.speed);
    let world = World::start(clock.clone()).await.context("cannot start the sandbox")?;
    let folder = Folder::make().context("cannot make a folder for the leases")?;
    let mut settings = world.settings(&folder.0.join("doorman.db"))?;
    for grant in
        settings.policy.grants.iter_mut().filter(|grant| grant.role_id.0 == world.discord.facts().guild_id)
    {
        // As shipped everybody may look. Here there is somebody who may nothing.
        grant.role_id = RoleId(world.discord.facts().viewer_role_id);
    }
    if options.shell_windows {
        settings.stack.shell.mode = ShellMode::Window;
    }
    world
        .grant(&settings)
        .map_err(|troubles| anyhow::anyhow!("{troubles:?}"))
        .context("cannot make the policies")?;
    info!("DISCORD_API_URL={} AWS_ENDPOINT_URL={}", world.discord.url(), world.aws.url());

    let zone = settings.reports.timezone;
    let (bot, mut ended) = Bot::new(&world, settings, stop.clone()).context("cannot start the bot")?;
    let (address, page) = serve(options.listen, &world, &bot, zone.name()).await?;
    let mut page = tokio::spawn(page);
    bot.start();

    // The address is worth visiting once somebody is at home.
    tokio::select! {
        Some(ended) = ended.recv() => return ended.context("the bot did not start"),
        online = timeout(ONLINE, world.discord.bot_online()) => {
            if online.is_err() {
                warn!("the bot is not online yet");
            }
        }
    }
    println!("doorman demo: http://{address}");
    let stopped_without_bot = async {
        stop.cancelled().await;
        if bot.is_running() {
            std::future::pending().await
        }
    };
    let result = tokio::select! {
        Some(ended) = ended.recv() => ended.context("the bot ended"),
        served = &mut page => served.map_err(io::Error::other).flatten().context("the page ended"),
        // One that was killed on the page has no end to wait for.
        () = stopped_without_bot => Ok(()),
    };
    page.abort();
    result
}

/// The page, on a free port if the one asked for is taken.
async fn serve(
    listen: SocketAddr,
    world: &World,
    bot: &Arc<Bot>,
    time_zone: &'static str,
) -> anyhow::Result<(SocketAddr, impl Future<Output = io::Result<()>> + Send + use<>)> {
    let controls = || {
        let (reader, writer) = (world.clock.clone(), world.clock.clone());
        page::Controls {
            now: now(&world.clock),
            time_zone,
            speed: Arc::new(move || reader.rate()),
            set_speed: Arc::new(move |speed| writer.set_rate(speed)),
            bot: bot.clone(),
        }
    };
    let (discord, aws) = (world.discord.clone(), world.aws.clone());
    match page::serve(listen, discord.clone(), aws.clone(), controls()).await {
        Ok(served) => Ok(served),
        Err(error) if error.kind() == io::ErrorKind::AddrInUse && listen.port() != 0 => {
            warn!("{listen} is taken, so the page is on a free port");
            let free = SocketAddr::new(listen.ip(), 0);
            page::serve(free, discord, aws, controls()).await.context("cannot start the page")
        }
        Err(error) => Err(error).with_context(|| format!("cannot listen on {listen}")),
    }
}

fn now(clock: &Clock) -> Now {
    let clock = clock.clone();
    Arc::new(move || clock.now())
}
