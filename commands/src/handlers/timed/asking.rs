//! The card before a window is opened: what would be made, what that costs, and what stands in the way. Which kinds
//! show one, the table says.

use chrono::TimeDelta;
use doorman_cloud::cover::{Cover, cover};
use doorman_cloud::lease::{LeaseKind, Spec};
use doorman_cloud::prices::Prices;
use doorman_cloud::recipes::estimate;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::meter::MeterLine;
use serde::{Deserialize, Serialize};

use crate::card::{self, Confirmed};
use crate::context::Context;
use crate::message::{Message, Panel, Tone};
use crate::outcome::Outcome;
use crate::policy;
use crate::request::Request;
use crate::scene::preview::{Preview, imagined, not_seen};
use crate::scene::{self, Scene, Sum, kept, usd_for};
use crate::table::Name;
use crate::words::leases::say_of;
use crate::words::sentence::Told;
use crate::words::texts::{Value, say};
use crate::words::{buttons, money, sentence, when};

/// What there is to do when the card is confirmed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct ToDo {
    kind: LeaseKind,
    /// Seconds from Confirm on.
    length_s: i64,
}

/// The command by which such a lease is had.
const fn command(kind: LeaseKind) -> Name {
    match kind {
        LeaseKind::NatWindow => Name::NatOpen,
        LeaseKind::ShellWindow => Name::ShellOpen,
        LeaseKind::Pair => Name::LaunchService,
    }
}

/// Whether a card is shown first.
pub(super) fn comes_first(kind: LeaseKind) -> bool {
    command(kind).spec().card
}

/// Shows the card, or why there is none.
pub(super) async fn ask(cx: &Context, request: &Request, kind: LeaseKind, length: TimeDelta) -> Outcome {
    let view = match cx.keeper().look().await {
        Ok(view) => view,
        Err(failure) => return scene::cannot_look(request, &failure),
    };
    let card = Card { scene: Scene::of(cx, &view, request.locale), kind, length };
    match card.message() {
        Ok(message) => put(cx, request, &card, message).await,
        Err(told) => Outcome::show(*told),
    }
}

async fn put(cx: &Context, request: &Request, card: &Card<'_>, message: Message) -> Outcome {
    let todo = ToDo { kind: card.kind, length_s: card.length.num_seconds() };
    let name = command(card.kind);
    let by_hand = buttons::by_hand(request.locale, &card::id_of(name, request));
    match card::put(cx, request, name, &todo, buttons::confirm, message).await {
        Ok(message) => Outcome::show(message).with_button(by_hand),
        Err(error) => cx.failed(request, &error),
    }
}

/// What a card would open, and for how long; `None`: nothing, or another version of the bot wrote it.
pub(crate) fn of_card(card: &Confirmed) -> Option<(LeaseKind, TimeDelta)> {
    let ToDo { kind, length_s } = card.todo()?;
    Some((kind, TimeDelta::seconds(length_s)))
}

/// What somebody confirmed, if they may still have it; else what they are told.
pub(super) fn confirmed(
    cx: &Context,
    request: &Request,
    confirmed: &Confirmed,
) -> Result<(LeaseKind, TimeDelta), Box<Outcome>> {
    let Some(ToDo { kind, length_s }) = confirmed.todo() else {
        return Err(Box::new(Outcome::whisper(sentence::stale_button(request.locale))));
    };
    let length = TimeDelta::seconds(length_s);
    // The settings, and who presses, may be others than when it was asked.
    policy::offered(cx.settings(), kind, request.locale)
        .and_then(|()| policy::allowed(cx.settings(), request, kind, length))
        .map_err(|refusal| Box::new(Outcome::show(Message::text(refusal))))?;
    Ok((kind, length))
}

/// What a card is made from.
struct Card<'a> {
    scene: Scene<'a>,
    kind: LeaseKind,
    length: TimeDelta,
}

