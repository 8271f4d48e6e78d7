//! Embeds. Source: Discord, "Embed Limits".

use chrono::DateTime;
use serde_json::{Value, json};
use url::Url;

use super::{optional_list, optional_text, present, required, required_text, string};
use crate::discord::error::Form;

/// All texts of all embeds of a message together, in characters.
const TOTAL_LIMIT: usize = 6_000;
const EMBEDS_LIMIT: usize = 10;
const FIELDS_LIMIT: usize = 25;
const TITLE_LIMIT: usize = 256;
const DESCRIPTION_LIMIT: usize = 4_096;
const FIELD_NAME_LIMIT: usize = 256;
const FIELD_VALUE_LIMIT: usize = 1_024;
const FOOTER_LIMIT: usize = 2_048;
const AUTHOR_LIMIT: usize = 256;
const URL_LIMIT: usize = 2_048;

/// Checks the embeds and returns them as Discord keeps them. Null clears them.
pub(in crate::discord) fn check(form: &mut Form, value: Option<&Value>) -> Option<Vec<Value>> {
    if value.is_some_and(Value::is_null) {
        return Some(Vec::new());
    }
    let list = optional_list(form, value, EMBEDS_LIMIT)?;
    let mut total = 0;
    for (index, embed) in list.iter().enumerate() {
        total += form.at(index, |form| check_one(form, embed));
    }
    if total > TOTAL_LIMIT {
        let message = format!("Embed size exceeds maximum size of {TOTAL_LIMIT}");
        form.problem("MAX_EMBED_SIZE_EXCEEDED", message);
    }
    Some(list.iter().map(kept).collect())
}

/// Returns how many characters count towards the total.
fn check_one(form: &mut Form, embed: &Value) -> usize {
    if !embed.is_object() {
        form.problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return 0;
    }
    let mut total = optional_text(form, embed, "title", TITLE_LIMIT);
    total += optional_text(form, embed, "description", DESCRIPTION_LIMIT);
    let fields = form.at("fields", |form| {
        let fields = optional_list(form, embed.get("fields"), FIELDS_LIMIT).unwrap_or_default();
        let sizes = fields.iter().enumerate().map(|(index, field)| {
            form.at(index, |form| {
                let name = required_text(form, field, "name", FIELD_NAME_LIMIT);
                let value = required_text(form, field, "value", FIELD_VALUE_LIMIT);
                name.map_or(0, super::length) + value.map_or(0, super::length)
            })
        });
        let size: usize = sizes.sum();
        (fields.len(), size)
    });
    total += fields.1;
    for (part, key, max) in [("footer", "text", FOOTER_LIMIT), ("author", "name", AUTHOR_LIMIT)] {
        if let Some(object) = present(embed.get(part)) {
            let text = form.at(part, |form| required_text(form, object, key, max));
            total += text.map_or(0, super::length);
        }
    }
    check_urls(form, embed);
    super::integer_within(form, embed, "color", 0, 0xFF_FFFF);
    if let Some(timestamp) = present(embed.get("timestamp")) {
        form.at("timestamp", |form| {
            let Some(text) = string(form, timestamp) else {
                return;
            };
            if DateTime::parse_from_rfc3339(text).is_err() {
                form.problem("DATE_TIME_TYPE_PARSE", format!("Could not parse {text}. Should be ISO8601."));
            }
        });
    }
    let pictured = ["image", "thumbnail"].iter().any(|part| present(embed.get(part)).is_some());
    if total == 0 && fields.0 == 0 && !pictured {
        form.at("description", required);
    }
    total
}

fn check_urls(form: &mut Form, embed: &Value) {
    if let Some(url) = present(embed.get("url")) {
        form.at("url", |form| check_url(form, url, &["http", "https"]));
    }
    for (part, key) in [
        ("image", "url"),
        ("thumbnail", "url"),
        ("author", "icon_url"),
        ("footer", "icon_url"),
        ("author", "url"),
    ] {
        let schemes: &[&str] = if (part, key) == ("author", "url") {
            &["http", "https"]
        } else {
            &["http", "https", "attachment"]
        };
        if let Some(url) = embed.get(part).and_then(|part| present(part.get(key))) {
            form.at(part, |form| form.at(key, |form| check_url(form, url, schemes)));
        }
    }
}

/// A URL with one of the schemes.
pub(super) fn check_url(form: &mut Form, value: &Value, schemes: &[&str]) {
    let Some(text) = string(form, value) else { return };
    if text.len() > URL_LIMIT {
        form.problem("BASE_TYPE_MAX_LENGTH", format!("Must be {URL_LIMIT} or fewer in length."));
    }
    match Url::parse(text) {
        Err(_) => form.problem("URL_TYPE_INVALID_URL", "Not a well formed URL."),
        Ok(url) if !schemes.contains(&url.scheme()) => {
            let schemes = schemes.iter().map(|scheme| format!("'{scheme}'")).collect::<Vec<_>>().join(", ");
            let message = format!("Scheme \"{}\" must be one of ({schemes}).", url.scheme());
            form.problem("URL_TYPE_INVALID_SCHEME", message);
        }
        Ok(_) => {}
    }
}

/// An embed as Discord returns it: with its type, and `inline` always said.
fn kept(embed: &Value) -> Value {
    let mut embed = embed.clone();
    if let Some(object) = embed.as_object_mut() {
        object.retain(|_, value| !value.is_null());
        object.insert("type".into(), json!("rich"));
        let fields = object.get_mut("fields").and_then(Value::as_array_mut);
        for field in fields.into_iter().flatten().filter_map(Value::as_object_mut) {
            field.entry("inline").or_insert(json!(false));
        }
    }
    embed
}
