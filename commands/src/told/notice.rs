//! What the channel is told unasked of a lease: that its end is near, that closing is late and what is left
//! meanwhile, that it is closed at last, and that doorman has lost its record of it.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::failure::FailureKind;
use doorman_cloud::ids::LeaseId;
use doorman_cloud::keeper::View;
use doorman_cloud::kind::Kind;
use doorman_cloud::lease::{Lease, LeaseKind, MessageRef, Phase, Receipt};
use doorman_config::{Locale, Settings};

use crate::message::{Message, Panel, Tone};
use crate::told::leftover::Leftover;
use crate::told::receipt;
use crate::words::leases::say_of;
use crate::words::texts::say;
use crate::words::{buttons, people, places, sentence, when};

/// Closing a window takes AWS two minutes, a pair up to five. Past this, somebody should know.
const LATE_AFTER: TimeDelta = TimeDelta::minutes(10);
/// While AWS cannot be reached nothing is being closed at all: that is said sooner.
const LATE_WHEN_BLIND: TimeDelta = TimeDelta::minutes(2);

/// A warning before the end of a window, with the buttons to extend or close it.
pub(crate) fn warning(lease: &Lease, minutes_left: i64, locale: Locale) -> Message {
    let at = lease.expires_at.map(when::clock).unwrap_or_default();
    let need = match lease.kind {
        LeaseKind::NatWindow => say(locale, "notice-need-internet", &[]),
        LeaseKind::ShellWindow => say(locale, "notice-need-shell", &[]),
        // It has no end to be warned of.
        LeaseKind::Pair => String::new(),
    };
    let args = [("minutes", minutes_left.into()), ("at", at.into()), ("need", need.into())];
    let warning = say_of(locale, lease.kind, "notice-warning", &args);
    let mentions = people::concerned(lease);
    Message {
        text: format!("{warning} {}", people::calls(&mentions)).trim_end().to_owned(),
        buttons: vec![buttons::extend(locale, &lease.id), buttons::close(locale, &lease.id)],
        mentions,
        ..Message::default()
    }
}

/// What a warning says once the lease is closed: when, what it cost, and where its receipt is.
pub(crate) fn warning_over(
    settings: &Settings,
    lease: &Lease,
    receipt: Option<MessageRef>,
    locale: Locale,
) -> Message {
    let closed_at = lease.receipt.as_ref().map(|receipt| receipt.closed_at);
    let closed_at = closed_at.or(lease.due()).unwrap_or(lease.opened_at);
    let cost = lease.receipt.as_ref().and_then(|receipt| receipt::total(locale, receipt));
    let cost = cost.map(|usd| say(locale, "notice-over-cost", &[("usd", usd.into())])).unwrap_or_default();
    let url = receipt.map(|at| places::message(settings.discord.guild_id.0, at));
    let link = url.map(|url| say(locale, "notice-over-link", &[("url", url.into())])).unwrap_or_default();
    let args = [("at", when::clock(closed_at).into()), ("cost", cost.into()), ("link", link.into())];
    Message::text(say_of(locale, lease.kind, "notice-over", &args))
}

/// Whether closing the lease is late at `now`, and something is left or may be.
pub(crate) fn is_late(view: &View, lease: &Lease, now: DateTime<Utc>) -> bool {
    let patience = if view.blind.is_some() { LATE_WHEN_BLIND } else { LATE_AFTER };
    let past = lease.phase != Phase::Closed && lease.due().is_some_and(|due| now - due >= patience);
    let gone = || {
        let leftover = Leftover::of(view, lease);
        leftover.seen && leftover.is_empty()
    };
    past && !gone()
}

/// That closing is late: since when, what is left and billed, why, and what can be done by hand. `None` while it
/// is not late.
pub(crate) fn trouble(
    settings: &Settings,
    view: &View,
    lease: &Lease,
    locale: Locale,
    now: DateTime<Utc>,
) -> Option<Message> {
    let due = lease.due().filter(|_| is_late(view, lease, now))?;
    let since = [("at", when::clock(due).into()), ("ago", when::relative(due).into())];
    let mut lines = vec![say(locale, "notice-late-since", &since), String::new()];
    lines.extend(late_lines(view, lease, locale));
    let body = lines.join("\n");
    let panel = Panel { title: late_title(lease, locale), body, tone: Tone::Bad, ..Panel::default() };
    let buttons = Leftover::of(view, lease).consoles(locale, settings);
    Some(Message { panel: Some(panel), buttons, ..Message::default() })
}