impl Card<'_> {
    /// The card without its buttons, or what is told instead of it.
    fn message(&self) -> Result<Message, Box<Message>> {
        let (scene, locale) = (&self.scene, self.scene.locale);
        let Some(observed) = scene.observed() else {
            return Err(Box::new(Message::text(say(locale, "common-not-looked", &[]))));
        };
        let unseen = not_seen(observed, self.kind);
        let unseen = unseen.into_iter().map(|failure| sentence::failure(locale, failure.kind));
        let preview = Preview::of(scene, observed, self.kind);
        let troubles = preview.troubles.iter().map(|trouble| sentence::trouble(locale, trouble));
        let mut told: Vec<Told> = unseen.chain(troubles).collect();
        told.dedup();
        if !told.is_empty() {
            return Err(Box::new(self.blocked(&told)));
        }
        Ok(self.question(observed, &preview))
    }

    fn say(&self, key: &str, args: &[(&str, Value)]) -> String {
        say_of(self.scene.locale, self.kind, key, args)
    }

    /// Something stands in the way, or may: nothing is made.
    fn blocked(&self, told: &[Told]) -> Message {
        let mut lines: Vec<String> = told.iter().map(Told::text).collect();
        lines.push(String::new());
        lines.push(self.say("launch-nothing-made", &[]));
        let (title, body) = (self.say("timed-blocked-title", &[]), lines.join("\n"));
        Message {
            panel: Some(Panel { title, body, tone: Tone::Bad, ..Panel::default() }),
            ..Message::default()
        }
    }

    fn question(&self, observed: &Observed, preview: &Preview) -> Message {
        let (scene, locale) = (&self.scene, self.scene.locale);
        let length = when::length(locale, self.length);
        let added = scene.prices().map(|prices| self.added(observed, prices));
        let mut lines = vec![match &added {
            Some(lines) => {
                let usd = money::usd(usd_for(lines, self.length));
                let args = [("usd", usd.into()), ("length", length.clone().into())];
                self.say("timed-card-price", &args)
            }
            None => {
                let region = &scene.settings.aws.region;
                say(locale, "cost-no-list", &[("region", region.into())])
            }
        }];
        lines.push(String::new());
        lines.extend(self.parts(preview));
        lines.push(String::new());
        lines.push(self.say("timed-card-closes", &[("length", length.clone().into())]));
        lines.extend(self.warnings(observed));
        let hourly = added.map(|lines| Sum::of(&lines).hourly(locale)).unwrap_or_default();
        let title = self.say("timed-card-title", &[("length", length.into()), ("hourly", hourly.into())]);
        let footer = scene.prices().map(|prices| money::list_price(locale, prices)).unwrap_or_default();
        let panel = Panel { title, body: lines.join("\n"), tone: Tone::Plain, fields: Vec::new(), footer };
        Message { panel: Some(panel), ..Message::default() }
    }

    fn added(&self, observed: &Observed, prices: &Prices) -> Vec<MeterLine> {
        estimate(self.kind, &Spec::Plain, self.scene.stack(), observed, prices).lines
    }

    /// What would be made, and what of it is there already.
    fn parts(&self, preview: &Preview) -> Vec<String> {
        let (locale, stack) = (self.scene.locale, self.scene.stack());
        let endpoints = |services: &[String]| {
            let args = [("count", services.len().into()), ("services", services.join(", ").into())];
            format!("• {}", say(locale, "launch-endpoints", &args))
        };
        let mut lines = vec![self.say("timed-card-makes", &[])];
        if !preview.endpoints.is_empty() {
            lines.push(endpoints(&preview.endpoints));
        }
        if preview.rules > 0 {
            let group = &stack.service.security_group;
            let args = [("count", preview.rules.into()), ("group", group.into())];
            lines.push(format!("• {}", say(locale, "launch-rules", &args)));
        }
        if lines.len() == 1 {
            lines.push(format!("• {}", self.say("timed-card-nothing", &[])));
        }
        let wanted = stack.shell.endpoints.iter().map(|endpoint| endpoint.service.clone());
        let there: Vec<String> = wanted.filter(|service| !preview.endpoints.contains(service)).collect();
        if !there.is_empty() {
            lines.push(say(locale, "launch-uses", &[]));
            lines.push(endpoints(&there));
        }
        lines
    }

    /// What somebody should know before they pay for it.
    fn warnings(&self, observed: &Observed) -> Vec<String> {
        let scene = &self.scene;
        let net = match cover(&imagined(scene, self.kind), observed, scene.stack()) {
            Cover::NoRole => Some(self.say("window-net-no-role", &[])),
            Cover::NoRunbook => Some(self.say("window-net-no-runbook", &[])),
            // Off is somebody's wish, and an armed one is told of once it is.
            Cover::Off | Cover::Armed { .. } | Cover::Missing => None,
        };
        let nobody = kept(scene.view, LeaseKind::Pair).is_none();
        let nobody = nobody.then(|| self.say("timed-card-nobody", &[]));
        nobody.into_iter().chain(net).collect()
    }
}

#[cfg(test)]
mod tests;
