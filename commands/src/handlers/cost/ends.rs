//! For how long costs go on: a window closes by itself, and only what does not has a price for a month.

use doorman_cloud::lease::{Lease, LeaseKind, Phase};
use doorman_cloud::switchboard::meter::{Meter, MeterLine};

use super::spent::{Spent, spent_between};
use crate::scene::{Scene, Sum};
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::when;

/// The sentence for what doorman's things cost a month.
#[derive(Clone, Copy)]
pub(crate) struct Monthly {
    /// When nothing of them has an end.
    pub(crate) all: &'static str,
    /// When something has.
    pub(crate) lasting: &'static str,
}

/// What doorman's things cost if they go on: a month of what has no end, and of each window what it comes to by its
/// end. A line each; none for what does not run.
pub(crate) fn going_on(scene: &Scene<'_>, meter: &Meter, monthly: Monthly) -> Vec<String> {
    let ours = || meter.lines.iter().filter(|line| line.ours);
    let lasting = Sum::of(ours().filter(|line| !ends(line)));
    let mut lines = Vec::new();
    if lasting.lines > 0 {
        let key = if ours().any(ends) { monthly.lasting } else { monthly.all };
        lines.push(say(scene.locale, key, &[("monthly", lasting.monthly(scene.locale).into())]));
    }
    let windows = LeaseKind::ALL.iter().filter_map(|kind| scene.view.lease(*kind));
    lines.extend(windows.filter_map(|lease| by_its_end(scene, meter, lease)));
    lines
}

fn ends(line: &MeterLine) -> bool {
    line.of.is_some_and(|kind| kind.terms().ends)
}

/// What a window will have cost in all when it closes. `None`: it has no end, or is closing.
fn by_its_end(scene: &Scene<'_>, meter: &Meter, lease: &Lease) -> Option<String> {
    let end = lease.expires_at.filter(|end| *end > scene.now && lease.phase != Phase::Closing)?;
    let recorded = spent_between(std::slice::from_ref(lease), lease.opened_at, end);
    // What was made a moment ago is seen before it is on record.
    let seen = meter.lines.iter().filter(|line| line.ours && line.of == Some(lease.kind));
    let new = seen.filter(|line| lease.made.iter().all(|made| made.id != line.id));
    let spent = new.fold(recorded, |sum, line| {
        let usd = line.price.usd_per_hour();
        Spent {
            usd: sum.usd + usd.unwrap_or_default() * line.price.billed_hours(end - line.since),
            unknown: sum.unknown || usd.is_none(),
        }
    });
    let args = [("usd", spent.text(scene.locale).into()), ("end", when::moment(end).into())];
    Some(say_of(scene.locale, lease.kind, "cost-by-its-end", &args))
}
