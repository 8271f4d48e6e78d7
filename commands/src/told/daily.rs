//! The daily summary: what runs, what yesterday cost, what changed since the last one, and a chart of the days.

mod changes;

use chrono::{DateTime, Days, NaiveDate, Utc};
use doorman_cloud::failure::Failure;
use doorman_cloud::lease::Lease;
use doorman_cloud::store::StackStore;
use doorman_config::Locale;

use self::changes::{Snapshot, changes};
use crate::context::Context;
use crate::handlers::cost::{Monthly, Spent, going_on, spent_between, start_of};
use crate::handlers::status::{self, rows::Row};
use crate::message::{Message, Panel, Picture, Tone};
use crate::picture::{Bar, CostChart, cost_png};
use crate::scene::drawing;
use crate::scene::{Scene, Sum};
use crate::words::texts::say;
use crate::words::{money, when};

/// Days in the chart, today included.
const DAYS: u64 = 14;
/// What it comes to in a month.
const MONTHLY: Monthly = Monthly { all: "daily-if-left", lasting: "daily-if-left-lasting" };
/// The note in the store that holds the last [`Snapshot`].
const NOTE: &str = "daily";

/// A daily summary, and what it saw, which the next one is compared with once this one was posted.
#[derive(Clone, Debug, PartialEq)]
pub struct Summary {
    /// What to post.
    pub message: Message,
    seen: Snapshot,
}

/// The summary, in that language.
///
/// # Errors
///
/// When AWS could not be looked at.
pub(crate) async fn summary(cx: &Context, locale: Locale, now: DateTime<Utc>) -> Result<Summary, Failure> {
    let (settings, store) = (cx.settings(), cx.keeper().store());
    let today = now.with_timezone(&settings.reports.timezone).date_naive();
    let first = start_of(today - Days::new(DAYS - 1), settings.reports.timezone);
    let (view, leases) = tokio::join!(cx.keeper().look(), store.leases_since(first));
    let view = view?;
    let scene = Scene { settings, view: &view, locale, now };
    // A summary without its history is still a summary; that it is missing is said.
    let leases = leases
        .inspect_err(|error| tracing::error!("cannot read the leases for the daily summary: {error}"))
        .ok();
    let before = last_snapshot(store).await;
    let costs = leases.as_deref().map(|leases| days(&scene, leases));
    let mut message = render(&scene, leases.as_deref(), costs.as_deref(), before.as_ref());
    if let Some(costs) = costs.filter(|costs| costs.iter().any(|day| day.spent.usd > 0.0)) {
        message.picture = drawn(chart(&scene, &costs)).await;
    }
    Ok(Summary { message, seen: Snapshot::of(&scene) })
}

/// Remembers what a summary told, so that the next one tells what changed since. Not before it was posted: of what
/// nobody saw, nobody knows what changed.
pub(crate) async fn posted(cx: &Context, summary: &Summary) {
    match serde_json::to_string(&summary.seen) {
        Ok(json) => {
            if let Err(error) = cx.keeper().store().set_note(NOTE, &json).await {
                tracing::error!("cannot remember the daily summary: {error}");
            }
        }
        Err(error) => tracing::error!("cannot remember the daily summary: {error}"),
    }
}

/// What the last summary saw; `None` if this is the first, or if another version wrote it.
async fn last_snapshot(store: &StackStore) -> Option<Snapshot> {
    let note = store
        .note(NOTE)
        .await
        .inspect_err(|error| tracing::error!("cannot read the last daily summary: {error}"))
        .ok()
        .flatten()?;
    serde_json::from_str(&note).ok()
}

/// What a day cost.
#[derive(Clone, Copy, Debug, PartialEq)]
struct DayCost {
    day: NaiveDate,
    spent: Spent,
}

/// What each of the last days cost, oldest first; the last one is today, as far as it has come.
fn days(scene: &Scene<'_>, leases: &[Lease]) -> Vec<DayCost> {
    let zone = scene.settings.reports.timezone;
    let today = scene.now.with_timezone(&zone).date_naive();
    (0..DAYS)
        .rev()
        .map(|ago| {
            let day = today - Days::new(ago);
            let end = start_of(day + Days::new(1), zone).min(scene.now);
            DayCost { day, spent: spent_between(leases, start_of(day, zone), end) }
        })
        .collect()
}

