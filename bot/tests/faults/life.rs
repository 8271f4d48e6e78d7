//! One case from its beginning to its end: the bot lives, dies where the case says so, lives again, and when the
//! world is well again and the time is over it is judged.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, Utc};
use doorman::demo::World;
use doorman_cloud::clock::Clock;
use doorman_config::{Locale, Settings};
use doorman_sandbox::aws::{Call, FaultKind, FaultRule, Item, Timing};
use doorman_sandbox::discord::MessageView;
use tokio::runtime::{Builder, Runtime};
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::case::Case;
use crate::story::{Act, Mood};
use crate::verdict;
use crate::way::Store;

/// How long the bot may take to come online, and to have looked around.
const ONLINE: Duration = Duration::from_secs(120);
const SETTLED: Duration = Duration::from_secs(3);
/// The longest that anybody waits for something to be done.
const PATIENCE: Duration = Duration::from_secs(5 * 60);
/// How long the world may take to be in order again once nothing is wrong any more.
const MENDED: Duration = Duration::from_secs(45 * 60);

/// Everything of a case that outlives the bot and its runtime.
pub(crate) struct Stage {
    pub(crate) world: World,
    settings: Settings,
    folder: tempfile::TempDir,
    /// What was there before and is not doorman's.
    pub(crate) foreign: Vec<Item>,
    /// Acts that have begun.
    begun: usize,
    discord_away: bool,
    /// How many messages there were before somebody last said something.
    said_after: usize,
}

/// Runs a case; returns the calls that the bot made in the course of the story, or what is wrong.
pub(crate) fn run(case: &Case) -> Result<Vec<Call>, String> {
    let first = runtime();
    first.spawn(keep_pace());
    let mut stage = first.block_on(Stage::set(case));
    let kills = case.fault.as_ref().and_then(|(_, _, way)| way.kills());
    let died = first.block_on(async {
        let bot = stage.start_bot().await?;
        stage.disturb(case);
        let mut met = stage.world.aws.faults().met();
        met.mark_unchanged();
        let died = tokio::select! {
            () = stage.play(case) => false,
            _ = met.changed(), if kills.is_some() => true,
        };
        if died {
            stage.world.clock.set_rate(0.0);
            return Ok(None);
        }
        Ok::<_, String>(Some(stage.end(case, bot).await?))
    })?;
    let calls = match died {
        Some(calls) => calls,
        None => {
            // With the runtime goes everything the bot was doing, as with a process.
            drop(first);
            stage.lose_store(kills.unwrap_or(Store::Kept));
            let second = runtime();
            second.spawn(keep_pace());
            let calls = second.block_on(async {
                stage.world.move_here().expect("the listeners are there");
                let bot = stage.start_bot().await?;
                stage.play(case).await;
                stage.end(case, bot).await
            })?;
            second.block_on(async { drop(stage) });
            return Ok(calls);
        }
    };
    first.block_on(async { drop(stage) });
    Ok(calls)
}

/// On time that stands while something is done and jumps when nothing is.
fn runtime() -> Runtime {
    Builder::new_current_thread().enable_all().start_paused(true).build().expect("a runtime")
}

/// Keeps time from running away while bytes are on their way: tokio jumps to the next timer whenever it has to
/// wait for a socket, though the answer is there already. So there is always a timer close by while something
/// is going on, and a distant one while nothing is.
async fn keep_pace() {
    const NEAR: Duration = Duration::from_millis(1);
    const FAR: Duration = Duration::from_millis(256);
    /// More than a turn of this loop alone takes.
    const SOMETHING: Duration = Duration::from_micros(25);
    /// Turns in which nothing went on before nothing is believed to.
    const QUIET: u32 = 40;
    let metrics = tokio::runtime::Handle::current().metrics();
    let (mut busy, mut quiet) = (Duration::ZERO, 0);
    loop {
        let doublings = u32::saturating_sub(quiet, QUIET).min(FAR.as_millis().ilog2());
        sleep(NEAR * 2_u32.pow(doublings)).await;
        let now = metrics.worker_total_busy_duration(0);
        quiet = if now - busy > SOMETHING { 0 } else { quiet + 1 };
        busy = now;
    }
}

/// The bot, as `doorman run` runs it.
pub(crate) struct Bot {
    stop: CancellationToken,
    task: JoinHandle<Result<(), doorman::StartError>>,
}

