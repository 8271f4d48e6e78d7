//! The stage: the sandbox, the bot between its two sides, and what can be asked of them.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman::demo::World;
use doorman_cloud::aws;
use doorman_cloud::clock::Clock;
use doorman_config::Settings;
use doorman_sandbox::aws::{FaultKind, FaultRule, Item};
use doorman_sandbox::discord::{MessageView, Refused};
use tokio::runtime::Runtime;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

/// How much faster than real time a stage lives. At 300 a gateway takes a third of a second.
const RATE: f64 = 300.0;
/// The same with an AWS that is not the sandbox's: its calls take real time, and opening a window may not take
/// more than a quarter of an hour.
const RATE_ELSEWHERE: f64 = 10.0;
/// How long (in real time) anything may take that is waited for.
const PATIENCE: Duration = Duration::from_secs(60);

/// A world with the bot running in it.
pub(crate) struct Stage {
    pub(crate) world: World,
    pub(crate) settings: Settings,
    aws_options: aws::Options,
    bot: Option<Bot>,
    folder: tempfile::TempDir,
}

struct Bot {
    /// Its own, so that killing it ends everything it spawned, as the end of a process does.
    runtime: Runtime,
    stop: CancellationToken,
    task: JoinHandle<Result<(), doorman::StartError>>,
}

/// The instant at which every stage begins: 22 November 2026, noon in Seoul.
pub(crate) fn noon() -> DateTime<Utc> {
    "2026-11-22T03:00:00Z".parse().expect("a date")
}

impl Stage {
    /// The reference network, an operator, a viewer and an outsider who read English, and the bot online.
    pub(crate) async fn set() -> Stage {
        Stage::set_with(|_| {}).await
    }

    /// The same with other settings.
    pub(crate) async fn set_with(change: impl FnOnce(&mut Settings)) -> Stage {
        let mut stage = Stage::without_bot(change).await;
        stage.start_bot().await;
        stage
    }

    /// Everything but the bot.
    pub(crate) async fn without_bot(change: impl FnOnce(&mut Settings)) -> Stage {
        let clock = Clock::standing_at(noon());
        clock.set_rate(RATE);
        Stage::in_time_of(clock, change).await
    }

    /// The bot between the sandbox's Discord and another AWS. The stage begins now, because that AWS dates what
    /// is made by the machine's clock.
    pub(crate) async fn set_against(aws_options: aws::Options) -> Stage {
        let clock = Clock::system();
        clock.set_rate(RATE_ELSEWHERE);
        let mut stage = Stage::in_time_of(clock, |_| {}).await;
        stage.aws_options = aws_options;
        stage.start_bot().await;
        stage
    }

    async fn in_time_of(clock: Clock, change: impl FnOnce(&mut Settings)) -> Stage {
        let world = World::start(clock).await.expect("two free ports on loopback");
        for person in ["operator", "viewer", "outsider"] {
            world.discord.set_locale(person, "en-US");
        }
        let folder = tempfile::tempdir().expect("a folder");
        let mut settings = world.settings(&folder.path().join("doorman.db")).expect("the shipped settings");
        settings.discord.locale = doorman_config::Locale::EnUs;
        change(&mut settings);
        let aws_options = world.aws_options();
        Stage { world, settings, aws_options, bot: None, folder }
    }

    /// Starts the bot on the stage's store, and waits until people see it online.
    pub(crate) async fn start_bot(&mut self) {
        let stop = CancellationToken::new();
        let (settings, token) = (self.settings.clone(), self.world.token());
        let (clock, options) = (self.world.clock.clone(), self.aws_options.clone());
        let runtime = Runtime::new().expect("a runtime");
        let task = runtime.spawn(doorman::run(settings, token, clock, options, stop.clone()));
        self.bot = Some(Bot { runtime, stop, task });
        let online = tokio::time::timeout(PATIENCE, self.world.discord.bot_online()).await;
        online.expect("the bot comes online");
    }

    /// Drops the bot where it stands: nothing is finished, nothing is said.
    pub(crate) async fn kill_bot(&mut self) {
        let bot = self.bot.take().expect("a bot");
        let kill = move || bot.runtime.shutdown_timeout(PATIENCE);
        tokio::task::spawn_blocking(kill).await.expect("it ends");
    }

