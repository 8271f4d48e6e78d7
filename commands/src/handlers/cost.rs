//! `/cost now`: what runs, each with its price, what it adds up to, and what it has cost so far.
//!
//! Every figure is an estimate from the dated list of prices that ships, and says so.

mod ends;
mod spent;

use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::kinds::instance::InstanceState;
use doorman_cloud::lease::{Lease, LeaseKind};
use doorman_cloud::prices::Billing;
use doorman_cloud::switchboard::Observed;
use doorman_cloud::switchboard::meter::{Meter, MeterLine};
use doorman_config::Locale;

pub(crate) use self::ends::{Monthly, going_on};
pub(crate) use self::spent::{Spent, day_start, spent_between, start_of};

use crate::context::Context;
use crate::message::{Message, Panel, Tone};
use crate::outcome::Outcome;
use crate::request::Request;
use crate::scene::{Scene, Sum, cannot_look};
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{kinds, money, when};

/// What it comes to in a month.
const MONTHLY: Monthly = Monthly { all: "cost-sum", lasting: "cost-sum-lasting" };
/// Lines shown; the sum has all of them.
const MOST_LINES: usize = 20;

/// Answers `/cost now`.
pub(crate) async fn handle(cx: &Context, request: &Request) -> Outcome {
    let now = cx.now();
    let midnight = day_start(now, cx.settings().reports.timezone);
    let since = cx.keeper().store().leases_since(midnight);
    let (view, leases): (_, _) = tokio::join!(cx.keeper().look(), since);
    let view: View = match view {
        Ok(view) => view,
        Err(failure) => return cannot_look(request, &failure),
    };
    let leases = match leases {
        Ok(leases) => leases,
        Err(error) => return cx.failed(request, &error),
    };
    let scene = Scene { now, ..Scene::of(cx, &view, request.locale) };
    Outcome::show(message(&scene, &leases))
}

/// The message; `leases` are those that were open at some time today.
fn message(scene: &Scene<'_>, leases: &[Lease]) -> Message {
    let locale = scene.locale;
    let Some(observed) = scene.observed() else {
        return Message::text(say(locale, "common-not-looked", &[]));
    };
    match scene.meter() {
        Some(meter) => with_prices(scene, &meter, leases),
        None => without_prices(scene, observed),
    }
}

fn with_prices(scene: &Scene<'_>, meter: &Meter, leases: &[Lease]) -> Message {
    let locale = scene.locale;
    let (ours, by_hand): (Vec<&MeterLine>, Vec<&MeterLine>) = meter.lines.iter().partition(|line| line.ours);
    let sum = Sum::of(ours.iter().copied());
    let mut lines = Vec::new();
    if ours.is_empty() {
        lines.push(say(locale, "cost-nothing-runs", &[]));
    } else {
        lines.extend(going_on(scene, meter, MONTHLY));
        lines.push(String::new());
        lines.extend(shown(locale, &ours));
    }
    if !by_hand.is_empty() {
        let sum = Sum::of(by_hand.iter().copied());
        lines.push(String::new());
        let args = [("hourly", sum.hourly(locale).into()), ("monthly", sum.monthly(locale).into())];
        lines.push(say(locale, "cost-hand-made", &args));
        lines.extend(shown(locale, &by_hand));
    }
    lines.push(String::new());
    lines.extend(so_far(scene, leases));
    let at = scene.observed().map_or(scene.now, |observed| observed.at);
    lines.push(say(locale, "cost-as-of", &[("at", when::clock(at).into())]));
    let title = match ours.len() {
        0 => say(locale, "cost-title-nothing", &[]),
        _ => say(locale, "cost-title", &[("hourly", sum.hourly(locale).into())]),
    };
    Message {
        panel: Some(Panel {
            title,
            body: lines.join("\n"),
            tone: Tone::Plain,
            fields: Vec::new(),
            footer: footer(scene, meter),
        }),
        ..Message::default()
    }
}

fn shown(locale: Locale, lines: &[&MeterLine]) -> Vec<String> {
    let mut shown: Vec<String> = lines.iter().take(MOST_LINES).map(|line| one(locale, line)).collect();
    if lines.len() > MOST_LINES {
        let count = lines.len() - MOST_LINES;
        shown.push(say(locale, "cost-more", &[("count", count.into())]));
    }
    shown
}

