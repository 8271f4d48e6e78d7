//! The bot of a stage as a process of its own, between the sandbox's two sides in this one.
//!
//! It has the machine's clock. The world around it may hurry, so that a gateway takes two seconds.

use std::path::Path;
use std::process::Command;

use doorman::demo::{BOT_KEY, World};
use doorman_config::Verb;

use crate::choices::Bot;
use crate::program::command;
use crate::stage::Stage;

/// The access key of whoever sets doorman up, and may do everything.
const PERSON_KEY: &str = "AKIASOMEBODYELSE0000";

/// Whether a command is for the bot's own credentials. What mends something in IAM, and what writes the policies that
/// the bot is to have, is for a person's.
fn is_the_bots(arguments: &[&str]) -> bool {
    arguments.first() != Some(&"policy") && !arguments.contains(&"--fix")
}

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
    /// token, where the two are and its credentials are in its environment.
    ///
    /// # Panics
    ///
    /// When the bot of this stage is not a program.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let Bot::Program(path) = &self.bot else { panic!("the bot of this stage is not a program") };
        self.program(path, arguments)
    }

    /// The same of the program at that path, on any stage: where the bot is in this process, by the shipped settings.
    ///
    /// # Panics
    ///
    /// When its settings cannot be written.
    pub fn program(&self, path: impl AsRef<Path>, arguments: &[&str]) -> Command {
        if self.bot == Bot::Inside {
            let text = settings(&self.world, &self.store(), "");
            std::fs::write(self.folder().join("doorman.toml"), text).expect("a settings file");
        }
        let mut command = command(path);
        command.args(arguments).arg("--config").arg(self.folder().join("doorman.toml"));
        self.equips(&mut command, if is_the_bots(arguments) { BOT_KEY } else { PERSON_KEY });
        command
    }

    /// Gives any program what the bot has: where Discord and AWS are, its token and its credentials.
    pub fn equips_as_the_bot(&self, command: &mut Command) {
        self.equips(command, BOT_KEY);
    }

    fn equips(&self, command: &mut Command, key: &str) {
        command
            .env("DISCORD_TOKEN", &self.world.discord.facts().token)
            .env("DISCORD_API_URL", self.world.discord.url())
            .env("AWS_ENDPOINT_URL", self.world.aws.url())
            .env("AWS_ACCESS_KEY_ID", key)
            .env("AWS_SECRET_ACCESS_KEY", "sandbox");
    }
}
