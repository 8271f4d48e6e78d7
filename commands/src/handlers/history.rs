//! `/nat history`: the windows of the past, newest first, each with who, how long, what it cost and how it ended.
//!
//! It is read from the store alone; AWS is not asked.

use chrono::{DateTime, TimeDelta, Utc};
use doorman_cloud::keeper::View;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, Phase};
use doorman_cloud::store::StoreError;
use doorman_config::{Locale, Settings};

use crate::context::Context;
use crate::handlers::cost::{Spent, spent_between};
use crate::message::{Message, Panel};
use crate::outcome::Outcome;
use crate::request::Request;
use crate::told::notice;
use crate::words::texts::say;
use crate::words::{money, people, places, when};

/// Windows shown unless said otherwise.
pub(crate) const USUAL: u32 = 10;
/// The most that are shown at once.
pub(crate) const MOST: u32 = 25;
/// What the second sum is over.
const LAST_DAYS: i64 = 30;
/// Discord's limit for the body of a panel is 4,096; the rest is for the sums above and the note below.
const ROOM: usize = 3_600;
/// People named as having extended one window.
const MOST_EXTENDERS: usize = 3;

/// Answers `/nat history`.
pub(crate) async fn handle(cx: &Context, request: &Request, count: u32) -> Outcome {
    let now = cx.now();
    match past(cx, count, now).await {
        Ok(past) => {
            let view = cx.keeper().watch().borrow().clone();
            let page = Page { settings: cx.settings(), view: &view, locale: request.locale, now };
            Outcome::show(page.message(&past))
        }
        Err(error) => cx.failed(request, &error),
    }
}

/// What the store has of the past.
struct Past {
    /// The latest windows, newest first.
    latest: Vec<Lease>,
    /// Every window that was open at some time in the last days.
    recent: Vec<Lease>,
}

async fn past(cx: &Context, count: u32, now: DateTime<Utc>) -> Result<Past, StoreError> {
    let store = cx.keeper().store();
    let latest = store.latest_leases(LeaseKind::NatWindow, count.min(MOST)).await?;
    let mut recent = store.leases_since(now - TimeDelta::days(LAST_DAYS)).await?;
    recent.retain(|lease| lease.kind == LeaseKind::NatWindow);
    Ok(Past { latest, recent })
}

/// What the message is made from, beside the windows themselves.
struct Page<'a> {
    settings: &'a Settings,
    view: &'a View,
    locale: Locale,
    now: DateTime<Utc>,
}

