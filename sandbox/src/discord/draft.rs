//! A message as a bot asks for it, checked, and its application to a stored message.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::{
    body::{Body, Upload},
    error::{ApiError, Form},
    mentions,
    rules::{self, message as check},
    state::{File, Message, Shared, State},
};

/// SUPPRESS_EMBEDS, EPHEMERAL and SUPPRESS_NOTIFICATIONS: the flags a bot may set here.
const SETTABLE_FLAGS: u64 = 1 << 2 | 1 << 6 | 1 << 12;
/// SUPPRESS_EMBEDS, the flag that an edit may change.
const EDITABLE_FLAGS: u64 = 1 << 2;

/// The message fields of a request, valid by themselves. None: not mentioned, so left as it is by an edit.
#[derive(Debug, Default)]
pub(super) struct Draft {
    content: Option<String>,
    embeds: Option<Vec<Value>>,
    components: Option<Vec<Value>>,
    attachments: Option<Vec<Descriptor>>,
    files: Vec<Upload>,
    pub(super) flags: u64,
    allowed_mentions: Option<Value>,
}

/// An entry of `attachments`.
#[derive(Debug, Clone)]
pub(super) struct Descriptor {
    pub(super) id: u64,
    pub(super) filename: Option<String>,
    pub(super) description: Option<String>,
}

impl Draft {
    /// Reads and checks message fields. `prefix` is where they are in the form.
    ///
    /// # Errors
    /// 50035 with everything that is wrong.
    pub(super) fn read(json: &Value, files: Vec<Upload>, prefix: &[&str]) -> Result<Self, ApiError> {
        let mut form = Form::below(prefix);
        if !(json.is_object() || json.is_null()) {
            let message = "Only dictionaries may be used in a DictType";
            return Err(Form::refuse(prefix, "DICT_TYPE_CONVERT", message));
        }
        let draft = Self {
            content: form.at("content", |form| check::content(form, json.get("content"))),
            embeds: form.at("embeds", |form| rules::embeds::check(form, json.get("embeds"))),
            components: form.at("components", |form| rules::components::check(form, json.get("components"))),
            attachments: form
                .at("attachments", |form| check::attachments(form, json.get("attachments"), &files)),
            flags: form.at("flags", |form| check::flags(form, json.get("flags"))),
            allowed_mentions: form
                .at("allowed_mentions", |form| check::allowed_mentions(form, json.get("allowed_mentions"))),
            files,
        };
        if draft.files.len() > rules::FILES_LIMIT {
            form.problem_at("files", "BASE_TYPE_MAX_LENGTH", "Must be 10 or fewer in length.");
        }
        form.finish()?;
        Ok(draft)
    }

    pub(super) fn of_body(body: Body) -> Result<Self, ApiError> {
        Self::read(&body.json, body.files, &[])
    }

    /// Whether there is anything to see in it.
    fn check_something(message: &Message) -> Result<(), ApiError> {
        let empty = message.content.trim().is_empty()
            && message.embeds.is_empty()
            && message.components.is_empty()
            && message.attachments.is_empty();
        if empty { Err(check::empty_message()) } else { Ok(()) }
    }

    /// Puts the draft on a new message.
    pub(super) fn fill(
        self,
        shared: &Shared,
        state: &mut State,
        message: &mut Message,
    ) -> Result<(), ApiError> {
        message.flags = self.flags & SETTABLE_FLAGS & !super::render::FLAG_EPHEMERAL;
        self.put(state, message, shared.now());
        Self::check_something(message)?;
        check_images(state, message);
        let resolved =
            mentions::resolve(&message.content, message.allowed_mentions.as_ref(), &shared.facts, state);
        message.pings = resolved.pings();
        Ok(())
    }

    /// Puts the draft on a message that exists. Edits notify nobody.
    pub(super) fn edit(
        self,
        shared: &Shared,
        state: &mut State,
        message: &mut Message,
    ) -> Result<(), ApiError> {
        message.flags = (message.flags & !EDITABLE_FLAGS) | (self.flags & EDITABLE_FLAGS);
        self.put(state, message, shared.now());
        Self::check_something(message)?;
        check_images(state, message);
        message.edited_at = Some(shared.now());
        message.edits += 1;
        Ok(())
    }

    /// Source: Discord, "Editing Message Attachments": with `attachments`, that list is what stays; without
    /// it, what is there stays and files are added.
    fn put(self, state: &mut State, message: &mut Message, now: DateTime<Utc>) {
        if let Some(content) = self.content {
            message.content = content;
        }
        if let Some(embeds) = self.embeds {
            message.embeds = embeds;
        }
        if let Some(components) = self.components {
            message.components = components;
        }
        if self.allowed_mentions.is_some() {
            message.allowed_mentions = self.allowed_mentions;
        }
        let described = self.attachments.as_deref().unwrap_or_default();
        if self.attachments.is_some() {
            message.attachments.retain(|file| described.iter().any(|kept| kept.id == file.id));
            for file in &mut message.attachments {
                let kept = described.iter().find(|kept| kept.id == file.id);
                if let Some(description) = kept.and_then(|kept| kept.description.clone()) {
                    file.description = Some(description);
                }
            }
        }
        for upload in self.files {
            let descriptor = described.iter().find(|entry| entry.id == upload.index);
            if self.attachments.is_some() && descriptor.is_none() {
                state.violation(format!("the file {:?} is not listed in `attachments`", upload.filename));
            }
            let filename = descriptor.and_then(|entry| entry.filename.clone()).unwrap_or(upload.filename);
            message.attachments.push(File {
                id: state.snowflake(now),
                filename: rules::message::file_name(&filename),
                description: descriptor.and_then(|entry| entry.description.clone()),
                content_type: upload.content_type,
                bytes: upload.bytes,
            });
        }
    }
}

/// Discord shows nothing for an image whose attachment is missing, and says nothing either.
fn check_images(state: &mut State, message: &Message) {
    for embed in &message.embeds {
        for place in ["image", "thumbnail"] {
            let Some(name) = embed[place]["url"].as_str().and_then(|url| url.strip_prefix("attachment://"))
            else {
                continue;
            };
            if !message.attachments.iter().any(|file| file.filename == name) {
                state.violation(format!(
                    "an embed shows attachment://{name}, which the message does not have"
                ));
            }
        }
    }
}
