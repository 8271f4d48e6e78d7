//! The life of the process: start, run until told to stop, finish or park what is under way, stop.
//!
//! The keeper starts first and stops last. It needs no Discord: whatever is open is closed in time while the
//! bot still knocks at Discord's door, and when Discord will not have it at all (a revoked token), the process
//! stays until every window that has an end is closed, and exits only then.
//!
//! Before all that it needs the store for itself. Where another process has it (two copies were started by
//! mistake, or the next one before the last one is gone), this one waits, does nothing in Discord or AWS, and
//! takes over when the other is gone: the operating system lets go of a dead process's locks.

use std::io;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use doorman_cloud::aws::{self, Aws};
use doorman_cloud::clock::Clock;
use doorman_cloud::keeper::{Beat, Keeper, View};
use doorman_cloud::keepers::Keepers;
use doorman_cloud::lease::{Lease, Phase};
use doorman_cloud::store::{Store, StoreError};
use doorman_commands::App;
use doorman_config::Settings;
use doorman_config::secrets::SecretString;
use futures::FutureExt;
use futures::future::{OptionFuture, join_all};
use tokio::task::JoinHandle;
use tokio::time::{Instant, sleep, timeout, timeout_at};
use tokio_cron_scheduler::JobSchedulerError;
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::{error, info, warn};

use crate::backup;
use crate::daily::DailySummary;
use crate::discord::connection::Connection;
use crate::discord::deliver::Deliver;
use crate::discord::desk::Desk;
use crate::discord::gateway::{self, GatewayRefusal};
use crate::discord::rest::{Fault, Patience, Rest};
use crate::health::metrics::Metrics;
use crate::health::page::Page;
use crate::health::{Health, ping};
use crate::herald::{Bell, Herald, Outages, Strange};
use crate::identity::installation;
use crate::language::Language;
use crate::supervise::{Probe, Task, Vitals};
use crate::systemd;

/// How long Discord may be out of reach at the start before that counts as a mistake in the settings.
const KNOCK: Duration = Duration::from_secs(10);
/// Pause between tries for a store that another process has; each takes as long again.
const ASK_AGAIN: Duration = Duration::from_secs(1);
/// How long the end may take, of the 10 seconds that whoever stops the process grants.
const DRAIN: Duration = Duration::from_secs(8);

/// Why the bot cannot run. Each is one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The leases cannot be read.
    #[error("{reason} (store.path = {})", path.display())]
    Store {
        /// Where they should be.
        path: PathBuf,
        /// Why not.
        reason: StoreError,
    },
    /// Discord refuses the bot.
    #[error("{0}")]
    Gateway(#[from] GatewayRefusal),
    /// Discord is not there.
    #[error(
        "Discord cannot be reached at {base} ({reason}): check the network, and discord.api_url and \
         DISCORD_API_URL if they are set"
    )]
    Unreachable {
        /// Scheme and host.
        base: String,
        /// What happened.
        reason: String,
    },
    /// The HTTP client could not be made.
    #[error("the HTTP client could not be set up: {0}")]
    Http(String),
    /// The health page cannot be served.
    #[error("the health page cannot be served at {listen} ({reason}): choose another `health.listen`")]
    Health {
        /// Where it should be.
        listen: SocketAddr,
        /// Why not.
        reason: io::Error,
    },
    /// The scheduler could not be started.
    #[error("the scheduler could not be started: {0}")]
    Scheduler(#[from] JobSchedulerError),
    /// A part of the process broke too often.
    #[error(
        "the task {0} panicked again and again and is given up: start doorman again, which goes on from its store, and \
         report what the log says of the panic"
    )]
    Broken(Task),
}

/// Runs the bot until `stop` is cancelled, and takes at most ten seconds from then.
///
/// # Errors
///
/// When it cannot run, or can no longer: see [`StartError`].
pub async fn run(
    settings: Settings,
    token: SecretString,
    clock: Clock,
    aws_options: aws::Options,
    stop: CancellationToken,
) -> Result<(), StartError> {
    let language = Language::new(settings.discord.locale);
    run_speaking(settings, token, clock, aws_options, language, Probe::default(), stop).await
}

/// The same with a probe in its tasks, for tests that break them.
///
/// # Errors
///
/// As [`run`].
pub async fn run_probed(
    settings: Settings,
    token: SecretString,
    clock: Clock,
    aws_options: aws::Options,
    probe: Probe,
    stop: CancellationToken,
) -> Result<(), StartError> {
    let language = Language::new(settings.discord.locale);
    run_speaking(settings, token, clock, aws_options, language, probe, stop).await
}

