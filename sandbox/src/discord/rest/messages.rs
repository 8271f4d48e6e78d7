//! Messages through the channel: the bot's own, including its visible answers to interactions.

use axum::{
    extract::{Path, Query, State as Extract},
    http::StatusCode,
};
use chrono::TimeDelta;
use serde::Deserialize;
use serde_json::Value;

use super::{World, guild::check_channel, id_of, no_content, ok};
use crate::discord::{
    body::Body,
    draft::Draft,
    error::{Answer, ApiError, Form},
    render::Renderer,
    rules::snowflake,
    state::{DeletedBy, Message, Nonce, Shared, State},
};

/// SEND_MESSAGES, EMBED_LINKS, ATTACH_FILES, READ_MESSAGE_HISTORY.
const SEND_MESSAGES: u64 = 1 << 11;
const EMBED_LINKS: u64 = 1 << 14;
const ATTACH_FILES: u64 = 1 << 15;
const READ_MESSAGE_HISTORY: u64 = 1 << 16;
/// How long `enforce_nonce` remembers; Discord says "the past few minutes".
const NONCE_MEMORY: TimeDelta = TimeDelta::minutes(5);
/// The longest nonce, in characters.
const NONCE_LIMIT: usize = 25;
/// Messages of one page of `GET …/messages`.
const PAGE_DEFAULT: usize = 50;
const PAGE_LIMIT: usize = 100;

fn require(shared: &Shared, permission: u64) -> Result<(), ApiError> {
    // Only a fault takes permissions away.
    let has = shared.faults.bot_permissions() & permission != 0;
    if has { Ok(()) } else { Err(ApiError::missing_permissions().blameless()) }
}

fn render(shared: &Shared, state: &State, message: &Message) -> Value {
    Renderer { facts: &shared.facts, state, base_url: &shared.base_url }.message(message)
}

/// A message that the channel's routes reach: there, not private, not deleted.
fn reachable<'a>(shared: &Shared, state: &'a State, message: &str) -> Result<&'a Message, ApiError> {
    let id = id_of("message_id", message)?;
    let found = state.messages.get(&id).ok_or_else(ApiError::unknown_message)?;
    let here = found.channel_id == shared.facts.channel_id && found.private_to.is_none() && !found.failed;
    match found.deleted {
        None if here => Ok(found),
        deleted => Err(ApiError::unknown_message().blameless_if(deleted == Some(DeletedBy::Person))),
    }
}

pub(super) async fn create(Extract(shared): World, Path(channel): Path<String>, body: Body) -> Answer {
    check_channel(&shared, &channel)?;
    require(&shared, SEND_MESSAGES)?;
    if !body.files.is_empty() {
        require(&shared, ATTACH_FILES)?;
    }
    if body.json["embeds"].as_array().is_some_and(|embeds| !embeds.is_empty()) {
        require(&shared, EMBED_LINKS)?;
    }
    let nonce = read_nonce(&body.json)?;
    let enforced = body.json["enforce_nonce"] == true;
    let reference = body.json.get("message_reference").filter(|reference| !reference.is_null()).cloned();
    let draft = Draft::of_body(body)?;
    if draft.flags & crate::discord::render::FLAG_EPHEMERAL != 0 {
        let message = "Flags are not allowed here: only replies to interactions can be ephemeral.";
        return Err(Form::refuse(&["flags"], "MESSAGE_FLAGS_INVALID", message));
    }
    let mut guard = shared.state.lock();
    let state = &mut *guard;
    let now = shared.now();
    state.nonces.retain(|known| now - known.at < NONCE_MEMORY);
    let key = nonce.as_ref().map(nonce_text);
    if let Some(known) = state.nonces.iter().find(|known| enforced && Some(&known.nonce) == key.as_ref()) {
        let earlier = state.messages.get(&known.message).filter(|message| message.deleted.is_none());
        if let Some(earlier) = earlier {
            return ok(render(&shared, state, earlier));
        }
    }
    let mut message =
        Message::new(state.snowflake(now), shared.facts.channel_id, Some(shared.facts.guild_id), now);
    message.reply_to = match &reference {
        None => None,
        Some(reference) => check_reference(&shared, state, reference)?,
    };
    draft.fill(&shared, state, &mut message)?;
    message.nonce = nonce;
    let json = render(&shared, state, &message);
    if let Some(nonce) = key.filter(|_| enforced) {
        state.nonces.push_back(Nonce { nonce, message: message.id, at: now });
    }
    message.nonce = None;
    state.messages.insert(message.id, message);
    drop(guard);
    shared.changed();
    ok(json)
}

fn read_nonce(json: &Value) -> Result<Option<Value>, ApiError> {
    let Some(nonce) = json.get("nonce").filter(|nonce| !nonce.is_null()) else {
        return Ok(None);
    };
    if !(nonce.is_string() || nonce.is_i64() || nonce.is_u64()) {
        return Err(Form::refuse(&["nonce"], "NONCE_TYPE_INVALID", "Nonce must be an integer or a string."));
    }
    if nonce_text(nonce).chars().count() > NONCE_LIMIT {
        let message = format!("Must be {NONCE_LIMIT} or fewer in length.");
        return Err(Form::refuse(&["nonce"], "BASE_TYPE_MAX_LENGTH", message));
    }
    Ok(Some(nonce.clone()))
}

