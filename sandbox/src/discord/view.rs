//! What the page and the tests see.

use bytes::Bytes;
use chrono::{DateTime, Utc};
use serde::Serialize;
use serde_json::Value;

use super::{
    Discord,
    state::{Message, Shared, State},
};

/// The channel as Discord's client would show it.
#[derive(Debug, Clone, Serialize)]
pub struct ChannelView {
    /// Oldest first; private replies are included, with whom they are for.
    pub messages: Vec<MessageView>,
    /// Everyone who may type.
    pub people: Vec<PersonView>,
    /// The registered command definitions, as Discord returns them.
    pub commands: Vec<Value>,
    /// Whether a bot is connected to the gateway.
    pub bot_online: bool,
}

/// A member of the guild.
#[derive(Debug, Clone, Serialize)]
pub struct PersonView {
    /// Their snowflake, as mentions have it.
    pub id: String,
    /// The short name by which [`Discord`]'s methods know them.
    pub key: String,
    /// The name shown.
    pub name: String,
    /// The language of their client, such as `ko` or `en-US`.
    pub locale: String,
    /// Their role ids.
    pub roles: Vec<String>,
}

/// A message of the channel.
#[derive(Debug, Clone, Serialize)]
pub struct MessageView {
    /// Its snowflake.
    pub id: String,
    /// The channel's snowflake.
    pub channel_id: String,
    /// Who wrote it.
    pub author: String,
    /// Whether the bot wrote it.
    pub is_bot: bool,
    /// Its text, in Discord's Markdown.
    pub content: String,
    /// Raw Discord JSON; `attachment://file` addresses stay as the bot wrote them.
    pub embeds: Vec<Value>,
    /// Raw Discord JSON.
    pub components: Vec<Value>,
    /// The files of the message.
    pub attachments: Vec<AttachmentView>,
    /// The only person who sees it, when it is a private ("ephemeral") reply.
    pub private_to: Option<String>,
    /// What it answers, when it is the answer to an interaction.
    pub invoked_by: Option<Invoked>,
    /// The message it replies to.
    pub reply_to: Option<String>,
    /// Deferred and not completed yet: "… is thinking".
    pub thinking: bool,
    /// "The application did not respond".
    pub failed: bool,
    /// Whom it notified when it was posted: person keys, `role:ID`, `everyone`.
    pub pings: Vec<String>,
    /// When it was posted.
    pub created_at: DateTime<Utc>,
    /// When it was last edited.
    pub edited_at: Option<DateTime<Utc>>,
    /// How often it was edited.
    pub edits: usize,
}

/// A file of a message.
#[derive(Debug, Clone, Serialize)]
pub struct AttachmentView {
    /// Its snowflake, for [`Discord::attachment`].
    pub id: String,
    /// Its name.
    pub filename: String,
    /// Its MIME type.
    pub content_type: String,
    /// Its size in bytes.
    pub size: usize,
}

/// A file's content.
#[derive(Debug, Clone)]
pub struct Attachment {
    /// Its name.
    pub filename: String,
    /// Its MIME type.
    pub content_type: String,
    /// Its content.
    pub bytes: Bytes,
}

/// What an interaction came from.
#[derive(Debug, Clone, Serialize)]
pub struct Invoked {
    /// Who typed or pressed.
    pub person: String,
    /// What was typed; for a press, the component's label or `custom_id`.
    pub line: String,
    /// The interaction's snowflake.
    pub interaction_id: String,
}

/// A suggestion for an option's value.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Choice {
    /// What is shown, in the person's language where the bot provided it.
    pub name: String,
    /// What is sent.
    pub value: Value,
}

/// An interaction that was sent to the bot.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Sent {
    /// Its snowflake, for [`Discord::acknowledged`] and [`Discord::reply`].
    pub interaction_id: String,
}

/// How an interaction was acknowledged.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Acknowledged {
    /// The kind of the first answer.
    pub kind: AckKind,
    /// Real microseconds from the dispatch to the acknowledgement.
    pub microseconds: u64,
}

