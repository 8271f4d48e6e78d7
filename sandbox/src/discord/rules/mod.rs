//! Discord's limits, as its forms check them. Sources: Discord's documentation of each object, and its error
//! bodies for codes and wording.

use serde_json::Value;

use super::error::Form;

pub(super) mod commands;
pub(super) mod components;
pub(super) mod embeds;
pub(super) mod localizations;
pub(super) mod message;

/// The largest file of a message in a guild without boosts, in bytes.
pub(super) const FILE_LIMIT_BYTES: usize = 10 * 1024 * 1024;
/// The most files of a message.
pub(super) const FILES_LIMIT: usize = 10;

/// Null is the same as absent.
pub(super) fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}

/// A string, or a problem.
pub(super) fn string<'a>(form: &mut Form, value: &'a Value) -> Option<&'a str> {
    let text = value.as_str();
    if text.is_none() {
        form.problem("STRING_TYPE_CONVERT", "Could not interpret value as string.");
    }
    text
}

/// Discord counts code points.
pub(super) fn length(text: &str) -> usize {
    text.chars().count()
}

/// An optional string field of at most `max`. Returns its length.
pub(super) fn optional_text(form: &mut Form, object: &Value, key: &str, max: usize) -> usize {
    let Some(value) = present(object.get(key)) else {
        return 0;
    };
    form.at(key, |form| {
        let Some(text) = string(form, value) else { return 0 };
        check_max(form, text, max);
        length(text)
    })
}

/// A required, non-empty string field of at most `max`. Returns it.
pub(super) fn required_text<'a>(
    form: &mut Form,
    object: &'a Value,
    key: &str,
    max: usize,
) -> Option<&'a str> {
    form.at(key, |form| {
        let Some(value) = present(object.get(key)) else {
            required(form);
            return None;
        };
        let text = string(form, value)?;
        if text.trim().is_empty() {
            required(form);
            return None;
        }
        check_max(form, text, max);
        Some(text)
    })
}

pub(super) fn required(form: &mut Form) {
    form.problem("BASE_TYPE_REQUIRED", "This field is required");
}

fn check_max(form: &mut Form, text: &str, max: usize) {
    if length(text) > max {
        form.problem("BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
    }
}

/// An optional list field of at most `max` entries.
pub(super) fn optional_list<'a>(
    form: &mut Form,
    value: Option<&'a Value>,
    max: usize,
) -> Option<&'a [Value]> {
    let value = present(value)?;
    let Some(list) = value.as_array() else {
        form.problem("LIST_TYPE_CONVERT", "Only iterables may be used in a ListType");
        return None;
    };
    if list.len() > max {
        form.problem("BASE_TYPE_MAX_LENGTH", format!("Must be {max} or fewer in length."));
    }
    Some(list)
}

/// A whole number within a range.
pub(super) fn integer_within(form: &mut Form, object: &Value, key: &str, min: u64, max: u64) -> Option<u64> {
    let value = present(object.get(key))?;
    form.at(key, |form| {
        let Some(number) = value.as_u64() else {
            form.problem("NUMBER_TYPE_COERCE", format!("Value {value} is not int."));
            return None;
        };
        if number < min {
            form.problem("NUMBER_TYPE_MIN", format!("int value should be greater than or equal to {min}."));
        } else if number > max {
            form.problem("NUMBER_TYPE_MAX", format!("int value should be less than or equal to {max}."));
        }
        Some(number)
    })
}

/// A snowflake, as a string or (as some clients send placeholders) a number.
pub(super) fn snowflake(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.parse().ok())
}
