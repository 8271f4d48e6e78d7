//! What the message of the service pair adds: the steps of building it, its instances, how to get in.

use chrono::NaiveDate;
use doorman_cloud::lease::{Lease, LeaseKind, Phase};
use doorman_cloud::recipes::{Access, REBOOT_AFTER};
use doorman_cloud::switchboard::Observed;
use doorman_config::{Market, ShellMode};

use super::about::{About, Extras, Mark};
use super::access;
use crate::handlers::status::rows::{Machine, Row, Shell};
use crate::message::Field;
use crate::scene::{Scene, Sum};
use crate::words::texts::say;
use crate::words::{money, when};

pub(super) fn extras(about: &About<'_>) -> Extras {
    let (scene, lease) = (&about.scene, about.lease);
    match lease.phase {
        Phase::Opening => {
            let fields = lease.ready_at.map(|_| price(scene)).into_iter().collect();
            Extras { lines: opening(scene, lease), fields, footer: String::new() }
        }
        Phase::Ready => {
            let footer = scene.prices().map(|prices| notes(scene, lease, prices.as_of)).unwrap_or_default();
            Extras { lines: ready(about), fields: vec![price(scene)], footer }
        }
        Phase::Closing => Extras { lines: about.parts_left(), ..Extras::default() },
        Phase::Closed => {
            let as_of = lease.receipt.as_ref().and_then(|receipt| receipt.prices_as_of);
            let footer = as_of.map(|as_of| notes(scene, lease, as_of)).unwrap_or_default();
            Extras { footer, ..Extras::default() }
        }
    }
}

fn ready(about: &About<'_>) -> Vec<String> {
    let (scene, locale) = (&about.scene, about.scene.locale);
    let drift = about.drift();
    let rows = Row::all(scene);
    let mut lines: Vec<String> = rows.iter().map(|row| row.line(locale)).collect();
    lines.push(String::new());
    if !drift.is_empty() {
        lines.extend(drift.iter().map(|line| format!("• {line}")));
        lines.push(say(locale, "service-not-unasked", &[]));
        lines.push(String::new());
    }
    if !scene.has_access() {
        lines.push(say(locale, "service-open-a-shell", &[]));
    } else if rows.iter().any(Row::is_well) {
        lines.push(say(locale, "service-get-in", &[]));
    }
    lines.push(say(locale, "service-stays", &[]));
    lines
}

/// What the pair costs as observed, with its shell access if that is a part of it: an hour, and if it stays a month.
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

/// What kind of figures those of the list of that date are.
fn notes(scene: &Scene<'_>, lease: &Lease, as_of: NaiveDate) -> String {
    let locale = scene.locale;
    let spot = lease.spec.pair().is_some_and(|spec| spec.market == Market::Spot);
    let mut notes = vec![money::list_price_of(locale, &scene.settings.aws.region, as_of)];
    notes.extend(spot.then(|| say(locale, "cost-note-spot", &[])));
    notes.push(say(locale, "cost-note-hours", &[]));
    notes.join(" · ")
}

/// A checklist that advances.
fn opening(scene: &Scene<'_>, lease: &Lease) -> Vec<String> {
    let locale = scene.locale;
    let (Some(observed), Some(access)) = (scene.observed(), access::Steps::of(scene)) else {
        return vec![say(locale, "common-not-looked", &[])];
    };
    let steps = Steps::of(scene, observed, access);
    let mut lines = steps.lines(scene);
    lines.push(String::new());
    let since = when::relative(lease.building_since);
    lines.push(say(locale, "service-started", &[("since", since.into())]));
    lines.extend(steps.why_it_takes(scene));
    lines
}

/// How far building has come, by the last look.
struct Steps {
    role: Mark,
    /// What windows of their own build is no step of the pair.
    access: Option<access::Steps>,
    instances: Mark,
    agents: Mark,
    rows: Vec<Row>,
}

impl Steps {
    fn of(scene: &Scene<'_>, observed: &Observed, access: access::Steps) -> Steps {
        let seen = Access::of(observed, scene.stack());
        let rows = Row::all(scene);
        let begun = rows.iter().any(|row| row.machine != Machine::Expected);
        let any_runs = rows.iter().any(|row| row.machine == Machine::Running);
        let (access, may_boot) = match scene.stack().shell.mode {
            ShellMode::Always => (Some(access), seen.is_ready()),
            ShellMode::Window => (None, seen.role && seen.profile),
        };
        Steps {
            role: Mark::of(seen.role && seen.profile),
            access,
            instances: match (all_run(scene, &rows), begun || may_boot) {
                (true, _) => Mark::Done,
                (false, true) => Mark::Busy,
                (false, false) => Mark::Later,
            },
            agents: match any_runs {
                true => Mark::of(all_run(scene, &rows) && rows.iter().all(Row::is_well)),
                false => Mark::Later,
            },
            rows,
        }
    }

    fn lines(&self, scene: &Scene<'_>) -> Vec<String> {
        let (locale, count) = (scene.locale, scene.stack().service.instances.len());
        let running = self.rows.iter().filter(|row| row.machine == Machine::Running).count();
        let instances = [("ready", running.into()), ("count", count.into())];
        let mut lines = vec![self.role.line(&say(locale, "service-step-role", &[]))];
        lines.extend(self.access.iter().flat_map(|access| access.lines(scene)));
        lines.push(self.instances.line(&say(locale, "service-step-instances", &instances)));
        if self.access.is_some() {
            let online = self.rows.iter().filter(|row| row.shell == Shell::Ready).count();
            let agents = [("ready", online.into()), ("count", count.into())];
            lines.push(self.agents.line(&say(locale, "service-step-agents", &agents)));
        }
        lines
    }

    /// What is waited for, and how long that usually takes.
    fn why_it_takes(&self, scene: &Scene<'_>) -> Option<String> {
        let locale = scene.locale;
        if self.access.as_ref().is_some_and(|access| access.endpoints != Mark::Done) {
            Some(say(locale, "service-slow-endpoints", &[]))
        } else if self.instances != Mark::Done {
            Some(say(locale, "service-slow-instances", &[]))
        } else if self.access.is_some() && self.agents != Mark::Done {
            let minutes = REBOOT_AFTER.num_minutes();
            Some(say(locale, "service-slow-agents", &[("minutes", minutes.into())]))
        } else {
            None
        }
    }
}

/// Whether every instance of the settings runs.
fn all_run(scene: &Scene<'_>, rows: &[Row]) -> bool {
    let slots = &scene.stack().service.instances;
    let runs = |name: &str| rows.iter().any(|row| row.name == name && row.machine == Machine::Running);
    slots.iter().all(|slot| runs(&slot.name))
}
