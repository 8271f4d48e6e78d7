//! Cards: what is shown before something is done, with Confirm and Cancel.
//!
//! A card is in the store, so its buttons work after a restart; taking it from the store is what makes the
//! first press win. Its id begins with the verb it needs, so that authority over it can be checked without
//! looking it up; the payload is checked against that again when it is taken.

use chrono::TimeDelta;
use doorman_cloud::lease::ServiceSpec;
use doorman_cloud::store::{Card, StoreError, Taken};
use doorman_config::Verb;
use serde::{Deserialize, Serialize};

use crate::app::{App, Outcome};
use crate::message::Message;
use crate::request::Request;
use crate::texts::say;
use crate::{buttons, launch, people, policy, sentence, terminate, when};

/// How long a card can be confirmed. What it said about prices and about what is there grows old.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);

/// What a card is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "card", rename_all = "kebab-case")]
pub(crate) enum CardPayload {
    /// Launch (or repair) the pair.
    Launch {
        /// What it is to be made of.
        spec: ServiceSpec,
    },
    /// Terminate the pair.
    Terminate,
}

impl CardPayload {
    fn verb(&self) -> Verb {
        match self {
            CardPayload::Launch { .. } => Verb::Launch,
            CardPayload::Terminate => Verb::Terminate,
        }
    }

    /// What the ids of such cards begin with.
    fn prefix(&self) -> &'static str {
        match self {
            CardPayload::Launch { .. } => "launch",
            CardPayload::Terminate => "terminate",
        }
    }

    /// Reads the payload of a card back; `None` if another version of the bot wrote it.
    pub(crate) fn of(card: &Card) -> Option<CardPayload> {
        serde_json::from_value(card.payload.clone()).ok()
    }
}

/// The verb that a card of that id needs; `None` if no card of ours has such an id.
pub(crate) fn verb_of_id(id: &str) -> Option<Verb> {
    match id.split_once('-')?.0 {
        "launch" => Some(Verb::Launch),
        "terminate" => Some(Verb::Terminate),
        _ => None,
    }
}

/// Stores a new card and gives the message its two buttons.
///
/// # Errors
///
/// When it cannot be stored; then nothing may be shown.
pub(crate) async fn put(
    app: &App,
    request: &Request,
    payload: &CardPayload,
    mut message: Message,
) -> Result<Message, StoreError> {
    // An interaction has at most one card, and interaction ids are unique: so is this.
    let id = format!("{}-{:x}", payload.prefix(), request.id);
    let card = Card {
        id: id.clone(),
        payload: serde_json::to_value(payload).expect("plain data with text keys is always JSON"),
        asked_by: request.person.clone(),
        locale: request.locale,
        made_at: app.now(),
    };
    app.keeper().store().put_card(&card).await?;
    message.buttons = match payload {
        CardPayload::Launch { .. } => vec![buttons::confirm(request.locale, &id)],
        CardPayload::Terminate => vec![buttons::confirm_removal(request.locale, &id)],
    };
    message.buttons.push(buttons::cancel(request.locale, &id));
    Ok(message)
}

/// Somebody pressed Confirm.
pub(crate) async fn confirm(app: &App, request: &Request, id: &str) -> Outcome {
    let (card, payload) = match take(app, request, id).await {
        Ok(taken) => taken,
        Err(outcome) => return *outcome,
    };
    if app.now() - card.made_at > GOOD_FOR {
        let age = when::relative(card.made_at);
        return Outcome::show(Message::text(say(
            request.locale,
            "card-old",
            &[("made", age.into())],
        )));
    }
    match payload {
        CardPayload::Launch { .. } => launch::confirm(app, request, card).await,
        CardPayload::Terminate => terminate::confirm(app, request, card).await,
    }
}

/// Somebody pressed Cancel.
pub(crate) async fn cancel(app: &App, request: &Request, id: &str) -> Outcome {
    let (card, payload) = match take(app, request, id).await {
        Ok(taken) => taken,
        Err(outcome) => return *outcome,
    };
    let by = people::mention(&request.person);
    let key = match payload {
        CardPayload::Launch { .. } => "card-cancelled-launch",
        CardPayload::Terminate => "card-cancelled-terminate",
    };
    Outcome::show(Message::text(say(card.locale, key, &[("by", by.into())])))
}

/// Takes a card from the store for the presser, or says why it cannot be had.
async fn take(app: &App, request: &Request, id: &str) -> Result<(Card, CardPayload), Box<Outcome>> {
    let stale = || Box::new(Outcome::whisper(sentence::stale_button(request.locale)));
    match app
        .keeper()
        .store()
        .take_card(id, &request.person, app.now())
        .await
    {
        Ok(Taken::Now(card)) => {
            let payload = CardPayload::of(&card).ok_or_else(stale)?;
            policy::check(app.settings(), request, payload.verb())
                .map_err(|refusal| Box::new(Outcome::whisper(Message::text(refusal))))?;
            Ok((card, payload))
        }
        Ok(Taken::Before { by, at }) => {
            let args = [
                ("by", people::mention(&by).into()),
                ("at", when::relative(at).into()),
            ];
            Err(Box::new(Outcome::whisper(Message::text(say(
                request.locale,
                "card-taken",
                &args,
            )))))
        }
        Ok(Taken::Unknown) => Err(stale()),
        Err(error) => Err(Box::new(Outcome::whisper(app.broken_by(request, &error)))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_id_says_the_verb_of_the_payload() {
        let spec = ServiceSpec {
            image: "ami-1".into(),
            image_name: "ubuntu-24.04".into(),
            instance_type: "t3.micro".into(),
            market: doorman_config::Market::OnDemand,
        };
        for payload in [CardPayload::Launch { spec }, CardPayload::Terminate] {
            assert_eq!(
                verb_of_id(&format!("{}-1f", payload.prefix())),
                Some(payload.verb())
            );
        }
        assert_eq!(verb_of_id("status-1f"), None);
        assert_eq!(verb_of_id("launch"), None);
    }
}
