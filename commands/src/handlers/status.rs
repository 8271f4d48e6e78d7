//! `/status`: how things stand, at a glance, from one fresh look; and a picture of it.

mod picture;
pub(crate) mod rows;

use doorman_cloud::failure::Failure;
use doorman_cloud::lease::{LeaseKind, Phase};
use doorman_config::Locale;

use self::rows::{Machine, Row};
use crate::context::Context;
use crate::message::{Button, Message, Panel, Picture, Tone};
use crate::outcome::Outcome;
use crate::picture::stack_png;
use crate::request::Request;
use crate::scene::drawing;
use crate::scene::{self, Scene, Sum, kept};
use crate::told::{elsewhere, unknown};
use crate::words::leases::say_of;
use crate::words::texts::{Value, say};
use crate::words::{buttons, money, people, sentence, when};

/// Answers `/status`.
pub(crate) async fn handle(cx: &Context, request: &Request) -> Outcome {
    match cx.keeper().look().await {
        Ok(view) => {
            let scene = Scene::of(cx, &view, request.locale);
            let mut message = message(&scene);
            message.picture = drawn(&scene).await;
            Outcome::show(message)
        }
        Err(failure) => {
            scene::log_blind(request, &failure);
            let view = scene::last_known(cx).await;
            let scene = Scene::of(cx, &view, request.locale);
            Outcome::show(last_known(&scene, &failure))
        }
    }
}

/// The picture; without one the message still says everything.
pub(crate) async fn drawn(scene: &Scene<'_>) -> Option<Picture> {
    let picture = picture::of(scene);
    drawing::drawn("status.png", move || stack_png(&picture)).await
}

/// How things stand by a fresh look.
fn message(scene: &Scene<'_>) -> Message {
    let (title, tone) = headline(scene);
    let repair = repair(scene);
    let mut lines = facts(scene, repair.is_none());
    let hindrances = scene.hindrances();
    if !hindrances.is_empty() {
        lines.push(String::new());
        lines.extend(hindrances);
    }
    Message { buttons: repair.into_iter().collect(), ..panel(scene, title, tone, lines) }
}

/// How things stood when AWS last answered, and since when it does not.
fn last_known(scene: &Scene<'_>, failure: &Failure) -> Message {
    let locale = scene.locale;
    let why = sentence::failure(locale, failure.kind);
    let mut lines = vec![why.text(), String::new()];
    match scene.observed() {
        Some(observed) => {
            let at = when::relative(observed.at);
            lines.push(say(locale, "status-last-known", &[("at", at.into())]));
            lines.extend(facts(scene, true));
        }
        None => {
            lines.push(say(locale, "common-not-looked", &[]));
            lines.extend(window_lines(scene));
        }
    }
    panel(scene, say(locale, "status-title-blind", &[]), Tone::Warn, lines)
}

/// The Repair button, where it is clear what it would repair: the other leases' messages have their own.
fn repair(scene: &Scene<'_>) -> Option<Button> {
    let damaged = |kind: &LeaseKind| scene.view.plan.drift.iter().any(|(of, _)| of == kind);
    let mut kinds = LeaseKind::ALL.iter().copied().filter(damaged);
    let (Some(kind), None) = (kinds.next(), kinds.next()) else {
        return None;
    };
    let lease = kept(scene.view, kind).filter(|lease| lease.phase == Phase::Ready)?;
    Some(buttons::repair(scene.locale, &lease.id))
}

fn panel(scene: &Scene<'_>, title: String, tone: Tone, lines: Vec<String>) -> Message {
    let body = lines.join("\n");
    let prices = scene.prices();
    let footer = prices.map(|prices| money::list_price(scene.locale, prices)).unwrap_or_default();
    Message { panel: Some(Panel { title, body, tone, footer, ..Panel::default() }), ..Message::default() }
}

/// Instances, window, drift and running cost, a line each; `remedies`: with what to do about drift.
pub(crate) fn facts(scene: &Scene<'_>, remedies: bool) -> Vec<String> {
    let locale = scene.locale;
    let rows = Row::all(scene);
    let mut lines: Vec<String> = rows.iter().map(|row| row.line(locale)).collect();
    if rows.is_empty() {
        lines.push(say(locale, "status-no-instances", &[]));
    }
    lines.extend(window_lines(scene));
    for lease in &scene.view.leases {
        if let Some(about) = elsewhere::lines(scene, lease) {
            lines.push(String::new());
            lines.push(elsewhere::title(scene, lease));
            lines.extend(about);
        }
    }
    // The pair first.
    for kind in LeaseKind::ALL.iter().rev().copied() {
        let drift = scene.drift(kind);
        if drift.is_empty() {
            continue;
        }
        lines.push(String::new());
        lines.extend(drift.iter().map(|line| format!("⚠️ {line}")));
        lines.extend(remedies.then(|| remedy(scene, kind)));
    }
    lines.extend(unknown::lines(scene));
    lines.push(String::new());
    lines.push(running_cost(scene));
    lines
}

