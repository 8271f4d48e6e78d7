//! What changed since the last summary.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Phase};
use serde::{Deserialize, Serialize};

use crate::scene::Scene;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{people, sentence, when};

/// What a summary saw, as far as the next one compares it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Snapshot {
    /// When.
    pub(super) at: DateTime<Utc>,
    /// What was not as it should be, in a form that is the same in every language.
    pub(super) drift: Vec<String>,
}

impl Snapshot {
    /// What a scene shows.
    pub(super) fn of(scene: &Scene<'_>) -> Snapshot {
        Snapshot {
            at: scene.now,
            drift: scene.view.plan.drift.iter().map(|drift| format!("{drift:?}")).collect(),
        }
    }
}

/// The changes, a sentence each: who launched and terminated, windows, what broke and what was mended.
pub(super) fn changes(scene: &Scene<'_>, before: &Snapshot, leases: &[Lease]) -> Vec<String> {
    let mut lines = pair(scene, before, leases);
    let ends = LeaseKind::ALL.iter().copied().filter(|kind| kind.terms().ends);
    lines.extend(ends.filter_map(|kind| windows(scene, before, leases, kind)));
    lines.extend(drift(scene, before));
    lines
}

fn pair(scene: &Scene<'_>, before: &Snapshot, leases: &[Lease]) -> Vec<String> {
    let locale = scene.locale;
    let mut lines = Vec::new();
    for lease in leases.iter().filter(|lease| lease.kind == LeaseKind::Pair) {
        if lease.opened_at > before.at {
            let args = [
                ("by", people::mention(&lease.opened_by).into()),
                ("at", when::full(lease.opened_at).into()),
            ];
            lines.push(say(locale, "daily-launched", &args));
        }
        match &lease.closing {
            Some((at, CloseReason::Asked { by })) if *at > before.at => {
                let args = [("by", people::mention(by).into()), ("at", when::full(*at).into())];
                lines.push(say(locale, "daily-terminated", &args));
            }
            Some((at, CloseReason::Failed { trouble })) if *at > before.at => {
                let why = sentence::trouble(locale, trouble).what;
                lines.push(say(locale, "daily-launch-failed", &[("why", why.into())]));
            }
            Some(_) | None => {}
        }
    }
    lines
}

/// How often a window of that kind was open since the last summary, and for how long in all.
fn windows(scene: &Scene<'_>, before: &Snapshot, leases: &[Lease], kind: LeaseKind) -> Option<String> {
    let locale = scene.locale;
    let spans: Vec<TimeDelta> = leases
        .iter()
        .filter(|lease| lease.kind == kind)
        .filter_map(|lease| {
            let end = match (&lease.receipt, lease.phase) {
                (Some(receipt), _) => receipt.closed_at,
                (None, Phase::Closed) => lease.expires_at?,
                (None, Phase::Opening | Phase::Ready | Phase::Closing) => scene.now,
            };
            let span = end - lease.opened_at.max(before.at);
            (span > TimeDelta::zero()).then_some(span)
        })
        .collect();
    // Seconds say nothing here, and nothing shorter than a minute was open.
    let minutes = spans.iter().sum::<TimeDelta>().num_minutes().max(1);
    let length = when::length(locale, TimeDelta::minutes(minutes));
    let args = [("count", spans.len().into()), ("length", length.into())];
    (!spans.is_empty()).then(|| say_of(locale, kind, "daily-windows", &args))
}

fn drift(scene: &Scene<'_>, before: &Snapshot) -> Vec<String> {
    let locale = scene.locale;
    let now: Vec<String> = Snapshot::of(scene).drift;
    let new = scene.view.plan.drift.iter().filter(|drift| !before.drift.contains(&format!("{drift:?}")));
    let mut lines: Vec<String> = new
        .map(|(_, drift)| {
            let what = sentence::drift(locale, drift);
            say(locale, "daily-broke", &[("what", what.into())])
        })
        .collect();
    let mended = before.drift.iter().filter(|drift| !now.contains(drift)).count();
    if mended > 0 {
        lines.push(say(locale, "daily-mended", &[("count", mended.into())]));
    }
    lines
}
