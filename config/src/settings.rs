//! The settings as a whole.

use std::path::Path;

use crate::problem::{Problem, Problems};
use crate::read::Document;
use crate::{Aws, Discord, Health, Policy, Reports, Stack, Store, discord, health, secrets};

/// Everything doorman is told, except the bot's token. It may be printed: what is secret in it shows nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// `[discord]`: where it answers.
    pub discord: Discord,
    /// `[aws]`: which account and region.
    pub aws: Aws,
    /// `[stack]`: the environment it opens and closes.
    pub stack: Stack,
    /// `[policy]`: who may do what.
    pub policy: Policy,
    /// `[reports]`: what it posts unasked, and when.
    pub reports: Reports,
    /// `[store]`: where it keeps its leases.
    pub store: Store,
    /// `[health]`: where monitors may ask how it is.
    pub health: Health,
}

impl Settings {
    /// Reads the text of a settings file.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, in the order of the text: syntax, or else unknown and missing
    /// fields, values of the wrong type, wrong values, and values that contradict each other.
    pub fn from_toml(text: &str) -> Result<Self, Problems> {
        Document::read(text, |root| {
            let discord = root.section("discord", Discord::read);
            let aws = root.section("aws", Aws::read);
            let stack = root.section("stack", Stack::read);
            let policy = root.section("policy", |section| Policy::read(section, &stack));
            let reports = root.section("reports", Reports::read);
            let store = root.section("store", Store::read);
            let health = root.section("health", Health::read);
            Some(Self { discord: discord?, aws, stack, policy, reports, store, health })
        })
    }

    /// Reads the settings file at `path`.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or as for [`Settings::from_toml`].
    pub fn load(path: &Path) -> Result<Self, Problems> {
        let text = std::fs::read_to_string(path).map_err(|error| {
            let message = format!(
                "cannot read the settings: {error}; give the path of the file with --config, or have a new one written \
                 by `doorman init`"
            );
            Problems(vec![Problem::without_line(path.display().to_string(), message)])
        })?;
        Self::from_toml(&text)
    }

    /// Applies what the environment overrides: `DISCORD_API_URL` stands in for `discord.api_url`,
    /// `DOORMAN_HEALTH_LISTEN` for `health.listen`, and `DOORMAN_PING_URL` (or the file that
    /// `DOORMAN_PING_URL_FILE` names) for `health.ping_url`. Set to nothing they count as not set.
    ///
    /// # Errors
    ///
    /// When a variable does not hold something usable.
    pub fn with_env(mut self, env: &dyn Fn(&str) -> Option<String>) -> Result<Self, Problems> {
        if let Some(url) = env(API_URL_VARIABLE).filter(|url| !url.trim().is_empty()) {
            let url = discord::base_url(&url)
                .map_err(|message| Problems(vec![Problem::without_line(API_URL_VARIABLE, message)]))?;
            self.discord.api_url = Some(url);
        }
        if let Some(text) = env(HEALTH_VARIABLE) {
            let listen = health::parse(&text)
                .map_err(|message| Problems(vec![Problem::without_line(HEALTH_VARIABLE, message)]))?;
            self.health.listen = listen.or(self.health.listen);
        }
        let ping = secrets::ping_url(env)
            .map_err(|(name, message)| Problems(vec![Problem::without_line(name, message)]))?;
        self.health.ping_url = ping.or(self.health.ping_url);
        Ok(self)
    }
}

const HEALTH_VARIABLE: &str = "DOORMAN_HEALTH_LISTEN";
const API_URL_VARIABLE: &str = "DISCORD_API_URL";
