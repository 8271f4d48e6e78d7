//! Buttons and select menus of a message. Source: Discord, "Component Reference" (without the v2 layout).

use std::collections::HashSet;

use serde_json::Value;

use super::{integer_within, length, optional_list, optional_text, present, required, required_text};
use crate::discord::error::Form;

const ROWS_LIMIT: usize = 5;
const BUTTONS_IN_A_ROW: usize = 5;
const CUSTOM_ID_LIMIT: usize = 100;
const LABEL_LIMIT: usize = 80;
const BUTTON_URL_LIMIT: usize = 512;
const SELECT_OPTIONS_LIMIT: usize = 25;
const SELECT_TEXT_LIMIT: usize = 100;
const PLACEHOLDER_LIMIT: usize = 150;

/// The style of a button that opens a link and sends nothing to the bot.
pub(in crate::discord) const STYLE_LINK: u64 = 5;

/// Checks the rows and returns them. Null clears them.
pub(in crate::discord) fn check(form: &mut Form, value: Option<&Value>) -> Option<Vec<Value>> {
    if value.is_some_and(Value::is_null) {
        return Some(Vec::new());
    }
    let rows = optional_list(form, value, ROWS_LIMIT)?;
    let mut seen = HashSet::new();
    for (index, row) in rows.iter().enumerate() {
        form.at(index, |form| check_row(form, row, &mut seen));
    }
    Some(rows.to_vec())
}

fn check_row(form: &mut Form, row: &Value, seen: &mut HashSet<String>) {
    if row["type"] != 1 {
        return form.problem_at("type", "BASE_TYPE_CHOICES", "Value must be one of (1,).");
    }
    form.at("components", |form| {
        let Some(parts) = row["components"].as_array() else {
            return required(form);
        };
        if parts.is_empty() || parts.len() > BUTTONS_IN_A_ROW {
            form.problem(
                "BASE_TYPE_BAD_LENGTH",
                format!("Must be between 1 and {BUTTONS_IN_A_ROW} in length."),
            );
        }
        let selects = parts.iter().filter(|part| is_select(part)).count();
        if selects > 0 && parts.len() > 1 {
            form.problem(
                "COMPONENT_LAYOUT_WIDTH_EXCEEDED",
                "The specified component exceeds the maximum width",
            );
        }
        for (index, part) in parts.iter().enumerate() {
            form.at(index, |form| match part["type"].as_u64() {
                Some(2) => check_button(form, part, seen),
                Some(3 | 5..=8) => check_select(form, part, seen),
                _ => form.problem_at("type", "BASE_TYPE_CHOICES", "Value must be one of (2, 3, 5, 6, 7, 8)."),
            });
        }
    });
}

/// Whether a component is a select menu of any kind.
pub(in crate::discord) fn is_select(component: &Value) -> bool {
    matches!(component["type"].as_u64(), Some(3 | 5..=8))
}

fn check_custom_id(form: &mut Form, component: &Value, seen: &mut HashSet<String>) {
    if let Some(id) = required_text(form, component, "custom_id", CUSTOM_ID_LIMIT)
        && !seen.insert(id.to_owned())
    {
        let message = "Component custom id cannot be duplicated";
        form.problem_at("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED", message);
    }
}

fn check_button(form: &mut Form, button: &Value, seen: &mut HashSet<String>) {
    let style = button["style"].as_u64();
    optional_text(form, button, "label", LABEL_LIMIT);
    let url = present(button.get("url"));
    match style {
        Some(STYLE_LINK) => {
            if present(button.get("custom_id")).is_some() {
                let message = "A custom id and url cannot both be specified";
                form.problem_at("custom_id", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
            }
            form.at("url", |form| match url {
                None => required(form),
                Some(url) => {
                    if url.as_str().is_some_and(|text| length(text) > BUTTON_URL_LIMIT) {
                        let message = format!("Must be {BUTTON_URL_LIMIT} or fewer in length.");
                        form.problem("BASE_TYPE_MAX_LENGTH", message);
                    }
                    super::embeds::check_url(form, url, &["http", "https", "discord"]);
                }
            });
        }
        Some(1..=4) => {
            if url.is_some() {
                let message = "A custom id and url cannot both be specified";
                form.problem_at("url", "BUTTON_COMPONENT_CUSTOM_ID_URL_MUTUALLY_EXCLUSIVE", message);
            }
            check_custom_id(form, button, seen);
        }
        _ => form.problem_at("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4, 5, 6)."),
    }
    let labelled = button["label"].as_str().is_some_and(|label| !label.is_empty());
    if !labelled && present(button.get("emoji")).is_none() {
        form.at("label", required);
    }
}

fn check_select(form: &mut Form, select: &Value, seen: &mut HashSet<String>) {
    check_custom_id(form, select, seen);
    optional_text(form, select, "placeholder", PLACEHOLDER_LIMIT);
    let min = integer_within(form, select, "min_values", 0, SELECT_OPTIONS_LIMIT as u64).unwrap_or(1);
    let max = integer_within(form, select, "max_values", 1, SELECT_OPTIONS_LIMIT as u64).unwrap_or(1);
    if min > max {
        let message = "The maximum number of selectable options cannot be less than the minimum number";
        form.problem_at("max_values", "SELECT_COMPONENT_MAX_VALUES_LESS_THAN_MIN", message);
    }
    if select["type"] != 3 {
        return;
    }
    form.at("options", |form| {
        let options = select["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        if options.is_empty() || options.len() > SELECT_OPTIONS_LIMIT {
            form.problem(
                "BASE_TYPE_BAD_LENGTH",
                format!("Must be between 1 and {SELECT_OPTIONS_LIMIT} in length."),
            );
        }
        let mut values = HashSet::new();
        for (index, option) in options.iter().enumerate() {
            form.at(index, |form| {
                required_text(form, option, "label", SELECT_TEXT_LIMIT);
                optional_text(form, option, "description", SELECT_TEXT_LIMIT);
                let value = required_text(form, option, "value", SELECT_TEXT_LIMIT);
                if value.is_some_and(|value| !values.insert(value)) {
                    let message = "The specified option value is already used";
                    form.problem_at("value", "SELECT_COMPONENT_OPTION_VALUE_DUPLICATED", message);
                }
            });
        }
    });
}
