//! The living message of the service pair: what is done and what is waited for, how to get in, what is
//! broken, the receipt.
//!
//! Rendered anew from the keeper's view each time; what it says of AWS is what was observed.

mod opening;

use chrono::{DateTime, NaiveDate, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, MessageRef, Phase};
use doorman_cloud::switchboard::inventory::{Left, left, parts};
use doorman_config::{Locale, Market, Settings};

use crate::leftover::Leftover;
use crate::message::{Field, Message, Panel, Tone};
use crate::scene::{Scene, Sum};
use crate::status::rows::{Machine, Row};
use crate::texts::say;
use crate::window::Mark;
use crate::{buttons, kinds, money, notice, people, places, receipt, sentence, when};

/// The message of the pair as it stands at `now`.
pub(crate) fn render(
    settings: &Settings,
    view: &View,
    lease: &Lease,
    locale: Locale,
    now: DateTime<Utc>,
) -> Message {
    let scene = Scene { settings, view, locale, now };
    let message = match lease.phase {
        Phase::Opening => opening::message(&scene, lease),
        Phase::Ready => ready(&scene, lease),
        Phase::Closing => closing(&scene, lease),
        Phase::Closed => return closed(&scene, lease),
    };
    Message { tells_of: Some(lease.id.clone()), ..message }
}

/// What replaces the message when a later one tells of the pair.
pub(crate) fn moved(settings: &Settings, to: MessageRef, locale: Locale) -> Message {
    let url = places::message(settings.discord.guild_id.0, to);
    Message::text(say(locale, "service-moved", &[("url", url.into())]))
}

fn ready(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let drift = scene.drift(LeaseKind::Pair);
    let rows = Row::all(scene);
    let mut lines: Vec<String> = rows.iter().map(|row| row.line(locale)).collect();
    lines.push(String::new());
    if !drift.is_empty() {
        lines.extend(drift.iter().map(|line| format!("• {line}")));
        lines.push(say(locale, "service-not-unasked", &[]));
        lines.push(String::new());
    }
    if rows.iter().any(Row::is_well) {
        lines.push(say(locale, "service-get-in", &[]));
    }
    lines.push(say(locale, "service-stays", &[]));
    if let Some(trouble) = &lease.setback {
        lines.push(String::new());
        lines.push(say(locale, "service-setback", &[]));
        lines.push(sentence::trouble(locale, trouble).text());
    }
    with_hindrances(scene, &mut lines);
    let (title, tone) = if drift.is_empty() && lease.setback.is_none() {
        let tone = if scene.view.blind.is_some() { Tone::Warn } else { Tone::Good };
        (say(locale, "service-ready-title", &[]), tone)
    } else {
        (say(locale, "service-drift-title", &[]), Tone::Warn)
    };
    let broken = !drift.is_empty();
    let panel = Panel {
        title,
        body: lines.join("\n"),
        tone,
        fields: vec![launched_by(scene, lease), price(scene)],
        footer: footer(scene, lease),
    };
    Message {
        panel: Some(panel),
        buttons: broken.then(|| buttons::repair(locale, &lease.id)).into_iter().collect(),
        ..Message::default()
    }
}

fn closing(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let failed = matches!(lease.closing, Some((_, CloseReason::Failed { .. })));
    let mut lines = why_closed(scene, lease);
    lines.push(String::new());
    lines.extend(steps_of_closing(scene, lease));
    lines.push(String::new());
    let late = notice::is_late(scene.view, lease, scene.now);
    if late {
        lines.extend(notice::late_lines(scene.view, lease, locale));
    } else {
        lines.push(say(locale, "service-receipt-follows", &[]));
        with_hindrances(scene, &mut lines);
    }
    let (title, tone) = match (late, failed) {
        (true, _) => (notice::late_title(lease, locale), Tone::Bad),
        (false, true) => (say(locale, "service-failing-title", &[]), Tone::Warn),
        (false, false) => (say(locale, "service-closing-title", &[]), Tone::Busy),
    };
    let consoles = late.then(|| Leftover::of(scene.view, lease).consoles(locale, scene.settings));
    let body = lines.join("\n");
    let panel = Panel { title, body, tone, ..Panel::default() };
    Message { panel: Some(panel), buttons: consoles.unwrap_or_default(), ..Message::default() }
}