/// The title of what tells that closing is late.
pub(crate) fn late_title(lease: &Lease, locale: Locale) -> String {
    match lease.kind {
        LeaseKind::NatWindow | LeaseKind::ShellWindow => {
            say_of(locale, lease.kind, "notice-late-window-title", &[])
        }
        LeaseKind::Pair => say(locale, "notice-late-service-title", &[]),
    }
}

/// What is left of a lease that is late to close, what keeps it from being closed, and what can be done about it.
pub(crate) fn late_lines(view: &View, lease: &Lease, locale: Locale) -> Vec<String> {
    let leftover = Leftover::of(view, lease);
    let mut lines = Vec::new();
    if leftover.is_empty() {
        lines.push(say(locale, "notice-late-unproved", &[]));
    } else {
        lines.push(match (leftover.seen, leftover.hourly(locale)) {
            (true, Some(hourly)) => say(locale, "notice-late-left", &[("hourly", hourly.into())]),
            (true, None) => say(locale, "notice-late-left-free", &[]),
            (false, Some(hourly)) => say(locale, "notice-late-left-unseen", &[("hourly", hourly.into())]),
            (false, None) => say(locale, "notice-late-left-unseen-free", &[]),
        });
        lines.extend(leftover.lines(locale));
    }
    lines.extend(sentence::hindrances(locale, view, view.failing_for(lease.kind)));
    lines.extend(remedy_of_blindness(view, locale));
    lines.push(String::new());
    lines.push(say(locale, "notice-late-goes-on", &[]));
    if leftover.has(Kind::NatGateway) {
        lines.push(say(locale, "notice-late-gateway-by-hand", &[]));
    } else if !leftover.is_empty() {
        lines.push(say(locale, "notice-late-by-hand", &[]));
    }
    lines
}

/// What those who run doorman have to do before AWS can be looked at.
fn remedy_of_blindness(view: &View, locale: Locale) -> Option<String> {
    let kind = view.blind.as_ref()?.failure.kind;
    let of_people =
        matches!(kind, FailureKind::AccessDenied | FailureKind::Credentials | FailureKind::Clock { .. });
    of_people.then(|| format!("→ {}", sentence::failure(locale, kind).remedy))
}

/// That what was told to be late is closed at last; `None` while it is not.
pub(crate) fn relief(settings: &Settings, lease: &Lease, locale: Locale) -> Option<Message> {
    let receipt = lease.receipt.as_ref()?;
    let gone = if receipt.bills_on() { String::new() } else { last_gone(lease, receipt, locale) };
    let url = lease.message.map(|message| places::message(settings.discord.guild_id.0, message));
    let link = url.map(|url| say(locale, "notice-relief-link", &[("url", url.into())])).unwrap_or_default();
    let rest = receipt::rest(locale, Some(receipt));
    let args = [("rest", rest.into()), ("gone", gone.into()), ("link", link.into())];
    Some(Message::text(match lease.kind {
        LeaseKind::NatWindow | LeaseKind::ShellWindow => {
            say_of(locale, lease.kind, "notice-relief-window", &args)
        }
        LeaseKind::Pair => say(locale, "notice-relief-service", &args),
    }))
}

/// When the last of it that bills was gone.
fn last_gone(lease: &Lease, receipt: &Receipt, locale: Locale) -> String {
    let gone = receipt.billed_until().unwrap_or(receipt.closed_at);
    let after = lease.due().map_or(TimeDelta::zero(), |due| gone - due);
    let args = [("at", when::clock(gone).into()), ("after", when::about(locale, after).into())];
    say(locale, "notice-relief-gone", &args)
}

/// That doorman has no record of a lease, and that a look at AWS showed nothing of it.
pub(crate) fn forgotten(lease: &LeaseId, looked_at: DateTime<Utc>, locale: Locale) -> Message {
    let args = [("at", when::full(looked_at).into()), ("lease", lease.as_str().into())];
    let panel = Panel {
        title: say(locale, "notice-forgotten-title", &[]),
        body: say(locale, "notice-forgotten", &args),
        ..Panel::default()
    };
    Message { panel: Some(panel), ..Message::default() }
}

#[cfg(test)]
mod tests;
