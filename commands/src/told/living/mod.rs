//! The one living message of a lease: progress, the end and its buttons, what is broken, the receipt.
//!
//! It is rendered anew from the keeper's view each time; nothing about it is remembered. What it says of AWS is what was
//! observed, never what was asked for. What all leases have in common is here; each kind has a file with what it adds.

mod about;
mod access;
mod nat_window;
mod net;
mod pair;
mod shell_window;

use chrono::{DateTime, Utc};
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, MessageRef, Phase};
use doorman_config::{Locale, Settings};

use self::about::{About, Extras, Keys};
use crate::message::{Button, Field, Message, Panel, Tone};
use crate::told::leftover::Leftover;
use crate::told::{elsewhere, notice, receipt};
use crate::words::texts::say;
use crate::words::{buttons, people, places, sentence, when};

/// Extensions shown; the receipt has more.
const MOST_EXTENSIONS: usize = 4;

/// The message of a lease as it stands at `now`.
pub(crate) fn message(
    settings: &Settings,
    view: &View,
    lease: &Lease,
    locale: Locale,
    now: DateTime<Utc>,
) -> Message {
    let about = About::new(settings, view, lease, locale, now);
    if let Some(message) = elsewhere::message(&about.scene, lease) {
        return Message { tells_of: Some(lease.id.clone()), ..message };
    }
    let living = Living::of(about);
    let message = match lease.phase {
        Phase::Opening => living.opening(),
        Phase::Ready => living.ready(),
        Phase::Closing => living.closing(),
        Phase::Closed => return living.closed(),
    };
    Message { tells_of: Some(lease.id.clone()), ..message }
}

/// What replaces the message when a later one tells of the lease.
pub(crate) fn moved(settings: &Settings, to: MessageRef, locale: Locale) -> Message {
    let url = places::message(settings.discord.guild_id.0, to);
    Message::text(say(locale, "service-moved", &[("url", url.into())]))
}

/// A lease with what its kind says of it.
struct Living<'a> {
    about: About<'a>,
    keys: &'static Keys,
    extras: Extras,
}