impl Page<'_> {
    fn message(&self, past: &Past) -> Message {
        let locale = self.locale;
        if past.latest.is_empty() {
            return Message::text(say(locale, "history-none", &[]));
        }
        // Links to the receipts go first if there is no room for everything, then the oldest windows.
        let rows = |links| past.latest.iter().map(|lease| self.row(lease, links)).collect::<Vec<String>>();
        let with_links = rows(true);
        let rows = if fitting(&with_links) == with_links.len() { with_links } else { rows(false) };
        let fit = fitting(&rows);
        let mut lines = vec![self.sums(&past.latest[..fit], &past.recent), String::new()];
        lines.push(rows[..fit].join("\n"));
        if fit < rows.len() {
            lines.push(say(locale, "history-no-room", &[("count", (rows.len() - fit).into())]));
        }
        let as_of = past.latest.iter().find_map(|lease| lease.receipt.as_ref()?.prices_as_of);
        let region = &self.settings.aws.region;
        let footer = as_of.map(|as_of| money::list_price_of(locale, region, as_of)).unwrap_or_default();
        let title = say(locale, "history-title", &[]);
        let panel = Panel { title, body: lines.join("\n"), footer, ..Panel::default() };
        Message { panel: Some(panel), ..Message::default() }
    }

    /// How many there were, how long they were open and what they cost: those shown, and those of the last days.
    fn sums(&self, shown: &[Lease], recent: &[Lease]) -> String {
        let locale = self.locale;
        let sum = |leases: &[Lease]| {
            let open: TimeDelta = leases.iter().map(|lease| self.until(lease) - lease.opened_at).sum();
            (leases.len(), when::about(locale, open), self.spent(leases))
        };
        let (count, open, usd) = sum(shown);
        let args = [("count", count.into()), ("open", open.into()), ("usd", usd.into())];
        let of_shown = say(locale, "history-sum-shown", &args);
        let (count, open, usd) = sum(recent);
        let args =
            [("days", LAST_DAYS.into()), ("count", count.into()), ("open", open.into()), ("usd", usd.into())];
        format!("{of_shown}\n{}", say(locale, "history-sum-recent", &args))
    }

    /// What windows cost by the list, as it was when they closed.
    fn spent(&self, leases: &[Lease]) -> String {
        let each = leases.iter().map(|lease| match &lease.receipt {
            Some(receipt) => {
                Spent { usd: receipt.usd, unknown: receipt.prices_as_of.is_none() || receipt.has_unknown() }
            }
            None => spent_between(std::slice::from_ref(lease), lease.opened_at, self.now),
        });
        let sum = each.fold(Spent::default(), |sum, one| Spent {
            usd: sum.usd + one.usd,
            unknown: sum.unknown || one.unknown,
        });
        sum.text(self.locale)
    }

    /// When it was over; now, if it is not.
    fn until(&self, lease: &Lease) -> DateTime<Utc> {
        lease.receipt.as_ref().map_or(self.now, |receipt| receipt.closed_at)
    }

    /// A window in two lines: when, how long and for how much; who opened, extended and closed it.
    fn row(&self, lease: &Lease, link: bool) -> String {
        let locale = self.locale;
        let late = notice::is_late(self.view, lease, self.now);
        let when = match &lease.receipt {
            Some(receipt) => {
                let to = when::span(lease.opened_at, receipt.closed_at).1;
                let args = [
                    ("from", when::full(lease.opened_at).into()),
                    ("to", to.into()),
                    ("length", when::about(locale, receipt.closed_at - lease.opened_at).into()),
                ];
                say(locale, "history-span", &args)
            }
            None => say(locale, "history-since", &[("from", when::full(lease.opened_at).into())]),
        };
        let first = format!("{} {when} · {}", sign(lease, late), self.spent(std::slice::from_ref(lease)));
        let mut parts = vec![say(locale, "history-by", &[("by", people::mention(&lease.opened_by).into())])];
        parts.extend(self.extended(lease));
        parts.push(self.ended(lease, late));
        parts.extend(self.lateness(lease));
        parts.extend(lease.message.filter(|_| link).map(|message| {
            let url = places::message(self.settings.discord.guild_id.0, message);
            say(locale, "history-link", &[("url", url.into())])
        }));
        format!("{first}\n{}", parts.join(" · "))
    }

    fn extended(&self, lease: &Lease) -> Option<String> {
        let mut by: Vec<String> = Vec::new();
        for extension in &lease.extensions {
            let person = people::mention(&extension.by);
            if !by.contains(&person) {
                by.push(person);
            }
        }
        if by.len() > MOST_EXTENDERS {
            by.truncate(MOST_EXTENDERS);
            by.push("…".to_owned());
        }
        let args = [("count", lease.extensions.len().into()), ("by", by.join(", ").into())];
        (!by.is_empty()).then(|| say(self.locale, "history-extended", &args))
    }

    /// How it ended, or how it stands.
    fn ended(&self, lease: &Lease, late: bool) -> String {
        let locale = self.locale;
        match (lease.phase, &lease.closing) {
            (Phase::Opening, _) => say(locale, "history-opening", &[]),
            (Phase::Ready, _) => {
                let end = lease.expires_at.map(when::clock).unwrap_or_default();
                say(locale, "history-open", &[("end", end.into())])
            }
            (Phase::Closing, _) if late => say(locale, "history-left", &[]),
            (Phase::Closing, _) => say(locale, "history-closing", &[]),
            (Phase::Closed, Some((_, CloseReason::Asked { by }))) => {
                say(locale, "history-asked", &[("by", people::mention(by).into())])
            }
            (Phase::Closed, Some((_, CloseReason::Failed { .. }))) => say(locale, "history-failed", &[]),
            (Phase::Closed, Some((_, CloseReason::Expired)) | None) => say(locale, "history-expired", &[]),
        }
    }

    fn lateness(&self, lease: &Lease) -> Option<String> {
        let late_s = lease.receipt.as_ref().map(|receipt| receipt.late_s).filter(|late| *late > 0)?;
        let late = when::about(self.locale, TimeDelta::seconds(late_s));
        Some(say(self.locale, "history-late", &[("late", late.into())]))
    }
}

/// How it ended, at a glance.
fn sign(lease: &Lease, late: bool) -> &'static str {
    match (lease.phase, &lease.closing) {
        (Phase::Ready, _) => "🟢",
        (Phase::Closing, _) if late => "🔴",
        (Phase::Opening | Phase::Closing, _) => "⏳",
        (Phase::Closed, Some((_, CloseReason::Failed { .. }))) => "❌",
        (Phase::Closed, _) => "✅",
    }
}

/// How many of the rows there is room for. Discord counts in UTF-16 units.
fn fitting(rows: &[String]) -> usize {
    let mut room = ROOM;
    let fits = |row: &&String| {
        let size = row.encode_utf16().count() + 1;
        let fits = size <= room;
        room = room.saturating_sub(size);
        fits
    };
    rows.iter().take_while(fits).count()
}

/// Says which numbers can be asked for.
pub(crate) fn wrong_count(locale: Locale, typed: &str) -> String {
    let args = [("typed", typed.into()), ("most", MOST.into())];
    say(locale, "history-count-wrong", &args)
}

#[cfg(test)]
mod tests;