/// The same, whose language for what it posts unasked may change meanwhile.
///
/// # Errors
///
/// As [`run`].
pub async fn run_speaking(
    settings: Settings,
    token: SecretString,
    clock: Clock,
    aws_options: aws::Options,
    language: Language,
    probe: Probe,
    stop: CancellationToken,
) -> Result<(), StartError> {
    let vitals = Vitals::new(probe);
    let installation = installation(&token);
    let rest = Rest::new(settings.discord.api_url.as_deref(), token)
        .map_err(|error| StartError::Http(error.to_string()))?;
    let (connection, metrics) = (Connection::new(clock.clone()), Metrics::default());
    let health = Health::new(clock.clone(), connection.clone(), vitals.clone());
    metrics.add_signs(health.clone());
    let done = CancellationToken::new();
    // However this function ends, the page does too.
    let _done = done.clone().drop_guard();
    let mut page = Page::new(settings.health.listen, health.clone(), metrics.clone(), done.clone());
    if systemd::listens() {
        let parts = (health.clone(), done.clone());
        vitals.spawn(Task::Watchdog, &done, move |pulse| {
            let (health, done) = parts.clone();
            systemd::run(health, pulse, done)
        });
    }
    let store = tokio::select! {
        () = stop.cancelled() => return Ok(()),
        store = open_store(&settings, &clock, &health, &mut page) => store?,
    };
    let aws = Aws::connect(&settings, &clock, aws_options).await;
    metrics.add(|registry| aws.register(registry));
    let others = other_stacks(&store, &settings).await;
    let of_others = others.iter().map(|(stack, _)| named(&settings, stack));
    let keepers =
        Keepers::new(std::iter::once(settings.clone()).chain(of_others).map(|settings| {
            Keeper::new(aws.clone(), &store, &settings, clock.clone(), installation.clone())
        }));
    let keeper = keepers.of(&settings.stack.name).expect("the stack of the settings has a keeper").clone();
    health.runs(keeper.clone());
    let keeper_stop = CancellationToken::new();
    let keeping = keep(keepers.clone(), &vitals, &keeper_stop);
    systemd::ready();

    let signs = Signs { connection, metrics, health, page, language, vitals: vitals.clone() };
    let result = serve(Arc::new(settings), Deliver::new(rest), &keepers, &others, signs, &stop).await;
    if let Err(reason) = &result
        && !stop.is_cancelled()
    {
        tokio::select! {
            () = stay_for_what_is_open(&keeper, reason, &stop) => {}
            // Nothing is closed any more here: the next start does it.
            () = vitals.is_broken(Task::Keeper) => {}
        }
    }
    systemd::stopping();
    let deadline = Instant::now() + DRAIN;
    keeper_stop.cancel();
    if timeout_at(deadline, keeping).await.is_err() {
        warn!("calls to AWS are still under way; the next start finds what they came to");
    }
    keeper.store().close().await;
    result
}

/// Stacks that the settings do not name, in which the store has open leases, and how many. What was opened under another
/// name ends in time all the same.
async fn other_stacks(store: &Store, settings: &Settings) -> Vec<(String, u64)> {
    match store.stacks_in_use().await {
        Ok(mut stacks) => {
            stacks.retain(|(stack, _)| *stack != settings.stack.name);
            for (stack, count) in &stacks {
                warn!(
                    "{count} lease(s) are open in the stack {stack}, which the settings do not name any more"
                );
            }
            stacks
        }
        Err(error) => {
            error!(%error, "the lease store does not say in which stacks leases are open: {error}");
            Vec::new()
        }
    }
}

/// The same settings for a stack of another name.
fn named(settings: &Settings, stack: &str) -> Settings {
    let mut settings = settings.clone();
    settings.stack.name = stack.to_owned();
    settings
}

/// Has the keepers run, whatever else happens.
fn keep(keepers: Keepers, vitals: &Vitals, stop: &CancellationToken) -> JoinHandle<Option<()>> {
    let until = stop.clone();
    vitals.spawn(Task::Keeper, stop, move |pulse| {
        let (keepers, stop) = (keepers.clone(), until.clone());
        async move {
            let beat: Beat = Arc::new(move || {
                let pulse = pulse.clone();
                async move { pulse.beat().await }.boxed()
            });
            keepers.run(stop, &beat).await;
        }
    })
}

/// What others see of the process, and in which language it speaks.
struct Signs {
    connection: Connection,
    metrics: Metrics,
    health: Health,
    page: Page,
    language: Language,
    vitals: Vitals,
}