fn nonce_text(nonce: &Value) -> String {
    nonce.as_str().map_or_else(|| nonce.to_string(), str::to_owned)
}

/// The message replied to. A missing one is an error unless `fail_if_not_exists` is false.
fn check_reference(shared: &Shared, state: &State, reference: &Value) -> Result<Option<u64>, ApiError> {
    require(shared, READ_MESSAGE_HISTORY)?;
    let id = snowflake(&reference["message_id"]).map(|id| id.to_string()).unwrap_or_default();
    match reachable(shared, state, &id) {
        Ok(message) => Ok(Some(message.id)),
        Err(_) if reference["fail_if_not_exists"] == false => Ok(None),
        Err(_) => {
            let refused =
                Form::refuse(&["message_reference"], "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message");
            let gone = id.parse().ok().and_then(|id: u64| state.messages.get(&id)).and_then(|m| m.deleted);
            Err(refused.blameless_if(gone == Some(DeletedBy::Person)))
        }
    }
}

#[derive(Deserialize)]
pub(super) struct Page {
    limit: Option<usize>,
    before: Option<u64>,
    after: Option<u64>,
    around: Option<u64>,
}

/// Newest first, as Discord lists them.
pub(super) async fn list(
    Extract(shared): World,
    Path(channel): Path<String>,
    page: Result<Query<Page>, axum::extract::rejection::QueryRejection>,
) -> Answer {
    check_channel(&shared, &channel)?;
    let Query(page) =
        page.map_err(|error| Form::refuse(&["limit"], "NUMBER_TYPE_COERCE", error.body_text()))?;
    let limit = page.limit.unwrap_or(PAGE_DEFAULT);
    if limit < 1 {
        let message = "int value should be greater than or equal to 1.";
        return Err(Form::refuse(&["limit"], "NUMBER_TYPE_MIN", message));
    }
    if limit > PAGE_LIMIT {
        let message = format!("int value should be less than or equal to {PAGE_LIMIT}.");
        return Err(Form::refuse(&["limit"], "NUMBER_TYPE_MAX", message));
    }
    // By Discord's documents not an error: without READ_MESSAGE_HISTORY no messages are returned.
    if shared.faults.bot_permissions() & READ_MESSAGE_HISTORY == 0 {
        return ok(Value::Array(Vec::new()));
    }
    let state = shared.state.lock();
    let visible: Vec<&Message> =
        state.messages.keys().filter_map(|id| reachable(&shared, &state, &id.to_string()).ok()).collect();
    let mut chosen: Vec<&Message> = match page {
        Page { after: Some(after), .. } => visible.into_iter().filter(|m| m.id > after).take(limit).collect(),
        Page { around: Some(around), .. } => {
            let middle = visible.partition_point(|message| message.id < around);
            visible.into_iter().skip(middle.saturating_sub(limit / 2)).take(limit).collect()
        }
        Page { before, .. } => {
            let before = before.unwrap_or(u64::MAX);
            let mut newest: Vec<_> =
                visible.into_iter().rev().filter(|m| m.id < before).take(limit).collect();
            newest.reverse();
            newest
        }
    };
    chosen.reverse();
    ok(Value::Array(chosen.into_iter().map(|message| render(&shared, &state, message)).collect()))
}

pub(super) async fn one(Extract(shared): World, Path((channel, message)): Path<(String, String)>) -> Answer {
    check_channel(&shared, &channel)?;
    require(&shared, READ_MESSAGE_HISTORY)?;
    let state = shared.state.lock();
    let message = reachable(&shared, &state, &message)?;
    ok(render(&shared, &state, message))
}

pub(super) async fn edit(
    Extract(shared): World,
    Path((channel, message)): Path<(String, String)>,
    body: Body,
) -> Answer {
    check_channel(&shared, &channel)?;
    let draft = Draft::of_body(body)?;
    let mut guard = shared.state.lock();
    let state = &mut *guard;
    let mut edited = reachable(&shared, state, &message)?.clone();
    if edited.thinking {
        // Only the interaction's token can complete a deferred reply.
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            50005,
            "Cannot edit a message authored by another user",
        ));
    }
    draft.edit(&shared, state, &mut edited)?;
    let json = render(&shared, state, &edited);
    state.messages.insert(edited.id, edited);
    drop(guard);
    shared.changed();
    ok(json)
}

pub(super) async fn delete(
    Extract(shared): World,
    Path((channel, message)): Path<(String, String)>,
) -> Answer {
    check_channel(&shared, &channel)?;
    let mut state = shared.state.lock();
    let id = reachable(&shared, &state, &message)?.id;
    if let Some(message) = state.messages.get_mut(&id) {
        message.deleted = Some(DeletedBy::Bot);
    }
    drop(state);
    shared.changed();
    no_content()
}
