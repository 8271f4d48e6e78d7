//! Discord, AWS and a clock for tests, and the bot between them, entered by the front door.

use std::path::PathBuf;
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman::StartError;
use doorman::demo;
use doorman_cloud::clock::Clock;
use doorman_config::Settings;
use doorman_config::secrets::SecretString;
use doorman_sandbox::discord::{Discord, MessageView};
use tempfile::TempDir;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_util::sync::CancellationToken;

/// Longer than anything takes on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

/// Everything but the bot.
pub(crate) struct World {
    inner: demo::World,
    began: DateTime<Utc>,
    folder: TempDir,
}

/// The bot, as `doorman run` runs it.
pub(crate) struct Bot {
    stop: CancellationToken,
    running: JoinHandle<Result<(), StartError>>,
}

impl Bot {
    /// Starts it and waits until it is online.
    pub(crate) async fn start(world: &World) -> Bot {
        let stop = CancellationToken::new();
        let running = tokio::spawn(doorman::run(
            world.settings(),
            world.inner.token(),
            world.clock().clone(),
            world.inner.aws_options(),
            stop.clone(),
        ));
        timeout(PATIENCE, world.discord().bot_online()).await.expect("the bot comes online");
        Bot { stop, running }
    }

    /// Stops it as a signal would.
    pub(crate) async fn stop(self) {
        self.stop.cancel();
        let ended = timeout(Duration::from_secs(10), self.running).await.expect("it stops in time");
        ended.expect("it does not panic").expect("it stops without an error");
    }

    /// Waits until it ends by itself.
    pub(crate) async fn ended(self) -> Result<(), StartError> {
        timeout(PATIENCE, self.running).await.expect("it ends").expect("it does not panic")
    }
}

impl World {
    /// With a clock that stands.
    pub(crate) async fn start(began: DateTime<Utc>) -> World {
        let inner = demo::World::start(Clock::standing_at(began)).await.expect("loopback");
        inner.discord.set_locale("operator", "en-US");
        World { inner, began, folder: tempfile::tempdir().expect("a folder") }
    }

    pub(crate) fn discord(&self) -> &Discord {
        &self.inner.discord
    }

    pub(crate) fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    pub(crate) fn store(&self) -> PathBuf {
        self.folder.path().join("doorman.db")
    }

    fn settings(&self) -> Settings {
        let mut settings = self.inner.settings(&self.store()).expect("the shipped settings");
        // With it AWS would close by itself what is closed late here.
        settings.stack.backstop.enabled = false;
        settings
    }

    /// Runs the bot to an end it comes to by itself.
    pub(crate) async fn run(&self) -> Result<(), StartError> {
        self.run_as(self.inner.token()).await
    }

    pub(crate) async fn run_with_token(&self, token: &str) -> Result<(), StartError> {
        self.run_as(SecretString::from(token.to_owned())).await
    }

    async fn run_as(&self, token: SecretString) -> Result<(), StartError> {
        let (clock, options) = (self.clock().clone(), self.inner.aws_options());
        let run = doorman::run(self.settings(), token, clock, options, CancellationToken::new());
        timeout(PATIENCE, run).await.expect("it ends")
    }

    /// Sends a command and waits for its acknowledgement.
    pub(crate) async fn slash(&self, person: &str, line: &str) {
        let sent = self.discord().slash(person, line).await.expect("Discord's client takes it");
        self.discord().acknowledged(&sent.interaction_id).await.expect("it is acknowledged");
    }

    /// Sends a command until it is acknowledged, for when the connection is being made again.
    pub(crate) async fn until_answered(&self, line: &str) {
        for _ in 0..20 {
            if let Ok(sent) = self.discord().slash("operator", line).await
                && self.discord().acknowledged(&sent.interaction_id).await.is_ok()
            {
                return;
            }
        }
        panic!("{line} is never answered");
    }

