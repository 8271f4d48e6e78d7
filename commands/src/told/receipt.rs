//! The receipt of a lease, as people read it: who, how long, what it cost, and that nothing is left.
//!
//! The title of its message is the answer, for whoever reads no further; what follows is the statement.

use chrono::TimeDelta;
use doorman_cloud::lease::{CloseReason, Lease, LeaseKind, LeftToPeople, Receipt, ReceiptItem, Trouble};
use doorman_cloud::prices::Billing;
use doorman_cloud::switchboard::inventory::NOT_SEEN;
use doorman_config::Locale;

use crate::words::texts::say;
use crate::words::{kinds, money, people, sentence, when};

/// What outlived its time by less than this is not worth a word.
const WORTH_A_WORD: TimeDelta = TimeDelta::seconds(10);
/// More would not be read on a phone, and would not fit with 4,096 characters.
const MOST_ITEMS: usize = 20;
/// As above.
const MOST_EXTENSIONS: usize = 10;

/// What it cost, as the end of a title: `: $0.12`. Nothing where there is no price list.
pub(crate) fn cost(locale: Locale, receipt: Option<&Receipt>) -> String {
    let total = receipt.and_then(|receipt| total(locale, receipt));
    total.map(|usd| say(locale, "receipt-cost", &[("usd", usd.into())])).unwrap_or_default()
}

/// What there still is of it, for a title: nothing, nothing that bills, or what others use.
pub(crate) fn rest(locale: Locale, receipt: Option<&Receipt>) -> String {
    let left = receipt.filter(|receipt| !receipt.left.is_empty());
    match left.map(Receipt::bills_on) {
        None => say(locale, "receipt-rest-nothing", &[]),
        Some(false) => say(locale, "receipt-rest-free", &[]),
        Some(true) => say(locale, "receipt-rest-used", &[]),
    }
}

/// What it cost by the list; `None` where there is no list.
pub(crate) fn total(locale: Locale, receipt: &Receipt) -> Option<String> {
    receipt.prices_as_of?;
    let amount = money::usd(receipt.usd);
    Some(match receipt.has_unknown() {
        true => say(locale, "cost-at-least", &[("amount", amount.into())]),
        false => amount,
    })
}

/// The receipt's text, for the panel of a closed lease.
pub(crate) fn body(locale: Locale, lease: &Lease, receipt: &Receipt) -> String {
    let mut lines = history(locale, lease, receipt);
    lines.push(String::new());
    lines.extend(items(locale, receipt));
    lines.push(String::new());
    lines.extend(left(locale, receipt));
    lines.push(proof(locale, receipt));
    lines.join("\n")
}

/// What is still there: what others use, and what somebody has to untie before it can go. Each with what stands in the
/// way, and then what to do.
fn left(locale: Locale, receipt: &Receipt) -> Vec<String> {
    let is_used = |left: &&LeftToPeople| matches!(left.why, Trouble::InUse { .. });
    let (used, tied): (Vec<_>, Vec<_>) = receipt.left.iter().partition(is_used);
    let hourly: f64 = used.iter().map(|left| left.usd_per_hour).sum();
    let hourly = (hourly > 0.0).then(|| money::per_hour(locale, hourly));
    let used_title = match hourly {
        Some(hourly) => say(locale, "receipt-used-costs", &[("hourly", hourly.into())]),
        None => say(locale, "receipt-used", &[]),
    };
    let mut lines = group(locale, used_title, &used);
    lines.extend(group(locale, say(locale, "receipt-left", &[]), &tied));
    lines
}

/// Things under a title; nothing where there are none.
fn group(locale: Locale, title: String, things: &[&LeftToPeople]) -> Vec<String> {
    if things.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![title];
    lines.extend(things.iter().take(MOST_ITEMS).map(|left| format!("• {}", left_line(locale, left))));
    if things.len() > MOST_ITEMS {
        lines.push(say(locale, "receipt-more", &[("count", (things.len() - MOST_ITEMS).into())]));
    }
    let remedies = things.iter().map(|left| sentence::trouble(locale, &left.why).remedy);
    let mut remedies: Vec<String> = remedies.map(|remedy| format!("→ {remedy}")).collect();
    remedies.sort();
    remedies.dedup();
    lines.extend(remedies);
    lines.push(String::new());
    lines
}

/// What it is, and what stands in the way of it. Of what waits for something else in the list, that says why.
fn left_line(locale: Locale, left: &LeftToPeople) -> String {
    let what = sentence::trouble(locale, &left.why).what;
    if left.id == NOT_SEEN {
        let kind = kinds::one(locale, left.kind);
        return say(locale, "receipt-left-unseen", &[("kind", kind.into()), ("why", what.into())]);
    }
    let name = if left.name.is_empty() { &left.id } else { &left.name };
    let thing = sentence::thing(locale, left.kind, name);
    if what.contains(&thing) { what } else { thing }
}

