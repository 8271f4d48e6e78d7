//! The same by hand: what is typed to open a lease, or to close the one there is, for the asker alone. `/help by-hand`, and
//! the button on cards with a price.

use chrono::TimeDelta;
use doorman_cloud::by_hand::{NoPair, Obstacle, usual_pair};
use doorman_cloud::keeper::{ByHand, View};
use doorman_cloud::lease::{LeaseKind, Spec};
use doorman_config::{Locale, Verb};

use super::launch;
use super::timed::asking;
use crate::card;
use crate::context::Context;
use crate::message::{Message, TextFile};
use crate::outcome::Outcome;
use crate::policy;
use crate::request::Request;
use crate::scene::cannot_look;
use crate::table::Name;
use crate::words::leases::called;
use crate::words::sentence;
use crate::words::sentence::Told;
use crate::words::texts::say;

/// The longest script that is shown in the message itself, in characters: with the words above it there is room for it.
const SHOWN: usize = 1_500;

/// Answers `/help by-hand`.
pub(crate) async fn handle(cx: &Context, request: &Request, kind: LeaseKind) -> Outcome {
    let view = match cx.keeper().look().await {
        Ok(view) => view,
        Err(failure) => return cannot_look(request, &failure),
    };
    let spec = match (kind, view.observed.as_deref()) {
        // Only what is to be built has to be chosen.
        (LeaseKind::Pair, Some(seen)) if view.lease(kind).is_none() => {
            match Box::pin(usual_pair(cx.keeper().aws(), &cx.settings().stack, seen)).await {
                Ok(Ok(spec)) => Spec::Pair(spec),
                Ok(Err(none)) => {
                    let told = match none {
                        NoPair::Trouble(trouble) => sentence::trouble(request.locale, &trouble),
                        NoPair::NoOffer(no_offer) => sentence::no_offer(request.locale, &no_offer),
                    };
                    return Outcome::show(no_lines(request.locale, kind, &[told.text()]));
                }
                Err(failure) => return cannot_look(request, &failure),
            }
        }
        _ => Spec::Plain,
    };
    // No longer than the asker may have it.
    let longest = policy::longest_window(cx.settings(), request, kind);
    let length = kind.lengths(&cx.settings().stack).map(|lengths| lengths.default.delta().min(longest));
    Outcome::show(message(cx, request, &view, (kind, spec), length))
}

/// Somebody pressed **By hand** on a card.
pub(crate) async fn press(cx: &Context, request: &Request, card: &str) -> Outcome {
    let card = match card::peek(cx, request, card).await {
        Ok(card) => card,
        Err(outcome) => return *outcome,
    };
    let wanted = match card.name {
        Name::LaunchService => launch::of_card(&card).map(|spec| (LeaseKind::Pair, Spec::Pair(spec), None)),
        Name::ShellOpen => asking::of_card(&card).map(|(kind, length)| (kind, Spec::Plain, Some(length))),
        // Their cards have no such button, or they show none.
        Name::TerminateService
        | Name::NatOpen
        | Name::NatExtend
        | Name::NatClose
        | Name::NatHistory
        | Name::ShellExtend
        | Name::ShellClose
        | Name::SessionStart
        | Name::Status
        | Name::CostNow
        | Name::Help => None,
    };
    let Some((kind, spec, length)) = wanted else {
        return Outcome::whisper(sentence::stale_button(request.locale));
    };
    // Who presses may have it for less long than who asked.
    if let Some(Err(refusal)) = length.map(|length| policy::allowed(cx.settings(), request, kind, length)) {
        return Outcome::whisper(Message::text(refusal));
    }
    match cx.keeper().look().await {
        Ok(view) => Outcome::whisper(message(cx, request, &view, (kind, spec), length)),
        // The card stays as it is.
        Err(failure) => cannot_look(request, &failure).whispered(),
    }
}

fn message(
    cx: &Context,
    request: &Request,
    view: &View,
    (kind, spec): (LeaseKind, Spec),
    length: Option<TimeDelta>,
) -> Message {
    let locale = request.locale;
    // Whoever may build the pair need not be who may take it down.
    if kind == LeaseKind::Pair
        && view.lease(kind).is_some()
        && let Err(refusal) = policy::check(cx.settings(), request, Verb::Terminate)
    {
        return Message::text(refusal);
    }
    match cx.keeper().by_hand(view, (kind, spec), length, &request.person) {
        Some(Ok(ByHand { closes, script })) => {
            let (key, verb) = if closes { ("hand-closes", "close") } else { ("hand-opens", "open") };
            let text = say(locale, key, &[("lease", called(locale, kind).into())]);
            if script.chars().count() <= SHOWN && !script.contains("```") {
                return Message::text(format!("{text}\n```sh\n{script}```"));
            }
            let file = TextFile { name: format!("{verb}-{}.sh", kind.as_str()), text: script };
            Message { file: Some(file), ..Message::text(text) }
        }
        Some(Err(obstacle)) => no_lines(locale, kind, &reasons(locale, &obstacle)),
        None => Message::text(say(locale, "common-not-looked", &[])),
    }
}

fn no_lines(locale: Locale, kind: LeaseKind, reasons: &[String]) -> Message {
    let told = say(locale, "hand-no-lines", &[("lease", called(locale, kind).into())]);
    let lines: Vec<&str> = std::iter::once(told.as_str()).chain(reasons.iter().map(String::as_str)).collect();
    Message::text(lines.join("\n"))
}

fn reasons(locale: Locale, obstacle: &Obstacle) -> Vec<String> {
    match obstacle {
        Obstacle::Troubles(troubles) => troubles
            .iter()
            .map(|trouble| sentence::trouble(locale, trouble))
            .map(|told: Told| told.text())
            .collect(),
        Obstacle::Unseen(unseen) => {
            unseen.iter().map(|(_, failure)| sentence::failure(locale, failure.kind).text()).collect()
        }
        Obstacle::Waits(_) => vec![say(locale, "hand-waits", &[])],
    }
}
