//! What bills now, or would: a loop over everything that was seen.

use chrono::{DateTime, NaiveDate, Utc};

use super::Observed;
use crate::kind::Kind;
use crate::kinds::shelf::Thing;
use crate::lease::LeaseKind;
use crate::prices::{Price, Prices};

/// Everything that bills now, or would.
#[derive(Clone, Debug, PartialEq)]
pub struct Meter {
    /// One line a thing.
    pub lines: Vec<MeterLine>,
    /// The date of the price table.
    pub as_of: NaiveDate,
}

/// One thing that bills.
#[derive(Clone, Debug, PartialEq)]
pub struct MeterLine {
    /// What it is.
    pub kind: Kind,
    /// Its name.
    pub name: String,
    /// AWS's id; empty for what does not exist yet.
    pub id: String,
    /// List price.
    pub price: Price,
    /// Since when.
    pub since: DateTime<Utc>,
    /// Whether doorman made it.
    pub ours: bool,
    /// For what kind of lease; `None`: people made it.
    pub of: Option<LeaseKind>,
    /// What the price goes by: `t3.micro`, `30 GiB gp3`, `2 AZ`.
    pub detail: String,
}

impl Meter {
    /// Reads the meter off an observation.
    pub fn of(observed: &Observed, prices: &Prices) -> Meter {
        // What somebody has taken from doorman bills on.
        let taken: Vec<Thing<'_>> = observed.disowned(Some(prices)).collect();
        let is_taken = |thing: &Thing<'_>| taken.iter().any(|t| (t.kind, t.id) == (thing.kind, thing.id));
        let rest = observed.things(Some(prices)).filter(|thing| !is_taken(thing));
        let billing = rest.chain(taken.iter().cloned()).filter(|thing| thing.cost.now);
        let lines = billing.map(|thing| MeterLine {
            kind: thing.kind,
            name: thing.facts.name.to_owned(),
            id: thing.id.to_owned(),
            price: thing.cost.price,
            since: since(&thing, observed),
            ours: thing.facts.owner.is_some(),
            of: thing.facts.owner.map(|owner| owner.of),
            detail: thing.cost.detail,
        });
        Meter { lines: lines.collect(), as_of: prices.as_of }
    }

    /// List price of all lines an hour; of those the table has.
    pub fn usd_per_hour(&self) -> f64 {
        self.lines.iter().filter_map(|line| line.price.usd_per_hour()).sum()
    }

    /// Whether something runs that the table has no price for.
    pub fn has_unknown(&self) -> bool {
        self.lines.iter().any(|line| line.price.usd_per_hour().is_none())
    }
}

/// Since when a thing is there. What AWS does not say of it, it says of something that was made right after it for the
/// same lease.
fn since(thing: &Thing<'_>, observed: &Observed) -> DateTime<Utc> {
    let beside = || {
        let lease = &thing.facts.owner?.lease;
        observed.of(lease).filter_map(|other| other.facts.since).min()
    };
    thing.facts.since.or_else(beside).unwrap_or(observed.at)
}