    /// Where the leases are.
    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("doorman.db")
    }

    /// Types a line and waits for the completed reply.
    pub(crate) async fn says(&self, person: &str, line: &str) -> MessageView {
        let sent = self.world.discord.slash(person, line).await;
        let sent = sent.unwrap_or_else(|Refused(why)| panic!("{person} cannot type {line}: {why}"));
        self.reply_to(&sent.interaction_id).await
    }

    /// The completed reply to an interaction.
    pub(crate) async fn reply_to(&self, interaction_id: &str) -> MessageView {
        let id = interaction_id.to_owned();
        self.see(&format!("a reply to {interaction_id}"), |stage| {
            stage.world.discord.reply(&id).filter(|reply| !reply.thinking && !reply.failed)
        })
        .await
    }

    /// Presses the button with that label on a message as it is now.
    pub(crate) async fn presses(&self, person: &str, message: &str, label: &str) -> String {
        let view = self.world.discord.message(message).expect("the message is there");
        let custom_id = self.custom_id(&view, label);
        let sent = self.world.discord.press(person, message, &custom_id).await;
        sent.unwrap_or_else(|Refused(why)| panic!("{person} cannot press {label}: {why}")).interaction_id
    }

    /// Waits until the world is so, and returns what was seen.
    pub(crate) async fn see<T>(&self, what: &str, look: impl Fn(&Stage) -> Option<T>) -> T {
        let (mut discord, mut aws) = (self.world.discord.changes(), self.world.aws.changes());
        let deadline = tokio::time::Instant::now() + PATIENCE;
        loop {
            if let Some(seen) = look(self) {
                return seen;
            }
            let changed = async {
                tokio::select! {
                    _ = discord.changed() => {}
                    _ = aws.changed() => {}
                }
            };
            if tokio::time::timeout_at(deadline, changed).await.is_err() {
                panic!("never seen: {what}\n{}", self.channel());
            }
        }
    }

    /// Waits until a message reads so.
    pub(crate) async fn reads(&self, message: &str, words: &str) -> MessageView {
        self.see(&format!("{words:?} in {message}"), |stage| {
            stage.world.discord.message(message).filter(|view| text(view).contains(words))
        })
        .await
    }

    /// Waits for a message of the bot's own in the channel that reads so.
    pub(crate) async fn posted(&self, words: &str) -> MessageView {
        self.see(&format!("{words:?} in the channel"), |stage| {
            let messages = stage.world.discord.channel().messages;
            messages.into_iter().find(|view| view.is_bot && text(view).contains(words))
        })
        .await
    }

    /// Waits for a message in the channel that only that person can see and that reads so.
    pub(crate) async fn whispered(&self, person: &str, words: &str) -> MessageView {
        self.see(&format!("{words:?} whispered to {person}"), |stage| {
            let messages = stage.world.discord.channel().messages.into_iter();
            let mut private = messages.filter(|view| view.private_to.as_deref() == Some(person));
            private.find(|view| text(view).contains(words))
        })
        .await
    }

    /// Everything people see in the channel, for failures and snapshots.
    pub(crate) fn channel(&self) -> String {
        let messages = self.world.discord.channel().messages;
        messages.iter().map(|view| format!("--- {}\n{}\n", view.id, text(view))).collect()
    }

    /// What of doorman's bills now, as `kind state`, sorted.
    pub(crate) fn billing(&self) -> Vec<String> {
        let mut billing: Vec<String> = self
            .ours()
            .into_iter()
            .filter(|item| item.usd_per_hour.is_some())
            .map(|item| format!("{} {}", item.kind, item.state))
            .collect();
        billing.sort();
        billing
    }

    /// Everything of doorman's in AWS that is not gone.
    pub(crate) fn ours(&self) -> Vec<Item> {
        let gone = ["deleted", "terminated", "failed"];
        let items = self.world.aws.inventory().into_iter();
        // The runbook stays: it is free, and named by its content.
        items
            .filter(|item| {
                item.managed
                    && !["document", "automation"].contains(&item.kind)
                    && !gone.contains(&item.state.as_str())
            })
            .collect()
    }

    /// Waits until nothing of doorman's is left in AWS.
    pub(crate) async fn nothing_left(&self) {
        self.see("nothing left in AWS", |stage| stage.ours().is_empty().then_some(())).await;
    }

    /// Where the private table's default route leads.
    pub(crate) fn default_route(&self) -> Option<String> {
        let routes = self.world.aws.inventory().into_iter().filter(|item| item.kind == "route");
        let of_table = routes.filter(|item| {
            item.name.as_deref() == Some("my-route-private") || item.detail.contains("my-route-private")
        });
        let mut default =
            of_table.filter(|item| item.id.contains("0.0.0.0/0") || item.detail.contains("0.0.0.0/0"));
        default.next().map(|item| {
            let words = item.detail.split_whitespace().chain(item.id.split_whitespace());
            let mut targets = words.map(|word| word.trim_matches(|c: char| !c.is_alphanumeric()));
            targets
                .find(|word| word.starts_with("nat-") || word.starts_with("igw-"))
                .unwrap_or("?")
                .to_owned()
        })
    }

    /// The id of what carries that name.
    pub(crate) fn id_of(&self, name: &str) -> String {
        let mut items = self.world.aws.inventory().into_iter();
        items.find(|item| item.name.as_deref() == Some(name)).expect("in the inventory").id
    }

    /// doorman's instances that are alive, by name.
    pub(crate) fn instances(&self) -> std::collections::BTreeMap<String, String> {
        let instances =
            self.ours().into_iter().filter(|item| item.kind == "instance" && item.state != "shutting-down");
        instances.map(|item| (item.name.unwrap_or_default(), item.id)).collect()
    }

    /// The end that a window's message shows, as its tags would write it.
    pub(crate) fn until(&self, message: &str) -> String {
        let view = self.world.discord.message(message).expect("the message is there");
        self.until_of(&view).to_rfc3339_opts(chrono::SecondsFormat::Secs, true)
    }

    /// The end that a window's message shows: the latest time in it.
    pub(crate) fn until_of(&self, view: &MessageView) -> DateTime<Utc> {
        // But for when AWS would close it by itself, which is later.
        let told = text(view);
        let told: Vec<&str> = told.lines().filter(|line| !line.contains("Safety net")).collect();
        let told = told.join("\n");
        let times = told.split("<t:").skip(1).filter_map(|rest| rest.split(':').next()?.parse().ok());
        DateTime::from_timestamp(times.max().expect("times in the message"), 0).expect("a time")
    }

    /// The custom id of the button with that label.
    pub(crate) fn custom_id(&self, view: &MessageView, label: &str) -> String {
        let button = buttons(view).into_iter().find(|button| button["label"] == label);
        let button = button.unwrap_or_else(|| panic!("no button {label} on {}", text(view)));
        button["custom_id"].as_str().expect("a button that is pressed").to_owned()
    }

    /// Lets AWS refuse an operation, as often as said.
    pub(crate) fn refuse(&self, operation: &str, times: usize, status: u16, code: &str) {
        let (code, message) =
            (code.to_owned(), "Refused by the test with arn:aws:iam::123456789012:user/x".to_owned());
        let kind = FaultKind::Refuse { status, code, message };
        self.world.aws.faults().add(FaultRule { operation: operation.to_owned(), skip: 0, times, kind });
    }

    /// There never were two gateways or two addresses at once.
    pub(crate) fn assert_only_one_ever(&self) {
        let alive = self.world.aws.max_alive();
        assert_eq!((alive.nat_gateways, alive.addresses), (1, 1), "gateways and addresses at once");
    }

    /// Closes the window and, when nothing of it is left, stops the bot.
    pub(crate) async fn close_and_finish(self) {
        self.says("operator", "/nat close").await;
        self.nothing_left().await;
        self.finish().await;
    }

    /// Lets time pass at once.
    pub(crate) fn later(&self, minutes: i64) {
        self.world.clock.advance(TimeDelta::minutes(minutes));
    }

    /// Stops the bot as SIGTERM does, and checks that it broke none of Discord's rules.
    pub(crate) async fn finish(mut self) {
        let bot = self.bot.take().expect("a bot");
        bot.stop.cancel();
        let ended = tokio::time::timeout(Duration::from_secs(10), bot.task).await;
        ended.expect("stops within ten seconds").expect("does not panic").expect("ends well");
        bot.runtime.shutdown_background();
        assert_eq!(self.world.discord.violations(), Vec::<String>::new(), "rules of Discord broken");
    }
}

/// All a person reads of a message: text, panel, fields, buttons.
pub(crate) fn text(view: &MessageView) -> String {
    let mut lines = vec![view.content.clone()];
    for embed in &view.embeds {
        let part = |name: &str| embed[name].as_str().unwrap_or_default().to_owned();
        lines.extend([part("title"), part("description")]);
        for field in embed["fields"].as_array().into_iter().flatten() {
            let part = |name: &str| field[name].as_str().unwrap_or_default();
            lines.push(format!("{}: {}", part("name"), part("value")));
        }
        lines.push(embed["footer"]["text"].as_str().unwrap_or_default().to_owned());
    }
    let labels = buttons(view).into_iter().map(|button| {
        let off = if button["disabled"] == true { " (off)" } else { "" };
        format!("[{}{off}]", button["label"].as_str().unwrap_or_default())
    });
    lines.push(labels.collect::<Vec<_>>().join(" "));
    lines.retain(|line| !line.is_empty());
    lines.join("\n")
}

fn buttons(view: &MessageView) -> Vec<serde_json::Value> {
    let rows = view.components.iter();
    rows.flat_map(|row| row["components"].as_array().cloned().unwrap_or_default()).collect()
}