impl Stage {
    async fn set(case: &Case) -> Stage {
        let began: DateTime<Utc> = "2026-11-22T03:00:00Z".parse().expect("a date");
        let world = World::start(Clock::jumping_from(began)).await.expect("two free ports on loopback");
        let slow = case.story.mood == Mood::Slow;
        world.aws.set_timing(timing(slow));
        let facts = world.discord.facts();
        world.discord.add_person("second", &[facts.operator_role_id], "en-US");
        world.discord.set_locale("operator", "en-US");
        // In memory, where there is room for it: thousands of stores are synced to the disk otherwise.
        let fast = PathBuf::from("/dev/shm");
        let folder = if fast.is_dir() { tempfile::tempdir_in(fast) } else { tempfile::tempdir() };
        let folder = folder.expect("a folder");
        let mut settings = world.settings(&folder.path().join("doorman.db")).expect("the shipped settings");
        settings.discord.locale = Locale::EnUs;
        let foreign = verdict::foreign(&world);
        Stage { world, settings, folder, foreign, begun: 0, discord_away: false, said_after: 0 }
    }

    /// Starts the bot and waits until it has looked around.
    async fn start_bot(&self) -> Result<Bot, String> {
        let stop = CancellationToken::new();
        let (settings, token) = (self.settings.clone(), self.world.token());
        let (clock, options) = (self.world.clock.clone(), self.world.aws_options());
        let task = tokio::spawn(doorman::run(settings, token, clock, options, stop.clone()));
        if !self.discord_away {
            let online = timeout(ONLINE, self.world.discord.bot_online()).await;
            online.map_err(|_| "the bot does not come online")?;
        }
        sleep(SETTLED).await;
        Ok(Bot { stop, task })
    }

    /// From now on things go wrong.
    fn disturb(&mut self, case: &Case) {
        self.copy_store();
        self.world.aws.clear_calls();
        let faults = self.world.aws.faults();
        if case.story.mood == Mood::GatewayFails {
            let (code, message) = ("InsufficientFreeAddressesInSubnet".to_owned(), "None left.".to_owned());
            let kind = FaultKind::GatewayFails { code, message };
            faults.add(FaultRule { operation: "CreateNatGateway".to_owned(), skip: 0, times: 1, kind });
        }
        if let Some((operation, skip, way)) = &case.fault {
            faults.add(way.rule(operation, *skip));
        }
    }

    /// Goes on with the story where it was.
    async fn play(&mut self, case: &Case) {
        while let Some(act) = case.story.acts.get(self.begun) {
            self.begun += 1;
            self.act(*act).await;
            if self.begun == 1 && case.story.mood == Mood::DiscordAway {
                sleep(Duration::from_secs(1)).await;
                self.world.discord.faults().away(true);
                self.discord_away = true;
            }
        }
    }

    async fn act(&mut self, act: Act) {
        match act {
            // A person whom Discord or the bot leaves without an answer shrugs.
            Act::Say(person, line) => {
                self.said_after = self.messages().len();
                _ = self.world.discord.slash(person, line).await;
            }
            Act::Press(person, label) => {
                let button = self.until(|stage| stage.button(label)).await;
                if let Some((message, custom_id)) = button {
                    _ = self.world.discord.press(person, &message, &custom_id).await;
                }
            }
            Act::UntilDone => {
                // What was asked for is begun first.
                sleep(SETTLED).await;
                _ = self.until(|stage| stage.is_done().then_some(())).await;
            }
            Act::Pass(time) => sleep(time).await,
            Act::Away(away) => self.world.aws.faults().away(away),
        }
    }

