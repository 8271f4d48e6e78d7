//! Pressing buttons and choosing from select menus.

use serde_json::{Value, json};

use super::{
    Refused,
    dispatch::{Draft, dispatch},
};
use crate::discord::{
    Discord, Place, Sent,
    render::Renderer,
    rules::components::is_select,
    state::{Kind, Message, Shared, State},
};

impl Discord {
    /// Presses a button.
    ///
    /// # Errors
    /// When the person cannot see the message or it has no such button, or the button is disabled.
    pub async fn press(&self, person: &str, message_id: &str, custom_id: &str) -> Result<Sent, Refused> {
        let (message, component) = self.pressable(person, message_id, custom_id)?;
        if is_select(&component) {
            return Err(Refused::NoChoice);
        }
        self.send_press(person, &message, custom_id, &component, &[])
    }

    /// Chooses values from a select menu: option values, or ids for menus of users, roles and channels.
    ///
    /// # Errors
    /// As [`Discord::press`]; when a value is not offered, or there are too few or too many.
    pub async fn select(
        &self,
        person: &str,
        message_id: &str,
        custom_id: &str,
        values: &[&str],
    ) -> Result<Sent, Refused> {
        let (message, component) = self.pressable(person, message_id, custom_id)?;
        if !is_select(&component) {
            return Err(Refused::NotMenu);
        }
        let count = values.len() as u64;
        let bound = |key: &str| component[key].as_u64().unwrap_or(1);
        if count < bound("min_values") || count > bound("max_values") {
            let (min, max) = (bound("min_values"), bound("max_values"));
            return Err(Refused::WrongCount { min, max });
        }
        let options = component["options"].as_array().map(Vec::as_slice).unwrap_or_default();
        for value in values.iter().filter(|_| component["type"] == 3) {
            if !options.iter().any(|option| option["value"] == *value) {
                return Err(Refused::NotOffered { text: (*value).to_owned() });
            }
        }
        self.send_press(person, &message, custom_id, &component, values)
    }

    /// Presses without the client's checks: somebody else's private button, one that is disabled or gone from
    /// the message, one of a deleted message, or one that never was. Stale clients send such things.
    ///
    /// # Errors
    /// When there was never such a message.
    pub async fn press_raw(&self, person: &str, message_id: &str, custom_id: &str) -> Result<Sent, Refused> {
        let message = {
            let state = self.shared().state.lock();
            known(&state, message_id)?.clone()
        };
        let component = find(&message, custom_id).unwrap_or_else(|| json!({ "type": 2 }));
        self.send_press(person, &message, custom_id, &component, &[])
    }

    fn pressable(
        &self,
        person: &str,
        message_id: &str,
        custom_id: &str,
    ) -> Result<(Message, Value), Refused> {
        let state = self.shared().state.lock();
        let message = known(&state, message_id)?;
        let visible = message.private_to.as_deref().is_none_or(|only| only == person);
        if message.deleted.is_some() || message.failed || !visible {
            return Err(Refused::NotVisible { name: person.to_owned(), id: message_id.to_owned() });
        }
        let component =
            find(message, custom_id).ok_or_else(|| Refused::NoComponent { id: custom_id.to_owned() })?;
        if component["disabled"] == true {
            return Err(Refused::Disabled);
        }
        Ok((message.clone(), component))
    }

    fn send_press(
        &self,
        person: &str,
        message: &Message,
        custom_id: &str,
        component: &Value,
        values: &[&str],
    ) -> Result<Sent, Refused> {
        let shared = self.shared();
        let mut data = json!({ "custom_id": custom_id, "component_type": component["type"] });
        if is_select(component) {
            data["values"] = json!(values);
            data["resolved"] = json!({});
        }
        let label = component["label"].as_str().or(component["placeholder"].as_str()).unwrap_or(custom_id);
        let line =
            if values.is_empty() { label.to_owned() } else { format!("{label}: {}", values.join(", ")) };
        let draft = Draft {
            kind: Kind::Component,
            person,
            place: place_of(shared, message),
            line,
            command: String::new(),
            data,
            source: Some((message.id, rendered(shared, message))),
            option_kind: 0,
        };
        dispatch(shared, draft)
    }
}

fn known<'a>(state: &'a State, message_id: &str) -> Result<&'a Message, Refused> {
    let message = message_id.parse().ok().and_then(|id: u64| state.messages.get(&id));
    message.ok_or_else(|| Refused::NoMessage { id: message_id.to_owned() })
}

fn find(message: &Message, custom_id: &str) -> Option<Value> {
    let parts = message.components.iter().filter_map(|row| row["components"].as_array()).flatten();
    parts.into_iter().find(|part| part["custom_id"] == custom_id).cloned()
}

fn place_of(shared: &Shared, message: &Message) -> Place {
    let places = [Place::Here, Place::DirectMessage, Place::OtherGuild];
    let of = places.into_iter().find(|place| place.ids(&shared.facts).0 == message.channel_id);
    of.unwrap_or(Place::Here)
}

fn rendered(shared: &Shared, message: &Message) -> Value {
    let state = shared.state.lock();
    Renderer { facts: &shared.facts, state: &state, base_url: &shared.base_url }.message(message)
}
