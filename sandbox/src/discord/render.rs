//! Discord's JSON for messages.

use serde_json::{Value, json};

use super::{
    GuildFacts,
    mentions::{self, Mentions},
    shape,
    state::{File, Interaction, Kind, Message, State},
};

/// EPHEMERAL. Source: Discord, "Message Flags".
pub(super) const FLAG_EPHEMERAL: u64 = 1 << 6;
/// LOADING: deferred and not completed.
pub(super) const FLAG_LOADING: u64 = 1 << 7;

/// Where files are served from.
#[derive(Clone, Copy)]
pub(super) struct Renderer<'a> {
    pub(super) facts: &'a GuildFacts,
    pub(super) state: &'a State,
    pub(super) base_url: &'a str,
}

impl Renderer<'_> {
    /// A message as REST answers and component interactions carry it.
    pub(super) fn message(&self, message: &Message) -> Value {
        let mut json = self.bare(message);
        if let Some(target) = message.reply_to {
            json["message_reference"] = json!({
                "type": 0,
                "message_id": target.to_string(),
                "channel_id": message.channel_id.to_string(),
            });
            if let Some(guild_id) = message.guild_id {
                json["message_reference"]["guild_id"] = json!(guild_id.to_string());
            }
            let target = self.state.messages.get(&target).filter(|target| target.deleted.is_none());
            json["referenced_message"] = target.map_or(Value::Null, |target| self.bare(target));
        }
        json
    }

    fn bare(&self, message: &Message) -> Value {
        let mut flags = message.flags;
        if message.private_to.is_some() {
            flags |= FLAG_EPHEMERAL;
        }
        if message.thinking {
            flags |= FLAG_LOADING;
        }
        let mentions =
            mentions::resolve(&message.content, message.allowed_mentions.as_ref(), self.facts, self.state);
        let Mentions { users, roles, everyone } = mentions;
        let mut json = json!({
            "id": message.id.to_string(),
            "channel_id": message.channel_id.to_string(),
            "type": 0,
            "author": shape::bot_user(self.facts),
            "content": message.content,
            "timestamp": shape::timestamp(message.created_at),
            "edited_timestamp": message.edited_at.map(shape::timestamp),
            "tts": false,
            "pinned": false,
            "mention_everyone": everyone,
            "mentions": users.into_iter().map(shape::person_user).collect::<Vec<_>>(),
            "mention_roles": roles.iter().map(u64::to_string).collect::<Vec<_>>(),
            "attachments": message.attachments.iter().map(|file| self.file(message, file)).collect::<Vec<_>>(),
            "embeds": message.embeds.iter().map(|embed| self.embed(message, embed)).collect::<Vec<_>>(),
            "components": message.components,
            "flags": flags,
            "application_id": self.facts.application_id.to_string(),
        });
        if let Some(nonce) = &message.nonce {
            json["nonce"] = nonce.clone();
        }
        if message.reply_to.is_some() {
            json["type"] = json!(19);
        }
        if let Some(interaction) = message.interaction.and_then(|id| self.state.interactions.get(&id)) {
            self.add_interaction(&mut json, interaction);
        }
        json
    }

    fn add_interaction(&self, json: &mut Value, interaction: &Interaction) {
        json["webhook_id"] = json!(self.facts.application_id.to_string());
        let Some(person) = self.state.person(&interaction.person) else {
            return;
        };
        let mut metadata = json!({
            "id": interaction.id.to_string(),
            "type": interaction.kind as u8,
            "user": shape::person_user(person),
            "authorizing_integration_owners": { "0": interaction.installed_in(self.facts) },
        });
        match (interaction.kind, interaction.source) {
            (Kind::Component, Some(source)) => metadata["interacted_message_id"] = json!(source.to_string()),
            (Kind::Command, _) => {
                metadata["name"] = json!(interaction.command);
                metadata["command_type"] = json!(1);
                json["interaction"] = json!({
                    "id": interaction.id.to_string(),
                    "type": 2,
                    "name": interaction.command,
                    "user": shape::person_user(person),
                });
                if json["type"] == 0 {
                    json["type"] = json!(20);
                }
            }
            (Kind::Component, None) | (Kind::Autocomplete | Kind::ModalSubmit, _) => {}
        }
        // serenity wants the whole interaction that a modal came from, so that one is left out.
        if interaction.kind != Kind::ModalSubmit {
            json["interaction_metadata"] = metadata;
        }
    }

    fn file(&self, message: &Message, file: &File) -> Value {
        let url = self.file_url(message, file);
        let mut json = json!({
            "id": file.id.to_string(),
            "filename": file.filename,
            "size": file.bytes.len(),
            "url": url,
            "proxy_url": url,
            "content_type": file.content_type,
        });
        if let Some(description) = &file.description {
            json["description"] = json!(description);
        }
        if message.private_to.is_some() {
            json["ephemeral"] = json!(true);
        }
        if let Some((width, height)) = png_size(&file.bytes) {
            json["width"] = json!(width);
            json["height"] = json!(height);
        }
        json
    }

    fn file_url(&self, message: &Message, file: &File) -> String {
        format!("{}/attachments/{}/{}/{}", self.base_url, message.channel_id, file.id, file.filename)
    }

    /// An embed whose `attachment://` addresses are replaced by where the file is.
    fn embed(&self, message: &Message, embed: &Value) -> Value {
        let mut embed = embed.clone();
        for place in ["image", "thumbnail"] {
            let Some(name) = embed[place]["url"].as_str().and_then(|url| url.strip_prefix("attachment://"))
            else {
                continue;
            };
            if let Some(file) = message.attachments.iter().find(|file| file.filename == name) {
                let url = self.file_url(message, file);
                embed[place]["url"] = json!(url);
                embed[place]["proxy_url"] = json!(url);
            }
        }
        embed
    }
}

/// Width and height of a PNG, from its header chunk.
fn png_size(bytes: &[u8]) -> Option<(u32, u32)> {
    let header = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n")?.get(4..)?.strip_prefix(b"IHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(header.get(at..at + 4)?.try_into().ok()?));
    Some((number(0)?, number(4)?))
}