/// What to do about drift.
fn remedy(scene: &Scene<'_>, kind: LeaseKind) -> String {
    let link = scene.view.lease(kind).and_then(|lease| scene.link_to(lease));
    match (link, kind) {
        (Some(link), _) => say(scene.locale, "status-repair-there", &[("link", link.into())]),
        (None, LeaseKind::Pair) => say(scene.locale, "status-repair-pair", &[]),
        (None, LeaseKind::NatWindow | LeaseKind::ShellWindow) => {
            say_of(scene.locale, kind, "status-repair-window", &[])
        }
    }
}

/// The state of each kind of window that there is, a line each.
fn window_lines(scene: &Scene<'_>) -> Vec<String> {
    let line = |kind: &LeaseKind| Some(window_line(scene, *kind, InWords::of(scene, *kind)?.sign));
    LeaseKind::ALL.iter().filter_map(line).collect()
}

fn window_line(scene: &Scene<'_>, kind: LeaseKind, sign: &str) -> String {
    let said = |key, args: &[(&str, Value)]| {
        let args = [args, &[("sign", sign.into())]].concat();
        say_of(scene.locale, kind, key, &args)
    };
    let Some(lease) = scene.view.lease(kind) else {
        return said("status-window-closed", &[]);
    };
    let by = people::mention(&lease.opened_by);
    match (lease.phase, lease.expires_at) {
        (Phase::Closing, _) => {
            let since = when::moment(lease.closing.as_ref().map_or(lease.opened_at, |(at, _)| *at));
            said("status-window-closing", &[("since", since.into())])
        }
        (phase, Some(end)) => {
            let args =
                [("at", when::clock(end).into()), ("left", when::relative(end).into()), ("by", by.into())];
            match phase {
                Phase::Opening => said("status-window-opening", &args),
                Phase::Ready | Phase::Closing | Phase::Closed => said("status-window-open", &args),
            }
        }
        // A window always has an end; one adopted without it is closed at once by the keeper.
        (_, None) => said("status-window-closed", &[]),
    }
}

/// What runs costs that an hour.
pub(crate) fn running_cost(scene: &Scene<'_>) -> String {
    let locale = scene.locale;
    let Some(meter) = scene.meter() else {
        let region = &scene.settings.aws.region;
        return match scene.observed() {
            Some(_) => say(locale, "cost-no-list", &[("region", region.into())]),
            None => say(locale, "cost-not-known", &[]),
        };
    };
    let ours = Sum::of(meter.lines.iter().filter(|line| line.ours));
    let others = Sum::of(meter.lines.iter().filter(|line| !line.ours));
    let mut line = match ours.lines {
        0 => say(locale, "cost-nothing", &[]),
        _ => {
            let at = scene.observed().map_or(scene.now, |observed| observed.at);
            say(
                locale,
                "cost-running",
                &[("hourly", ours.hourly(locale).into()), ("at", when::clock(at).into())],
            )
        }
    };
    if others.lines > 0 {
        let hourly = others.hourly(locale);
        line = format!("{line} {}", say(locale, "cost-by-hand", &[("hourly", hourly.into())]));
    }
    line
}

/// The state in a few words, with the tone of the worst of it: what is open, the pair, what is closed, and what all of
/// it costs.
fn headline(scene: &Scene<'_>) -> (String, Tone) {
    let locale = scene.locale;
    let sum = scene.meter().map(|meter| Sum::of(meter.lines.iter().filter(|line| line.ours)));
    let windows = LeaseKind::ALL.iter().filter_map(|kind| window_in_words(scene, *kind));
    let (mut parts, closed): (Vec<InShort>, Vec<InShort>) =
        windows.partition(|part| part.tone != Tone::Plain);
    let is_quiet = parts.is_empty() && sum.as_ref().is_none_or(|sum| sum.lines == 0);
    parts.push(pair_in_words(scene, is_quiet));
    // That one is closed says nothing beside another that is open.
    if parts.len() == 1 {
        parts.extend(closed);
    }
    let tone = parts.iter().fold(Tone::Plain, |tone, part| worse(tone, part.tone));
    let sign = match tone {
        Tone::Plain => "⚪",
        Tone::Good => parts[0].sign,
        Tone::Busy => "⏳",
        Tone::Warn | Tone::Bad => "⚠️",
    };
    let cost = sum.filter(|sum| sum.lines > 0).map(|sum| sum.hourly(locale));
    let words: Vec<String> = parts.into_iter().map(|part| part.words).chain(cost).collect();
    (format!("{sign} {}", capital(&words.join(" · "))), tone)
}

