//! The Discord side: token, server, channel and what the bot may do in it, commands, roles.

use std::collections::HashMap;
use std::time::Duration;

use doorman_config::Settings;
use doorman_config::secrets::SecretString;
use serde_json::Value;

use super::Line;
use crate::discord::deliver::Deliver;
use crate::discord::permissions::{NEEDED, array, lacks, text};
use crate::discord::register;
use crate::discord::rest::{Fault, Patience, Rest};

/// How long each question is tried.
const ASK: Duration = Duration::from_secs(8);

/// Looks at Discord with this token.
pub(super) async fn look(settings: &Settings, token: SecretString) -> Vec<Line> {
    let deliver = match Rest::new(settings.discord.api_url.as_deref(), token) {
        Ok(rest) => Deliver::new(rest),
        Err(error) => return vec![Line::problem("Discord", format!("no HTTP client: {error}"))],
    };
    let me = match deliver.me(Patience::of(ASK)).await {
        Ok(me) => me,
        Err(fault) => {
            let rest = Line::skipped("server, channel, commands, roles", "looked at once the token is good");
            return vec![token_problem(&deliver, fault), rest];
        }
    };
    let mut lines = vec![Line::ok("token", format!("belongs to the bot {} ({})", me.username, me.id))];
    let application_id = match deliver.application(Patience::of(ASK)).await {
        Ok(application) => {
            lines.push(Line::ok("application", format!("{} ({})", application.name, application.id)));
            application.id
        }
        // For all but the oldest bots they are the same.
        Err(fault) => {
            lines.push(Line::note("application", fault.to_string()));
            me.id
        }
    };
    let look = Look { deliver, settings, me: me.id, application_id };
    let Some(guild) = look.guild(&mut lines).await else {
        lines.push(Line::skipped("channel, commands, roles", "looked at once the bot is in the server"));
        return lines;
    };
    look.channel(&guild, &mut lines).await;
    look.commands(&mut lines).await;
    look.roles(&guild, &mut lines);
    lines
}

fn token_problem(deliver: &Deliver, fault: Fault) -> Line {
    match fault {
        Fault::Refused { status: 401, .. } => Line::problem("token", "Discord does not accept it")
            .remedy("copy a new one from the Developer Portal: your application → Bot → Reset Token"),
        Fault::Refused { status, message, .. } => {
            Line::problem("Discord", format!("{} answers {status} {message}", deliver.rest().base()))
                .remedy("check discord.api_url and DISCORD_API_URL: that may not be Discord")
        }
        Fault::Away { reason, .. } => {
            Line::problem("Discord", format!("{} cannot be reached: {reason}", deliver.rest().base()))
                .remedy("check the network, and discord.api_url and DISCORD_API_URL if they are set")
        }
    }
}

struct Look<'a> {
    deliver: Deliver,
    settings: &'a Settings,
    me: u64,
    application_id: u64,
}

impl Look<'_> {
    async fn get(&self, path: String) -> Result<Value, Fault> {
        self.deliver.look(path, Patience::of(ASK)).await
    }

    async fn guild(&self, lines: &mut Vec<Line>) -> Option<Value> {
        let id = self.settings.discord.guild_id;
        match self.get(format!("/guilds/{id}")).await {
            Ok(guild) => {
                lines.push(Line::ok("server", format!("{} ({id})", text(&guild, "name"))));
                Some(guild)
            }
            Err(fault) => {
                let line =
                    Line::problem("server", format!("the bot is not in {id}, or there is no such server"));
                lines.push(if fault.is_away() {
                    Line::problem("server", fault.to_string())
                } else {
                    line.remedy(format!(
                        "check discord.guild_id, and invite the bot: {}",
                        register::invitation(self.application_id)
                    ))
                });
                None
            }
        }
    }

    async fn channel(&self, guild: &Value, lines: &mut Vec<Line>) {
        let id = self.settings.discord.channel_id;
        let channel = match self.get(format!("/channels/{id}")).await {
            Ok(channel) => channel,
            Err(fault) => {
                let line = Line::problem("channel", format!("{id} is not there, or the bot cannot see it"));
                lines.push(if fault.is_away() {
                    Line::problem("channel", fault.to_string())
                } else {
                    line.remedy(
                        "check discord.channel_id, and give the bot View Channel there: Edit Channel → Permissions",
                    )
                });
                return;
            }
        };
        let name = format!("#{} ({id})", text(&channel, "name"));
        if text(&channel, "guild_id") != self.settings.discord.guild_id.to_string() {
            let line = Line::problem("channel", format!("{name} is not in the server of discord.guild_id"));
            lines.push(line.remedy("set discord.channel_id to a channel of that server"));
            return;
        }
        lines.push(Line::ok("channel", name));
        match self.get(format!("/guilds/{}/members/{}", self.settings.discord.guild_id, self.me)).await {
            Ok(member) => {
                let lacks = lacks(guild, &member, &channel, self.me);
                lines.push(if lacks.is_empty() {
                    Line::ok("permissions in the channel", NEEDED.map(|(name, _)| name).join(", "))
                } else {
                    let lacks = lacks.join(", ");
                    Line::problem("permissions in the channel", format!("the bot lacks {lacks}"))
                        .remedy("Edit Channel → Permissions → the bot's role: allow them")
                });
            }
            Err(fault) => lines.push(Line::note("permissions in the channel", fault.to_string())),
        }
    }

    async fn commands(&self, lines: &mut Vec<Line>) {
        let guild = self.settings.discord.guild_id;
        let path = format!("/applications/{}/guilds/{guild}/commands", self.application_id);
        lines.push(match self.get(path).await {
            Ok(commands) => match commands.as_array().map_or(0, Vec::len) {
                0 => Line::ok("commands", "none registered yet; the first run does it"),
                many => Line::ok("commands", format!("{many} registered")),
            },
            Err(fault) if fault.is_away() => Line::problem("commands", fault.to_string()),
            Err(_) => {
                Line::problem("commands", "the bot was invited without the scope applications.commands")
                    .remedy(format!("invite it again: {}", register::invitation(self.application_id)))
            }
        });
    }

    /// Roles that are granted something have to be roles of this server.
    fn roles(&self, guild: &Value, lines: &mut Vec<Line>) {
        let known: HashMap<&str, &str> =
            array(guild, "roles").iter().map(|role| (text(role, "id"), text(role, "name"))).collect();
        for (index, grant) in self.settings.policy.grants.iter().enumerate() {
            let id = grant.role_id.to_string();
            let what = format!("role of policy.grant[{index}]");
            let verbs: Vec<&str> = grant.verbs.iter().map(|verb| verb.as_str()).collect();
            let acting = grant.verbs.iter().any(|verb| verb.acts());
            lines.push(match known.get(id.as_str()) {
                Some(_) if acting && grant.role_id.0 == self.settings.discord.guild_id.0 => {
                    let words = format!("everyone in the server may {}, at your expense", verbs.join(", "));
                    Line::warning(what, words).remedy(
                        "Server Settings → Roles → make a role for those who may, and give policy.grant its id",
                    )
                }
                Some(name) => Line::ok(what, format!("{name} ({id}) may {}", verbs.join(", "))),
                None => Line::problem(what, format!("{id} is not a role of the server"))
                    .remedy("Server Settings → Roles → … → Copy Role ID; the server's own id means everyone"),
            });
        }
    }
}
