//! Forms ("modals"): what a bot may ask for, and filling it in. Source: Discord, "Modal" and "Text Input".

use serde_json::{Value, json};

use super::{
    Refused,
    dispatch::{Draft, dispatch},
};
use crate::discord::{
    Discord, Sent,
    error::{ApiError, Form},
    render::Renderer,
    rules::{optional_text, required, required_text},
    state::Kind,
};

const TITLE_LIMIT: usize = 45;
const CUSTOM_ID_LIMIT: usize = 100;
const ROWS_LIMIT: usize = 5;
const LABEL_LIMIT: usize = 45;
/// The longest text an input takes, in characters, unless it says less.
const TEXT_LIMIT: u64 = 4_000;

/// Checks the `data` of callback type 9: a title and rows of one text input each.
pub(in crate::discord) fn check(data: &Value) -> Result<(), ApiError> {
    let mut form = Form::below(&["data"]);
    required_text(&mut form, data, "custom_id", CUSTOM_ID_LIMIT);
    required_text(&mut form, data, "title", TITLE_LIMIT);
    form.at("components", |form| {
        let rows = data["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        if rows.is_empty() || rows.len() > ROWS_LIMIT {
            form.problem("BASE_TYPE_BAD_LENGTH", format!("Must be between 1 and {ROWS_LIMIT} in length."));
        }
        for (index, row) in rows.iter().enumerate() {
            form.at(index, |form| form.at("components", |form| form.at(0, |form| check_input(form, row))));
        }
    });
    form.finish()
}

fn check_input(form: &mut Form, row: &Value) {
    let inputs = row["components"].as_array().map(Vec::as_slice).unwrap_or_default();
    let [input] = inputs else { return required(form) };
    if input["type"] != 4 {
        form.problem_at("type", "BASE_TYPE_CHOICES", "Value must be one of (4,).");
    }
    if !matches!(input["style"].as_u64(), Some(1 | 2)) {
        form.problem_at("style", "BASE_TYPE_CHOICES", "Value must be one of (1, 2).");
    }
    required_text(form, input, "custom_id", CUSTOM_ID_LIMIT);
    required_text(form, input, "label", LABEL_LIMIT);
    optional_text(form, input, "placeholder", 100);
    optional_text(form, input, "value", 4_000);
}

impl Discord {
    /// Fills in and sends the form that an interaction was answered with. Inputs not named keep their value.
    ///
    /// # Errors
    /// When there is no form, or an input is missing, too short or too long.
    pub async fn submit(&self, interaction_id: &str, inputs: &[(&str, &str)]) -> Result<Sent, Refused> {
        let shared = self.shared();
        let no_form = || Refused::NoForm;
        let id: u64 = interaction_id.parse().map_err(|_| no_form())?;
        let (person, place, line, source, modal) = {
            let mut state = shared.state.lock();
            let interaction = state.interactions.get_mut(&id).ok_or_else(no_form)?;
            let modal = interaction.modal.clone().ok_or_else(no_form)?;
            (
                interaction.person.clone(),
                interaction.place,
                interaction.line.clone(),
                interaction.source,
                modal,
            )
        };
        let rows = modal["components"].as_array().map(Vec::as_slice).unwrap_or_default();
        let mut filled = Vec::new();
        for input in rows.iter().map(|row| &row["components"][0]) {
            filled.push(json!({ "type": 1, "components": [fill(input, inputs)?] }));
        }
        let source = source.and_then(|source| {
            let state = shared.state.lock();
            let message = state.messages.get(&source)?;
            let renderer = Renderer { facts: &shared.facts, state: &state, base_url: &shared.base_url };
            Some((source, renderer.message(message)))
        });
        let draft = Draft {
            kind: Kind::ModalSubmit,
            person: &person,
            place,
            line,
            command: String::new(),
            data: json!({ "custom_id": modal["custom_id"], "components": filled }),
            source,
            option_kind: 0,
        };
        dispatch(shared, draft)
    }
}

fn fill(input: &Value, inputs: &[(&str, &str)]) -> Result<Value, Refused> {
    let given = inputs.iter().find(|(id, _)| input["custom_id"] == *id).map(|(_, text)| *text);
    let text = given.or(input["value"].as_str()).unwrap_or_default();
    let length = text.chars().count() as u64;
    let label = input["label"].as_str().unwrap_or_default();
    if text.is_empty() && input["required"] != false {
        return Err(Refused::FieldRequired { name: label.to_owned() });
    }
    if !text.is_empty() && length < input["min_length"].as_u64().unwrap_or(0) {
        return Err(Refused::TooShort { name: label.to_owned() });
    }
    if length > input["max_length"].as_u64().unwrap_or(TEXT_LIMIT) {
        return Err(Refused::TooLong { name: label.to_owned() });
    }
    Ok(json!({ "type": 4, "custom_id": input["custom_id"], "value": text }))
}
