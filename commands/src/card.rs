//! Cards: what is shown before something is done, with Confirm and Cancel.
//!
//! A card is in the store, so its buttons work after a restart; taking it from the store is what makes the first press
//! win. It keeps the words of the command that was sent and what there is to do, and knows nothing of either. Its id begins
//! with the verb it needs, so that authority over it can be checked without looking it up; what is stored is checked
//! against that again when it is taken.

use chrono::TimeDelta;
use doorman_cloud::store::{Card, StoreError, Taken};
use doorman_config::{Locale, Verb};
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};

use crate::context::Context;
use crate::message::{Button, Message};
use crate::outcome::Outcome;
use crate::policy;
use crate::request::Request;
use crate::table::Name;
use crate::words::texts::say;
use crate::words::{buttons, people, sentence, when};

/// How long a card can be confirmed. What it said about prices and about what is there grows old.
const GOOD_FOR: TimeDelta = TimeDelta::hours(24);

/// What is stored of a card.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Asked {
    /// The words of the command.
    path: Vec<String>,
    /// What there is to do, in the command's own form.
    todo: serde_json::Value,
}

/// The verb that a card of that id needs; `None` if no card of ours has such an id.
pub(crate) fn verb_of_id(id: &str) -> Option<Verb> {
    let (word, _) = id.split_once('-')?;
    let verbs =
        Name::ALL.iter().map(|name| name.spec()).filter(|spec| spec.card).filter_map(|spec| spec.verb);
    verbs.into_iter().find(|verb| verb.as_str() == word)
}

/// Stores a new card, and gives the message a button to go ahead, made by `go`, and one to put it away.
///
/// # Errors
///
/// When it cannot be stored; then nothing may be shown.
pub(crate) async fn put(
    cx: &Context,
    request: &Request,
    name: Name,
    todo: &impl Serialize,
    go: fn(Locale, &str) -> Button,
    mut message: Message,
) -> Result<Message, StoreError> {
    let (spec, id) = (name.spec(), id_of(name, request));
    let json = "plain data with text keys is always JSON";
    let asked = Asked {
        path: spec.path.iter().map(|word| (*word).to_owned()).collect(),
        todo: serde_json::to_value(todo).expect(json),
    };
    let card = Card {
        id: id.clone(),
        payload: serde_json::to_value(asked).expect(json),
        asked_by: request.person.clone(),
        made_at: cx.now(),
    };
    cx.keeper().store().put_card(&card).await?;
    message.buttons = vec![go(request.locale, &id), buttons::cancel(request.locale, &id)];
    Ok(message)
}

/// The id of the card that a request is answered with. An interaction has at most one, and interaction ids are unique: so
/// is this.
pub(crate) fn id_of(name: Name, request: &Request) -> String {
    let verb = name.spec().verb.expect("who may ask for a card needs a verb");
    format!("{verb}-{:x}", request.id)
}

/// A card that was taken from the store: nobody else has it.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Confirmed {
    /// The card.
    pub(crate) card: Card,
    /// The command that was sent.
    pub(crate) name: Name,
    todo: serde_json::Value,
}

impl Confirmed {
    /// What a card says; `None` if another version of the bot wrote it.
    pub(crate) fn read(card: Card) -> Option<Confirmed> {
        let Asked { path, todo } = serde_json::from_value(card.payload.clone()).ok()?;
        Some(Confirmed { name: Name::of(&path)?, card, todo })
    }

    /// What there is to do; `None` if another version of the bot wrote it.
    pub(crate) fn todo<T: DeserializeOwned>(&self) -> Option<T> {
        serde_json::from_value(self.todo.clone()).ok()
    }
}

/// Somebody pressed Confirm: takes the card, or says why there is nothing to go ahead with.
pub(crate) async fn confirm(cx: &Context, request: &Request, id: &str) -> Result<Confirmed, Box<Outcome>> {
    let confirmed = take(cx, request, id).await?;
    if cx.now() - confirmed.card.made_at > GOOD_FOR {
        let age = when::relative(confirmed.card.made_at);
        let told = say(request.locale, "card-old", &[("made", age.into())]);
        return Err(Box::new(Outcome::show(Message::text(told))));
    }
    Ok(confirmed)
}

/// What a card is about, whether or not somebody has pressed on it; it stays as it is.
pub(crate) async fn peek(cx: &Context, request: &Request, id: &str) -> Result<Confirmed, Box<Outcome>> {
    match cx.keeper().store().card(id).await {
        Ok(card) => card
            .and_then(Confirmed::read)
            .ok_or_else(|| Box::new(Outcome::whisper(sentence::stale_button(request.locale)))),
        Err(error) => Err(Box::new(Outcome::whisper(cx.broken_by(request, &error)))),
    }
}

/// Somebody pressed Cancel.
pub(crate) async fn cancel(cx: &Context, request: &Request, id: &str) -> Outcome {
    let Confirmed { card: _, name, todo: _ } = match take(cx, request, id).await {
        Ok(taken) => taken,
        Err(outcome) => return *outcome,
    };
    let key = format!("card-cancelled-{}", name.spec().path.join("-"));
    let by = people::mention(&request.person);
    Outcome::show(Message::text(say(request.locale, &key, &[("by", by.into())])))
}