    /// Everything is well again and the time is over: nothing may be left.
    async fn end(&mut self, case: &Case, mut bot: Bot) -> Result<Vec<Call>, String> {
        let calls = self.world.aws.calls();
        self.world.aws.faults().clear();
        self.world.discord.faults().clear();
        self.discord_away = false;
        if bot.task.is_finished() {
            // It gave up on a Discord that was away for long, with nothing open; a supervisor starts it again.
            bot = self.start_bot().await?;
        }
        if kills_store(case) {
            // That somebody wanted the pair gone was only in the store. What is left of it is adopted as one that
            // lasts until it is terminated, and people are told; so somebody does it again.
            sleep(Duration::from_secs(120)).await;
            let again =
                case.story.acts.iter().position(|act| matches!(act, Act::Say(_, "/terminate service")));
            for act in again.into_iter().flat_map(|at| &case.story.acts[at..]) {
                self.act(*act).await;
            }
        }
        let mended = timeout(MENDED, async {
            while !verdict::is_quiet(self) {
                sleep(Duration::from_secs(10)).await;
            }
        });
        let in_time = mended.await.is_ok();
        bot.stop.cancel();
        let ended = timeout(Duration::from_secs(30), bot.task).await.map_err(|_| "the bot does not stop")?;
        ended.map_err(|panic| format!("the bot panicked: {panic}"))?.map_err(|error| error.to_string())?;
        let wrong = verdict::of(self, case, &self.settings.store.path).await;
        let wrong = if in_time { wrong } else { [vec!["it never ends".to_owned()], wrong].concat() };
        if wrong.is_empty() { Ok(calls) } else { Err(format!("{}\n{}", wrong.join("; "), self.channel())) }
    }

    /// Waits for something, but not for ever.
    async fn until<T>(&self, look: impl Fn(&Stage) -> Option<T>) -> Option<T> {
        timeout(PATIENCE, async {
            loop {
                if let Some(seen) = look(self) {
                    return seen;
                }
                sleep(Duration::from_secs(2)).await;
            }
        })
        .await
        .ok()
    }

    fn messages(&self) -> Vec<MessageView> {
        self.world.discord.channel().messages
    }

    /// What was answered with a button of that label, and the button.
    fn button(&self, label: &str) -> Option<(String, String)> {
        self.messages().iter().skip(self.said_after).find_map(|message| {
            let rows =
                message.components.iter().flat_map(|row| row["components"].as_array().into_iter().flatten());
            let mut buttons = rows.filter(|button| button["label"] == label && button["disabled"] != true);
            Some((message.id.clone(), buttons.next()?["custom_id"].as_str()?.to_owned()))
        })
    }

    /// Whether no message says that something is under way.
    fn is_done(&self) -> bool {
        let titles: Vec<String> = self.messages().iter().filter_map(title).collect();
        !titles.is_empty() && !titles.iter().any(|title| title.starts_with('⏳'))
    }

    /// What people read, for failures.
    pub(crate) fn channel(&self) -> String {
        let lines = self.messages().into_iter().map(|message| {
            let title = title(&message).unwrap_or_default();
            format!("    | {} {title} {}", message.id, message.content.replace('\n', " "))
        });
        lines.collect::<Vec<_>>().join("\n")
    }

    /// Titles of all messages, oldest first.
    pub(crate) fn titles(&self) -> Vec<String> {
        self.messages().iter().filter_map(title).collect()
    }

    fn copy_store(&self) {
        for end in ["", "-wal"] {
            let from = self.folder.path().join(format!("doorman.db{end}"));
            if from.exists() {
                std::fs::copy(&from, self.folder.path().join(format!("before.db{end}"))).expect("a copy");
            }
        }
    }

    fn lose_store(&self, store: Store) {
        if store == Store::Kept {
            return;
        }
        for end in ["", "-wal", "-shm"] {
            _ = std::fs::remove_file(self.folder.path().join(format!("doorman.db{end}")));
            let copy = self.folder.path().join(format!("before.db{end}"));
            if store == Store::Restored && copy.exists() {
                std::fs::rename(copy, self.folder.path().join(format!("doorman.db{end}"))).expect("a rename");
            }
        }
    }
}

fn kills_store(case: &Case) -> bool {
    let kills = case.fault.as_ref().and_then(|(_, _, way)| way.kills());
    kills.is_some_and(|store| store != Store::Kept)
}

fn title(message: &MessageView) -> Option<String> {
    message.embeds.first().and_then(|embed| embed["title"].as_str()).map(str::to_owned)
}

/// Short, so that a story is not mostly looking: everything is still waited for.
fn timing(slow: bool) -> Timing {
    let seconds = Duration::from_secs;
    Timing {
        nat_pending: seconds(2),
        nat_deleting: seconds(2),
        address_lock_after_delete: seconds(if slow { 30 } else { 2 }),
        endpoint_pending: seconds(2),
        endpoint_deleting: seconds(2),
        instance_pending: seconds(1),
        instance_terminating: seconds(2),
        agent_registration: seconds(2),
        profile_propagation: seconds(2),
        consistency: seconds(if slow { 5 } else { 0 }),
        ..Timing::default()
    }
}
