//! Reading: the gateway's address, the bot itself, the guilds it is in, their channels, roles and members.

use axum::extract::{Path, Query, State as Extract};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{World, gateway_json, id_of, no_content, ok};
use crate::discord::{
    error::{Answer, ApiError, Form},
    shape,
    state::{Shared, State},
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

#[derive(Deserialize)]
pub(super) struct Page {
    before: Option<u64>,
    after: Option<u64>,
    limit: Option<usize>,
    with_counts: Option<bool>,
}

/// By id, as Discord lists them
/// (<https://discord.com/developers/docs/resources/user#get-current-user-guilds>).
pub(super) async fn my_guilds(
    Extract(shared): World,
    page: Result<Query<Page>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    let Query(page) =
        page.map_err(|error| Form::refuse(&["limit"], "NUMBER_TYPE_COERCE", error.body_text()))?;
    let limit = page.limit.unwrap_or(GUILDS_LIMIT);
    if limit < 1 {
        let message = "int value should be greater than or equal to 1.";
        return Err(Form::refuse(&["limit"], "NUMBER_TYPE_MIN", message));
    }
    if limit > GUILDS_LIMIT {
        let message = format!("int value should be less than or equal to {GUILDS_LIMIT}.");
        return Err(Form::refuse(&["limit"], "NUMBER_TYPE_MAX", message));
    }
    let state = shared.state.lock();
    let permissions = shared.faults.bot_permissions().to_string();
    let mut ids: Vec<u64> = state.more_guilds.iter().map(|guild| guild.id).collect();
    ids.extend((!state.expelled).then_some(shared.facts.guild_id));
    ids.retain(|id| {
        page.before.is_none_or(|before| *id < before) && page.after.is_none_or(|after| *id > after)
    });
    ids.sort_unstable();
    if page.before.is_some() {
        // Those right before it.
        ids.drain(..ids.len().saturating_sub(limit));
    }
    ids.truncate(limit);
    let listed = ids.iter().filter_map(|id| {
        let guild = any_guild(&shared, &state, *id)?;
        let mut listed = json!({
            "id": guild["id"],
            "name": guild["name"],
            "icon": null,
            "banner": null,
            "owner": false,
            "permissions": permissions,
            "features": [],
        });
        if page.with_counts == Some(true) {
            listed["approximate_member_count"] = json!(state.people.len() + 1);
            listed["approximate_presence_count"] = json!(state.people.len() + 1);
        }
        Some(listed)
    });
    ok(listed.collect())
}

/// The most guilds in an answer, and as many as there are when nobody says.
const GUILDS_LIMIT: usize = 200;

/// A guild that the bot is in.
fn any_guild(shared: &Shared, state: &State, id: u64) -> Option<Value> {
    if id == shared.facts.guild_id {
        return (!state.expelled).then(|| shape::guild(&shared.facts, state));
    }
    let more = state.more_guilds.iter().find(|guild| guild.id == id)?;
    Some(shape::more_guild(&shared.facts, state, more))
}

/// The guild of a path, which must be one that the bot is in.
fn look_at(shared: &Shared, state: &State, guild: &str) -> Result<Value, ApiError> {
    let id = id_of("guild_id", guild)?;
    // By whom a bot is removed, it is not itself.
    any_guild(shared, state, id)
        .ok_or_else(|| ApiError::unknown(10004, "Guild").blameless_if(id == shared.facts.guild_id))
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
    let state = shared.state.lock();
    let mut guild = look_at(&shared, &state, &guild)?;
    guild["approximate_member_count"] = json!(state.people.len() + 1);
    guild["approximate_presence_count"] = json!(state.people.len() + 1);
    ok(guild)
}

pub(super) async fn channels(Extract(shared): World, Path(guild): Path<String>) -> Answer {
    let state = shared.state.lock();
    look_at(&shared, &state, &guild)?;
    ok(Value::Array(shape::channels(&shared.facts, &state, id_of("guild_id", &guild)?)))
}

pub(super) async fn roles(Extract(shared): World, Path(guild): Path<String>) -> Answer {
    ok(look_at(&shared, &shared.state.lock(), &guild)?["roles"].take())
}

pub(super) async fn member(Extract(shared): World, Path((guild, member)): Path<(String, String)>) -> Answer {
    let state = shared.state.lock();
    look_at(&shared, &state, &guild)?;
    let id = if member == "@me" { shared.facts.bot_user_id } else { id_of("user_id", &member)? };
    if id == shared.facts.bot_user_id {
        return ok(shape::bot_member(&shared.facts));
    }
    let is_here = id_of("guild_id", &guild)? == shared.facts.guild_id;
    let person = state.people.iter().find(|person| is_here && person.id == id);
    ok(shape::person_member(person.ok_or_else(|| ApiError::unknown(10007, "Member"))?))
}

pub(super) async fn channel(Extract(shared): World, Path(channel): Path<String>) -> Answer {
    let id = id_of("channel_id", &channel)?;
    if let Some(more) = shared.state.lock().more_channels.iter().find(|channel| channel.id == id) {
        // Everyone is all the bot is there.
        let is_visible = more.denied & VIEW_CHANNEL == 0;
        return if is_visible { ok(shape::more_channel(more)) } else { Err(ApiError::missing_access()) };
    }
    check_channel(&shared, &channel)?;
    ok(shape::channel(&shared.facts, &shared.state.lock()))
}

pub(super) async fn typing(Extract(shared): World, Path(channel): Path<String>) -> Answer {
    check_channel(&shared, &channel)?;
    no_content()
}
