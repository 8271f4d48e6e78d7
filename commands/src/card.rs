//! Cards: what is shown before something is done, with Confirm and Cancel.
//!
//! A card is in the store, so its buttons work after a restart; taking it from the store is what makes the
//! first press win. Its id begins with the verb it needs, so that authority over it can be checked without
//! looking it up; the payload is checked against that again when it is taken.

use chrono::TimeDelta;
use doorman_cloud::lease::PairSpec;
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
        spec: PairSpec,
    },
    /// Ask again whether the pair can be launched: AWS could not be looked at.
    LaunchAgain {
        /// What was asked for.
        options: launch::Options,
    },
    /// Terminate the pair.
    Terminate,
}

impl CardPayload {
    fn verb(&self) -> Verb {
        match self {
            CardPayload::Launch { .. } | CardPayload::LaunchAgain { .. } => Verb::Launch,
            CardPayload::Terminate => Verb::Terminate,
        }
    }

    /// What the ids of such cards begin with.
    fn prefix(&self) -> &'static str {
        match self {
            CardPayload::Launch { .. } | CardPayload::LaunchAgain { .. } => "launch",
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
        CardPayload::LaunchAgain { .. } => vec![buttons::try_again(request.locale, &id)],
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
        return Outcome::show(Message::text(say(request.locale, "card-old", &[("made", age.into())])));
    }
    match payload {
        CardPayload::Launch { .. } => launch::confirm(app, request, card).await,
        CardPayload::LaunchAgain { options } => launch::again(app, request, &card, options).await,
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
        CardPayload::Launch { .. } | CardPayload::LaunchAgain { .. } => "card-cancelled-launch",
        CardPayload::Terminate => "card-cancelled-terminate",
    };
    Outcome::show(Message::text(say(card.locale, key, &[("by", by.into())])))
}

/// Takes a card from the store for the presser, or says why it cannot be had.
async fn take(app: &App, request: &Request, id: &str) -> Result<(Card, CardPayload), Box<Outcome>> {
    let stale = || Box::new(Outcome::whisper(sentence::stale_button(request.locale)));
    match app.keeper().store().take_card(id, &request.person, app.now()).await {
        Ok(Taken::Now(card)) => {
            let payload = CardPayload::of(&card).ok_or_else(stale)?;
            policy::check(app.settings(), request, payload.verb())
                .map_err(|refusal| Box::new(Outcome::whisper(Message::text(refusal))))?;
            Ok((card, payload))
        }
        Ok(Taken::Before { by, at }) => {
            let args = [("by", people::mention(&by).into()), ("at", when::relative(at).into())];
            Err(Box::new(Outcome::whisper(Message::text(say(request.locale, "card-taken", &args)))))
        }
        Ok(Taken::Unknown) => Err(stale()),
        Err(error) => Err(Box::new(Outcome::whisper(app.broken_by(request, &error)))),
    }
}

#[cfg(test)]
mod tests {
    use doorman_cloud::lease::Person;

    use super::*;
    use crate::admit::fixtures::{OPERATOR, ana, command, press, request};
    use crate::app::{Admission, Reply};
    use crate::message::Does;
    use crate::testbed::{Bot, bo, shown, whispered};

    /// Puts a card to take the pair down; the custom ids of its buttons.
    async fn card(bot: &Bot) -> Vec<String> {
        let request = request(&[OPERATOR], command("/terminate service"));
        let message = put(&bot.app, &request, &CardPayload::Terminate, Message::text("Sure?")).await;
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

    #[test]
    fn the_id_says_the_verb_of_the_payload() {
        let spec = PairSpec {
            image: "ami-1".into(),
            image_name: "ubuntu-24.04".into(),
            instance_type: "t3.micro".into(),
            market: doorman_config::Market::OnDemand,
        };
        let again = CardPayload::LaunchAgain { options: launch::Options::default() };
        for payload in [CardPayload::Launch { spec }, again, CardPayload::Terminate] {
            assert_eq!(verb_of_id(&format!("{}-1f", payload.prefix())), Some(payload.verb()));
        }
        assert_eq!(verb_of_id("status-1f"), None);
        assert_eq!(verb_of_id("launch"), None);
    }
}