fn closed(scene: &Scene<'_>, lease: &Lease) -> Message {
    let locale = scene.locale;
    let failed = matches!(lease.closing, Some((_, CloseReason::Failed { .. })));
    let mut lines = Vec::new();
    if failed {
        lines.extend(why_closed(scene, lease));
        lines.push(String::new());
    }
    if let Some(receipt) = &lease.receipt {
        lines.push(receipt::body(locale, lease, receipt));
    }
    let cost = [("cost", receipt::cost(locale, lease.receipt.as_ref()).into())];
    let (title, tone) = if failed {
        (say(locale, "service-failed-title", &cost), Tone::Bad)
    } else {
        (say(locale, "service-closed-title", &cost), Tone::Plain)
    };
    let as_of = lease.receipt.as_ref().and_then(|receipt| receipt.prices_as_of);
    let footer = as_of.map(|as_of| notes(scene, lease, as_of)).unwrap_or_default();
    let body = lines.join("\n");
    let panel = Panel { title, body, tone, footer, ..Panel::default() };
    Message { panel: Some(panel), ..Message::default() }
}

/// What of the pair the last look still shows, part by part.
fn steps_of_closing(scene: &Scene<'_>, lease: &Lease) -> Vec<String> {
    let locale = scene.locale;
    let Some(observed) = scene.observed() else {
        return vec![say(locale, "common-not-looked", &[])];
    };
    let still: Vec<Left> = left(lease, observed);
    let parts = parts(lease).into_iter().map(|kind| {
        let count = still.iter().filter(|left| left.kind == kind).count();
        let what = kinds::all(locale, kind);
        match count {
            0 => format!("{} {}", Mark::Done.sign(), say(locale, "service-gone", &[("what", what.into())])),
            _ => {
                let args = [("what", what.into()), ("count", count.into())];
                format!("{} {}", Mark::Busy.sign(), say(locale, "service-going", &args))
            }
        }
    });
    let mut lines: Vec<String> = parts.collect();
    if still.iter().any(|left| left.kind == Kind::Endpoint) {
        lines.push(say(locale, "service-slow-removal", &[]));
    }
    lines
}

fn why_closed(scene: &Scene<'_>, lease: &Lease) -> Vec<String> {
    let locale = scene.locale;
    match &lease.closing {
        Some((at, CloseReason::Asked { by })) => {
            let args = [("by", people::mention(by).into()), ("at", when::relative(*at).into())];
            vec![say(locale, "service-closing-asked", &args)]
        }
        Some((_, CloseReason::Failed { trouble })) => vec![sentence::trouble(locale, trouble).text()],
        Some((_, CloseReason::Expired)) | None => Vec::new(),
    }
}

fn with_hindrances(scene: &Scene<'_>, lines: &mut Vec<String>) {
    let failing = scene.view.failing_for(LeaseKind::Pair);
    let hindrances = sentence::hindrances(scene.locale, scene.view, failing);
    if !hindrances.is_empty() {
        lines.push(String::new());
        lines.extend(hindrances);
    }
}

fn launched_by(scene: &Scene<'_>, lease: &Lease) -> Field {
    let args = [("by", people::mention(&lease.opened_by).into()), ("at", when::full(lease.opened_at).into())];
    Field {
        name: say(scene.locale, "service-field-by", &[]),
        value: say(scene.locale, "service-by", &args),
        inline: true,
    }
}

/// What the pair and its shell access cost as observed: an hour, and if it stays a month.
fn price(scene: &Scene<'_>) -> Field {
    let locale = scene.locale;
    let value = match scene.meter() {
        Some(meter) => {
            let sum = Sum::of(meter.lines.iter().filter(|line| line.of == Some(LeaseKind::Pair)));
            let args = [("hourly", sum.hourly(locale).into()), ("monthly", sum.monthly(locale).into())];
            say(locale, "service-price", &args)
        }
        None => match scene.prices() {
            Some(_) => say(locale, "cost-not-known", &[]),
            None => {
                let region = &scene.settings.aws.region;
                say(locale, "cost-no-list", &[("region", region.into())])
            }
        },
    };
    Field { name: say(locale, "service-field-price", &[]), value, inline: true }
}

/// What kind of figures these are.
fn footer(scene: &Scene<'_>, lease: &Lease) -> String {
    scene.prices().map(|prices| notes(scene, lease, prices.as_of)).unwrap_or_default()
}

/// The same of figures from the list of that date.
fn notes(scene: &Scene<'_>, lease: &Lease, as_of: NaiveDate) -> String {
    let locale = scene.locale;
    let spot = lease.spec.pair().is_some_and(|spec| spec.market == Market::Spot);
    let mut notes = vec![money::list_price_of(locale, &scene.settings.aws.region, as_of)];
    notes.extend(spot.then(|| say(locale, "cost-note-spot", &[])));
    notes.push(say(locale, "cost-note-hours", &[]));
    notes.join(" · ")
}

/// Whether every instance of the settings runs.
fn all_run(scene: &Scene<'_>, rows: &[Row]) -> bool {
    let slots = &scene.stack().service.instances;
    let runs = |name: &str| rows.iter().any(|row| row.name == name && row.machine == Machine::Running);
    slots.iter().all(|slot| runs(&slot.name))
}

#[cfg(test)]
mod tests;
