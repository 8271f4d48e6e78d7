//! Command definitions. Source: Discord, "Application Commands".

use std::collections::HashSet;

use serde_json::{Value, json};

use super::{integer_within, length, localizations, optional_list, present, required, string};
use crate::discord::error::Form;

/// The most slash commands of a guild (and of an application globally).
pub(in crate::discord) const COMMANDS_LIMIT: usize = 100;
/// New commands a guild takes in a day.
pub(in crate::discord) const CREATIONS_A_DAY: usize = 200;

const NAME_LIMIT: usize = 32;
const DESCRIPTION_LIMIT: usize = 100;
const OPTIONS_LIMIT: usize = 25;
const CHOICES_LIMIT: usize = 25;
const CHOICE_TEXT_LIMIT: usize = 100;
/// Names, descriptions and choice values of a command together, each with its longest localization.
const COMMAND_LIMIT: usize = 8_000;
/// The largest whole number an option can carry: 2^53.
const NUMBER_LIMIT: f64 = 9_007_199_254_740_992.0;

const SUB_COMMAND: u64 = 1;
const SUB_COMMAND_GROUP: u64 = 2;
const STRING: u64 = 3;
const INTEGER: u64 = 4;
const NUMBER: u64 = 10;

/// Checks one definition.
pub(in crate::discord) fn check(form: &mut Form, command: &Value) {
    if !command.is_object() {
        return form.problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
    }
    let kind = present(command.get("type")).map_or(Some(1), Value::as_u64);
    match kind {
        Some(1) => {
            let mut size = name(form, command) + description(form, command);
            size += options(form, command, Level::Command);
            if size > COMMAND_LIMIT {
                let message = format!("Command exceeds maximum size ({COMMAND_LIMIT})");
                form.problem("APPLICATION_COMMAND_TOO_LARGE", message);
            }
        }
        Some(2 | 3) => {
            super::required_text(form, command, "name", NAME_LIMIT);
            for key in ["description", "options"] {
                let given =
                    present(command.get(key)).filter(|value| **value != json!("") && **value != json!([]));
                if given.is_some() {
                    let message = "Context menu commands cannot have description or options";
                    form.problem_at(key, "APPLICATION_COMMAND_CONTEXT_MENU_INVALID", message);
                }
            }
        }
        _ => form.problem_at("type", "BASE_TYPE_CHOICES", "Value must be one of (1, 2, 3, 4)."),
    }
    if let Some(permissions) = present(command.get("default_member_permissions")) {
        let bits = permissions.as_str().and_then(|text| text.parse::<u64>().ok()).or(permissions.as_u64());
        if bits.is_none() {
            let message = format!("Value {permissions} is not int.");
            form.problem_at("default_member_permissions", "NUMBER_TYPE_COERCE", message);
        }
    }
    for (key, most) in [("contexts", 2), ("integration_types", 1)] {
        let list = form.at(key, |form| optional_list(form, command.get(key), 3).map(<[Value]>::to_vec));
        for (index, entry) in list.unwrap_or_default().iter().enumerate() {
            if entry.as_u64().is_none_or(|entry| entry > most) {
                form.at(key, |form| {
                    form.problem_at(index, "BASE_TYPE_CHOICES", "Value is not one of the choices.")
                });
            }
        }
    }
}

/// Commands of one kind must have different names.
pub(in crate::discord) fn check_unique(form: &mut Form, commands: &[Value]) {
    let mut seen = HashSet::new();
    for (index, command) in commands.iter().enumerate() {
        if !seen.insert((kind_of(command), command["name"].as_str())) {
            let message = "Application command names must be unique";
            form.at(index, |form| form.problem("APPLICATION_COMMANDS_DUPLICATE_NAME", message));
        }
    }
}