    /// Moves the clock to so long after the beginning of the window.
    pub(crate) async fn to(&self, since_began: TimeDelta) {
        let ahead = self.began + since_began - self.clock().now();
        assert!(ahead > TimeDelta::zero(), "the clock is there already: {ahead}");
        self.clock().advance(ahead);
    }

    /// Lets the clock run at 30 times the speed until a message says so.
    pub(crate) async fn fast_until(&self, text: &str) {
        self.clock().set_rate(30.0);
        self.until_text(text).await;
        self.clock().set_rate(0.0);
    }

    pub(crate) async fn until_text(&self, text: &str) {
        self.until(text, |world| world.transcript().contains(text)).await;
    }

    pub(crate) async fn until(&self, what: &str, so: impl Fn(&World) -> bool) {
        let mut changes = self.discord().changes();
        let waiting = async {
            while !so(self) {
                // Not every change is one of Discord's.
                _ = timeout(Duration::from_millis(100), changes.changed()).await;
            }
        };
        if timeout(PATIENCE, waiting).await.is_err() {
            panic!("never: {what}; the channel says:\n{}", self.transcript());
        }
    }

    /// Lets the clock run until the window is gone in AWS.
    pub(crate) async fn closed_in_aws(&self) {
        self.clock().set_rate(30.0);
        self.until("the window is gone", |world| world.left().is_empty()).await;
        self.clock().set_rate(0.0);
    }

    fn messages(&self) -> Vec<MessageView> {
        self.discord().channel().messages
    }

    /// Everything in the channel.
    pub(crate) fn transcript(&self) -> String {
        let mut text = String::new();
        for message in self.messages() {
            let reply = message.reply_to.as_deref().unwrap_or("-");
            text.push_str(&format!("{} (reply to {reply}) {}\n", message.id, message.content));
            for part in message.embeds.iter().chain(&message.components) {
                text.push_str(&format!("    {part}\n"));
            }
        }
        text
    }

    /// The id of the message that tells of the window.
    pub(crate) fn living_message(&self) -> String {
        let messages = self.messages();
        let titled = |message: &&MessageView| message.embeds.iter().any(|embed| embed["title"].is_string());
        let mut living = messages.iter().filter(titled).filter(|message| message.reply_to.is_none());
        living.next_back().expect("a living message").id.clone()
    }

    pub(crate) fn replies_to(&self, id: &str) -> usize {
        self.messages().iter().filter(|message| message.reply_to.as_deref() == Some(id)).count()
    }

    /// Messages that answer nobody.
    pub(crate) fn posts(&self) -> usize {
        self.messages().iter().filter(|message| message.invoked_by.is_none()).count()
    }

    pub(crate) fn is_thinking(&self) -> bool {
        self.messages().iter().any(|message| message.thinking)
    }

    /// Deletes a message of the bot's, as somebody with the right to would.
    pub(crate) async fn delete(&self, id: &str) {
        let facts = self.discord().facts();
        let url = format!("{}/api/v10/channels/{}/messages/{id}", self.discord().url(), facts.channel_id);
        let request =
            reqwest::Client::new().delete(url).header("authorization", format!("Bot {}", facts.token));
        let answer = request.send().await.expect("the sandbox answers");
        assert!(answer.status().is_success(), "{answer:?}");
    }

    /// What of doorman's bills in AWS.
    fn left(&self) -> Vec<String> {
        let items = self.inner.aws.inventory();
        let bills = items.iter().filter(|item| item.managed && item.usd_per_hour.is_some());
        bills.map(|item| format!("{} {} {}", item.kind, item.id, item.state)).collect()
    }

    pub(crate) fn nothing_left(&self) {
        assert_eq!(self.left(), Vec::<String>::new(), "left in AWS");
    }

    /// Nothing that Discord's rules forbid was done.
    pub(crate) fn finish(self) {
        assert_eq!(self.discord().violations(), Vec::<String>::new(), "broken rules of Discord's");
    }
}
