//! The bot as a process of its own, between a Discord and an AWS in this one; how soon it is there, and how
//! much memory it takes.

use std::process::Stdio;
use std::time::{Duration, Instant};

use doorman::demo::World;
use doorman_cloud::clock::Clock;
use doorman_cloud::store::Store;
use doorman_sandbox::aws::Item;
use doorman_sandbox::discord::{MessageView, Refused};
use serde_json::Value;
use tokio::process::{Child, Command};
use tokio::time::{sleep, timeout};

use crate::report::{Samples, Table, ms};

/// How often starting is measured.
const STARTS: usize = 20;
/// The longest from the start of the process until people can use its commands.
const READY_GOAL: Duration = Duration::from_millis(300);
/// Longer than anything here should take, in real time.
const PATIENCE: Duration = Duration::from_secs(120);
/// Nothing was asked of AWS for this long: whatever there was to do is done.
const QUIET: Duration = Duration::from_millis(500);

/// `doorman run`, and the world it runs in. The process is killed when this is dropped.
pub(crate) struct Bot {
    pub(crate) world: World,
    /// From the start of the process until it was connected and its commands were registered.
    pub(crate) ready: Duration,
    process: Child,
    _folder: tempfile::TempDir,
}

impl Bot {
    /// Starts with nothing in the store and nothing registered; returns when people can use its commands.
    pub(crate) async fn start() -> Bot {
        Bot::start_with("").await
    }

    /// The same with more lines of settings.
    pub(crate) async fn start_with(settings: &str) -> Bot {
        Bot::start_on(settings, async |_| ()).await
    }

