//! The receipt of a lease, as people read it: who, how long, what it cost, and that nothing is left.

use chrono::TimeDelta;
use doorman_cloud::lease::{CloseReason, Lease, MadeKind};
use doorman_cloud::receipt::{Part, Receipt, ReceiptItem};
use doorman_config::Locale;

use crate::texts::say;
use crate::{money, people, when};

/// Closing that begins later than this is worth a word.
const LATE: TimeDelta = TimeDelta::minutes(1);
/// More would not be read on a phone, and would not fit with 4,096 characters.
const MOST_ITEMS: usize = 20;
/// As above.
const MOST_EXTENSIONS: usize = 5;

/// The receipt's text, for the panel of a closed lease.
pub(crate) fn body(locale: Locale, lease: &Lease, receipt: &Receipt) -> String {
    let mut lines = history(locale, lease, receipt);
    lines.push(String::new());
    lines.extend(items(locale, receipt));
    lines.push(String::new());
    lines.push(proof(locale, receipt));
    if receipt.late_s > LATE.num_seconds() {
        let late = when::length(locale, TimeDelta::seconds(receipt.late_s));
        lines.push(say(locale, "receipt-late", &[("late", late.into())]));
    }
    lines.join("\n")
}

/// What kind of thing it is.
pub(crate) fn kind(locale: Locale, kind: MadeKind) -> String {
    let key = match kind {
        MadeKind::Address => "receipt-kind-address",
        MadeKind::NatGateway => "receipt-kind-gateway",
        MadeKind::Rule => "receipt-kind-rule",
        MadeKind::Endpoint => "receipt-kind-endpoint",
        MadeKind::Instance => "receipt-kind-instance",
        MadeKind::Volume => "receipt-kind-volume",
        MadeKind::Schedule => "receipt-kind-schedule",
    };
    say(locale, key, &[])
}

/// A part of what a lease builds.
pub(crate) fn part(locale: Locale, part: Part) -> String {
    let key = match part {
        Part::Gateway => "receipt-part-gateway",
        Part::Address => "receipt-part-address",
        Part::Route => "receipt-part-route",
        Part::Rules => "receipt-part-rules",
        Part::Instances => "receipt-part-instances",
        Part::Volumes => "receipt-part-volumes",
        Part::Endpoints => "receipt-part-endpoints",
        Part::Role => "receipt-part-role",
        Part::Schedule => "receipt-part-schedule",
    };
    say(locale, key, &[])
}

/// Who opened, extended and closed it.
fn history(locale: Locale, lease: &Lease, receipt: &Receipt) -> Vec<String> {
    let args = [
        ("by", people::mention(&lease.opened_by).into()),
        ("from", when::clock(lease.opened_at).into()),
        ("to", when::clock(receipt.closed_at).into()),
        ("length", when::length(locale, receipt.closed_at - lease.opened_at).into()),
    ];
    let mut lines = vec![say(locale, "receipt-span", &args)];
    let skipped = lease.extensions.len().saturating_sub(MOST_EXTENSIONS);
    lines.extend(lease.extensions.iter().skip(skipped).map(|extension| {
        let by = people::mention(&extension.by);
        let until = when::clock(extension.until);
        say(locale, "receipt-extended", &[("by", by.into()), ("until", until.into())])
    }));
    match &lease.closing {
        Some((_, CloseReason::Expired)) => lines.push(say(locale, "receipt-expired", &[])),
        Some((_, CloseReason::Asked { by })) => {
            lines.push(say(locale, "receipt-asked", &[("by", people::mention(by).into())]));
        }
        // Why it failed stands above, with what to do.
        Some((_, CloseReason::Failed { .. })) | None => {}
    }
    lines
}

/// What existed, with its price, and the sum.
fn items(locale: Locale, receipt: &Receipt) -> Vec<String> {
    let billed: Vec<&ReceiptItem> = receipt.items.iter().filter(|item| item.kind != MadeKind::Rule).collect();
    if billed.is_empty() {
        return vec![say(locale, "receipt-nothing", &[])];
    }
    let mut lines: Vec<String> =
        billed.iter().take(MOST_ITEMS).map(|item| line(locale, receipt, item)).collect();
    if billed.len() > MOST_ITEMS {
        lines.push(say(locale, "receipt-more", &[("count", (billed.len() - MOST_ITEMS).into())]));
    }
    lines.push(match receipt.prices_as_of {
        Some(_) => say(locale, "receipt-total", &[("usd", money::usd(receipt.usd).into())]),
        None => say(locale, "receipt-no-list", &[]),
    });
    lines
}

fn line(locale: Locale, receipt: &Receipt, item: &ReceiptItem) -> String {
    let name = if item.name.is_empty() { &item.id } else { &item.name };
    let unknown = receipt.prices_as_of.is_none() || (item.usd == 0.0 && item.billed_hours > 0.0);
    let usd = if unknown { say(locale, "receipt-no-price", &[]) } else { money::usd(item.usd) };
    let mut args = vec![
        ("kind", kind(locale, item.kind).into()),
        ("name", name.into()),
        ("length", when::length(locale, item.to - item.from).into()),
        ("usd", usd.into()),
    ];
    if item.kind.bills_started_hours() {
        args.push(("hours", item.billed_hours.into()));
        say(locale, "receipt-item-hours", &args)
    } else {
        say(locale, "receipt-item", &args)
    }
}

fn proof(locale: Locale, receipt: &Receipt) -> String {
    let parts: Vec<String> = receipt.gone.iter().map(|gone| part(locale, *gone)).collect();
    let at = when::clock(receipt.looked_at);
    say(locale, "receipt-proof", &[("at", at.into()), ("parts", parts.join(", ").into())])
}
