//! What Discord sends, as the [`Request`] that the commands know.

use doorman_cloud::lease::{MessageRef, Person};
use doorman_commands::Request;
use doorman_commands::request::{Action, Typed};
use doorman_config::Locale;
use serenity::all::{
    ChannelId, CommandDataOption, CommandDataOptionValue, CommandInteraction, ComponentInteraction, GuildId,
    InteractionId, Member, User,
};

/// A slash command.
pub fn command(interaction: &CommandInteraction) -> Request {
    let (typed, _) = typed(interaction);
    command_request(interaction, Action::Command(typed))
}

/// A slash command whose option is being typed; `None` when none of its options has the focus.
pub fn completion(interaction: &CommandInteraction) -> Option<Request> {
    let (typed, focused) = typed(interaction);
    Some(command_request(interaction, Action::Complete { typed, option: focused? }))
}

/// A button.
pub fn press(interaction: &ComponentInteraction) -> Request {
    let message = MessageRef {
        channel_id: interaction.message.channel_id.get(),
        message_id: interaction.message.id.get(),
    };
    let origin = Origin {
        id: interaction.id,
        guild_id: interaction.guild_id,
        channel_id: interaction.channel_id,
        member: interaction.member.as_ref(),
        user: &interaction.user,
        locale: &interaction.locale,
    };
    origin.request(Action::Press { custom_id: interaction.data.custom_id.clone(), message })
}

fn command_request(interaction: &CommandInteraction, action: Action) -> Request {
    let origin = Origin {
        id: interaction.id,
        guild_id: interaction.guild_id,
        channel_id: interaction.channel_id,
        member: interaction.member.as_deref(),
        user: &interaction.user,
        locale: &interaction.locale,
    };
    origin.request(action)
}

/// What every kind of interaction says about where it comes from. serenity has a type for each kind, and no trait
/// over them.
struct Origin<'a> {
    id: InteractionId,
    guild_id: Option<GuildId>,
    channel_id: ChannelId,
    member: Option<&'a Member>,
    user: &'a User,
    locale: &'a str,
}

impl Origin<'_> {
    fn request(&self, action: Action) -> Request {
        Request {
            id: self.id.get(),
            guild_id: self.guild_id.map(|id| id.get()),
            channel_id: self.channel_id.get(),
            person: person(self.member, self.user),
            roles: roles(self.member),
            locale: Locale::from_discord(self.locale),
            action,
        }
    }
}

/// Who, by the name that the server shows.
fn person(member: Option<&Member>, user: &User) -> Person {
    let user = member.map_or(user, |member| &member.user);
    let nick = member.and_then(|member| member.nick.as_ref());
    let name = nick.or(user.global_name.as_ref()).unwrap_or(&user.name);
    Person { id: user.id.get(), name: name.clone() }
}

fn roles(member: Option<&Member>) -> Vec<u64> {
    member.map(|member| member.roles.iter().map(|role| role.get()).collect()).unwrap_or_default()
}

/// The words and options of a command, and the option that is being typed.
fn typed(interaction: &CommandInteraction) -> (Typed, Option<String>) {
    let mut typed = Typed { path: vec![interaction.data.name.clone()], options: Vec::new() };
    let mut focused = None;
    collect(&interaction.data.options, &mut typed, &mut focused);
    (typed, focused)
}

fn collect(options: &[CommandDataOption], typed: &mut Typed, focused: &mut Option<String>) {
    for option in options {
        match &option.value {
            CommandDataOptionValue::SubCommand(inner) | CommandDataOptionValue::SubCommandGroup(inner) => {
                typed.path.push(option.name.clone());
                collect(inner, typed, focused);
            }
            CommandDataOptionValue::Autocomplete { value, .. } => {
                *focused = Some(option.name.clone());
                typed.options.push((option.name.clone(), value.clone()));
            }
            value => typed.options.extend(text(value).map(|text| (option.name.clone(), text))),
        }
    }
}

/// An option's value as it was typed; `None` for kinds that no command of ours has.
fn text(value: &CommandDataOptionValue) -> Option<String> {
    match value {
        CommandDataOptionValue::String(text) => Some(text.clone()),
        CommandDataOptionValue::Integer(number) => Some(number.to_string()),
        CommandDataOptionValue::Number(number) => Some(number.to_string()),
        CommandDataOptionValue::Boolean(on) => Some(on.to_string()),
        CommandDataOptionValue::User(id) => Some(id.to_string()),
        CommandDataOptionValue::Role(id) => Some(id.to_string()),
        CommandDataOptionValue::Channel(id) => Some(id.to_string()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn interaction(data: Value) -> CommandInteraction {
        let kind = if data.to_string().contains("focused") { 4 } else { 2 };
        let json = json!({
            "id": "1100", "application_id": "2", "type": kind, "token": "t", "version": 1,
            "channel_id": "30", "guild_id": "40", "locale": "ko", "entitlements": [],
            "attachment_size_limit": 10_485_760, "data": data,
            "member": {
                "user": { "id": "50", "username": "kim", "global_name": "Kim", "discriminator": "0" },
                "nick": "김철수", "roles": ["60", "61"], "deaf": false, "mute": false, "flags": 0,
                "joined_at": null,
            },
        });
        serde_json::from_value(json).unwrap()
    }

    #[test]
    fn a_subcommand_with_an_option() {
        let request = command(&interaction(json!({
            "id": "7", "name": "nat", "type": 1,
            "options": [{ "type": 1, "name": "open", "options": [
                { "type": 3, "name": "duration", "value": "30m" },
            ]}],
        })));
        let Action::Command(typed) = &request.action else { panic!("{request:?}") };
        assert_eq!(typed.line(), "/nat open duration:30m");
        assert_eq!(request.person, Person { id: 50, name: "김철수".to_owned() });
        assert_eq!((request.id, request.guild_id, request.channel_id), (1_100, Some(40), 30));
        assert_eq!((request.roles, request.locale), (vec![60, 61], Locale::Ko));
    }

    #[test]
    fn an_option_being_typed() {
        let request = completion(&interaction(json!({
            "id": "7", "name": "launch", "type": 1,
            "options": [{ "type": 1, "name": "service", "options": [
                { "type": 3, "name": "image", "value": "ubuntu-24.04" },
                { "type": 3, "name": "type", "value": "t3", "focused": true },
            ]}],
        })))
        .unwrap();
        let Action::Complete { typed, option } = &request.action else { panic!("{request:?}") };
        assert_eq!(option, "type");
        assert_eq!(typed.line(), "/launch service image:ubuntu-24.04 type:t3");
    }

    #[test]
    fn a_direct_message_has_no_guild_and_no_roles() {
        let json = json!({
            "id": "1100", "application_id": "2", "type": 2, "token": "t", "version": 1, "channel_id": "30",
            "locale": "fr", "entitlements": [], "attachment_size_limit": 10_485_760,
            "data": { "id": "7", "name": "status", "type": 1 },
            "user": { "id": "50", "username": "kim", "discriminator": "0" },
        });
        let request = command(&serde_json::from_value(json).unwrap());
        assert_eq!((request.guild_id, request.roles, request.locale), (None, vec![], Locale::EnUs));
        assert_eq!(request.person, Person { id: 50, name: "kim".to_owned() });
    }
}