/// Opens the store; waits, and says so, while another process has it.
async fn open_store(
    settings: &Settings,
    clock: &Clock,
    health: &Health,
    page: &mut Page,
) -> Result<Store, StartError> {
    let path = &settings.store.path;
    let mut waits = false;
    loop {
        // The other one may have that address too; it is taken over with the store.
        _ = page.serve().await;
        match Store::open_backed_up(path, settings.store.backup.as_deref(), clock).await {
            Ok(store) => {
                health.waiting(false);
                if waits {
                    info!("the lease store {} is free: taking over", path.display());
                }
                return Ok(store);
            }
            Err(StoreError::Locked(_)) => {
                health.waiting(true);
                if !std::mem::replace(&mut waits, true) {
                    systemd::ready();
                    warn!(
                        "the lease store {} is in use by another doorman; waiting until that one is gone",
                        path.display()
                    );
                    println!(
                        "doorman: the lease store {} is in use by another doorman; this one does nothing, and \
                         takes over when that one is gone",
                        path.display()
                    );
                }
                sleep(ASK_AGAIN).await;
            }
            Err(reason) => return Err(StartError::Store { path: path.clone(), reason }),
        }
    }
}

/// Serves Discord until `stop`, or until Discord refuses.
async fn serve(
    settings: Arc<Settings>,
    deliver: Deliver,
    keepers: &Keepers,
    others: &[(String, u64)],
    signs: Signs,
    stop: &CancellationToken,
) -> Result<(), StartError> {
    let Signs { connection, metrics, health, mut page, language, vitals } = signs;
    let keeper = keepers.of(&settings.stack.name).expect("the stack of the settings has a keeper");
    let app = App::new(Arc::clone(&settings), keeper.clone());
    metrics.learn(&app);
    let bell = Bell::default();
    let channel_id = settings.discord.channel_id.0;
    let tasks = TaskTracker::new();
    let done = CancellationToken::new();

    page.serve().await.map_err(|(listen, reason)| StartError::Health { listen, reason })?;
    match stop.run_until_cancelled(knock(&deliver, keeper, &connection)).await {
        Some(result) => result?,
        None => return Ok(()),
    }

    let heralding = {
        let of_each = keepers.all().map(|keeper| {
            (App::new(Arc::new(named(&settings, &keeper.stack().name)), keeper.clone()), keeper.clone())
        });
        let of_each: Vec<(App, Keeper)> = of_each.collect();
        let parts = (deliver.clone(), bell.clone(), language.clone(), done.clone());
        vitals.spawn(Task::Herald, &done, move |pulse| {
            let (deliver, bell, language, done) = parts.clone();
            let heralds = of_each.iter().cloned().map(move |(app, keeper)| {
                Herald::new(app, keeper, deliver.clone(), bell.clone(), channel_id, language.clone())
                    .run(pulse.clone(), done.clone())
            });
            join_all(heralds.collect::<Vec<_>>()).map(drop)
        })
    };
    {
        let parts =
            (app.clone(), keeper.clone(), deliver.clone(), language.clone(), others.to_vec(), done.clone());
        vitals.spawn(Task::Strange, &done, move |pulse| {
            let (app, keeper, deliver, language, others, done) = parts.clone();
            Strange::new(app, keeper, deliver, channel_id, language, others).run(pulse, done)
        });
    }
    {
        let parts = (
            app.clone(),
            keeper.clone(),
            deliver.clone(),
            connection.clone(),
            language.clone(),
            done.clone(),
        );
        vitals.spawn(Task::Outages, &done, move |pulse| {
            let (app, keeper, deliver, connection, language, done) = parts.clone();
            Outages::new(app, keeper, deliver, connection, channel_id, language).run(pulse, done)
        });
    }
    if let Some(to) = settings.store.backup.clone() {
        let parts = (keeper.clone(), to, health.clone(), done.clone());
        vitals.spawn(Task::Backup, &done, move |pulse| {
            let (keeper, to, health, done) = parts.clone();
            backup::run(keeper, to, health, pulse, done)
        });
    }
    if let Some(url) = settings.health.ping_url.clone() {
        let parts = (url, health, keeper.clock().clone(), done.clone());
        vitals.spawn(Task::Ping, &done, move |pulse| {
            let (url, health, clock, done) = parts.clone();
            ping::run(url, health, clock, pulse, done)
        });
    }
    let daily = {
        let (keeper, app, deliver) = (keeper.clone(), app.clone(), deliver.clone());
        DailySummary::wanted(&settings.reports, keeper, app, deliver, channel_id, language.clone())
    };
    let summarising = daily.map(|daily| {
        let until = done.clone();
        vitals.spawn(Task::Daily, &done, move |pulse| daily.clone().run(pulse, until.clone()))
    });
    let scheduler_breaks = async {
        match OptionFuture::from(summarising).await {
            Some(Ok(Some(Err(error)))) => error,
            // It is not wanted, or stopped, or given up, which is seen by whoever keeps it.
            None | Some(Ok(None | Some(Ok(()))) | Err(_)) => std::future::pending().await,
        }
    };
    let desk = Arc::new(Desk::new(app, keeper.clone(), deliver, bell, metrics));
    let closing = stop.child_token();
    let guild_id = settings.discord.guild_id.0;
    let connecting = vitals.keep(Task::Gateway, &closing, |pulse| {
        let (desk, connection) = (Arc::clone(&desk), connection.clone());
        gateway::run(desk, guild_id, tasks.clone(), connection, pulse, closing.clone())
    });

    let result = tokio::select! {
        ended = connecting => match ended {
            Some(ended) => ended.map_err(StartError::from),
            // Between two lives.
            None if stop.is_cancelled() => Ok(()),
            None => Err(StartError::Broken(Task::Gateway)),
        },
        error = scheduler_breaks => Err(StartError::Scheduler(error)),
        task = vitals.broken() => Err(StartError::Broken(task)),
    };
    if stop.is_cancelled() {
        info!("stopping");
    }
    closing.cancel();
    drain(&tasks).await;
    done.cancel();
    finish("the herald", heralding).await;
    result
}

