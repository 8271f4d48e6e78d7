//! Typing a command.

use serde_json::{Value, json};

use super::{
    Refused,
    dispatch::{self, Draft, dispatch},
    line::{Typed, value_of},
};
use crate::discord::{Discord, Place, Sent, rules::localizations::localized, shape, state::Kind};

impl Discord {
    /// Types a line in the channel and sends it: `/nat open duration:30m`, or by position `/nat open 30m`.
    /// Names and choices may be given in the person's language, as their client shows them.
    ///
    /// # Errors
    /// What the client would have said instead of sending: an unknown command, option or choice, a missing
    /// option, a value of the wrong type.
    pub async fn slash(&self, person: &str, line: &str) -> Result<Sent, Refused> {
        self.slash_from(person, line, Place::Here).await
    }

    /// The same from another place. Real clients do not offer a guild's commands elsewhere; a bot must not
    /// rely on that.
    ///
    /// # Errors
    /// As [`Discord::slash`].
    pub async fn slash_from(&self, person: &str, line: &str, place: Place) -> Result<Sent, Refused> {
        let shared = self.shared();
        let locale = dispatch::person(shared, person)?.locale;
        let commands = self.commands();
        let typed = Typed::read(&commands, &locale, line)?;
        check_permitted(typed.command)?;
        for option in typed.options.iter().filter(|option| option["required"] == true) {
            if !typed.values.iter().any(|(given, _)| given["name"] == option["name"]) {
                let name = localized(option, "name", &locale);
                return Err(Refused::OptionRequired { name: name.to_owned() });
            }
        }
        let mut values = Vec::new();
        for (option, text) in &typed.values {
            let value = value_of(option, text, &locale)?;
            values.push(json!({ "name": option["name"], "type": option["type"], "value": value }));
        }
        let data = data(&typed, values, place.ids(&shared.facts).1);
        let draft = Draft {
            kind: Kind::Command,
            person,
            place,
            line: line.trim().to_owned(),
            command: typed.full_name(),
            data,
            source: None,
            option_kind: 0,
        };
        dispatch(shared, draft)
    }

    /// The definitions a client in the guild knows: the guild's, then the global ones it does not hide.
    pub(super) fn commands(&self) -> Vec<Value> {
        let state = self.shared().state.lock();
        state
            .commands
            .iter()
            .chain(&state.global_commands)
            .filter(|command| command["type"] == 1)
            .cloned()
            .collect()
    }
}

/// Clients do not show commands to members who lack their default permissions. Nobody here has more than
/// `@everyone`'s, and nobody is an administrator.
fn check_permitted(command: &Value) -> Result<(), Refused> {
    let needed = command["default_member_permissions"].as_str().and_then(|bits| bits.parse::<u64>().ok());
    let lacking = needed.is_some_and(|needed| needed == 0 || shape::EVERYONE_PERMISSIONS & needed != needed);
    if lacking {
        return Err(Refused::NotPermitted);
    }
    Ok(())
}

/// The `data` of a command or autocomplete interaction: values wrapped in the sub-commands they are of.
pub(super) fn data(typed: &Typed<'_>, values: Vec<Value>, guild_id: Option<u64>) -> Value {
    let mut options = Value::Array(values);
    for step in typed.path.iter().rev() {
        options = json!([{ "name": step["name"], "type": step["type"], "options": options }]);
    }
    let mut data = json!({
        "id": typed.command["id"],
        "name": typed.command["name"],
        "type": 1,
    });
    if options.as_array().is_some_and(|options| !options.is_empty()) {
        data["options"] = options;
    }
    if typed.command.get("guild_id").is_some() {
        data["guild_id"] = guild_id.map_or(typed.command["guild_id"].clone(), |id| json!(id.to_string()));
    }
    data
}
