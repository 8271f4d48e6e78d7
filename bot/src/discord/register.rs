//! Telling Discord which commands there are.
//!
//! The whole list replaces whatever the guild had, so that doing it again changes nothing. Who may use a
//! command is decided in the bot; `default_member_permissions` stays as the server's admins set it.

use std::time::Duration;

use doorman_commands::{App, Choice, CommandDefinition, Localized, OptionDefinition, SubcommandDefinition};
use doorman_config::Locale;
use serenity::all::{CommandOptionType, CommandType, InstallationContext, InteractionContext};
use serenity::builder::{CreateCommand, CreateCommandOption};
use tokio::time::sleep;
use tracing::{error, info, warn};

use super::deliver::Deliver;
use super::rest::Fault;
use crate::supervise::Pulse;

/// Pauses between attempts. A bot that is not invited yet is not in a hurry.
const FIRST_PAUSE: Duration = Duration::from_secs(2);
const LONGEST_PAUSE: Duration = Duration::from_secs(60);

/// Missing access: the bot is not in the guild, or was invited without commands.
const MISSING_ACCESS: u32 = 50_001;

/// Registers the commands of `app` in the guild, trying until it is done.
pub async fn until_registered(
    deliver: &Deliver,
    application_id: u64,
    guild_id: u64,
    app: &App,
    pulse: &Pulse,
) {
    let commands: Vec<CreateCommand> = app.definitions().iter().map(command).collect();
    let body = super::reply::commands(&commands);
    let mut pause = FIRST_PAUSE;
    let mut said = false;
    loop {
        pulse.beat().await;
        match deliver.register(application_id, guild_id, body.clone()).await {
            Ok(()) => {
                info!("registered {} commands in guild {guild_id}", commands.len());
                return;
            }
            Err(fault) if fault.is_away() => warn!("the commands are not registered yet: {fault}"),
            Err(fault) if !said => {
                said = true;
                error!("{}", refused(&fault, application_id, guild_id));
            }
            Err(_) => {}
        }
        sleep(pause.mul_f64(rand::random_range(0.5..1.5))).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

fn refused(fault: &Fault, application_id: u64, guild_id: u64) -> String {
    if fault.code() == Some(MISSING_ACCESS) {
        return format!(
            "the commands cannot be registered, because the bot is not in guild {guild_id}, or was invited \
             without commands; invite it with {}",
            invitation(application_id)
        );
    }
    format!("the commands cannot be registered: {fault}")
}

/// The page on which an admin invites the bot, with the permissions it needs: view the channel, send messages,
/// embed links, attach files, read the history (for replies, and to find its own messages again).
pub fn invitation(application_id: u64) -> String {
    const PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16;
    format!(
        "https://discord.com/oauth2/authorize?client_id={application_id}\
         &scope=bot+applications.commands&permissions={PERMISSIONS}"
    )
}

fn command(definition: &CommandDefinition) -> CreateCommand {
    let mut command = CreateCommand::new(definition.name)
        .kind(CommandType::ChatInput)
        .description(&definition.description.default)
        .contexts(vec![InteractionContext::Guild])
        .integration_types(vec![InstallationContext::Guild]);
    for (locale, name) in translations(&definition.names) {
        command = command.name_localized(locale, name);
    }
    for (locale, text) in translations(&definition.description) {
        command = command.description_localized(locale, text);
    }
    let subcommands = definition.subcommands.iter().map(subcommand);
    command.set_options(subcommands.chain(definition.options.iter().map(option)).collect())
}

fn subcommand(definition: &SubcommandDefinition) -> CreateCommandOption {
    let subcommand = CreateCommandOption::new(
        CommandOptionType::SubCommand,
        definition.name,
        &definition.description.default,
    );
    let subcommand = localized(subcommand, &definition.names, &definition.description);
    subcommand.set_sub_options(definition.options.iter().map(option))
}

fn option(definition: &OptionDefinition) -> CreateCommandOption {
    let option =
        CreateCommandOption::new(CommandOptionType::String, definition.name, &definition.description.default)
            .required(definition.required)
            .set_autocomplete(definition.autocomplete);
    let option = localized(option, &definition.names, &definition.description);
    definition.choices.iter().fold(option, choice)
}

fn choice(option: CreateCommandOption, choice: &Choice) -> CreateCommandOption {
    option.add_string_choice_localized(&choice.name.default, choice.value, translations(&choice.name))
}

fn localized(mut option: CreateCommandOption, names: &Localized, texts: &Localized) -> CreateCommandOption {
    for (locale, name) in translations(names) {
        option = option.name_localized(locale, name);
    }
    for (locale, text) in translations(texts) {
        option = option.description_localized(locale, text);
    }
    option
}

/// The text in the languages other than the default one.
fn translations(text: &Localized) -> Vec<(String, String)> {
    let others = Locale::ALL.into_iter().filter(|locale| *locale != Locale::EnUs);
    others.map(|locale| (locale.as_str().to_owned(), text.in_locale(locale).to_owned())).collect()
}
