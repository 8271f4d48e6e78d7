//! What a stage is made of.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use doorman::demo::World;
use doorman::supervise::Probe;
use doorman_cloud::aws;
use doorman_config::Settings;
use doorman_config::secrets::SecretString;
use doorman_sandbox::aws::Item;
use doorman_sandbox::discord::MessageView;
use tempfile::TempDir;

use crate::choices::{Bot, Time};
use crate::life::Life;

/// A world, the people in it, and the bot between its two sides.
///
/// It fails the test that drops it without having [finished](Self::finish) it.
pub struct Stage {
    /// Discord, AWS and the clock of both.
    pub world: World,
    /// By what the bot goes, from its next start.
    pub settings: Settings,
    /// What is asked whenever a task of a bot in this process beats, from its next start: by this tests break tasks.
    pub probe: Probe,
    /// With what the bot presents itself to Discord, from its next start.
    pub token: SecretString,
    pub(crate) time: Time,
    /// By how much the bot's clock is ahead, from its next start.
    pub clock_ahead: TimeDelta,
    pub(crate) patience: Duration,
    pub(crate) bot: Bot,
    pub(crate) aws_options: aws::Options,
    /// When it began.
    pub(crate) began: DateTime<Utc>,
    /// What was there at the beginning and is not doorman's.
    pub(crate) foreign: Vec<Item>,
    /// Ids of what the hands of the test have changed of doorman's: for whoever compares, neither its nor others'.
    pub(crate) handled: BTreeSet<String>,
    /// Ids of what only looks like doorman's: others', whatever its tags say.
    pub(crate) disguised: BTreeSet<String>,
    pub(crate) life: Option<Life>,
    /// How many messages there were before somebody last said something in a story.
    pub(crate) said_after: usize,
    /// Whether nobody has to ask any more if the promises were kept.
    pub(crate) finished: bool,
    pub(crate) folder: TempDir,
}

impl Stage {
    /// Where the stage keeps its files; gone with it.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Where the leases are.
    pub fn store(&self) -> PathBuf {
        self.settings.store.path.clone()
    }

    /// All messages in the channel, oldest first.
    pub fn messages(&self) -> Vec<MessageView> {
        self.world.discord.channel().messages
    }
}

impl Drop for Stage {
    fn drop(&mut self) {
        if !self.finished && !std::thread::panicking() {
            panic!("whether the promises were kept was not asked: a test ends by `stage.finish().await`");
        }
    }
}