/// Who opened, extended and closed it, and how punctually.
fn history(locale: Locale, lease: &Lease, receipt: &Receipt) -> Vec<String> {
    let (from, to) = when::span(lease.opened_at, receipt.closed_at);
    let args = [
        ("by", people::mention(&lease.opened_by).into()),
        ("from", from.into()),
        ("to", to.into()),
        ("length", when::about(locale, receipt.closed_at - lease.opened_at).into()),
    ];
    let mut lines = vec![match lease.kind {
        LeaseKind::NatWindow | LeaseKind::ShellWindow => say(locale, "receipt-window-span", &args),
        LeaseKind::Pair => say(locale, "receipt-pair-span", &args),
    }];
    lines.extend(extensions(locale, lease));
    lines.extend(why(locale, lease));
    lines.extend(lateness(locale, lease, receipt));
    lines
}

fn extensions(locale: Locale, lease: &Lease) -> Vec<String> {
    let skipped = lease.extensions.len().saturating_sub(MOST_EXTENSIONS);
    let mut lines = Vec::new();
    if skipped > 0 {
        lines.push(say(locale, "receipt-extended-before", &[("count", skipped.into())]));
    }
    lines.extend(lease.extensions.iter().skip(skipped).map(|extension| {
        let args = [
            ("by", people::mention(&extension.by).into()),
            ("at", when::clock(extension.at).into()),
            ("until", when::clock(extension.until).into()),
        ];
        say(locale, "receipt-extended", &args)
    }));
    lines
}

/// Why it was closed, and when that began to be due.
fn why(locale: Locale, lease: &Lease) -> Option<String> {
    let (at, reason) = lease.closing.as_ref()?;
    let clock = when::clock(*at);
    Some(match (reason, lease.kind) {
        (CloseReason::Expired, kind) => {
            let end = [("end", when::clock(lease.expires_at.unwrap_or(*at)).into())];
            match kind {
                LeaseKind::NatWindow | LeaseKind::ShellWindow => say(locale, "receipt-window-expired", &end),
                LeaseKind::Pair => say(locale, "receipt-pair-expired", &end),
            }
        }
        (CloseReason::Asked { by }, kind) => {
            let args = [("by", people::mention(by).into()), ("at", clock.into())];
            match kind {
                LeaseKind::NatWindow | LeaseKind::ShellWindow => say(locale, "receipt-window-asked", &args),
                LeaseKind::Pair => say(locale, "receipt-pair-asked", &args),
            }
        }
        // What stood in the way stands above, with what to do.
        (CloseReason::Failed { .. }, _) => say(locale, "receipt-given-up", &[("at", clock.into())]),
    })
}

/// How long after that the last thing that bills was gone.
fn lateness(locale: Locale, lease: &Lease, receipt: &Receipt) -> Option<String> {
    let (gone, due) = (receipt.billed_until()?, lease.due()?);
    let (at, after) = (when::clock(gone), when::about(locale, gone - due));
    if receipt.late_s > 0 {
        let usual = when::length(locale, lease.kind.terms().usually_closes_in);
        let args = [("at", at.into()), ("after", after.into()), ("usual", usual.into())];
        return Some(say(locale, "receipt-late", &args));
    }
    let worth = gone - due >= WORTH_A_WORD;
    worth.then(|| say(locale, "receipt-gone", &[("at", at.into()), ("after", after.into())]))
}

/// What existed, with its price, and the sum.
fn items(locale: Locale, receipt: &Receipt) -> Vec<String> {
    let billed: Vec<&ReceiptItem> = receipt.items.iter().filter(|item| item.bills()).collect();
    if billed.is_empty() {
        return vec![say(locale, "receipt-nothing", &[])];
    }
    let mut lines: Vec<String> =
        billed.iter().take(MOST_ITEMS).map(|item| line(locale, receipt, item)).collect();
    if billed.len() > MOST_ITEMS {
        lines.push(say(locale, "receipt-more", &[("count", (billed.len() - MOST_ITEMS).into())]));
    }
    lines.push(match total(locale, receipt) {
        Some(usd) => say(locale, "receipt-total", &[("usd", usd.into())]),
        None => say(locale, "receipt-no-list", &[]),
    });
    lines
}

fn line(locale: Locale, receipt: &Receipt, item: &ReceiptItem) -> String {
    let name = if item.name.is_empty() { &item.id } else { &item.name };
    let unknown = receipt.prices_as_of.is_none() || item.is_unpriced();
    let usd = if unknown { say(locale, "receipt-no-price", &[]) } else { money::usd(item.usd) };
    let mut args = vec![
        ("kind", kinds::one(locale, item.kind).into()),
        ("name", name.into()),
        ("length", when::about(locale, item.to - item.from).into()),
        ("usd", usd.into()),
    ];
    if item.kind.billing() == Some(Billing::StartedHour) {
        args.push(("hours", item.billed_hours.into()));
        say(locale, "receipt-item-hours", &args)
    } else {
        say(locale, "receipt-item", &args)
    }
}

fn proof(locale: Locale, receipt: &Receipt) -> String {
    let parts: Vec<String> = receipt.gone.iter().map(|gone| kinds::all(locale, *gone)).collect();
    let at = when::clock(receipt.looked_at);
    let end = if receipt.bills_on() { String::new() } else { say(locale, "receipt-proof-end", &[]) };
    let args = [("at", at.into()), ("parts", parts.join(", ").into()), ("end", end.into())];
    say(locale, "receipt-proof", &args)
}