/// A part of the headline.
struct InShort {
    /// Of the headline, if it comes first and all is well.
    sign: &'static str,
    words: String,
    tone: Tone,
}

/// The text with a capital first letter, where its script has any.
fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

fn worse(one: Tone, other: Tone) -> Tone {
    let rank = |tone: Tone| match tone {
        Tone::Plain => 0,
        Tone::Good => 1,
        Tone::Busy => 2,
        Tone::Warn => 3,
        Tone::Bad => 4,
    };
    if rank(one) >= rank(other) { one } else { other }
}

/// `is_quiet`: nothing else is there either.
fn pair_in_words(scene: &Scene<'_>, is_quiet: bool) -> InShort {
    let rows = Row::all(scene);
    let running = rows.iter().filter(|row| row.machine == Machine::Running).count();
    let running = [("count", Value::from(running))];
    let (key, args, tone): (_, &[_], _) = match scene.view.lease(LeaseKind::Pair).map(|lease| lease.phase) {
        Some(Phase::Opening) => ("status-pair-opening", &[], Tone::Busy),
        Some(Phase::Closing) => ("status-pair-closing", &[], Tone::Busy),
        Some(Phase::Ready) if !scene.drift(LeaseKind::Pair).is_empty() => {
            ("status-pair-damaged", &[], Tone::Warn)
        }
        Some(Phase::Ready | Phase::Closed) => ("status-pair-running", &running, Tone::Good),
        None if rows.is_empty() && is_quiet => ("status-pair-none", &[], Tone::Plain),
        None if rows.is_empty() => ("status-label-no-instances", &[], Tone::Plain),
        // Ours, but of no lease: the keeper is about to adopt or remove it.
        None => ("status-pair-running", &running, Tone::Warn),
    };
    InShort { sign: "🟢", words: say(scene.locale, key, args), tone }
}

/// What is said of a kind of window at a glance.
struct InWords {
    /// Before its line while it is open.
    sign: &'static str,
    opening: &'static str,
    open: &'static str,
    damaged: &'static str,
    closing: &'static str,
    closed: &'static str,
}

impl InWords {
    /// `None`: there is no such window here, or it is told of by what is in it.
    fn of(scene: &Scene<'_>, kind: LeaseKind) -> Option<&'static InWords> {
        match kind {
            LeaseKind::NatWindow => Some(&INTERNET),
            LeaseKind::ShellWindow => scene.has_shell_windows().then_some(&SHELL),
            LeaseKind::Pair => None,
        }
    }
}

const INTERNET: InWords = InWords {
    sign: "🌐",
    opening: "status-net-opening",
    open: "status-net-open",
    damaged: "status-net-damaged",
    closing: "status-net-closing",
    closed: "status-net-closed",
};

const SHELL: InWords = InWords {
    sign: "💻",
    opening: "status-access-opening",
    open: "status-access-open",
    damaged: "status-access-damaged",
    closing: "status-access-closing",
    closed: "status-access-closed",
};

fn window_in_words(scene: &Scene<'_>, kind: LeaseKind) -> Option<InShort> {
    let words = InWords::of(scene, kind)?;
    let lease = scene.view.lease(kind);
    let (key, tone) = match lease.map(|lease| lease.phase) {
        Some(Phase::Opening) => (words.opening, Tone::Busy),
        Some(Phase::Closing) => (words.closing, Tone::Busy),
        Some(Phase::Ready) if !scene.drift(kind).is_empty() => (words.damaged, Tone::Warn),
        Some(Phase::Ready) => (words.open, Tone::Good),
        Some(Phase::Closed) | None => (words.closed, Tone::Plain),
    };
    let end = lease.and_then(|lease| lease.expires_at);
    let end = end.map(|end| when::in_zone(end, scene.settings.reports.timezone)).unwrap_or_default();
    let at = [("at", Value::from(end))];
    Some(InShort { sign: words.sign, words: say(scene.locale, key, &at), tone })
}

/// The locale's way of writing a day: `22 Nov`, `11월 22일`.
pub(crate) fn day(locale: Locale, date: chrono::NaiveDate) -> String {
    match locale {
        Locale::EnUs => date.format("%-d %b").to_string(),
        Locale::Ko => date.format("%-m월 %-d일").to_string(),
    }
}

#[cfg(test)]
mod tests;