/// Waits for Discord at the start. Out of reach for long is a mistake in the settings, unless something is
/// open: then nothing matters more than closing it, and Discord may come back in the meantime.
async fn knock(deliver: &Deliver, keeper: &Keeper, connection: &Connection) -> Result<(), StartError> {
    match gateway::knock(deliver, Patience::of(KNOCK)).await {
        Ok(()) => Ok(()),
        Err(fault) if fault.is_token_refused() => Err(GatewayRefusal::Token.into()),
        Err(fault @ Fault::Away { .. }) if !ending(&keeper.watch().borrow()).is_empty() => {
            warn!("{fault}; staying, because something is open that has to be closed in time");
            connection.lost();
            Ok(())
        }
        Err(Fault::Away { reason, .. } | Fault::Refused { message: reason, .. }) => {
            Err(StartError::Unreachable { base: deliver.rest().base().to_owned(), reason })
        }
    }
}

/// Replies under way are finished; those that take too long are parked: their leases are in the store.
async fn drain(tasks: &TaskTracker) {
    tasks.close();
    let open = tasks.len();
    if timeout(DRAIN / 2, tasks.wait()).await.is_err() {
        warn!("left {} of {open} replies unfinished", tasks.len());
    }
}

async fn finish(what: &str, task: JoinHandle<Option<()>>) {
    if timeout(Duration::from_secs(1), task).await.is_err() {
        warn!("{what} did not end in time");
    }
}

/// Leases that will be closed by themselves: those with an end, and those being closed.
fn ending(view: &View) -> Vec<&Lease> {
    let ends = |lease: &&Lease| match lease.phase {
        Phase::Opening | Phase::Ready => lease.expires_at.is_some(),
        Phase::Closing => true,
        Phase::Closed => false,
    };
    view.leases.iter().filter(ends).collect()
}

/// Without Discord the bot is of no use to people, but what it opened for them must still be closed.
async fn stay_for_what_is_open(keeper: &Keeper, reason: &StartError, stop: &CancellationToken) {
    // The first look says what is open, adopted things included.
    let looked = until(keeper, |view| view.observed.is_some() || view.blind.is_some());
    let Some(Ok(())) = stop.run_until_cancelled(timeout(KNOCK, looked)).await else {
        return;
    };
    let open = ending(&keeper.watch().borrow()).len();
    if open == 0 {
        return;
    }
    error!("{reason}");
    warn!("staying without Discord until {open} open lease(s) are closed in time");
    stop.run_until_cancelled(until(keeper, |view| ending(view).is_empty())).await;
}

/// Returns when the keeper's view is so.
async fn until(keeper: &Keeper, so: impl FnMut(&Arc<View>) -> bool) {
    // The channel lives as long as the keeper, so this cannot fail; and the view is not kept borrowed.
    _ = keeper.watch().wait_for(so).await.map(drop);
}
