//! What the channel is told unasked while a lease is open: that its end is near, and that closing is late.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{Lease, LeaseKind, Made, MadeKind, Phase};
use doorman_config::Locale;

use crate::message::{Message, Panel, Tone};
use crate::texts::say;
use crate::{buttons, money, receipt, sentence, when};

/// Closing a window takes AWS two minutes, a pair up to five. Past this, somebody should know.
const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);
/// While AWS cannot be reached nothing is being closed at all: that is said sooner.
const LATE_WHEN_BLIND: TimeDelta = TimeDelta::minutes(2);

/// A warning before the end of a window, with the buttons to extend or close it.
pub(crate) fn warning(lease: &Lease, minutes_left: i64, locale: Locale) -> Message {
    let at = lease.expires_at.map(when::clock).unwrap_or_default();
    let args = [("minutes", minutes_left.into()), ("at", at.into())];
    Message {
        text: say(locale, "notice-warning", &args),
        buttons: vec![
            buttons::extend(locale, &lease.id),
            buttons::close(locale, &lease.id),
        ],
        ..Message::default()
    }
}

/// Whether closing the lease is late at `now`.
pub(crate) fn is_late(view: &View, lease: &Lease, now: DateTime<Utc>) -> bool {
    let patience = if view.blind.is_some() {
        LATE_WHEN_BLIND
    } else {
        LATE_AFTER
    };
    due(lease).is_some_and(|due| now - due >= patience)
}

/// When closing was due; `None` if it is not, or over.
fn due(lease: &Lease) -> Option<DateTime<Utc>> {
    match (lease.phase, &lease.closing) {
        (Phase::Closed, _) => None,
        (_, Some((at, _))) => Some(lease.expires_at.map_or(*at, |end| end.min(*at))),
        (_, None) => lease.expires_at,
    }
}

/// That closing is late: since when, why, what is still billed, and what can be done by hand.
pub(crate) fn trouble(view: &View, lease: &Lease, locale: Locale, now: DateTime<Utc>) -> Option<Message> {
    let due = due(lease).filter(|_| is_late(view, lease, now))?;
    let title = match lease.kind {
        LeaseKind::NatWindow => say(locale, "notice-late-window-title", &[]),
        LeaseKind::Service => say(locale, "notice-late-service-title", &[]),
    };
    let since = [("due", when::relative(due).into())];
    let mut lines = vec![say(locale, "notice-late-since", &since)];
    lines.extend(view.blind.iter().map(|blind| sentence::blind(locale, blind)));
    lines.extend(
        view.failing
            .iter()
            .map(|failing| sentence::failing(locale, failing)),
    );
    let left: Vec<&Made> = lease.made.iter().filter(|made| made.gone_at.is_none()).collect();
    if !left.is_empty() {
        let hourly: f64 = left.iter().map(|made| made.usd_per_hour).sum();
        lines.push(String::new());
        lines.push(say(
            locale,
            "notice-late-left",
            &[("hourly", money::per_hour(locale, hourly).into())],
        ));
        lines.extend(
            left.iter()
                .filter(|made| made.kind != MadeKind::Rule)
                .map(|made| format!("• {} `{}`", receipt::kind(locale, made.kind), made.id)),
        );
    }
    lines.push(String::new());
    lines.push(say(locale, "notice-late-goes-on", &[]));
    lines.push(match lease.kind {
        LeaseKind::NatWindow => say(locale, "notice-late-window-by-hand", &[]),
        LeaseKind::Service => say(locale, "notice-late-service-by-hand", &[]),
    });
    let panel = Panel {
        title,
        body: lines.join("\n"),
        tone: Tone::Bad,
        ..Panel::default()
    };
    Some(Message {
        panel: Some(panel),
        ..Message::default()
    })
}
