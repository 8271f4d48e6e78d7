//! Making an interaction and sending it, and what happens when nobody answers.

use std::sync::Arc;

use serde_json::{Value, json};
use tokio::time::Instant;

use super::Refused;
use crate::discord::{
    Acknowledged, Discord, Place, Sent,
    rules::FILE_LIMIT_BYTES,
    session::secret,
    shape,
    state::{Interaction, Kind, Message, Outcome, Person, Shared},
};

/// An interaction to be sent.
pub(super) struct Draft<'a> {
    pub(super) kind: Kind,
    pub(super) person: &'a str,
    pub(super) place: Place,
    pub(super) line: String,
    pub(super) command: String,
    pub(super) data: Value,
    /// The message pressed on, and its JSON.
    pub(super) source: Option<(u64, Value)>,
    pub(super) option_kind: u64,
}

impl Discord {
    /// How an interaction was acknowledged.
    ///
    /// # Errors
    /// "The application did not respond", once the acknowledgement deadline has passed.
    pub async fn acknowledged(&self, interaction_id: &str) -> Result<Acknowledged, Refused> {
        let unknown = || Refused::NoInteraction { id: interaction_id.to_owned() };
        let id: u64 = interaction_id.parse().map_err(|_| unknown())?;
        let outcome = self.shared().wait_for(|state| match state.interactions.get(&id).map(|i| &i.outcome) {
            Some(Outcome::Waiting) => None,
            Some(Outcome::Answered(answer)) => Some(Ok(answer.clone())),
            Some(Outcome::Failed) => Some(Err(Refused::NoResponse)),
            None => Some(Err(unknown())),
        });
        outcome.await
    }
}

pub(super) fn person(shared: &Shared, key: &str) -> Result<Person, Refused> {
    let state = shared.state.lock();
    state.person(key).cloned().ok_or_else(|| Refused::Nobody { name: key.to_owned() })
}

/// Sends an interaction to the bot and starts its deadline.
///
/// # Errors
/// When the person does not exist or Discord is away.
pub(super) fn dispatch(shared: &Arc<Shared>, draft: Draft<'_>) -> Result<Sent, Refused> {
    if shared.faults.is_away() {
        return Err(Refused::DiscordAway);
    }
    let person = person(shared, draft.person)?;
    let mut state = shared.state.lock();
    let now = shared.now();
    let id = state.snowflake(now);
    let token = format!("aW50ZXJhY3Rpb246{}", secret(80));
    let payload = payload(shared, &draft, &person, id, &token);
    let delivered = state.send_to_all("INTERACTION_CREATE", &payload);
    state.interactions.insert(
        id,
        Interaction {
            id,
            token,
            kind: draft.kind,
            person: person.key,
            line: draft.line,
            place: draft.place,
            source: draft.source.map(|(source, _)| source),
            command: draft.command,
            dispatched: Instant::now(),
            created_at: now,
            excused: !delivered,
            outcome: Outcome::Waiting,
            original: None,
            option_kind: draft.option_kind,
            choices: None,
            modal: None,
        },
    );
    drop(state);
    shared.changed();
    let shared = Arc::clone(shared);
    tokio::spawn(async move {
        tokio::time::sleep(shared.ack_deadline).await;
        give_up(&shared, id);
    });
    Ok(Sent { interaction_id: id.to_string() })
}

/// The deadline has passed: an interaction that was not acknowledged has failed.
fn give_up(shared: &Shared, id: u64) {
    let mut state = shared.state.lock();
    let Some(interaction) = state.interactions.get_mut(&id) else {
        return;
    };
    if !matches!(interaction.outcome, Outcome::Waiting) {
        return;
    }
    interaction.outcome = Outcome::Failed;
    let (kind, excused, source) = (interaction.kind, interaction.excused, interaction.source);
    let (person, line, place) = (interaction.person.clone(), interaction.line.clone(), interaction.place);
    if !excused {
        let limit = shared.ack_deadline.as_millis();
        state.violation(format!("{line:?} of {person} was not acknowledged within {limit} ms"));
    }
    if kind != Kind::Autocomplete {
        let now = shared.now();
        let (channel_id, guild_id) = place.ids(&shared.facts);
        let mut message = Message::new(state.snowflake(now), channel_id, guild_id, now);
        message.interaction = Some(id);
        message.reply_to = source;
        message.private_to = Some(person);
        message.failed = true;
        state.messages.insert(message.id, message);
    }
    drop(state);
    shared.changed();
}

/// INTERACTION_CREATE. Source: Discord, "Interaction Object".
fn payload(shared: &Shared, draft: &Draft<'_>, person: &Person, id: u64, token: &str) -> Value {
    let facts = &shared.facts;
    let (channel_id, guild_id) = draft.place.ids(facts);
    let mut payload = json!({
        "id": id.to_string(),
        "application_id": facts.application_id.to_string(),
        "type": draft.kind as u8,
        "token": token,
        "version": 1,
        "data": draft.data,
        "channel_id": channel_id.to_string(),
        "channel": shape::partial_channel(facts, draft.place),
        "locale": person.locale,
        "entitlements": [],
        "entitlement_sku_ids": [],
        "app_permissions": shared.faults.bot_permissions().to_string(),
        "authorizing_integration_owners": { "0": guild_id.unwrap_or(0).to_string() },
        "context": if guild_id.is_some() { 0 } else { 1 },
        "attachment_size_limit": FILE_LIMIT_BYTES,
    });
    match guild_id {
        Some(guild_id) => {
            payload["guild_id"] = json!(guild_id.to_string());
            payload["guild_locale"] = json!("ko");
            payload["guild"] = json!({ "id": guild_id.to_string(), "locale": "ko", "features": [] });
            payload["member"] = shape::invoking_member(person);
        }
        None => payload["user"] = shape::person_user(person),
    }
    if let Some((_, message)) = &draft.source {
        payload["message"] = message.clone();
    }
    payload
}
