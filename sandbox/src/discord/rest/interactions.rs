//! The first answer to an interaction. Source: Discord, "Receiving and Responding".

use axum::{
    extract::{Path, Query, State as Extract},
    http::StatusCode,
};
use serde::Deserialize;
use serde_json::{Value, json};

use super::{World, id_of, no_content, ok};
use crate::discord::{
    AckKind, Acknowledged,
    body::Body,
    draft::Draft,
    error::{Answer, ApiError, Form},
    people,
    render::{FLAG_EPHEMERAL, Renderer},
    rules,
    state::{Kind, Message, Outcome, Shared, State},
};

#[derive(Deserialize)]
pub(super) struct Params {
    with_response: Option<String>,
}

pub(super) async fn callback(
    Extract(shared): World,
    Path((interaction, token)): Path<(String, String)>,
    Query(params): Query<Params>,
    body: Body,
) -> Answer {
    let id = id_of("interaction_id", &interaction)?;
    let mut guard = shared.state.lock();
    let state = &mut *guard;
    let unknown = || ApiError::unknown(10062, "interaction");
    let Some(interaction) = state.interaction(id, &token) else {
        return Err(unknown());
    };
    let elapsed = interaction.dispatched.elapsed();
    match interaction.outcome {
        Outcome::Answered(_) => {
            let message = "Interaction has already been acknowledged.";
            return Err(ApiError::new(StatusCode::BAD_REQUEST, 40060, message));
        }
        Outcome::Waiting if elapsed <= shared.ack_deadline => {}
        Outcome::Waiting | Outcome::Failed => return Err(unknown().blameless_if(interaction.excused)),
    }
    let kind = check_kind(&body.json, interaction.kind, interaction.source.is_some())?;
    act(&shared, state, id, kind, body)?;
    let interaction = state.interactions.get_mut(&id).ok_or_else(unknown)?;
    let microseconds = u64::try_from(interaction.dispatched.elapsed().as_micros()).unwrap_or(u64::MAX);
    interaction.outcome = Outcome::Answered(Acknowledged { kind, microseconds });
    let json = response(&shared, state, id);
    drop(guard);
    shared.changed();
    if params.with_response.as_deref() == Some("true") { ok(json) } else { no_content() }
}

/// The callback type, when this kind of interaction may be answered with it.
fn check_kind(json: &Value, interaction: Kind, has_message: bool) -> Result<AckKind, ApiError> {
    let (kind, number) = match json["type"].as_u64() {
        Some(4) => (AckKind::Message, 4),
        Some(5) => (AckKind::DeferredMessage, 5),
        Some(6) => (AckKind::DeferredUpdate, 6),
        Some(7) => (AckKind::Update, 7),
        Some(8) => (AckKind::Choices, 8),
        Some(9) => (AckKind::Modal, 9),
        _ => {
            return Err(Form::refuse(
                &["type"],
                "BASE_TYPE_CHOICES",
                "Value must be one of (4, 5, 6, 7, 8, 9).",
            ));
        }
    };
    let allowed: &[u64] = match interaction {
        Kind::Command => &[4, 5, 9],
        Kind::Component => &[4, 5, 6, 7, 9],
        Kind::Autocomplete => &[8],
        Kind::ModalSubmit if has_message => &[4, 5, 6, 7],
        Kind::ModalSubmit => &[4, 5],
    };
    if allowed.contains(&number) {
        return Ok(kind);
    }
    let allowed: Vec<String> = allowed.iter().map(u64::to_string).collect();
    let message = format!("Value must be one of ({}) for this interaction.", allowed.join(", "));
    Err(Form::refuse(&["type"], "INTERACTION_CALLBACK_TYPE_INVALID", message))
}