/// `• Instance my-service-01 (t3.micro) · $0.013/h · started 3 hours ago`.
fn one(locale: Locale, line: &MeterLine) -> String {
    let price = match line.price.usd_per_hour() {
        Some(usd) => money::per_hour(locale, usd),
        None => say(locale, "cost-unknown", &[]),
    };
    // A volume has no name of its own, and its id says nothing to anybody.
    let name = match (line.kind, line.detail.is_empty()) {
        (Kind::Volume, false) => line.detail.clone(),
        (_, true) => format!("**{}**", line.name),
        (_, false) => format!("**{}** ({})", line.name, line.detail),
    };
    let args = [
        ("kind", kinds::one(locale, line.kind).into()),
        ("name", name.into()),
        ("price", price.into()),
        ("since", when::relative(line.since).into()),
    ];
    say(locale, "cost-line", &args)
}

/// What was spent today, and since what is open was opened.
fn so_far(scene: &Scene<'_>, leases: &[Lease]) -> Vec<String> {
    let locale = scene.locale;
    let midnight = day_start(scene.now, scene.settings.reports.timezone);
    let today = spent_between(leases, midnight, scene.now).text(locale);
    let mut lines = vec![say(locale, "cost-today", &[("usd", today.into())])];
    // The pair first.
    for kind in LeaseKind::ALL.iter().rev().copied() {
        let Some(lease) = scene.view.lease(kind) else {
            continue;
        };
        let spent = spent_between(std::slice::from_ref(lease), lease.opened_at, scene.now).text(locale);
        let args = [("usd", spent.into()), ("since", when::moment(lease.opened_at).into())];
        lines.push(say_of(locale, kind, "cost-since", &args));
    }
    lines
}

/// What kind of figures these are, and what they leave out.
fn footer(scene: &Scene<'_>, meter: &Meter) -> String {
    let locale = scene.locale;
    let mut notes: Vec<String> =
        scene.prices().map(|prices| money::list_price(locale, prices)).into_iter().collect();
    if meter.lines.iter().any(|line| line.price.billing() == Some(Billing::StartedHour)) {
        notes.push(say(locale, "cost-note-hours", &[]));
    }
    let spot =
        scene.observed().is_some_and(|observed| observed.instances.iter().any(|instance| instance.spot));
    notes.extend(spot.then(|| say(locale, "cost-note-spot", &[])));
    if meter.has_unknown() {
        let unknown = meter.lines.iter().filter(|line| line.price.usd_per_hour().is_none());
        let mut names: Vec<&str> = unknown.map(|line| line.detail.as_str()).collect();
        names.sort_unstable();
        names.dedup();
        notes.push(say(locale, "cost-note-unknown", &[("names", names.join(", ").into())]));
    }
    notes.join(" · ")
}

/// Where no price list ships, what runs can be counted but not priced.
fn without_prices(scene: &Scene<'_>, observed: &Observed) -> Message {
    let locale = scene.locale;
    let region = &scene.settings.aws.region;
    let running = observed
        .instances
        .iter()
        .filter(|instance| matches!(instance.state, InstanceState::Pending | InstanceState::Running));
    let counts = [
        (Kind::Instance, running.count()),
        (Kind::Volume, observed.volumes.len()),
        (Kind::NatGateway, observed.gateways.iter().filter(|gateway| gateway.state.is_alive()).count()),
        (Kind::Address, observed.addresses.len()),
        (Kind::Endpoint, observed.endpoints.len()),
    ];
    let mut lines = vec![say(locale, "cost-no-list", &[("region", region.into())]), String::new()];
    let before = lines.len();
    for (kind, count) in counts.into_iter().filter(|(_, count)| *count > 0) {
        lines.push(format!("• {} × {count}", kinds::one(locale, kind)));
    }
    if lines.len() == before {
        lines.push(say(locale, "cost-nothing-runs", &[]));
    }
    Message {
        panel: Some(Panel {
            title: say(locale, "cost-title-no-list", &[]),
            body: lines.join("\n"),
            tone: Tone::Plain,
            ..Panel::default()
        }),
        ..Message::default()
    }
}

#[cfg(test)]
mod tests;