impl<'a> Living<'a> {
    fn of(about: About<'a>) -> Living<'a> {
        let (keys, extras) = match about.lease.kind {
            LeaseKind::NatWindow => (&WINDOW, nat_window::extras(&about)),
            LeaseKind::ShellWindow => (&WINDOW, shell_window::extras(&about)),
            LeaseKind::Pair => (&PAIR, pair::extras(&about)),
        };
        Living { about, keys, extras }
    }

    fn opening(self) -> Message {
        let (about, keys) = (&self.about, self.keys);
        let mut lines = self.extras.lines.clone();
        lines.extend(about.end("window-opens-until"));
        lines.extend(about.hindrances());
        lines.extend(net::line(about));
        let title = match about.lease.ready_at {
            None => about.say(keys.opening, &[]),
            Some(_) => about.say(keys.repairing, &[]),
        };
        let buttons = self.of_what_ends(&[buttons::close]);
        self.standing(title, Tone::Busy, &lines, buttons)
    }

    fn ready(self) -> Message {
        let (about, keys) = (&self.about, self.keys);
        let locale = about.scene.locale;
        let broken = !about.drift().is_empty();
        let mut lines = self.extras.lines.clone();
        if let Some(trouble) = &about.lease.setback {
            lines.push(String::new());
            lines.push(about.say("window-setback", &[]));
            lines.push(sentence::trouble(locale, trouble).text());
        }
        lines.extend(about.hindrances());
        lines.extend(net::line(about));
        let (title, tone) = match (broken, about.scene.view.blind.is_some()) {
            (true, _) => (about.say(keys.drift, &[]), Tone::Warn),
            (false, true) => (about.say(keys.ready, &[]), Tone::Warn),
            (false, false) => (about.say(keys.ready, &[]), Tone::Good),
        };
        let mut buttons: Vec<Button> =
            broken.then(|| buttons::repair(locale, &about.lease.id)).into_iter().collect();
        buttons.extend(self.of_what_ends(&[buttons::extend, buttons::close]));
        self.standing(title, tone, &lines, buttons)
    }

    fn closing(self) -> Message {
        let (about, keys) = (&self.about, self.keys);
        let (lease, view, locale) = (about.lease, about.scene.view, about.scene.locale);
        let mut lines: Vec<String> = about.why_closed(keys).into_iter().collect();
        lines.push(String::new());
        lines.extend(self.extras.lines.iter().cloned());
        lines.push(String::new());
        let late = notice::is_late(view, lease, about.scene.now);
        if late {
            lines.extend(notice::late_lines(view, lease, locale));
        } else {
            lines.push(about.say("window-receipt-follows", &[]));
            lines.extend(about.hindrances());
        }
        let (title, tone) = match (late, self.failed()) {
            (true, _) => (notice::late_title(lease, locale), Tone::Bad),
            (false, true) => (about.say(keys.failing, &[]), Tone::Warn),
            (false, false) => (about.say(keys.closing, &[]), Tone::Busy),
        };
        let taken = Leftover::of(view, lease).disowned();
        if !late && !taken.is_empty() {
            lines.push(String::new());
            lines.extend(taken.taken_away(locale));
        }
        let left = if late { Leftover::of(view, lease) } else { taken };
        let buttons = left.consoles(locale, about.scene.settings);
        let panel = Panel { title, body: lines.join("\n"), tone, ..Panel::default() };
        Message { panel: Some(panel), buttons, ..Message::default() }
    }

    fn closed(self) -> Message {
        let (about, keys) = (&self.about, self.keys);
        let (lease, locale) = (about.lease, about.scene.locale);
        let mut lines = Vec::new();
        if self.failed() {
            lines.extend(about.why_closed(keys));
            lines.push(String::new());
        }
        lines.extend(lease.receipt.as_ref().map(|receipt| receipt::body(locale, lease, receipt)));
        let of_receipt = lease.receipt.as_ref();
        let left = of_receipt.filter(|receipt| !receipt.left.is_empty());
        let (title, tone) = match (self.failed(), left.is_some()) {
            (true, _) => (keys.failed, Tone::Bad),
            (false, false) => (keys.closed, Tone::Plain),
            (false, true) => (keys.closed, Tone::Warn),
        };
        let (rest, cost) = (receipt::rest(locale, of_receipt), receipt::cost(locale, of_receipt));
        let leftover = left.map(|receipt| Leftover::by_receipt(about.scene.view, lease, receipt));
        let buttons = leftover.map(|left| left.consoles(locale, about.scene.settings)).unwrap_or_default();
        let (title, body, footer) = (
            about.say(title, &[("rest", rest.into()), ("cost", cost.into())]),
            lines.join("\n"),
            self.extras.footer,
        );
        let panel = Panel { title, body, tone, fields: Vec::new(), footer };
        let mentions = people::concerned(lease);
        let text = people::calls(&mentions);
        Message { text, panel: Some(panel), buttons, mentions, ..Message::default() }
    }

    /// The message of a lease that is there, or on its way.
    fn standing(&self, title: String, tone: Tone, lines: &[String], buttons: Vec<Button>) -> Message {
        let mut fields = vec![self.about.asked_by(self.keys)];
        fields.extend(self.extras.fields.iter().cloned());
        fields.extend(self.extended_by());
        let (body, footer) = (lines.join("\n"), self.extras.footer.clone());
        let panel = Panel { title, body, tone, fields, footer };
        Message { panel: Some(panel), buttons, ..Message::default() }
    }

    /// Those buttons, if the lease has an end that they can move.
    fn of_what_ends(&self, buttons: &[fn(Locale, &LeaseId) -> Button]) -> Vec<Button> {
        let (lease, locale) = (self.about.lease, self.about.scene.locale);
        let made = buttons.iter().map(|button| button(locale, &lease.id));
        if lease.kind.terms().ends { made.collect() } else { Vec::new() }
    }

    /// Whether it is closed because it could not be built.
    fn failed(&self) -> bool {
        matches!(self.about.lease.closing, Some((_, CloseReason::Failed { .. })))
    }

    fn extended_by(&self) -> Option<Field> {
        let (about, extensions) = (&self.about, &self.about.lease.extensions);
        let skipped = extensions.len().saturating_sub(MOST_EXTENSIONS);
        let lines: Vec<String> = extensions
            .iter()
            .skip(skipped)
            .map(|extension| {
                let args = [
                    ("by", people::mention(&extension.by).into()),
                    ("at", when::clock(extension.at).into()),
                    ("until", when::clock(extension.until).into()),
                ];
                about.say("window-extension", &args)
            })
            .collect();
        let name = about.say("window-field-extended", &[]);
        (!lines.is_empty()).then(|| Field { name, value: lines.join("\n"), inline: false })
    }
}

const WINDOW: Keys = Keys {
    opening: "window-opening-title",
    repairing: "window-repairing-title",
    ready: "window-ready-title",
    drift: "window-drift-title",
    closing: "window-closing-title",
    failing: "window-failing-title",
    closed: "window-closed-title",
    failed: "window-failed-title",
    asked: "window-closing-asked",
    field_by: "window-field-by",
    by: "window-by",
};

const PAIR: Keys = Keys {
    opening: "service-opening-title",
    repairing: "service-repairing-title",
    ready: "service-ready-title",
    drift: "service-drift-title",
    closing: "service-closing-title",
    failing: "service-failing-title",
    closed: "service-closed-title",
    failed: "service-failed-title",
    asked: "service-closing-asked",
    field_by: "service-field-by",
    by: "service-by",
};

#[cfg(test)]
mod tests;
