//! Content, attachments, flags and allowed mentions of a message.

use axum::http::StatusCode;
use serde_json::Value;

use super::{optional_list, optional_text, present, snowflake, string};
use crate::discord::{
    body::Upload,
    draft::Descriptor,
    error::{ApiError, Form},
};

/// The longest message text, in characters.
const CONTENT_LIMIT: usize = 2_000;
/// The longest description of a file, in characters.
const FILE_DESCRIPTION_LIMIT: usize = 1_024;
/// IS_COMPONENTS_V2.
const FLAG_COMPONENTS_V2: u64 = 1 << 15;

pub(in crate::discord) fn empty_message() -> ApiError {
    ApiError::new(StatusCode::BAD_REQUEST, 50006, "Cannot send an empty message")
}

/// Null clears the text.
pub(in crate::discord) fn content(form: &mut Form, value: Option<&Value>) -> Option<String> {
    let value = value?;
    if value.is_null() {
        return Some(String::new());
    }
    let text = string(form, value)?;
    if super::length(text) > CONTENT_LIMIT {
        form.problem("BASE_TYPE_MAX_LENGTH", format!("Must be {CONTENT_LIMIT} or fewer in length."));
    }
    Some(text.to_owned())
}

pub(in crate::discord) fn flags(form: &mut Form, value: Option<&Value>) -> u64 {
    let Some(value) = present(value) else { return 0 };
    let Some(flags) = value.as_u64() else {
        form.problem("NUMBER_TYPE_COERCE", format!("Value {value} is not int."));
        return 0;
    };
    if flags & FLAG_COMPONENTS_V2 != 0 {
        form.problem("SANDBOX_UNSUPPORTED", "The sandbox does not know components v2.");
    }
    flags
}

pub(in crate::discord) fn attachments(
    form: &mut Form,
    value: Option<&Value>,
    files: &[Upload],
) -> Option<Vec<Descriptor>> {
    if value.is_some_and(Value::is_null) {
        return Some(Vec::new());
    }
    let list = optional_list(form, value, super::FILES_LIMIT)?;
    let mut descriptors = Vec::new();
    for (index, entry) in list.iter().enumerate() {
        form.at(index, |form| {
            let Some(id) = snowflake(&entry["id"]) else {
                return form.problem_at(
                    "id",
                    "NUMBER_TYPE_COERCE",
                    format!("Value {} is not snowflake.", entry["id"]),
                );
            };
            optional_text(form, entry, "description", FILE_DESCRIPTION_LIMIT);
            // Small numbers refer to files of this request, snowflakes to files the message has.
            if id < 1 << 22 && !files.iter().any(|file| file.index == id) {
                form.problem("ATTACHMENT_NOT_FOUND", "Attachment data not found.");
            }
            let text = |key: &str| entry[key].as_str().map(str::to_owned);
            descriptors.push(Descriptor { id, filename: text("filename"), description: text("description") });
        });
    }
    Some(descriptors)
}

pub(in crate::discord) fn allowed_mentions(form: &mut Form, value: Option<&Value>) -> Option<Value> {
    let value = present(value)?;
    if !value.is_object() {
        form.problem("DICT_TYPE_CONVERT", "Only dictionaries may be used in a DictType");
        return None;
    }
    for key in ["users", "roles"] {
        let parsed = value["parse"].as_array().is_some_and(|parse| parse.iter().any(|kind| kind == key));
        if parsed && value[key].as_array().is_some_and(|ids| !ids.is_empty()) {
            let message = format!("parse:[\"{key}\"] and {key}: [ids...] are mutually exclusive.");
            form.problem("MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", message);
        }
        form.at(key, |form| optional_list(form, value.get(key), 100));
    }
    if let Some(parse) =
        form.at("parse", |form| optional_list(form, value.get("parse"), 3).map(<[Value]>::to_vec))
    {
        for (index, kind) in parse.iter().enumerate() {
            if !matches!(kind.as_str(), Some("users" | "roles" | "everyone")) {
                let message = "Value must be one of ('users', 'everyone', 'roles').";
                form.at("parse", |form| form.problem_at(index, "BASE_TYPE_CHOICES", message));
            }
        }
    }
    Some(value.clone())
}

/// A file name as Discord keeps it: spaces become underscores, other special characters go.
pub(in crate::discord) fn file_name(name: &str) -> String {
    let kept = name.chars().filter_map(|c| match c {
        ' ' => Some('_'),
        c if c.is_ascii_alphanumeric() || matches!(c, '.' | '-' | '_') => Some(c),
        _ => None,
    });
    let kept: String = kept.collect();
    if kept.is_empty() { "unknown".to_owned() } else { kept }
}