/// Takes a card from the store for the presser, or says why it cannot be had.
async fn take(cx: &Context, request: &Request, id: &str) -> Result<Confirmed, Box<Outcome>> {
    let stale = || Box::new(Outcome::whisper(sentence::stale_button(request.locale)));
    match cx.keeper().store().take_card(id, &request.person, cx.now()).await {
        Ok(Taken::Now(card)) => {
            let confirmed = Confirmed::read(card).ok_or_else(stale)?;
            if let Some(verb) = confirmed.name.spec().verb {
                policy::check(cx.settings(), request, verb)
                    .map_err(|refusal| Box::new(Outcome::whisper(Message::text(refusal))))?;
            }
            Ok(confirmed)
        }
        Ok(Taken::Before { by, at }) => {
            let args = [("by", people::mention(&by).into()), ("at", when::relative(at).into())];
            Err(Box::new(Outcome::whisper(Message::text(say(request.locale, "card-taken", &args)))))
        }
        Ok(Taken::Unknown) => Err(stale()),
        Err(error) => Err(Box::new(Outcome::whisper(cx.broken_by(request, &error)))),
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::Person;

    use super::*;
    use crate::admit::Admission;
    use crate::message::Does;
    use crate::outcome::Reply;
    use crate::testbed::people::{OPERATOR, ana, command, press, request};
    use crate::testbed::{Bot, bo, shown, whispered};

    /// Puts a card to take the pair down; the custom ids of its buttons.
    async fn card(bot: &Bot) -> Vec<String> {
        let request = request(&[OPERATOR], command("/terminate service"));
        let message = put(
            bot.app.context(),
            &request,
            Name::TerminateService,
            &(),
            buttons::confirm_removal,
            Message::text("Sure?"),
        )
        .await;
        let buttons = message.expect("the store").buttons.into_iter();
        buttons
            .map(|button| match button.does {
                Does::Press(id) => id,
                Does::Open(url) => panic!("a link: {url}"),
            })
            .collect()
    }

    async fn presses(bot: &Bot, who: Person, id: &str) -> Outcome {
        bot.does(&who, OPERATOR, press(id)).await
    }

    #[tokio::test]
    async fn the_first_press_wins_and_the_second_is_told_who_was_first() {
        let bot = Bot::start().await;
        let ids = card(&bot).await;
        assert_eq!(ids, ["card:confirm:terminate-6f05b59d3b20001", "card:cancel:terminate-6f05b59d3b20001"]);
        let cancelled = presses(&bot, bo(), &ids[1]).await;
        let message = shown(&cancelled);
        assert!(message.text.starts_with("Cancelled by <@400000000000000002>."), "{message:?}");
        assert!(message.buttons.is_empty(), "{message:?}");
        for id in &ids {
            let late = presses(&bot, ana(), id).await;
            assert!(whispered(&late).starts_with("<@400000000000000002> was first"), "{late:?}");
        }
    }

    #[tokio::test]
    async fn of_two_at_once_exactly_one_wins() {
        let bot = Bot::start().await;
        let ids = card(&bot).await;
        let (one, other) = tokio::join!(presses(&bot, ana(), &ids[1]), presses(&bot, bo(), &ids[1]));
        let won = [one, other].iter().filter(|outcome| matches!(outcome.reply, Reply::Show(_))).count();
        assert_eq!(won, 1);
    }

    #[tokio::test]
    async fn an_old_card_is_put_away_and_changes_nothing() {
        let bot = Bot::start().await;
        let ids = card(&bot).await;
        bot.clock.advance(GOOD_FOR);
        let old = presses(&bot, ana(), &ids[0]).await;
        assert!(shown(&old).text.contains("Nothing was changed: please send the command again."), "{old:?}");
    }

    #[tokio::test]
    async fn a_card_that_never_was_is_a_stale_button() {
        let bot = Bot::start().await;
        let forged = presses(&bot, ana(), "card:confirm:terminate-1f").await;
        assert!(
            whispered(&forged).starts_with("This button belongs to something that is over"),
            "{forged:?}"
        );
    }

    #[tokio::test]
    async fn an_outsiders_press_does_not_spend_the_card() {
        let bot = Bot::start().await;
        let ids = card(&bot).await;
        let outsider = Request { person: bo(), ..request(&[], press(&ids[0])) };
        let Admission::Answer(refusal) = bot.app.admit(&outsider) else { panic!("admitted") };
        assert!(refusal.text.contains("verb `terminate`"), "{}", refusal.text);
        assert!(shown(&presses(&bot, ana(), &ids[1]).await).text.starts_with("Cancelled"));
    }

    #[tokio::test]
    async fn what_version_0_1_stored_is_a_stale_button_and_breaks_nothing() {
        let bot = Bot::start().await;
        let card = Card {
            id: "terminate-1f".to_owned(),
            payload: serde_json::json!({ "card": "terminate" }),
            asked_by: ana(),
            made_at: bot.clock.now(),
        };
        bot.app.context().keeper().store().put_card(&card).await.expect("the store");
        let pressed = presses(&bot, ana(), "card:confirm:terminate-1f").await;
        assert!(
            whispered(&pressed).starts_with("This button belongs to something that is over"),
            "{pressed:?}"
        );
    }

    #[test]
    fn the_id_says_the_verb() {
        for verb in [Verb::Launch, Verb::Terminate, Verb::Shell] {
            assert_eq!(verb_of_id(&format!("{verb}-1f")), Some(verb));
        }
        for id in ["status-1f", "boom-1f", "launch", ""] {
            assert_eq!(verb_of_id(id), None, "{id}");
        }
    }
}
