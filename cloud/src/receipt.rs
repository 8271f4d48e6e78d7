//! Writing the closing statement of a lease: what existed, how long, what it cost, what is left: nothing.
//!
//! It is written from a fresh look at everything, never from what the bot believes it did.

use chrono::{DateTime, TimeDelta, Utc};

use crate::lease::{Lease, LeftToPeople, Receipt, ReceiptItem};
use crate::prices::Prices;
use crate::switchboard::aws::Round;
use crate::switchboard::inventory::parts;

/// Writes the receipt of a lease of which a look at everything shows nothing any more but what is left to people.
pub(crate) fn write(
    lease: &Lease,
    round: &Round,
    prices: Option<&Prices>,
    left: Vec<LeftToPeople>,
) -> Receipt {
    let mut receipt = of(lease, round.seen().at, prices);
    receipt.gone.retain(|kind| left.iter().all(|left| left.kind != *kind));
    Receipt { left, ..receipt }
}

/// The receipt of a lease of which nothing was left at `closed_at`. Whether that is so is not asked here: what the
/// keeper writes rests on a whole look.
pub fn of(lease: &Lease, closed_at: DateTime<Utc>, prices: Option<&Prices>) -> Receipt {
    let items: Vec<ReceiptItem> = lease
        .made
        .iter()
        .map(|made| {
            let to = made.gone_at.unwrap_or(closed_at);
            // Whatever a clock says, it was there.
            let hours = made.billed_hours(closed_at.max(made.made_at + TimeDelta::seconds(1)));
            ReceiptItem {
                kind: made.kind,
                id: made.id.clone(),
                name: made.name.clone(),
                // No clock makes it gone before it was made.
                from: made.made_at.min(to),
                to,
                billed_hours: hours,
                usd: hours * made.price.usd_per_hour().unwrap_or_default(),
                price: Some(made.price),
            }
        })
        .collect();
    let gone_at = items.iter().filter(|item| item.bills()).map(|item| item.to).max();
    let outlived = gone_at.zip(lease.due()).map_or(TimeDelta::zero(), |(gone, due)| gone - due);
    Receipt {
        closed_at,
        late_s: (outlived - lease.kind.terms().usually_closes_in).num_seconds().max(0),
        usd: items.iter().map(|item| item.usd).sum(),
        items,
        prices_as_of: prices.map(|prices| prices.as_of),
        looked_at: closed_at,
        gone: parts(lease),
        left: Vec::new(),
    }
}

#[cfg(test)]
mod tests;
