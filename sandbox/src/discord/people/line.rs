//! Reading a typed line against command definitions.

use serde_json::{Value, json};

use super::Refused;
use crate::discord::rules::localizations::localized;

/// A line, taken apart.
#[derive(Debug)]
pub(super) struct Typed<'a> {
    /// The command's definition.
    pub(super) command: &'a Value,
    /// The group and the sub-command, from the outside in.
    pub(super) path: Vec<&'a Value>,
    /// The definitions of the options that can be given.
    pub(super) options: &'a [Value],
    /// The options given, with what was typed for them, in the order typed.
    pub(super) values: Vec<(&'a Value, String)>,
}

impl<'a> Typed<'a> {
    /// Takes a line apart. Values are not looked at yet.
    pub(super) fn read(commands: &'a [Value], locale: &str, line: &str) -> Result<Self, Refused> {
        let Some(line) = line.trim_start().strip_prefix('/') else {
            return Err(Refused::NoSlash);
        };
        let mut words = line.split_whitespace().peekable();
        let first = words.next().unwrap_or_default();
        let command =
            named(commands, first, locale).ok_or_else(|| Refused::NoCommand { name: first.to_owned() })?;
        let (mut path, mut options) = (Vec::new(), children(command));
        while options.first().is_some_and(|option| matches!(option["type"].as_u64(), Some(1 | 2))) {
            let names: Vec<&str> = options.iter().map(|option| localized(option, "name", locale)).collect();
            let Some(word) = words.next() else {
                let parent = localized(path.last().copied().unwrap_or(command), "name", locale);
                return Err(Refused::NeedsOneOf { command: parent.to_owned(), names: names.join(", ") });
            };
            let Some(step) = named(options, word, locale) else {
                return Err(Refused::NoSubcommand { name: word.to_owned(), names: names.join(", ") });
            };
            path.push(step);
            options = children(step);
        }
        let words: Vec<&str> = words.collect();
        let values = assign(options, locale, &words)?;
        Ok(Self { command, path, options, values })
    }

    /// The command with its group and sub-command, as Discord shows it above a reply.
    pub(super) fn full_name(&self) -> String {
        let parts = std::iter::once(&self.command).chain(&self.path);
        parts.filter_map(|part| part["name"].as_str()).collect::<Vec<_>>().join(" ")
    }
}

fn children(definition: &Value) -> &[Value] {
    definition["options"].as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The definition of this name, as it is or in the person's language.
fn named<'a>(definitions: &'a [Value], name: &str, locale: &str) -> Option<&'a Value> {
    definitions.iter().find(|one| one["name"] == name || localized(one, "name", locale) == name)
}

/// Splits words into `name:value` parts, whose values reach to the next `name:`, and gives the words before
/// the first of them to the options not named, in order; the last of those takes all that is left.
fn assign<'a>(
    options: &'a [Value],
    locale: &str,
    words: &[&str],
) -> Result<Vec<(&'a Value, String)>, Refused> {
    let mut positional: Vec<&str> = Vec::new();
    let mut given: Vec<(&Value, Vec<&str>)> = Vec::new();
    for word in words {
        let split = word.split_once(':');
        if let Some((option, rest)) =
            split.and_then(|(name, rest)| Some((named(options, name, locale)?, rest)))
        {
            if given.iter().any(|(known, _)| known["name"] == option["name"]) {
                let name = localized(option, "name", locale);
                return Err(Refused::GivenTwice { name: name.to_owned() });
            }
            given.push((option, if rest.is_empty() { vec![] } else { vec![rest] }));
        } else if let Some((name, _)) = split.filter(|(name, rest)| looks_like_option(name, rest)) {
            return Err(Refused::NoOption { name: name.to_owned() });
        } else {
            given.last_mut().map_or(&mut positional, |(_, value)| value).push(word);
        }
    }
    let is_given = |option: &&Value| given.iter().any(|(known, _)| known["name"] == option["name"]);
    let free: Vec<&Value> = options.iter().filter(|option| !is_given(option)).collect();
    if !positional.is_empty() && free.is_empty() {
        return Err(Refused::NoOptionFor { text: positional.join(" ") });
    }
    let mut values = Vec::new();
    for (index, option) in free.iter().enumerate().take(positional.len()) {
        let last = index + 1 == free.len();
        let words = if last { &positional[index..] } else { &positional[index..=index] };
        values.push((*option, words.join(" ")));
    }
    values.extend(given.into_iter().map(|(option, words)| (option, words.join(" "))));
    Ok(values)
}

/// `name:value`, but neither a time (`10:30`) nor an address (`https://…`).
fn looks_like_option(name: &str, rest: &str) -> bool {
    name.chars().count() > 1
        && name.chars().all(|c| c.is_alphabetic() || matches!(c, '_' | '-'))
        && !rest.starts_with("//")
}

/// What is sent for a typed value.
pub(super) fn value_of(option: &Value, text: &str, locale: &str) -> Result<Value, Refused> {
    let name = localized(option, "name", locale).to_owned();
    if text.is_empty() {
        return Err(Refused::NoValue { name });
    }
    if let Some(choices) = option["choices"].as_array().filter(|choices| !choices.is_empty()) {
        let fits = |choice: &&Value| {
            let value = &choice["value"];
            let as_typed = value.as_str().map_or_else(|| value.to_string(), str::to_owned);
            choice["name"] == text || localized(choice, "name", locale) == text || as_typed == text
        };
        let Some(choice) = choices.iter().find(fits) else {
            let names: Vec<&str> = choices.iter().map(|choice| localized(choice, "name", locale)).collect();
            return Err(Refused::NotOneOf { name, text: text.to_owned(), names: names.join(", ") });
        };
        return Ok(choice["value"].clone());
    }
    match option["type"].as_u64() {
        Some(3) => {
            let (length, bound) = (text.chars().count() as u64, |key: &str| option[key].as_u64());
            if bound("min_length").is_some_and(|min| length < min) {
                return Err(Refused::TooShort { name });
            }
            if length > bound("max_length").unwrap_or(6_000) {
                return Err(Refused::TooLong { name });
            }
            Ok(json!(text))
        }
        Some(4) => match text.parse::<i64>() {
            Ok(number) if number.unsigned_abs() <= 1 << 53 => within(option, json!(number), name),
            _ => Err(Refused::NotWhole { name }),
        },
        Some(5) => match text.to_lowercase().as_str() {
            "true" => Ok(json!(true)),
            "false" => Ok(json!(false)),
            _ => Err(Refused::NotBoolean { name }),
        },
        Some(10) => match text.parse::<f64>() {
            Ok(number) if number.is_finite() => within(option, json!(number), name),
            _ => Err(Refused::NotNumber { name }),
        },
        _ => Err(Refused::UnknownType { name }),
    }
}

fn within(option: &Value, number: Value, name: String) -> Result<Value, Refused> {
    let value = number.as_f64().unwrap_or(0.0);
    if option["min_value"].as_f64().is_some_and(|min| value < min) {
        return Err(Refused::TooSmall { name, min: option["min_value"].to_string() });
    }
    if option["max_value"].as_f64().is_some_and(|max| value > max) {
        return Err(Refused::TooGreat { name, max: option["max_value"].to_string() });
    }
    Ok(number)
}