/// The message without its picture.
fn render(
    scene: &Scene<'_>,
    leases: Option<&[Lease]>,
    costs: Option<&[DayCost]>,
    before: Option<&Snapshot>,
) -> Message {
    let locale = scene.locale;
    let quiet = Row::all(scene).is_empty() && scene.view.leases.iter().all(|lease| lease.receipt.is_some());
    let mut lines = match costs {
        Some(costs) => cost_lines(scene, costs),
        None => vec![say(locale, "daily-no-costs", &[])],
    };
    lines.push(String::new());
    if quiet {
        lines.push(say(locale, "daily-nothing-runs", &[]));
        // What people made by hand may bill all the same.
        lines.extend(by_hand(scene));
    } else {
        lines.extend(status::facts(scene, true));
        lines.extend(if_left(scene));
    }
    if let (Some(before), Some(leases)) = (before, leases) {
        lines.push(String::new());
        let at = when::full(before.at);
        lines.push(say(locale, "daily-since", &[("at", at.into())]));
        let changes = changes(scene, before, leases);
        if changes.is_empty() {
            lines.push(say(locale, "daily-no-change", &[]));
        }
        lines.extend(changes.iter().map(|change| format!("• {change}")));
    }
    let hindrances = scene.hindrances();
    if !hindrances.is_empty() {
        lines.push(String::new());
        lines.extend(hindrances);
    }
    let today = scene.now.with_timezone(&scene.settings.reports.timezone).date_naive();
    let day = status::day(locale, today);
    let title = match quiet {
        true => say(locale, "daily-title-quiet", &[("day", day.into())]),
        false => say(locale, "daily-title", &[("day", day.into())]),
    };
    let footer = scene.prices().map(|prices| money::list_price(locale, prices));
    let damaged = !scene.view.plan.drift.is_empty();
    Message {
        panel: Some(Panel {
            title,
            body: lines.join("\n"),
            tone: if damaged { Tone::Warn } else { Tone::Plain },
            fields: Vec::new(),
            footer: footer.unwrap_or_default(),
        }),
        ..Message::default()
    }
}

/// What yesterday cost, and all the days of the chart together.
fn cost_lines(scene: &Scene<'_>, costs: &[DayCost]) -> Vec<String> {
    let locale = scene.locale;
    if scene.prices().is_none() {
        let region = &scene.settings.aws.region;
        return vec![say(locale, "cost-no-list", &[("region", region.into())])];
    }
    let yesterday = costs.iter().rev().nth(1).map(|day| day.spent).unwrap_or_default();
    let all = costs.iter().fold(Spent::default(), |sum, day| Spent {
        usd: sum.usd + day.spent.usd,
        unknown: sum.unknown || day.spent.unknown,
    });
    let args = [
        ("yesterday", yesterday.text(locale).into()),
        ("days", costs.len().into()),
        ("all", all.text(locale).into()),
    ];
    vec![say(locale, "daily-cost", &args)]
}

/// What it costs if it goes on.
fn if_left(scene: &Scene<'_>) -> Vec<String> {
    let meter = scene.meter();
    meter.map(|meter| going_on(scene, &meter, MONTHLY)).unwrap_or_default()
}

fn by_hand(scene: &Scene<'_>) -> Option<String> {
    let meter = scene.meter()?;
    let sum = Sum::of(meter.lines.iter().filter(|line| !line.ours));
    let hourly = sum.hourly(scene.locale);
    (sum.lines > 0).then(|| say(scene.locale, "cost-by-hand", &[("hourly", hourly.into())]))
}

fn chart(scene: &Scene<'_>, costs: &[DayCost]) -> CostChart {
    let locale = scene.locale;
    let date = scene.prices().map(|prices| prices.as_of.to_string()).unwrap_or_default();
    let last = costs.len().saturating_sub(1);
    CostChart {
        title: say(locale, "daily-chart-title", &[("days", costs.len().into())]),
        currency_label: say(locale, "daily-chart-axis", &[]),
        bars: costs
            .iter()
            .enumerate()
            .map(|(index, day)| Bar {
                label: day.day.format("%-m/%-d").to_string(),
                usd: day.spent.usd,
                today: index == last,
            })
            .collect(),
        note: say(locale, "daily-chart-note", &[("date", date.into())]),
    }
}

/// The chart; without one the message still says everything.
async fn drawn(chart: CostChart) -> Option<Picture> {
    drawing::drawn("cost.png", move || cost_png(&chart)).await
}

#[cfg(test)]
mod tests;