/// The interaction callback types. Source: Discord, "Interaction Callback Type".
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AckKind {
    /// 4: a message.
    Message,
    /// 5: "thinking", a message follows.
    DeferredMessage,
    /// 6: nothing to see yet, an edit of the component's message follows.
    DeferredUpdate,
    /// 7: an edit of the component's message.
    Update,
    /// 8: autocomplete suggestions.
    Choices,
    /// 9: a form to fill in.
    Modal,
}

impl Discord {
    /// The guild's channel as it is now.
    pub fn channel(&self) -> ChannelView {
        let shared = self.shared();
        let state = shared.state.lock();
        ChannelView {
            messages: state
                .messages
                .values()
                .filter(|message| message.channel_id == shared.facts.channel_id && message.deleted.is_none())
                .map(|message| message_view(shared, &state, message))
                .collect(),
            people: state
                .people
                .iter()
                .map(|person| PersonView {
                    id: person.id.to_string(),
                    key: person.key.clone(),
                    name: person.name.clone(),
                    locale: person.locale.clone(),
                    roles: person.roles.iter().map(u64::to_string).collect(),
                })
                .collect(),
            commands: state.commands.iter().chain(&state.global_commands).cloned().collect(),
            bot_online: state.online(),
        }
    }

    /// One message, in whichever channel, unless it was deleted.
    pub fn message(&self, id: &str) -> Option<MessageView> {
        let shared = self.shared();
        let state = shared.state.lock();
        let message = state.messages.get(&id.parse().ok()?)?;
        message.deleted.is_none().then(|| message_view(shared, &state, message))
    }

    /// The message that answers an interaction: the reply, or the component's own message when the answer
    /// was an edit of it. None while there is none, or when it was deleted.
    pub fn reply(&self, interaction_id: &str) -> Option<MessageView> {
        let original = {
            let state = self.shared().state.lock();
            state.interactions.get(&interaction_id.parse().ok()?)?.original?
        };
        self.message(&original.to_string())
    }

    /// A file of a message that was not deleted.
    pub fn attachment(&self, id: &str) -> Option<Attachment> {
        let id: u64 = id.parse().ok()?;
        let state = self.shared().state.lock();
        let mut files = state.messages.values().filter(|message| message.deleted.is_none());
        let file = files.find_map(|message| message.attachments.iter().find(|file| file.id == id))?;
        Some(Attachment {
            filename: file.filename.clone(),
            content_type: file.content_type.clone(),
            bytes: file.bytes.clone(),
        })
    }

    /// The form a bot answered an interaction with (callback type 9), as it sent it.
    pub fn modal(&self, interaction_id: &str) -> Option<Value> {
        let state = self.shared().state.lock();
        state.interactions.get(&interaction_id.parse().ok()?)?.modal.clone()
    }
}

fn message_view(shared: &Shared, state: &State, message: &Message) -> MessageView {
    let abandoned = message.abandoned(shared.now());
    MessageView {
        id: message.id.to_string(),
        channel_id: message.channel_id.to_string(),
        author: super::shape::BOT_NAME.to_owned(),
        is_bot: true,
        content: message.content.clone(),
        embeds: message.embeds.clone(),
        components: message.components.clone(),
        attachments: message
            .attachments
            .iter()
            .map(|file| AttachmentView {
                id: file.id.to_string(),
                filename: file.filename.clone(),
                content_type: file.content_type.clone(),
                size: file.bytes.len(),
            })
            .collect(),
        private_to: message.private_to.clone(),
        invoked_by: message.interaction.and_then(|id| state.interactions.get(&id)).map(|interaction| {
            Invoked {
                person: interaction.person.clone(),
                line: interaction.line.clone(),
                interaction_id: interaction.id.to_string(),
            }
        }),
        reply_to: message.reply_to.map(|id| id.to_string()),
        thinking: message.thinking && !abandoned,
        failed: message.failed || abandoned,
        pings: message.pings.clone(),
        created_at: message.created_at,
        edited_at: message.edited_at,
        edits: message.edits,
    }
}
