//! Messages through an interaction's token: `@original` and follow-ups. Source: Discord, "Followup Messages".

use axum::{
    extract::{Path, State as Extract},
    http::StatusCode,
};
use serde_json::Value;

use super::{World, id_of, interactions, no_content, ok};
use crate::discord::{
    AckKind,
    body::Body,
    draft::Draft,
    error::{Answer, ApiError},
    render::Renderer,
    state::{DeletedBy, Interaction, Kind, Message, Shared, State},
};

fn unknown_webhook() -> ApiError {
    ApiError::unknown(10015, "Webhook")
}

/// The interaction whose token a path carries, when it was acknowledged and the token is alive.
fn interaction<'a>(
    shared: &Shared,
    state: &'a State,
    application: &str,
    token: &str,
) -> Result<&'a Interaction, ApiError> {
    if id_of("webhook_id", application)? != shared.facts.application_id {
        return Err(unknown_webhook());
    }
    let invalid = || ApiError::new(StatusCode::UNAUTHORIZED, 50027, "Invalid Webhook Token");
    let interaction = state.interaction_by_token(token).ok_or_else(invalid)?;
    if shared.now() >= interaction.expires_at() {
        return Err(invalid());
    }
    match interaction.answer() {
        None => Err(unknown_webhook().blameless_if(interaction.excused)),
        Some(AckKind::Choices) => Err(unknown_webhook()),
        Some(_) => Ok(interaction),
    }
}

/// `@original` or a message of this interaction's.
fn message_of<'a>(
    state: &'a State,
    interaction: &Interaction,
    message: &str,
) -> Result<&'a Message, ApiError> {
    let id = match message {
        "@original" => interaction.original.ok_or_else(ApiError::unknown_message)?,
        id => id_of("message_id", id)?,
    };
    let found = state.messages.get(&id).ok_or_else(ApiError::unknown_message)?;
    let own = found.interaction == Some(interaction.id) || interaction.original == Some(id);
    match found.deleted {
        None if own && !found.failed => Ok(found),
        deleted => Err(ApiError::unknown_message().blameless_if(deleted == Some(DeletedBy::Person))),
    }
}

fn render(shared: &Shared, state: &State, message: &Message) -> Value {
    Renderer { facts: &shared.facts, state, base_url: &shared.base_url }.message(message)
}

/// The first follow-up after a deferral completes the deferred message and inherits who sees it.
pub(super) async fn follow_up(
    Extract(shared): World,
    Path((application, token)): Path<(String, String)>,
    body: Body,
) -> Answer {
    let draft = Draft::of_body(body)?;
    let mut guard = shared.state.lock();
    let state = &mut *guard;
    let interaction = interaction(&shared, state, &application, &token)?;
    let (id, original, kind) = (interaction.id, interaction.original, interaction.kind);
    let deferred = original.and_then(|original| state.messages.get(&original)).cloned();
    let message = match deferred.filter(|message| message.thinking && message.deleted.is_none()) {
        Some(mut message) => {
            message.thinking = false;
            draft.fill(&shared, state, &mut message)?;
            message
        }
        None => {
            let mut message = interactions::answer(&shared, state, id, draft.flags);
            message.reply_to = original.filter(|_| kind != Kind::Autocomplete).or(message.reply_to);
            draft.fill(&shared, state, &mut message)?;
            message
        }
    };
    let json = render(&shared, state, &message);
    state.messages.insert(message.id, message);
    drop(guard);
    shared.changed();
    ok(json)
}

pub(super) async fn one(
    Extract(shared): World,
    Path((application, token, message)): Path<(String, String, String)>,
) -> Answer {
    let state = shared.state.lock();
    let interaction = interaction(&shared, &state, &application, &token)?;
    let message = message_of(&state, interaction, &message)?;
    ok(render(&shared, &state, message))
}

pub(super) async fn edit(
    Extract(shared): World,
    Path((application, token, message)): Path<(String, String, String)>,
    body: Body,
) -> Answer {
    let draft = Draft::of_body(body)?;
    let mut guard = shared.state.lock();
    let state = &mut *guard;
    let interaction = interaction(&shared, state, &application, &token)?;
    let mut message = message_of(state, interaction, &message)?.clone();
    if message.thinking {
        message.thinking = false;
        draft.fill(&shared, state, &mut message)?;
        message.edited_at = Some(shared.now());
        message.edits += 1;
    } else {
        draft.edit(&shared, state, &mut message)?;
    }
    let json = render(&shared, state, &message);
    state.messages.insert(message.id, message);
    drop(guard);
    shared.changed();
    ok(json)
}

pub(super) async fn delete(
    Extract(shared): World,
    Path((application, token, message)): Path<(String, String, String)>,
) -> Answer {
    let mut state = shared.state.lock();
    let interaction = interaction(&shared, &state, &application, &token)?;
    let id = message_of(&state, interaction, &message)?.id;
    if let Some(message) = state.messages.get_mut(&id) {
        message.deleted = Some(DeletedBy::Bot);
    }
    drop(state);
    shared.changed();
    no_content()
}
