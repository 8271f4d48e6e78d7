//! Suggestions while an option is being typed.

use serde_json::{Value, json};

use super::{
    Refused,
    dispatch::{self, Draft, dispatch},
    line::{Typed, value_of},
    slash::data,
};
use crate::discord::{Choice, Discord, Place, rules::localizations::localized, state::Kind};

impl Discord {
    /// Suggestions for the option at the end of the line: the bot's own when the option has autocomplete,
    /// else those of its choices that contain what was typed, else none.
    ///
    /// # Errors
    /// When the line cannot be read up to there, or the bot does not answer in time.
    pub async fn complete(&self, person: &str, line: &str) -> Result<Vec<Choice>, Refused> {
        let shared = self.shared();
        let locale = dispatch::person(shared, person)?.locale;
        let commands = self.commands();
        let mut typed = Typed::read(&commands, &locale, line)?;
        if typed.values.is_empty() {
            // Nothing typed yet: the cursor is in the first option.
            let Some(first) = typed.options.first() else {
                return Ok(Vec::new());
            };
            typed.values.push((first, String::new()));
        }
        let Some((focused, text)) = typed.values.last().cloned() else {
            return Ok(Vec::new());
        };
        if focused["autocomplete"] != true {
            return Ok(matching(focused, &text, &locale));
        }
        let mut values = Vec::new();
        for (option, text) in &typed.values[..typed.values.len() - 1] {
            // Clients leave out what is not valid yet.
            if let Ok(value) = value_of(option, text, &locale) {
                values.push(json!({ "name": option["name"], "type": option["type"], "value": value }));
            }
        }
        values.push(
            json!({ "name": focused["name"], "type": focused["type"], "value": text, "focused": true }),
        );
        let draft = Draft {
            kind: Kind::Autocomplete,
            person,
            place: Place::Here,
            line: line.trim().to_owned(),
            command: typed.full_name(),
            data: data(&typed, values, Some(shared.facts.guild_id)),
            source: None,
            option_kind: focused["type"].as_u64().unwrap_or(3),
        };
        let sent = dispatch(shared, draft)?;
        self.acknowledged(&sent.interaction_id).await.map_err(|_| Refused::NoChoices)?;
        let state = shared.state.lock();
        let id: Option<u64> = sent.interaction_id.parse().ok();
        let choices = id.and_then(|id| state.interactions.get(&id)?.choices.clone()).unwrap_or_default();
        Ok(choices.iter().map(|choice| shown(choice, &locale)).collect())
    }
}

fn shown(choice: &Value, locale: &str) -> Choice {
    Choice { name: localized(choice, "name", locale).to_owned(), value: choice["value"].clone() }
}

/// The static choices whose shown name contains the text.
fn matching(option: &Value, text: &str, locale: &str) -> Vec<Choice> {
    let choices = option["choices"].as_array().map(Vec::as_slice).unwrap_or_default();
    let wanted = text.to_lowercase();
    let shown = choices.iter().map(|choice| shown(choice, locale));
    shown.filter(|choice| choice.name.to_lowercase().contains(&wanted)).collect()
}
