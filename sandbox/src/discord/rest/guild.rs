//! Reading: the gateway's address, the bot itself, the guild, its channel, roles and members.

use axum::extract::{Path, State as Extract};
use serde_json::{Value, json};

use super::{World, gateway_json, id_of, no_content, ok};
use crate::discord::{
    error::{Answer, ApiError},
    shape,
    state::Shared,
};

pub(super) async fn gateway(Extract(shared): World) -> Answer {
    ok(gateway_json(&shared, false))
}

pub(super) async fn gateway_bot(Extract(shared): World) -> Answer {
    ok(gateway_json(&shared, true))
}

pub(super) async fn me(Extract(shared): World) -> Answer {
    ok(shape::bot_user_self(&shared.facts))
}

pub(super) async fn my_guilds(Extract(shared): World) -> Answer {
    let guild = shape::guild(&shared.facts, &shared.state.lock());
    let permissions = shared.faults.bot_permissions().to_string();
    ok(json!([{
        "id": guild["id"],
        "name": guild["name"],
        "icon": null,
        "banner": null,
        "owner": false,
        "permissions": permissions,
        "features": [],
    }]))
}

pub(super) async fn user(Extract(shared): World, Path(user): Path<String>) -> Answer {
    let id = id_of("user_id", &user)?;
    if id == shared.facts.bot_user_id {
        return ok(shape::bot_user(&shared.facts));
    }
    let state = shared.state.lock();
    let person = state.people.iter().find(|person| person.id == id);
    ok(shape::person_user(person.ok_or_else(|| ApiError::unknown(10013, "User"))?))
}

pub(super) async fn application(Extract(shared): World) -> Answer {
    ok(shape::application(&shared.facts))
}

/// The guild of a path, which must be the one the bot is in.
pub(super) fn check_guild(shared: &Shared, guild: &str) -> Result<(), ApiError> {
    if id_of("guild_id", guild)? == shared.facts.guild_id {
        Ok(())
    } else {
        Err(ApiError::unknown(10004, "Guild"))
    }
}

/// The channel of a path, which must exist and be visible to the bot.
pub(super) fn check_channel(shared: &Shared, channel: &str) -> Result<(), ApiError> {
    if id_of("channel_id", channel)? != shared.facts.channel_id {
        return Err(ApiError::unknown(10003, "Channel"));
    }
    if shared.faults.bot_permissions() & VIEW_CHANNEL == 0 {
        // Only a fault takes permissions away.
        return Err(ApiError::missing_access().blameless());
    }
    Ok(())
}

/// VIEW_CHANNEL. Source: Discord, "Bitwise Permission Flags".
const VIEW_CHANNEL: u64 = 1 << 10;

pub(super) async fn guild(Extract(shared): World, Path(guild): Path<String>) -> Answer {
    check_guild(&shared, &guild)?;
    let state = shared.state.lock();
    let mut guild = shape::guild(&shared.facts, &state);
    guild["approximate_member_count"] = json!(state.people.len() + 1);
    guild["approximate_presence_count"] = json!(state.people.len() + 1);
    ok(guild)
}

pub(super) async fn channels(Extract(shared): World, Path(guild): Path<String>) -> Answer {
    check_guild(&shared, &guild)?;
    ok(Value::Array(vec![shape::channel(&shared.facts, &shared.state.lock())]))
}

pub(super) async fn roles(Extract(shared): World, Path(guild): Path<String>) -> Answer {
    check_guild(&shared, &guild)?;
    ok(Value::Array(shape::roles(&shared.facts, &shared.state.lock())))
}

pub(super) async fn member(Extract(shared): World, Path((guild, member)): Path<(String, String)>) -> Answer {
    check_guild(&shared, &guild)?;
    let id = if member == "@me" { shared.facts.bot_user_id } else { id_of("user_id", &member)? };
    if id == shared.facts.bot_user_id {
        return ok(shape::bot_member(&shared.facts));
    }
    let state = shared.state.lock();
    let person = state.people.iter().find(|person| person.id == id);
    ok(shape::person_member(person.ok_or_else(|| ApiError::unknown(10007, "Member"))?))
}

pub(super) async fn channel(Extract(shared): World, Path(channel): Path<String>) -> Answer {
    check_channel(&shared, &channel)?;
    ok(shape::channel(&shared.facts, &shared.state.lock()))
}

pub(super) async fn typing(Extract(shared): World, Path(channel): Path<String>) -> Answer {
    check_channel(&shared, &channel)?;
    no_content()
}