    /// The same with something in the store.
    pub(crate) async fn start_on(settings: &str, fill: impl AsyncFnOnce(&Store)) -> Bot {
        let world = World::start(Clock::system()).await.expect("two free ports of loopback");
        world.discord.set_locale("operator", "en-US");
        let facts = world.discord.facts();
        let folder = tempfile::tempdir().expect("a folder");
        let text = format!(
            "[discord]\nguild_id = \"{}\"\nchannel_id = \"{}\"\nlocale = \"en-US\"\n\
             [store]\npath = \"{}\"\n\
             [[policy.grant]]\nrole_id = \"{}\"\n\
             verbs = [\"status\", \"cost\", \"launch\", \"terminate\", \"nat\", \"session\"]\n{settings}",
            facts.guild_id,
            facts.channel_id,
            folder.path().join("doorman.db").display(),
            facts.operator_role_id,
        );
        let store = Store::open(&folder.path().join("doorman.db")).await.expect("a store");
        fill(&store).await;
        store.close().await;
        let config = folder.path().join("doorman.toml");
        std::fs::write(&config, text).expect("a settings file");

        let mut command = Command::new(env!("CARGO_BIN_EXE_doorman"));
        for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "DISCORD_TOKEN_FILE", "RUST_LOG"] {
            command.env_remove(name);
        }
        command
            .args(["run", "--config"])
            .arg(config)
            .env("DISCORD_TOKEN", &facts.token)
            .env("DISCORD_API_URL", world.discord.url())
            .env("AWS_ENDPOINT_URL", world.aws.url())
            .env("AWS_ACCESS_KEY_ID", "AKIADOORMANSANDBOX00")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox")
            .stderr(Stdio::null())
            .kill_on_drop(true);
        let began = Instant::now();
        let process = command.spawn().expect("the program starts");
        timeout(PATIENCE, world.discord.bot_online()).await.expect("the bot comes online");
        let ready = began.elapsed();
        Bot { world, ready, process, _folder: folder }
    }

    /// Types a line as the operator; returns the interaction.
    pub(crate) async fn type_line(&self, line: &str) -> String {
        let sent = self.world.discord.slash("operator", line).await;
        sent.unwrap_or_else(|Refused(why)| panic!("{line}: {why}")).interaction_id
    }

    /// Types a line and waits for the whole reply.
    pub(crate) async fn ask(&self, line: &str) -> MessageView {
        let interaction = self.type_line(line).await;
        self.reply(&interaction).await
    }

    /// The whole reply to an interaction.
    pub(crate) async fn reply(&self, interaction: &str) -> MessageView {
        let look = || self.world.discord.reply(interaction).filter(|reply| !reply.thinking && !reply.failed);
        self.see("a reply", look).await
    }

    /// Waits until a message has `words` in its panel or its buttons' ids.
    pub(crate) async fn reads(&self, message: &str, words: &str) -> MessageView {
        self.see(words, || self.world.discord.message(message).filter(|view| has(view, words))).await
    }

    /// Waits until something exists in AWS.
    pub(crate) async fn finds<T>(&self, what: &str, look: impl Fn(&Item) -> Option<T>) -> T {
        let mut changes = self.world.aws.changes();
        let found = async {
            loop {
                if let Some(found) = self.world.aws.inventory().iter().find_map(&look) {
                    return found;
                }
                changes.changed().await.expect("AWS is there as long as the world");
            }
        };
        timeout(PATIENCE, found).await.unwrap_or_else(|_| panic!("never found: {what}"))
    }

    /// Waits until something is to be seen in Discord.
    async fn see<T>(&self, what: &str, look: impl Fn() -> Option<T>) -> T {
        let mut changes = self.world.discord.changes();
        let seen = async {
            loop {
                if let Some(seen) = look() {
                    return seen;
                }
                changes.changed().await.expect("Discord is there as long as the world");
            }
        };
        timeout(PATIENCE, seen).await.unwrap_or_else(|_| panic!("never seen: {what}"))
    }

    /// Presses the button whose id begins so; returns the interaction.
    pub(crate) async fn press(&self, message: &MessageView, id: &str) -> String {
        let custom_id = custom_ids(message).find(|custom_id| custom_id.starts_with(id)).expect("a button");
        let sent = self.world.discord.press("operator", &message.id, custom_id).await;
        sent.unwrap_or_else(|Refused(why)| panic!("{id}: {why}")).interaction_id
    }

    /// Returns when nothing is asked of AWS any more.
    pub(crate) async fn quiet(&self) {
        let mut before = usize::MAX;
        loop {
            let now = self.world.aws.calls().len();
            if now == before {
                return;
            }
            before = now;
            sleep(QUIET).await;
        }
    }

    /// A figure of the process's memory in MB (10⁶ bytes): `VmRSS` is what it has now, `VmHWM` the most it ever
    /// had. `None` where there is no `/proc`.
    pub(crate) fn memory_mb(&self, figure: &str) -> Option<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()?)).ok()?;
        let line = status.lines().find(|line| line.starts_with(figure))?;
        let kib: f64 = line.split_whitespace().nth(1)?.parse().ok()?;
        Some(kib * 1024.0 / 1e6)
    }
}

/// Whether the panel or a button of a message has the words.
fn has(message: &MessageView, words: &str) -> bool {
    let panel = |embed: &Value| {
        let texts = ["title", "description"].map(|part| embed[part].as_str().unwrap_or_default());
        texts.iter().any(|text| text.contains(words))
    };
    message.embeds.iter().any(panel) || custom_ids(message).any(|id| id.starts_with(words))
}

fn custom_ids(message: &MessageView) -> impl Iterator<Item = &str> {
    let rows = message.components.iter().filter_map(|row| row["components"].as_array());
    rows.flatten().filter_map(|button| button["custom_id"].as_str())
}

/// How soon after the start of the process people can use its commands.
pub(crate) async fn starts(table: &mut Table) {
    let mut starts = Vec::new();
    for _ in 0..STARTS {
        starts.push(Bot::start().await.ready);
    }
    let starts = Samples::of(starts);
    let (typical, worst) = (starts.median(), starts.longest());
    let measured = format!("{}, at most {} of {STARTS}", ms(typical), ms(worst));
    table.goal("start to ready", measured, "≤ 0.3 s", typical <= READY_GOAL);
}