/// The command's type; 1 (a slash command) when not said.
pub(in crate::discord) fn kind_of(command: &Value) -> u64 {
    command["type"].as_u64().unwrap_or(1)
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Level {
    Command,
    Group,
    SubCommand,
}

/// Checks the options below a command, a group or a sub-command. Returns their size.
fn options(form: &mut Form, parent: &Value, level: Level) -> usize {
    form.at("options", |form| {
        let Some(list) = optional_list(form, parent.get("options"), OPTIONS_LIMIT) else {
            if level == Level::Group {
                required(form);
            }
            return 0;
        };
        let mut names = HashSet::new();
        let (mut size, mut optional_seen) = (0, false);
        let nested = list.iter().filter(|option| is_sub(option)).count();
        if nested > 0 && nested < list.len() {
            let message =
                "Sub-command and sub-command group option types are mutually exclusive to all other types";
            form.problem("APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", message);
        }
        for (index, option) in list.iter().enumerate() {
            form.at(index, |form| {
                size += one_option(form, option, level);
                if option["name"].as_str().is_some_and(|name| !names.insert(name)) {
                    let message = "Option name already exists in these options";
                    form.problem_at("name", "APPLICATION_COMMAND_OPTION_NAME_ALREADY_EXISTS", message);
                }
                if option["required"] == true && optional_seen {
                    let message = "Required options must be placed before non-required options";
                    form.problem_at("required", "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", message);
                }
                optional_seen |= option["required"] != true && !is_sub(option);
            });
        }
        size
    })
}

fn is_sub(option: &Value) -> bool {
    matches!(option["type"].as_u64(), Some(SUB_COMMAND | SUB_COMMAND_GROUP))
}

fn one_option(form: &mut Form, option: &Value, level: Level) -> usize {
    if !option.is_object() {
        form.problem("MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType");
        return 0;
    }
    let mut size = name(form, option) + description(form, option);
    let kind = option["type"].as_u64();
    let misplaced = match kind {
        Some(SUB_COMMAND) => level == Level::SubCommand,
        Some(SUB_COMMAND_GROUP) => level != Level::Command,
        Some(3..=11) => level == Level::Group,
        _ => true,
    };
    if misplaced {
        let message = "Value must be one of (1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11), where it is allowed.";
        form.problem_at("type", "BASE_TYPE_CHOICES", message);
    }
    match kind {
        Some(SUB_COMMAND) => return size + options(form, option, Level::SubCommand),
        Some(SUB_COMMAND_GROUP) => return size + options(form, option, Level::Group),
        _ => {}
    }
    let kind = kind.unwrap_or(0);
    size += choices(form, option, kind);
    bounds(form, option, kind);
    if option["autocomplete"] == true {
        if !matches!(kind, STRING | INTEGER | NUMBER) {
            let message = "Autocomplete cannot be configured for this type of option";
            form.problem_at("autocomplete", "APPLICATION_COMMAND_AUTOCOMPLETE_INVALID", message);
        }
        if option["choices"].as_array().is_some_and(|choices| !choices.is_empty()) {
            let message = "Choices cannot be set together with autocomplete";
            form.problem_at("choices", "APPLICATION_COMMAND_OPTION_CHOICES_WITH_AUTOCOMPLETE", message);
        }
    }
    size
}

fn bounds(form: &mut Form, option: &Value, kind: u64) {
    for key in ["min_value", "max_value"] {
        let Some(value) = present(option.get(key)) else {
            continue;
        };
        let fits = match kind {
            INTEGER => value.is_i64() || value.is_u64(),
            NUMBER => value.is_number(),
            _ => false,
        };
        if !fits || value.as_f64().is_some_and(|value| value.abs() > NUMBER_LIMIT) {
            let message =
                "Minimum and maximum values need an option of a number's type, and a number of that type";
            form.problem_at(key, "APPLICATION_COMMAND_OPTION_VALUE_INVALID", message);
        }
    }
    for (key, least) in [("min_length", 0), ("max_length", 1)] {
        if present(option.get(key)).is_some() && kind != STRING {
            let message = "Minimum and maximum length need an option of type string";
            form.problem_at(key, "APPLICATION_COMMAND_OPTION_LENGTH_INVALID", message);
        }
        integer_within(form, option, key, least, 6_000);
    }
}

fn choices(form: &mut Form, option: &Value, kind: u64) -> usize {
    let Some(list) = form.at("choices", |form| {
        optional_list(form, option.get("choices"), CHOICES_LIMIT).map(<[Value]>::to_vec)
    }) else {
        return 0;
    };
    if !list.is_empty() && !matches!(kind, STRING | INTEGER | NUMBER) {
        let message = "Choices cannot be configured for this type of option";
        form.problem_at("choices", "APPLICATION_COMMAND_OPTION_CHOICES_INVALID", message);
    }
    form.at("choices", |form| check_choices(form, &list, kind))
}

/// Checks choices: of a definition, or suggested by autocomplete. Returns their size.
fn check_choices(form: &mut Form, list: &[Value], kind: u64) -> usize {
    let mut names = HashSet::new();
    let mut size = 0;
    for (index, choice) in list.iter().enumerate() {
        form.at(index, |form| {
            let name = super::required_text(form, choice, "name", CHOICE_TEXT_LIMIT);
            if name.is_some_and(|name| !names.insert(name)) {
                let message = "Option choice name already exists";
                form.problem("APPLICATION_COMMAND_OPTIONS_CHOICE_NAME_EXISTS", message);
            }
            let localized = localizations::check(form, choice, "name_localizations", |form, text| {
                bad_length(form, text, CHOICE_TEXT_LIMIT);
            });
            let value = &choice["value"];
            let fits = match kind {
                STRING => value.is_string(),
                INTEGER => value.is_i64() || value.is_u64(),
                NUMBER => value.is_number(),
                _ => true,
            };
            if !fits {
                let message = format!("Could not interpret {value} as a value of this option's type.");
                form.problem_at("value", "BASE_TYPE_CONVERT", message);
            }
            if let Some(text) = value.as_str() {
                form.at("value", |form| bad_length(form, text, CHOICE_TEXT_LIMIT));
                size += length(text);
            }
            size += name.map_or(0, length).max(localized);
        });
    }
    size
}

/// Checks what a bot suggests while somebody types an option of type `kind`.
pub(in crate::discord) fn check_suggestions(form: &mut Form, data: &Value, kind: u64) -> Vec<Value> {
    form.at("choices", |form| {
        if present(data.get("choices")).is_none() {
            required(form);
        }
        let list = optional_list(form, data.get("choices"), CHOICES_LIMIT).unwrap_or_default();
        check_choices(form, list, kind);
        list.to_vec()
    })
}

fn bad_length(form: &mut Form, text: &str, max: usize) {
    if text.is_empty() || length(text) > max {
        form.problem("BASE_TYPE_BAD_LENGTH", format!("Must be between 1 and {max} in length."));
    }
}

fn name(form: &mut Form, object: &Value) -> usize {
    let size = form.at("name", |form| match present(object.get("name")) {
        None => {
            required(form);
            0
        }
        Some(value) => string(form, value).map_or(0, |text| {
            check_name(form, text);
            length(text)
        }),
    });
    size.max(localizations::check(form, object, "name_localizations", check_name))
}

/// `^[-_'\p{L}\p{N}\p{sc=Deva}\p{sc=Thai}]{1,32}$`, in lower case where there is one.
fn check_name(form: &mut Form, text: &str) {
    bad_length(form, text, NAME_LIMIT);
    let allowed = |c: char| {
        c.is_alphanumeric()
            || matches!(c, '-' | '_' | '\'')
            || matches!(c, '\u{900}'..='\u{97F}' | '\u{E00}'..='\u{E7F}')
    };
    if !text.chars().all(allowed) || text.to_lowercase() != text {
        form.problem("APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid");
    }
}

fn description(form: &mut Form, object: &Value) -> usize {
    let size = form.at("description", |form| match present(object.get("description")) {
        None => {
            required(form);
            0
        }
        Some(value) => string(form, value).map_or(0, |text| {
            bad_length(form, text, DESCRIPTION_LIMIT);
            length(text)
        }),
    });
    let localized = localizations::check(form, object, "description_localizations", |form, text| {
        bad_length(form, text, DESCRIPTION_LIMIT);
    });
    size.max(localized)
}
