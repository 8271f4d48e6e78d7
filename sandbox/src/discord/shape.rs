//! Discord's JSON for users, members, roles, channels and the guild.

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Value, json};

use super::{
    GuildFacts, Place,
    elsewhere::{MoreChannel, MoreGuild},
    state::{Person, State},
};

/// The bot's name in the member list.
pub(super) const BOT_NAME: &str = "doorman";
/// The name of the guild.
const GUILD_NAME: &str = "Sandbox";
/// The name of the text channel.
const CHANNEL_NAME: &str = "ops";
/// APPLICATION_COMMAND_BADGE: the application has registered commands.
pub(super) const APPLICATION_FLAGS: u64 = 1 << 23;
/// The person who owns the guild; nobody in it, so that nobody is an administrator by accident.
const OWNER_ID: &str = "1180000000000000090";
/// What everyone may do: VIEW_CHANNEL, SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES, READ_MESSAGE_HISTORY,
/// USE_APPLICATION_COMMANDS.
pub(super) const EVERYONE_PERMISSIONS: u64 = 1 << 10 | 1 << 11 | 1 << 14 | 1 << 15 | 1 << 16 | 1 << 31;

/// A timestamp as Discord writes it.
pub(super) fn timestamp(at: DateTime<Utc>) -> String {
    at.to_rfc3339_opts(SecondsFormat::Micros, false)
}

/// When everything in the guild was made; older than any message.
fn founded() -> &'static str {
    "2023-12-01T00:00:00.000000+00:00"
}

fn user(id: u64, name: &str, bot: bool) -> Value {
    json!({
        "id": id.to_string(),
        "username": name,
        "discriminator": "0",
        "global_name": if bot { Value::Null } else { json!(name) },
        "avatar": null,
        "avatar_decoration_data": null,
        "banner": null,
        "accent_color": null,
        "bot": bot,
        "system": false,
        "public_flags": 0,
        "flags": 0,
        "primary_guild": null,
        "collectibles": null,
    })
}

pub(super) fn person_user(person: &Person) -> Value {
    user(person.id, &person.name, false)
}

pub(super) fn bot_user(facts: &GuildFacts) -> Value {
    user(facts.bot_user_id, BOT_NAME, true)
}

/// The bot's user as the bot itself sees it.
pub(super) fn bot_user_self(facts: &GuildFacts) -> Value {
    let mut user = bot_user(facts);
    user["verified"] = json!(true);
    user["mfa_enabled"] = json!(true);
    user["email"] = Value::Null;
    user
}

fn member(user: Value, roles: &[u64]) -> Value {
    json!({
        "user": user,
        "nick": null,
        "avatar": null,
        "banner": null,
        "roles": roles.iter().map(u64::to_string).collect::<Vec<_>>(),
        "joined_at": founded(),
        "premium_since": null,
        "deaf": false,
        "mute": false,
        "flags": 0,
        "pending": false,
        "communication_disabled_until": null,
        "unusual_dm_activity_until": null,
    })
}

pub(super) fn person_member(person: &Person) -> Value {
    member(person_user(person), &person.roles)
}

pub(super) fn bot_member(facts: &GuildFacts) -> Value {
    member(bot_user(facts), &[])
}

/// The member of an interaction, which says what they may do in the channel.
pub(super) fn invoking_member(person: &Person) -> Value {
    let mut member = person_member(person);
    member["permissions"] = json!(EVERYONE_PERMISSIONS.to_string());
    member
}

fn role(id: u64, name: &str, position: u64, permissions: u64) -> Value {
    json!({
        "id": id.to_string(),
        "name": name,
        "description": null,
        "color": 0,
        "colors": { "primary_color": 0, "secondary_color": null, "tertiary_color": null },
        "hoist": false,
        "icon": null,
        "unicode_emoji": null,
        "position": position,
        "permissions": permissions.to_string(),
        "managed": false,
        "mentionable": false,
        "flags": 0,
    })
}

/// The guild's roles, `@everyone` (whose id is the guild's) first.
pub(super) fn roles(facts: &GuildFacts, state: &State) -> Vec<Value> {
    let everyone = role(facts.guild_id, "@everyone", 0, EVERYONE_PERMISSIONS);
    let named = state.role_ids(facts).into_iter().zip(1u64..).map(|(id, position)| {
        let name = match id {
            id if id == facts.operator_role_id => "operator".to_owned(),
            id if id == facts.viewer_role_id => "viewer".to_owned(),
            id => format!("role {id}"),
        };
        role(id, &name, position, EVERYONE_PERMISSIONS)
    });
    std::iter::once(everyone).chain(named).collect()
}

pub(super) fn channel(facts: &GuildFacts, state: &State) -> Value {
    let here = |message: &&super::state::Message| {
        message.channel_id == facts.channel_id && message.private_to.is_none() && message.deleted.is_none()
    };
    let last = state.messages.values().rev().find(here).map(|message| message.id.to_string());
    json!({
        "id": facts.channel_id.to_string(),
        "type": 0,
        "guild_id": facts.guild_id.to_string(),
        "name": CHANNEL_NAME,
        "topic": null,
        "position": 0,
        "permission_overwrites": [],
        "nsfw": false,
        "parent_id": null,
        "rate_limit_per_user": 0,
        "last_message_id": last,
        "last_pin_timestamp": null,
        "flags": 0,
    })
}