/// Does what the answer says.
fn act(shared: &Shared, state: &mut State, id: u64, kind: AckKind, body: Body) -> Result<(), ApiError> {
    let data = body.json.get("data").cloned().unwrap_or_default();
    match kind {
        AckKind::Message => {
            let draft = Draft::read(&data, body.files, &["data"])?;
            let mut message = answer(shared, state, id, draft.flags);
            draft.fill(shared, state, &mut message)?;
            put_original(state, id, message);
        }
        AckKind::DeferredMessage => {
            let flags = data["flags"].as_u64().unwrap_or(0);
            let mut message = answer(shared, state, id, flags);
            message.thinking = true;
            message.thinking_until = state.interactions.get(&id).map(|interaction| interaction.expires_at());
            put_original(state, id, message);
        }
        AckKind::DeferredUpdate => set_original_to_source(state, id),
        AckKind::Update => {
            let draft = Draft::read(&data, body.files, &["data"])?;
            let source = state.interactions.get(&id).and_then(|interaction| interaction.source);
            let message = source.and_then(|source| state.messages.get(&source)).cloned();
            let mut message = message.ok_or_else(ApiError::unknown_message)?;
            if message.deleted.is_some() {
                return Err(ApiError::unknown_message().blameless());
            }
            draft.edit(shared, state, &mut message)?;
            state.messages.insert(message.id, message);
            set_original_to_source(state, id);
        }
        AckKind::Choices => {
            let mut form = Form::below(&["data"]);
            let option = state.interactions.get(&id).map_or(3, |interaction| interaction.option_kind);
            let choices = rules::commands::check_suggestions(&mut form, &data, option);
            form.finish()?;
            if let Some(interaction) = state.interactions.get_mut(&id) {
                interaction.choices = Some(choices);
            }
        }
        AckKind::Modal => {
            people::modal::check(&data)?;
            if let Some(interaction) = state.interactions.get_mut(&id) {
                interaction.modal = Some(data);
            }
        }
    }
    Ok(())
}

/// A new message in answer to an interaction, where the interaction was.
pub(super) fn answer(shared: &Shared, state: &mut State, id: u64, flags: u64) -> Message {
    let now = shared.now();
    let new_id = state.snowflake(now);
    let interaction = state.interactions.get(&id);
    let place = interaction.map_or(crate::discord::Place::Here, |interaction| interaction.place);
    let (channel_id, guild_id) = place.ids(&shared.facts);
    let mut message = Message::new(new_id, channel_id, guild_id, now);
    message.interaction = Some(id);
    if let Some(interaction) = interaction {
        message.reply_to = interaction.source.filter(|_| interaction.kind == Kind::Component);
        message.private_to = (flags & FLAG_EPHEMERAL != 0).then(|| interaction.person.clone());
    }
    message
}

fn put_original(state: &mut State, id: u64, message: Message) {
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.original = Some(message.id);
    }
    state.messages.insert(message.id, message);
}

fn set_original_to_source(state: &mut State, id: u64) {
    if let Some(interaction) = state.interactions.get_mut(&id) {
        interaction.original = interaction.source;
    }
}

/// What `with_response=true` answers. Source: Discord, "Interaction Callback Response Object".
fn response(shared: &Shared, state: &State, id: u64) -> Value {
    let Some(interaction) = state.interactions.get(&id) else {
        return Value::Null;
    };
    let number = match interaction.answer() {
        Some(AckKind::Message) => 4,
        Some(AckKind::DeferredMessage) => 5,
        Some(AckKind::DeferredUpdate) => 6,
        Some(AckKind::Update) => 7,
        Some(AckKind::Choices) => 8,
        Some(AckKind::Modal) | None => 9,
    };
    let mut json = json!({ "interaction": { "id": id.to_string(), "type": interaction.kind as u8 } });
    let message = interaction.original.and_then(|original| state.messages.get(&original));
    if let Some(message) = message.filter(|_| matches!(number, 4 | 5 | 7)) {
        json["interaction"]["response_message_id"] = json!(message.id.to_string());
        json["interaction"]["response_message_loading"] = json!(message.thinking);
        json["interaction"]["response_message_ephemeral"] = json!(message.private_to.is_some());
        let message = Renderer { facts: &shared.facts, state, base_url: &shared.base_url }.message(message);
        json["resource"] = json!({ "type": number, "message": message });
    }
    json
}
