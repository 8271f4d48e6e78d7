//! The bot of a stage as a process of its own, between the sandbox's two sides in this one.
//!
//! It has the machine's clock. The world around it may hurry, so that a gateway takes two seconds.

use std::path::Path;
use std::process::Command;

use doorman::demo::World;
use doorman_config::Verb;

use crate::choices::Bot;
use crate::program::command;
use crate::stage::Stage;

/// The text of a settings file for the program in that world: the operator may do everything. Its leases are kept
/// at `store`; `more` are further sections.
pub(crate) fn settings(world: &World, store: &Path, more: &str) -> String {
    let (facts, verbs) = (world.discord.facts(), Verb::ALL.map(Verb::as_str));
    format!(
        "[discord]\nguild_id = \"{}\"\nchannel_id = \"{}\"\nlocale = \"en-US\"\n\
         [store]\npath = \"{}\"\n\
         [[policy.grant]]\nrole_id = \"{}\"\nverbs = {verbs:?}\n{more}",
        facts.guild_id,
        facts.channel_id,
        store.display(),
        facts.operator_role_id,
    )
}

impl Stage {
    /// The program of this stage with these arguments, by the settings of this stage and between its two sides. Its
    /// token and where the two are is in its environment.
    ///
    /// # Panics
    ///
    /// When the bot of this stage is not a program.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let Bot::Program(path) = &self.bot else { panic!("the bot of this stage is not a program") };
        let mut command = command(path);
        command
            .args(arguments)
            .arg("--config")
            .arg(self.folder().join("doorman.toml"))
            .env("DISCORD_TOKEN", &self.world.discord.facts().token)
            .env("DISCORD_API_URL", self.world.discord.url())
            .env("AWS_ENDPOINT_URL", self.world.aws.url())
            .env("AWS_ACCESS_KEY_ID", "AKIADOORMANSANDBOX00")
            .env("AWS_SECRET_ACCESS_KEY", "sandbox");
        command
    }
}