/// A channel beside the one the bot works in.
pub(super) fn more_channel(channel: &MoreChannel) -> Value {
    let everyone = json!({
        "id": channel.guild.to_string(),
        "type": 0,
        "allow": "0",
        "deny": channel.denied.to_string(),
    });
    json!({
        "id": channel.id.to_string(),
        "type": channel.kind,
        "guild_id": channel.guild.to_string(),
        "name": channel.name,
        "position": 1,
        "permission_overwrites": if channel.denied == 0 { json!([]) } else { json!([everyone]) },
        "nsfw": false,
        "parent_id": null,
        "rate_limit_per_user": 0,
        "last_message_id": null,
        "flags": 0,
    })
}

/// A guild beside the bot's own, in which everyone is the only role.
pub(super) fn more_guild(facts: &GuildFacts, state: &State, more: &MoreGuild) -> Value {
    let mut guild = guild(facts, state);
    guild["id"] = json!(more.id.to_string());
    guild["name"] = json!(more.name);
    guild["roles"] = json!([role(more.id, "@everyone", 0, EVERYONE_PERMISSIONS)]);
    guild
}

/// The channels of a guild.
pub(super) fn channels(facts: &GuildFacts, state: &State, guild: u64) -> Vec<Value> {
    let own = (guild == facts.guild_id).then(|| channel(facts, state));
    let more = state.more_channels.iter().filter(|channel| channel.guild == guild).map(more_channel);
    own.into_iter().chain(more).collect()
}

/// The channel of an interaction.
pub(super) fn partial_channel(facts: &GuildFacts, place: Place) -> Value {
    let (channel_id, guild_id) = place.ids(facts);
    let Some(guild_id) = guild_id else {
        return json!({ "id": channel_id.to_string(), "type": 1, "flags": 0, "last_message_id": null });
    };
    json!({
        "id": channel_id.to_string(),
        "type": 0,
        "guild_id": guild_id.to_string(),
        "name": CHANNEL_NAME,
        "nsfw": false,
        "parent_id": null,
        "permissions": EVERYONE_PERMISSIONS.to_string(),
        "position": 0,
        "rate_limit_per_user": 0,
        "topic": null,
        "flags": 0,
        "last_message_id": null,
    })
}

/// Fields of a guild that are null here.
const GUILD_NULLS: [&str; 17] = [
    "icon",
    "icon_hash",
    "splash",
    "discovery_splash",
    "home_header",
    "banner",
    "description",
    "application_id",
    "afk_channel_id",
    "widget_channel_id",
    "system_channel_id",
    "rules_channel_id",
    "public_updates_channel_id",
    "safety_alerts_channel_id",
    "max_presences",
    "vanity_url_code",
    "incidents_data",
];

/// The guild as `GET /guilds/{id}` answers it.
pub(super) fn guild(facts: &GuildFacts, state: &State) -> Value {
    let mut guild = json!({
        "id": facts.guild_id.to_string(),
        "name": GUILD_NAME,
        "owner_id": OWNER_ID,
        "region": "deprecated",
        "afk_timeout": 300,
        "widget_enabled": false,
        "verification_level": 0,
        "default_message_notifications": 0,
        "explicit_content_filter": 0,
        "mfa_level": 0,
        "nsfw": false,
        "nsfw_level": 0,
        "roles": roles(facts, state),
        "emojis": [],
        "stickers": [],
        "features": [],
        "system_channel_flags": 0,
        "max_members": 250_000,
        "max_video_channel_users": 25,
        "max_stage_video_channel_users": 50,
        "premium_tier": 0,
        "premium_subscription_count": 0,
        "premium_progress_bar_enabled": false,
        "preferred_locale": "ko",
    });
    for field in GUILD_NULLS {
        guild[field] = Value::Null;
    }
    guild
}

/// The guild as GUILD_CREATE carries it.
pub(super) fn guild_create(facts: &GuildFacts, state: &State) -> Value {
    let mut guild = guild(facts, state);
    guild["joined_at"] = json!(founded());
    guild["large"] = json!(false);
    guild["unavailable"] = json!(false);
    guild["member_count"] = json!(state.people.len() + 1);
    guild["members"] = json!([bot_member(facts)]);
    guild["channels"] = json!(channels(facts, state, facts.guild_id));
    for empty in [
        "threads",
        "voice_states",
        "presences",
        "stage_instances",
        "guild_scheduled_events",
        "soundboard_sounds",
    ] {
        guild[empty] = json!([]);
    }
    guild
}

/// The application as `GET /applications/@me` answers it.
pub(super) fn application(facts: &GuildFacts) -> Value {
    json!({
        "id": facts.application_id.to_string(),
        "name": BOT_NAME,
        "icon": null,
        "description": "",
        "summary": "",
        "type": null,
        "bot": bot_user(facts),
        "bot_public": false,
        "bot_require_code_grant": false,
        "verify_key": "0".repeat(64),
        "flags": APPLICATION_FLAGS,
        "owner": user(1_180_000_000_000_000_090, "owner", false),
        "team": null,
        "redirect_uris": [],
        "interactions_endpoint_url": null,
        "role_connections_verification_url": null,
        "event_webhooks_status": 1,
        "approximate_guild_count": 1,
        "approximate_user_install_count": 0,
        "integration_types_config": { "0": {} },
    })
}
